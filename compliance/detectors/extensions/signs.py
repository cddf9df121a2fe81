"""The sentences of what was found in a package, with the clause that each speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from compliance.detectors.extensions.tokens import Place
from compliance.detectors.marking import Say
from compliance.detectors.marking import gettext_noop as _


@dataclass(frozen=True)
class Sign:
    """What stands at a place. `is_certain`: it breaks the clause; else a person must look.

    `rule` is a clause of conduct, or `package` where the package itself hinders the check.
    """

    rule: str
    step: str
    place: Place
    is_certain: bool = True
    to: str = ""
    sentence: str = ""


PACKAGE = "package"
NOT_YET = _("%(rule)s holds from %(day)s: on the day that was asked for this was allowed.")

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "alters_page": _(
            "%(file)s, line %(line)s: this script changes the merchant's page. F3 forbids "
            "extensions to alter the site's code: take this out, and show what you have to say "
            "inside the extension's icon."
        ),
        "injects_style": _(
            "%(file)s, line %(line)s: a style sheet is put into the merchant's pages. F3 "
            "forbids extensions to alter the site's code: leave the merchant's hosts out."
        ),
        "restyles_page": _(
            "%(file)s, line %(line)s: this script changes the look of the merchant's page. F3 "
            "forbids extensions to alter the site's code: take it out, or tell the reviewer "
            "what it is for."
        ),
        "opens_popup": _(
            "%(file)s, line %(line)s: a tab, window or message opens by itself on the "
            "merchant's site %(to)s. F3 allows notices inside the extension's icon alone: open "
            "it only when the user clicks there."
        ),
        "opens_icon_popup": _(
            "%(file)s, line %(line)s: the extension opens its own panel by itself on the "
            "merchant's site. F3 allows notices inside the icon: use its badge, and let the "
            "user open the panel."
        ),
        "redirects": _(
            "%(file)s, line %(line)s: users on the merchant's site are led to the affiliate "
            "link %(to)s. F4 forbids extensions to redirect to affiliate links there: take the "
            "redirect out."
        ),
        "rewrites_links": _(
            "%(file)s, line %(line)s: links of the page are made affiliate links (%(to)s). F4 "
            "forbids extensions to lead users to affiliate links on the merchant's site: leave "
            "its links as they are."
        ),
        "leads_to_own_site": _(
            "%(file)s, line %(line)s: users on the merchant's site are led to %(to)s. F4 allows "
            "that for the publisher's own site, and by individual agreement only: a person must "
            "see the agreement."
        ),
        "leads_somewhere": _(
            "%(file)s, line %(line)s: users on the merchant's site are led to an address that "
            "only the running program knows. F4 forbids affiliate links there: say where it "
            "leads."
        ),
        "loads_affiliate_link": _(
            "%(file)s, line %(line)s: the affiliate link %(to)s is loaded unseen. F35 forbids "
            "visits that are not the visitor's own wish: take it out."
        ),
        "visits_unasked": _(
            "%(file)s, line %(line)s: the affiliate link %(to)s is opened without the user's "
            "wish. F35 forbids such visits: open it only when the user clicks."
        ),
        "sets_cookie": _(
            "%(file)s, line %(line)s: a partner's cookie of the merchant's site is set. F35 "
            "forbids cookie stuffing in every form: take it out."
        ),
        "hidden_code": _(
            "%(file)s, line %(line)s: the program is hidden from readers here. Whether it "
            "keeps F3 and F4 cannot be told: hand in the build without this."
        ),
        "remote_code": _(
            "%(file)s, line %(line)s: program code is loaded from %(to)s and is not in the "
            "package. Whether it keeps F3 and F4 cannot be told: put the code into the package."
        ),
        "missing_script": _(
            "%(file)s, line %(line)s: the script %(to)s runs on the merchant's site and is not "
            "in the package. Hand in the whole package."
        ),
        "too_much_work": _(
            "%(file)s, line %(line)s: the program is too large or too tangled to be checked by "
            "itself: a person must look. A build that is not minified helps."
        ),
        "broken_manifest": _(
            "%(file)s, line %(line)s: this file cannot be read (%(to)s), so nothing tells "
            "what the extension does: mend it and hand the package in again."
        ),
    }
)


def sentence_of(sign: Sign, say: Say) -> str:
    """What was found, where, against which clause, and what to do."""
    template = sign.sentence or SENTENCES[sign.step]
    values = {"file": sign.place.file, "line": sign.place.line, "to": sign.to}
    return " ".join(say(template, values).replace(" ,", ",").replace(" .", ".").split())
