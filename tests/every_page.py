"""Every page of the portal and every public one, found from the addresses that there are.

A page that is added is looked at by itself. One that needs something in its address is named in
`_named`, and what is no page in `NO_PAGES`; until then the tests of all pages fail.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django.utils.translation import get_language, override

from commissions.models import LineExport, OrderLine, Programme
from compliance.enums import CaseStatus
from compliance.models import AutoApproval
from compliance.moderation.operations import ask_back, reject
from config.api.docs import told
from config.portal.urls import urlpatterns as of_the_portal
from config.urls import pages_of_all
from publishers.data_exports import ask_export
from publishers.enums import SCOPES_OF_PUBLISHERS, Role
from publishers.keys import make_key
from publishers.models import Publisher, TrafficType, User
from publishers.people import invite
from publishers.staff_invitations import invite_to_staff
from referrals.models import Referral
from tests.cases import case_in
from tests.sources import applied, mailing, site, staff, toolbar

NO_PAGES = {
    "statistics_csv": "a file", "statistics_xlsx": "a file", "orders_file": "a file",
    "export_file": "a file", "settings_data_file": "a file",
    "export_progress": "numbers for a script", "api_schema": "a file",
    "export_new": "for sending alone", "revoke_key": "for sending alone",
    "settings_person": "for sending alone", "settings_invitation": "for sending alone",
    "settings_reopening": "for sending alone", "sign_out": "for sending alone",
    "theme": "for sending alone",
}  # fmt: skip
# Pages that show something else when more is asked.
ASKED = {
    "source_new": ["type=email_newsletter", "type=toolbars_plugins"],
    "statistics": ["period=own&first=2018-10-01&last=2021-12-31&by=day"],
    "orders": ["period=own&first=2018-10-01&last=2021-12-31"],
    "clicks": ["first=2018-10-01&last=2021-12-31"],
    "links": ["source=approved"],
}


def full_account(publisher: Publisher, owner: User, *, times: int = 1) -> str:
    """Rows of each kind for a publisher, `times` of them; gives the secret of an invitation."""
    now, secret = timezone.now(), ""
    sites = TrafficType.objects.get(code="content_site")
    AutoApproval.objects.get_or_create(
        traffic_type=sites, defaults={"needs_page": False, "needs_ownership": False}
    )
    why = {"rule": "F27", "en": "It is not said how to leave.", "ru": "Не сказано, как уйти."}
    for number in range(times):
        own = {"of": publisher.code, "at": now}
        mark = f"-{publisher.code}-{number}" if number or times > 1 else ""
        applied("content_site", site(), code=f"approved{mark}", **own)
        applied("toolbars_plugins", toolbar(), code=f"bar{mark}", **own)
        letters = applied("email_newsletter", mailing(leave=""), code=f"letters{mark}", **own)
        reject(moderation_id=letters.pk, by=staff(), at=now, words="Прочтите.", reasons=[why])
        group = applied("sms", mailing(), code=f"sms{mark}", **own)
        ask_back(moderation_id=group.pk, by=staff(), at=now, words="Кто это читает?")
        for status in (CaseStatus.WAITING, CaseStatus.WARNED):
            case_in(publisher.code, status, evidence=f"{publisher.code} {status} {number}")
        make_key(
            user=owner, name=f"Export {number}", scopes=list(SCOPES_OF_PUBLISHERS), by=owner,
            expires_at=now + timedelta(days=1), at=now,
        )  # fmt: skip
        _invitation, secret = invite(
            publisher, email=f"i{number}@{publisher.code}.example", role=Role.READER, by=owner,
            at=now,
        )  # fmt: skip
        colleague = f"colleague{number}-{publisher.code}"
        User.objects.create_user(colleague, f"{colleague}@x.example", publisher=publisher,
                                 role=Role.MANAGER)  # fmt: skip
        came = Publisher.objects.create(
            code=f"came{number}-{publisher.code}", name="Came", email="came@x.example",
            registered_at=now,
        )  # fmt: skip
        Referral.objects.create(referrer=publisher, referred=came)
        LineExport.objects.create(
            publisher=publisher, asked_by=owner, asked_at=now, params={}, file_format="csv"
        )
    ask_export(publisher, by=owner, at=now)
    return secret


def portal_pages(publisher: Publisher) -> dict[str, list[str]]:
    """Addresses of each page of the portal, by the names of the pages; in the language of now."""
    line = OrderLine.objects.filter(publisher=publisher).order_by("pk").first()
    sources = list(publisher.sources.order_by("pk").values_list("code", flat=True))
    named = {
        "order": [[line.pk]] if line else [],
        "source": [[code] for code in sources[-4:]],
        "source_change": [[code] for code in sources[-1:]],
        "case": [[pk] for pk in publisher.cases.order_by("-pk").values_list("pk", flat=True)[:2]],
        "export": [[pk] for pk in publisher.line_exports.values_list("pk", flat=True)[:1]],
    }
    return _addresses("portal", of_the_portal, named)


def public_pages(secret: str) -> dict[str, list[str]]:
    """The same for the pages that everybody may read. secret: of an invitation."""
    code = Programme.objects.get().code
    named = {
        "programme": [[code]],
        "news": [[code]],
        "rules": [[code, 1], [code, 3]],
        "join": [[secret]],
        "join_staff": [[_asked_to_staff()]],
        "api_group": [[one.slug] for one in told(get_language() or "")],
    }
    return _addresses("public", pages_of_all(), named)


def _asked_to_staff() -> str:
    """The secret of somebody's invitation; of each language one, for a new one ends the others."""
    name = f"asked-in-{get_language()}"
    person, _new = User.objects.get_or_create(
        username=name, defaults={"email": f"{name}@x.example"}
    )
    _person, secret = invite_to_staff(person.pk, at=timezone.now())
    return secret


def _addresses(
    space: str, patterns: Iterable[URLPattern | URLResolver], named: dict[str, list[list[Any]]]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pattern in patterns:
        assert isinstance(pattern, URLPattern), f"look into {pattern} too"
        name = pattern.name or ""
        if name in NO_PAGES:
            continue
        arguments = named.get(name, [[]])
        needed = pattern.pattern.regex.groups
        assert name in named or not needed, f"{space}:{name}: name what its address needs"
        assert arguments, f"{space}:{name}: there is nothing to look at"
        plain = [reverse(f"{space}:{name}", args=one) for one in arguments]
        found[name] = [*plain, *(f"{plain[0]}?{asked}" for asked in ASKED.get(name, []))]
    return found


def in_language(language: str, publisher: Publisher, secret: str) -> tuple[dict, dict]:
    """Portal pages and public pages, by their names, as somebody reads them in a language."""
    with override(language):
        return portal_pages(publisher), public_pages(secret)


def read(client: Client, address: str) -> str:
    """The text of a page, which there is, and which is a page."""
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    assert answer.headers["Content-Type"].startswith("text/html"), f"{address} is no page"
    return answer.content.decode()
