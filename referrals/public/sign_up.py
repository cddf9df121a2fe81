"""The page on which a publisher signs up, by a referrer's link or without one (F25)."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import SignupForm
from allauth.account.models import EmailAddress
from allauth.account.utils import setup_user_email
from allauth.account.views import SignupView
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import password_validators_help_texts
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from publishers.accounts import TERMS_VERSION, AccountRefused, NewAccount
from publishers.models import User
from publishers.public.countries import countries_by_name
from referrals.registering import recommendation, register_publisher


class SignUpForm(SignupForm):
    """Who signs up, and that they accept the terms."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("Yours or your company's. Your code in links is made from it."),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "autofocus": True}),
    )
    country = forms.ChoiceField(label=_("Country"), widget=forms.Select())
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES)
    terms = forms.BooleanField(
        label=_("I accept the terms"),
        error_messages={"required": _("Without accepting the terms there is no account.")},
    )
    ref = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())
    # People do not see it; what fills in everything does.
    website = forms.CharField(
        required=False, label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )  # fmt: skip
    field_order = ("name", "email", "password1", "country", "language", "terms", "ref", "website")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("Choose a country")), *countries_by_name()]
        self.fields["language"].initial = get_language()
        self.fields["email"].label = _("E-mail")
        self.fields["email"].help_text = _("A code is sent there, and all letters.")
        password = self.fields["password1"]
        password.help_text = " ".join(password_validators_help_texts())
        for field in (self.fields["email"], password):
            field.widget.attrs.pop("placeholder", None)

    def clean_name(self) -> str:
        """A name has something to read."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not any(letter.isalnum() for letter in name):
            raise forms.ValidationError(_("Give a name with letters or digits."))
        return name

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """A known address and a machine are answered as everybody is."""
        if self.cleaned_data.get("website"):
            return None, get_adapter().respond_email_verification_sent(request, None)
        if self.account_already_exists:
            # As long as the making of an account would take.
            make_password(self.cleaned_data["password1"])
        saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return saved

    def save(self, request: HttpRequest) -> User:
        """The publisher, its owner and its referral, or nothing of it."""
        said = self.cleaned_data
        owner = User(first_name=said["name"][:150])
        owner.set_password(said["password1"])
        new = NewAccount(said["name"], said["email"], said["country"], said["language"])
        with transaction.atomic():
            owner.username = get_adapter().generate_unique_username([said["email"], "user"])
            register_publisher(new, owner=owner, ref=said["ref"], at=timezone.now())
            setup_user_email(request, owner, [EmailAddress(email=said["email"])])
        return owner


class SignUp(SignupView):
    """Makes an account, and asks for the code that was sent to its address."""

    form_class = SignUpForm
    template_name = "account/signup.html"

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "ref": self.request.GET.get("ref", "")}

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        try:
            answer: HttpResponse = super().form_valid(form)
        except AccountRefused as refusal:
            form.add_error("name", str(refusal))
            return self.form_invalid(form)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        ref = self.request.POST.get("ref", "") or self.request.GET.get("ref", "")
        return {**context, "recommended": recommendation(ref), "terms_version": TERMS_VERSION}
