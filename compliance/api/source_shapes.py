"""How the API gives a source: how it stands, what is said of it, and how staff look at it."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from compliance.detectors.finding import Verdict
from compliance.models import Moderation
from compliance.moderation import telling
from compliance.moderation.enums import ModerationMove, ModerationState, OwnershipMethod
from compliance.moderation.ownership import PROOF_FILE, showing
from compliance.moderation.rounds import latest_runs
from compliance.moderation.standing import SourceStanding, Standing, standings
from compliance.two_languages import in_reader_language
from publishers.api.views import nothing_there
from publishers.demands import demands_of
from publishers.figures import in_own_language
from publishers.models import SourceStatement

ROUNDS_SHOWN = 20
STATES = [(state.value, state.value) for state in ModerationState]
STANDINGS = [(one.value, one.value) for one in Standing]
MOVES = [(one.value, one.value) for one in ModerationMove]
METHODS = [(one.value, one.value) for one in OwnershipMethod]
VERDICTS = [(one.value, one.value) for one in Verdict]
# What a type of traffic may demand of a source beside its name.
DEMANDS = ("address", "mailing", "keywords", "package")
# What a publisher may do with a source, as the last step of an address says it.
ANSWER, CHANGE, LOOK, WITHDRAW = "answer", "change", "look", "withdraw"


class SourceShape(serializers.Serializer):
    """A source: where your buyers come from."""

    code = serializers.CharField(help_text="As your links carry it.")
    title = serializers.CharField()
    url = serializers.CharField()
    traffic_type = serializers.CharField()
    approved = serializers.BooleanField(help_text="At this moment; without it nothing is earned.")
    moderation_state = serializers.ChoiceField(
        choices=STATES, allow_null=True, help_text="Of the latest round; null: there was none."
    )
    standing = serializers.ChoiceField(choices=STANDINGS, help_text="All of it in one word.")
    since = serializers.DateTimeField(allow_null=True, help_text="It stands so.")
    why = serializers.CharField(help_text="A sentence; or empty.")
    following = serializers.CharField(help_text="What you do next, in a sentence.")
    case = serializers.IntegerField(allow_null=True, help_text="That suspended it; null: none.")


class TalkShape(serializers.Serializer):
    """Something that happened in a round. by_publisher: you did it."""

    at = serializers.DateTimeField()
    move = serializers.ChoiceField(choices=MOVES)
    by_publisher = serializers.BooleanField()
    words = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())


class RoundShape(serializers.Serializer):
    """A round in which staff look at a source."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=STATES)
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    grounds = serializers.ListField(child=serializers.CharField(), help_text="Why it is looked at.")
    talk = TalkShape(many=True)


class SourceFileShape(serializers.Serializer):
    """A file that was given."""

    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")


class SourceStatementShape(serializers.Serializer):
    """What you say of a source."""

    given_at = serializers.DateTimeField()
    title = serializers.CharField()
    url = serializers.CharField()
    audience = serializers.CharField()
    countries = serializers.ListField(child=serializers.CharField())
    subscribe = serializers.CharField()
    leave = serializers.CharField()
    sample = serializers.CharField()
    keywords = SourceFileShape(allow_null=True)
    package = SourceFileShape(allow_null=True)


class OwnershipShape(serializers.Serializer):
    """Whether it is shown whose a source is, and how it can be: by any of three places.

    A TXT record of the host that says `permille-verification=` and the token; or a tag in the head
    of the page, named `permille-verification`, whose content is the token; or a text file at the
    root of the host with the token alone in it.
    """

    host = serializers.CharField()
    proven = serializers.BooleanField(help_text="For this host.")
    method = serializers.ChoiceField(choices=METHODS, allow_null=True)
    proven_at = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    token = serializers.CharField(help_text="Empty: it has none yet; change what you say of it.")
    file = serializers.CharField(help_text="Name of the file, at the root of the host.")


class SourceFindingShape(serializers.Serializer):
    """Something that the checks found."""

    verdict = serializers.ChoiceField(choices=VERDICTS)
    rule = serializers.CharField(help_text="Of the conditions.")
    clause = serializers.CharField(help_text="What that rule says; or empty.")
    sentence = serializers.CharField()
    checked = serializers.CharField(help_text="In what it was found.")


class ReasonShape(serializers.Serializer):
    """A reason for which staff rejected."""

    rule = serializers.CharField()
    sentence = serializers.CharField()


class WholeSourceShape(SourceShape):
    """A source with its latest rounds, the newest first."""

    may = serializers.ListField(
        child=serializers.ChoiceField(
            choices=[(one, one) for one in (ANSWER, CHANGE, LOOK, WITHDRAW)]
        ),
        help_text="What can be done now: each is an address behind this one.",
    )
    staff_words = serializers.CharField(help_text="What they ask, or why they rejected; or empty.")
    reasons = ReasonShape(many=True, help_text="For which it was rejected.")
    demands = serializers.ListField(
        child=serializers.ChoiceField(choices=[(one, one) for one in DEMANDS]),
        help_text="What its type of traffic demands beside a name.",
    )
    said = SourceStatementShape(allow_null=True, help_text="Null: the network entered it.")
    ownership = OwnershipShape(allow_null=True, help_text="Null: it cannot be shown of this one.")
    findings = SourceFindingShape(many=True, help_text="Of the checks, the worst first.")
    clear = serializers.ListField(
        child=serializers.CharField(), help_text="What was checked, and nothing found in."
    )
    page_due = serializers.BooleanField(help_text="Its page is about to be looked at.")
    rounds = RoundShape(many=True)


SOURCE = {
    "code": "anna-2", "title": "Deals of the day", "url": "https://deals.example.org/",
    "traffic_type": "content_site", "approved": False, "moderation_state": "asked",
    "standing": "asked", "since": "2020-05-02T09:00:00Z", "why": "",
    "following": "Answer what staff ask.", "case": None,
}  # fmt: skip
WHOLE = {
    **SOURCE,
    "may": ["answer", "change", "look", "withdraw"], "staff_words": "Where do people come from?",
    "reasons": [], "demands": ["address"],
    "said": {"given_at": "2020-05-01T12:00:00Z", "title": "Deals of the day",
             "url": "https://deals.example.org/", "audience": "Thrifty people",
             "countries": ["RU"], "subscribe": "", "leave": "", "sample": "", "keywords": None,
             "package": None},
    "ownership": {"host": "deals.example.org", "proven": False, "method": None, "proven_at": None,
                  "checked_at": "2020-05-01T12:01:00Z", "token": "Xk3v9QpL2m", "file": PROOF_FILE},
    "findings": [{"verdict": "review", "rule": "F32", "clause": "", "checked": "Deals of the day",
                  "sentence": "We could not read it: a person looks at it."}],
    "clear": ["type of traffic"], "page_due": False,
    "rounds": [{"number": 3, "state": "asked", "opened_at": "2020-05-01T12:00:00Z",
                "decided_at": None, "grounds": ["The publisher added this source."],
                "talk": [{"at": "2020-05-02T09:00:00Z", "move": "asked", "by_publisher": False,
                          "words": "Where do people come from?", "reasons": []}]}],
}  # fmt: skip


def own_standing(publisher_id: int, code: str, at: datetime) -> SourceStanding:
    """A source of the publisher's own, as it stands. Raises NotFound."""
    found = standings(publisher_id, at, code=code)
    if not found:
        raise nothing_there()
    return found[0]


def source_record(row: SourceStanding) -> dict[str, Any]:
    """A source as lists give it."""
    source = row.source
    told = {
        "code": source.code, "title": source.title, "url": source.url,
        "traffic_type": source.traffic_type.code, "approved": row.approval is not None,
        "moderation_state": row.round.state if row.round is not None else None,
        "standing": row.standing.value, "since": row.since, "why": telling.why(row),
        "following": telling.following(row), "case": row.case_id,
    }  # fmt: skip
    return dict(SourceShape(told).data)


def whole_source(publisher_id: int, code: str, at: datetime) -> dict[str, Any]:
    """A source of the publisher's own with all that is told of it. Raises NotFound."""
    row = own_standing(publisher_id, code, at)
    statement = (
        row.source.statements.select_related("keywords", "package")
        .defer("keywords__content", "package__content")
        .order_by("-id")
        .first()
    )
    rounds = Moderation.objects.filter(source=row.source).order_by("-id")
    runs = latest_runs(row.round) if row.round is not None else []
    rejected = row.round is not None and row.round.state == ModerationState.REJECTED
    asked = row.standing == Standing.ASKED
    demands = demands_of(row.source.traffic_type.code)
    told = {
        "may": _may(row),
        "staff_words": row.words if asked or rejected else "",
        "reasons": [
            {"rule": one["rule"], "sentence": in_reader_language(one)}
            for one in (row.reasons if rejected else ())
        ],
        "demands": [one for one in DEMANDS if getattr(demands, one)],
        "said": statement,
        "ownership": _ownership(row, statement),
        "findings": telling.findings(runs),
        "clear": telling.passed(runs),
        "page_due": row.page_due,
        "rounds": [
            _round(one) for one in rounds.prefetch_related("grounds", "events")[:ROUNDS_SHOWN]
        ],
    }
    return dict(WholeSourceShape({**source_record(row), **told}).data)


def _may(row: SourceStanding) -> list[str]:
    possible = (
        (row.standing == Standing.ASKED, ANSWER),
        (True, CHANGE),
        (row.may_look, LOOK),
        (row.is_open, WITHDRAW),
    )
    return [name for is_so, name in possible if is_so]


def _ownership(row: SourceStanding, statement: SourceStatement | None) -> dict[str, Any] | None:
    found = showing(row.source, statement)
    if not found.provable:
        return None
    owned = found.owned
    return {
        "host": found.host,
        "proven": found.proven,
        "method": owned.method or None if owned else None,
        "proven_at": owned.proven_at if owned else None,
        "checked_at": owned.checked_at if owned else None,
        "token": owned.token if owned else "",
        "file": PROOF_FILE,
    }


def _round(moderation: Moderation) -> dict[str, Any]:
    return {
        "number": moderation.pk,
        "state": moderation.state,
        "opened_at": moderation.opened_at,
        "decided_at": moderation.decided_at,
        "grounds": [in_own_language(one, "sentence") for one in moderation.grounds.all()],
        "talk": [
            {"at": one.at, "move": one.move, "by_publisher": one.by_publisher,
             "words": telling.words_told(one),
             "reasons": [in_reader_language(reason) for reason in one.reasons]}
            for one in moderation.events.all()
        ],
    }  # fmt: skip
