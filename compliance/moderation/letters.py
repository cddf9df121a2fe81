"""What the publisher is told of a round, in its own language: each event once."""

from datetime import datetime
from typing import Any

from compliance.models import Moderation, ModerationEvent
from compliance.moderation.enums import ModerationMove
from compliance.two_languages import Told, in_reader_language
from publishers.enums import LetterKind
from publishers.letters import Owed, Words, worded, write_letters

LETTERS = {
    ModerationMove.OPENED: "source_looked_at",
    ModerationMove.ADDED: "source_looked_at",
    ModerationMove.ASKED: "source_asked",
    ModerationMove.APPROVED: "source_approved",
    ModerationMove.REJECTED: "source_rejected",
}


def tell(event: ModerationEvent, *, at: datetime, **more: Any) -> None:
    """Write the letter of an event; within its transaction."""
    moderation: Moderation = event.moderation
    source = moderation.source

    def words() -> Words:
        reasons = [{"rule": one["rule"], "text": in_reader_language(one)} for one in event.reasons]
        context = {"source": source, "words": event.words, "reasons": reasons, **more}
        if isinstance(ground := more.get("ground"), Told):
            context["ground"] = in_reader_language({"en": ground.english, "ru": ground.russian})
        return worded(LETTERS[ModerationMove(event.move)], context)

    owed = Owed(
        key=f"moderation:{moderation.pk}:{event.move}:{event.pk}",
        publisher=source.publisher,
        words=words,
        kind=LetterKind.SOURCES,
    )
    write_letters([owed], at=at)
