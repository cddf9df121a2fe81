"""How the library that signs people in (django-allauth) fits this house.

A code is a secret of some minutes: its letter is sent at once and kept nowhere, so that nobody
reads it in the back office. What happened to somebody's sign-in is told by a letter like any other.
"""

import logging
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from publishers.enums import LetterKind
from publishers.letters import LETTER_ERRORS, Owed, worded, write_letters
from publishers.models import User
from publishers.public.devices import device_name
from publishers.public.sign_in import belongs_here

logger = logging.getLogger(__name__)

ADDRESS_STAGE = "allauth.account.stages.EmailVerificationStage"
OWN_ADDRESS_STAGE = "publishers.public.stages.OwnAddressStage"


def happenings() -> dict[str, str]:
    """What may happen to somebody's sign-in, by the library's name, as a sentence."""
    return {
        "account/email/password_changed": _("The password was changed."),
        "account/email/password_reset": _("The password was set anew by a code."),
        "account/email/password_set": _("A password was set."),
        "account/email/email_changed": _("The e-mail address was changed."),
        "account/email/email_deleted": _("An e-mail address was removed."),
        "mfa/email/totp_activated": _("An authenticator app was added."),
        "mfa/email/totp_deactivated": _("The authenticator app was removed."),
        "mfa/email/recovery_codes_generated": _("New recovery codes were made."),
        "mfa/email/webauthn_added": _("A passkey was added."),
        "mfa/email/webauthn_removed": _("A passkey was removed."),
    }


class AccountAdapter(DefaultAccountAdapter):
    """The library's questions, answered as this house does."""

    def get_login_stages(self) -> list[str]:
        """The library's, with our own question about the address."""
        stages = super().get_login_stages()
        return [OWN_ADDRESS_STAGE if stage == ADDRESS_STAGE else stage for stage in stages]

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Whoever came by whatever way: staff and publishers' people alone go on."""
        if not belongs_here(user):
            messages.error(request, _("This login leads nowhere any more."))
            return redirect("public:sign_in")
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        own_page = isinstance(request.user, User) and request.user.publisher_id
        return reverse("portal:home" if own_page else "admin:index")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def is_safe_url(self, url: str) -> bool:
        """Of this site alone."""
        return url_has_allowed_host_and_scheme(url, {self.request.get_host()})

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Nobody needs to be told that they are in."""
        if message_template != "account/messages/logged_in.txt":
            super().add_message(request, level, message_template, *args, **kwargs)

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        message: EmailMessage = super().render_mail(*args, **kwargs)
        message.extra_headers["Auto-Submitted"] = "auto-generated"
        return message

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a letter with a secret at once; where it cannot be sent, the page says so."""
        try:
            super().send_mail(template_prefix, email, context)
        except LETTER_ERRORS as error:
            logger.warning("A letter of the kind %s was not sent: %s", template_prefix, error)
            sentence = _("The letter could not be sent just now. Ask for another in some minutes.")
            messages.error(self.request, sentence)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a publisher's person what happened to their sign-in; staff read it in the log."""
        now = timezone.now()
        if user.publisher is None:
            logger.info("%s for the user %s.", template_prefix, user.pk)
            return
        said = {
            "name": user.get_username(),
            "at": now,
            "address": self.get_client_ip(self.request),
            "device": device_name(self.request),
            "way": self.request.build_absolute_uri(reverse("account_reset_password")),
        }
        owed = Owed(
            key=f"safety:{user.pk}:{uuid4()}",
            publisher=user.publisher,
            words=lambda: worded(
                "safety", {**said, "what": happenings().get(template_prefix, template_prefix)}
            ),
            to_blocked=True,
            kind=LetterKind.SECURITY,
            address=email or user.email,
        )
        write_letters([owed], at=now)
