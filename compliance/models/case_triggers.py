"""What the database holds a case to, whoever writes it."""

import pgtrigger

from compliance.enums import FINAL, TRANSITIONS, CaseStatus

# What a decision fixes; what follows it has columns of its own.
_DECIDED = (
    "decision, decided_at, decided_by_id, decision_reason, block_asked_by_id, block_asked_at,"
    " block_reason, appeal_until, source_id"
)


def _of(row: str) -> str:
    return ", ".join(f"{row}.{column.strip()}" for column in _DECIDED.split(","))


_PLACES = {
    "@final": ", ".join(f"'{status}'" for status in sorted(FINAL)),
    "@new": _of("NEW"),
    "@old": _of("OLD"),
}
KEEPS_TO_ITS_WAY = """
    IF NEW.source_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM publishers_source
         WHERE id = NEW.source_id AND publisher_id = NEW.publisher_id
    ) THEN
        RAISE EXCEPTION 'The source of a case is one of its publisher''s.';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.decided_alone OR (NEW.decision = 'blocked' AND NEW.decided_by_id IS NOT NULL) THEN
            RAISE EXCEPTION 'A block by hand takes two people: asked for, then approved.';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status = NEW.status AND OLD.status IN (@final) AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
        RAISE EXCEPTION 'A case that is over stays as it is.';
    END IF;
    IF NEW.decided_alone <> OLD.decided_alone THEN
        RAISE EXCEPTION 'A block by hand takes two people: asked for, then approved.';
    END IF;
    IF OLD.source_id IS NOT NULL AND NEW.source_id IS DISTINCT FROM OLD.source_id THEN
        RAISE EXCEPTION 'The source of a case stays the same.';
    END IF;
    IF OLD.decision <> '' AND (@new) IS DISTINCT FROM (@old) THEN
        RAISE EXCEPTION 'A decision stays as it was made: it is appealed, or overturned.';
    END IF;
    IF NEW.decision = 'blocked' AND OLD.decision = '' AND NEW.decided_by_id IS NOT NULL AND (
        OLD.block_asked_by_id IS NULL
        OR (NEW.block_asked_by_id, NEW.block_asked_at, NEW.block_reason)
            IS DISTINCT FROM (OLD.block_asked_by_id, OLD.block_asked_at, OLD.block_reason)
    ) THEN
        RAISE EXCEPTION 'A block by hand takes two people: asked for, then approved.';
    END IF;
    IF OLD.status = 'appealed' AND NEW.appealed_at IS DISTINCT FROM OLD.appealed_at THEN
        RAISE EXCEPTION 'An appeal stays as it was made.';
    END IF;
    RETURN NEW;
"""


def _keeps_to_its_way() -> str:
    function = KEEPS_TO_ITS_WAY
    for place, words in _PLACES.items():
        function = function.replace(place, words)
    return function


def case_triggers() -> list[pgtrigger.Trigger]:
    """Statuses by the table, evidence frozen, decisions kept, two people for a block by hand."""
    return [
        pgtrigger.FSM(
            name="case_moves_by_the_table",
            field="status",
            transitions=[
                (str(before), str(after))
                for before in CaseStatus
                for after in sorted(TRANSITIONS[before])
            ],
        ),
        pgtrigger.ReadOnly(
            name="case_evidence_is_frozen",
            fields=[
                "kind",
                "publisher",
                "evidence",
                "evidence_frozen",
                "clause",
                "severity",
                "found_at",
                "found_by",
            ],
        ),
        pgtrigger.Trigger(
            name="case_keeps_to_its_way",
            operation=pgtrigger.Insert | pgtrigger.Update,
            when=pgtrigger.Before,
            func=_keeps_to_its_way(),
        ),
        pgtrigger.Protect(name="case_is_kept", operation=pgtrigger.Delete),
    ]
