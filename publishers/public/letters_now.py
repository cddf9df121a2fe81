"""Letters with a secret link: sent at once, and kept nowhere."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMessage
from django.utils.translation import override

from publishers.letters import LETTER_ERRORS, worded
from publishers.models import Invitation, User

logger = logging.getLogger(__name__)


def send_invitation(invitation: Invitation, way: str, language: str) -> bool:
    """Ask somebody to join; whether the letter went out. way: the link with the secret."""
    return _send("invitation", invitation.email, language, {"invitation": invitation, "way": way})


def send_staff_invitation(person: User, way: str, language: str) -> bool:
    """Ask somebody to choose a first password; whether the letter went out. way: as above."""
    return _send("staff_invitation", person.email, language, {"person": person, "way": way})


def _send(name: str, email: str, language: str, context: Mapping[str, Any]) -> bool:
    with override(language):
        words = worded(name, context)
    message = EmailMessage(
        words.subject, words.text, to=[email],
        headers={"Content-Language": language, "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    try:
        return bool(message.send())
    except LETTER_ERRORS as error:
        logger.warning("A letter of the kind %s was not sent: %s", name, error)
        return False
