"""The fields for codes from letters: whoever opens such a page has come to type the code."""

from typing import Any

from allauth.account.forms import ConfirmEmailVerificationCodeForm, ConfirmPasswordResetCodeForm
from django import forms


def _focused(form: forms.Form) -> None:
    form.fields["code"].widget.attrs["autofocus"] = True


class AddressCodeForm(ConfirmEmailVerificationCodeForm):
    """The code that shows whose an address is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _focused(self)


class PasswordCodeForm(ConfirmPasswordResetCodeForm):
    """The code with which a password is chosen anew."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _focused(self)
