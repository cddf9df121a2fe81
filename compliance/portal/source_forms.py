"""What a publisher says of a source: the fields that its type of traffic demands."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django_countries import countries

from publishers.demands import demands_of
from publishers.models import SourceFile, SourceStatement
from publishers.models.publisher import code_validator
from publishers.models.source_material import LARGEST_MATERIAL
from publishers.source_material import (
    LONGEST_CODE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    LONGEST_URL,
    GivenFile,
    Material,
    MaterialRefused,
    material_of,
    require_address,
)

# An address of the portal, which a source's page would hide.
NO_CODE = "new"


def _text(label: str, hint: str, *, required: bool, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class MaterialForm(forms.Form):
    """A statement of a source of one type; files that were given before need not be given again.

    traffic_type: its code. said: what was stated last.
    """

    def __init__(
        self, traffic_type: str, *args: Any, said: SourceStatement | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.said = said
        demands = demands_of(traffic_type)
        self._add_plain(needs_address=demands.address)
        if demands.mailing:
            self._add_mailing()
        if demands.keywords:
            self._add_file(
                "keywords",
                _("Keyword list"),
                _("A text or CSV file with the keywords, the titles and texts of the ads, and the "
                  "negative keywords. Brand words of the merchant must all be negative."),
                _("Give the keyword list with the texts of the ads and the negative keywords."),
            )  # fmt: skip
        if demands.package:
            self._add_file(
                "package",
                _("Package of the extension"),
                _("The zip, xpi or crx file that people install."),
                _("Give the package of the extension: a zip, xpi or crx file."),
            )

    def _add_plain(self, *, needs_address: bool) -> None:
        self.fields["title"] = forms.CharField(
            label=_("Name"),
            max_length=LONGEST_TITLE,
            help_text=_("As its readers know it."),
            error_messages={
                "required": _("The source has no name: give one that people know it by.")
            },
        )
        self.fields["url"] = forms.CharField(
            label=_("Address"),
            required=needs_address,
            max_length=LONGEST_URL,
            widget=forms.URLInput(attrs={"placeholder": "https://"}),
            help_text="" if needs_address else _("If it has one."),
            error_messages={"required": _("A source of this type has a web address: give it.")},
        )
        self.fields["audience"] = _text(
            _("Audience"), _("Who reads it, how many, and how they come to it."), required=False
        )
        self.fields["countries"] = forms.CharField(
            label=_("Countries of its readers"),
            required=False,
            max_length=1_000,
            help_text=_("Two capitals each, the most important first: RU, KZ, BY."),
            widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
        )

    def _add_mailing(self) -> None:
        self.fields["subscribe"] = _text(
            _("How people subscribe"), _("Where, and what they agree to."), required=False
        )
        self.fields["leave"] = _text(
            _("How people leave"),
            _("How somebody unsubscribes from every letter, in plain words."),
            required=False,
        )
        self.fields["sample"] = _text(
            _("A letter as you send it"),
            _("Its whole text, the end with the way to unsubscribe included."),
            required=False,
            rows=6,
        )

    def _add_file(self, name: str, label: str, hint: str, missing: str) -> None:
        kept = self._kept(name)
        if kept is not None:
            hint = f"{hint} " + _("Kept unless you give another: %(name)s.") % {"name": kept.name}
        self.fields[name] = forms.FileField(
            label=label,
            required=kept is None,
            help_text=hint,
            error_messages={"required": missing},
            widget=forms.FileInput(),
        )

    def _kept(self, name: str) -> SourceFile | None:
        return getattr(self.said, name) if self.said is not None else None

    def clean_url(self) -> str:
        """An address that begins as one."""
        url: str = self.cleaned_data["url"].strip()
        try:
            require_address(url)
        except MaterialRefused as refused:
            raise forms.ValidationError(str(refused), code="no_address") from refused
        return url

    def clean_countries(self) -> tuple[str, ...]:
        """Codes of countries that there are."""
        words = self.cleaned_data["countries"].replace(",", " ").upper().split()
        known = dict(countries)
        for word in words:
            if word not in known:
                sentence = _("“%(country)s” is no country: write two capitals, such as RU.")
                raise forms.ValidationError(sentence % {"country": word[:20]}, code="no_country")
        return tuple(dict.fromkeys(words))

    def clean(self) -> dict[str, Any]:
        """Files that are not too large to be kept."""
        given = super().clean() or {}
        for name in ("keywords", "package"):
            file = given.get(name)
            if isinstance(file, UploadedFile) and (file.size or 0) > LARGEST_MATERIAL:
                sentence = _("The file %(name)s has %(size)s bytes; give one of at most %(most)s.")
                values = {"name": file.name, "size": file.size, "most": LARGEST_MATERIAL}
                self.add_error(name, sentence % values)
        return given

    def material(self) -> Material:
        """What a valid form says; files that were not given anew are those of before."""
        given = dict(self.cleaned_data)
        before = material_of(self.said) if self.said is not None else None
        return Material(
            title=given["title"],
            url=given["url"],
            audience=given["audience"],
            countries=given["countries"],
            subscribe=given.get("subscribe", ""),
            leave=given.get("leave", ""),
            sample=given.get("sample", ""),
            keywords=_given(given.get("keywords")) or (before.keywords if before else None),
            package=_given(given.get("package")) or (before.package if before else None),
        )


def _given(file: UploadedFile | None) -> GivenFile | None:
    return None if file is None else GivenFile(file.name or "", file.read())


class NewSourceForm(MaterialForm):
    """A source that is not there yet; its code may be chosen once."""

    def __init__(self, traffic_type: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(traffic_type, *args, **kwargs)
        self.fields["title"].widget.attrs["autofocus"] = True
        self.fields["code"] = forms.CharField(
            label=_("Code in its links"),
            required=False,
            max_length=LONGEST_CODE,
            validators=[code_validator],
            help_text=_("It stays for good. Leave it empty, and one is made."),
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        )

    def clean_code(self) -> str:
        """A code that no page of the portal bears."""
        code: str = self.cleaned_data["code"].strip()
        if code == NO_CODE:
            sentence = _("The code “%(code)s” is taken: choose another.")
            raise forms.ValidationError(sentence % {"code": code}, code="taken")
        return code


class ChangeForm(MaterialForm):
    """The source as it is now, and what its publisher has to say to staff of it."""

    def __init__(
        self, traffic_type: str, *args: Any, said: SourceStatement | None, **kwargs: Any
    ) -> None:
        super().__init__(traffic_type, *args, said=said, **kwargs)
        self.fields["words"] = _text(
            _("To the people who look at it"),
            _("What you mended, or the answer to what was asked."),
            required=False,
        )


class WordsForm(forms.Form):
    """An answer, or an appeal: words that somebody will read."""

    words = forms.CharField(max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, label: str, missing: str, *args: Any, **kwargs: Any) -> None:
        """label: what is asked for; missing: the sentence where nothing was written."""
        super().__init__(*args, **kwargs)
        self.fields["words"].label = label
        self.fields["words"].error_messages["required"] = missing
