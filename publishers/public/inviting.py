"""Inviting somebody by a letter: an invitation whose letter did not go out is none."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from publishers.enums import Role
from publishers.letters import language_of
from publishers.models import Invitation, Publisher, User
from publishers.people import invite
from publishers.public.letters_now import send_invitation


class LetterNotSent(Exception):
    """The mail server did not take the letter; the message says what to do."""


@transaction.atomic
def invite_by_letter(
    publisher: Publisher,
    *,
    email: str,
    role: Role,
    by: User,
    at: datetime,
    on_site: Callable[[str], str],
    within: Collection[Role] = tuple(Role),
) -> Invitation:
    """Ask somebody to work for a publisher, in a letter with a link that only they have.

    on_site: gets a path, and returns its whole address. Raises what `invite` raises, and
    LetterNotSent: then an earlier invitation to the same address still stands.
    """
    invitation, secret = invite(publisher, email=email, role=role, by=by, at=at, within=within)
    language = language_of(publisher)
    with override(language):
        path = reverse("public:join", args=[secret])
    if not send_invitation(invitation, on_site(path), language):
        raise LetterNotSent(_("The letter could not be sent just now. Try again in some minutes."))
    return invitation
