"""A rulebook as the editor has it: one JSON document in the form of the files, and its words."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from commissions.engine.conditions import FLAG_FACTS, SET_FACTS, TEXT_FACTS
from commissions.models import Programme
from commissions.programmes.rows import ProgrammeFileError
from commissions.programmes.rulebook_reading import KIND_OF_FACT
from commissions.rule_words import FACTS
from commissions.rulebooks.checks import Finding
from publishers.admin.backoffice import list_of
from publishers.enums import Permission
from publishers.figures import in_own_language
from publishers.models import TrafficType

# What a database keeps in no text, as JSON writes it.
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def revision(document: Mapping[str, Any]) -> str:
    """Of everything a draft says, sentences included: whoever saves names what they began with."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def posted(body: bytes) -> dict[str, Any]:
    """What the editor sent, an object. Raises ProgrammeFileError where it cannot be read."""
    unreadable = _("What was sent cannot be read: load the page anew.")
    try:
        data = json.loads(body)
        text = json.dumps(data, ensure_ascii=False)
        # Halves of characters pass as JSON, and nothing keeps them.
        text.encode()
    except (ValueError, RecursionError) as error:
        raise ProgrammeFileError(unreadable) from error
    if not isinstance(data, dict) or NUL.search(text):
        raise ProgrammeFileError(unreadable)
    return data


def fault(error: ProgrammeFileError) -> dict[str, Any]:
    """A refusal for the editor: its sentence, and the row (from 1) of a list if it is of one."""
    part, row, *_key = (*error.place, None, None)
    told: dict[str, Any] = {"error": str(error)}
    return {**told, "part": part, "row": row + 1} if isinstance(row, int) else told


def findings_json(found: list[Finding]) -> list[dict[str, Any]]:
    """Findings for the editor, as they stand."""
    return [
        {
            "code": one.code,
            "severity": one.severity.value,
            "text": one.text,
            "rows": list(one.rows),
            "example": one.example,
        }
        for one in found
    ]


def vocabulary(programme: Programme) -> dict[str, Any]:
    """What the editor chooses from, in the reader's language."""
    return {
        "facts": [
            {
                "fact": fact,
                "text": str(text),
                "asks": _ways_to_ask(fact),
                "kind": KIND_OF_FACT[fact].value if fact in KIND_OF_FACT else "",
            }
            for fact, text in FACTS.items()
        ],
        "sets": [
            {
                "code": row.code,
                "kind": row.kind,
                "name": in_own_language(row, "name"),
                "members": list_of("commissions", "setmember", named_set__id__exact=row.pk),
            }
            for row in programme.named_sets.order_by("kind", "code")
        ],
        "permissions": [
            {"value": value, "text": str(label)} for value, label in Permission.choices
        ],
        "traffic_types": [
            {"code": row.code, "name": in_own_language(row, "name")}
            for row in TrafficType.objects.order_by("code")
        ],
        "sets_page": reverse("admin:commissions_namedset_changelist"),
        "words": _sentences(),
    }


def _ways_to_ask(fact: str) -> list[dict[str, str]]:
    among = [
        {"value": "in", "text": _("is among")},
        {"value": "not_in", "text": _("is not among")},
    ]
    exactly = [{"value": "is", "text": pgettext("a fact and its value", "is")}]
    if fact in FLAG_FACTS:
        return [{"value": "yes", "text": _("yes")}, {"value": "no", "text": _("no")}]
    return (among if fact in SET_FACTS else []) + (exactly if fact in TEXT_FACTS else [])


def _sentences() -> dict[str, str]:
    """What the editor says by itself; %(n)s and the like are filled in by the page."""
    return {
        "choose": _("choose"),
        "all_others": _("all other countries"),
        "unstated": _("nothing said"),
        "drag": _("Drag row %(n)s, or move it by the arrow keys"),
        "up": _("Move row %(n)s up"),
        "down": _("Move row %(n)s down"),
        "duplicate": _("Duplicate row %(n)s"),
        "remove": _("Remove row %(n)s"),
        "moved": _("The row is now number %(n)s of %(of)s."),
        "removed": _("Row %(n)s is removed: %(name)s"),
        "row": _("row %(n)s"),
        "saved": _("Saved"),
        "saving": _("Saving…"),
        "checking": _("Checking…"),
        "checked": _("Checked, not saved"),
        "unsaved": _("Changes are not saved"),
        "unreachable": _("The server cannot be reached. Nothing is saved: try again."),
        "signed_out": _("You are signed out. Sign in in another window, then save again."),
        "faulty": _("Not sent. Fields to mend: %(n)s"),
        "no_findings": _("Nothing was found: this draft can be published."),
        "errors": _("errors: %(n)s"),
        "warnings": _("warnings: %(n)s"),
        "notes": _("notes: %(n)s"),
        "error": _("error"),
        "warning": _("warning"),
        "note": _("note"),
        "example": _("Example"),
        "fault_code": _("Small Latin letters, digits, “_” and “-”, at most 40."),
        "fault_rate": _("A rate from 0 to 100 such as 5.50 is needed."),
        "fault_bounds": _("The lowest rate is above the highest: no rate would be taken."),
        "fault_cap": _("An amount such as 38.50 is needed, or nothing at all."),
        "fault_days": _("A whole number of days is needed."),
        "fault_start": _("A date is needed."),
        "fault_fact": _("Choose what is asked."),
        "fault_set": _("Choose a set."),
        "fault_text": _("Write a value."),
    }
