"""A site's favicon and logo must not be the merchant's, nor copied from it (F33).

The picture is compared with references that staff uploaded; none are shipped. The same file, or a
file with the same pixels, is the merchant's picture: `violation`. One that only looks like it
(another size, cut, recoloured, turned, compressed) is `review`: likeness is for a person to judge,
and the finding names the reference and how far apart they are, 0 to 1,000. `review` too is what
cannot be compared: a drawing (SVG), a damaged file, a plain picture, no references at all.
The merchant's logo as a small part of a larger picture is not found by this.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from compliance.detectors.finding import Finding, Report, Verdict
from compliance.detectors.fingerprints import (
    FAR,
    VERSION,
    Fingerprint,
    colours_in_common,
    distance,
    fingerprints,
)
from compliance.detectors.marking import Say, say_in_english
from compliance.detectors.marking import gettext_noop as _
from compliance.detectors.picture_files import Picture, PictureRefused, opened, pixels_digest

RULE = "F33"
# Thousandths, measured on drawn logos: see the tests.
_NEAR = 350
_NEAR_IN_ITS_COLOURS = 500
_SAME_COLOURS = 700

_SAME_FILE = _(
    "The picture is the very file of the reference “%(reference)s”; the merchant's logo and"
    " favicon must not be used, take another."
)
_SAME_PIXELS = _(
    "The picture has the same pixels as the reference “%(reference)s”; the merchant's logo and"
    " favicon must not be used, take another."
)
_ALIKE = _(
    "The picture looks like the reference “%(reference)s”: %(distance)s of %(far)s apart,"
    " %(colours)s of %(far)s of the colours in common; look at both and decide."
)
_NO_REFERENCES = _(
    "There are no references to compare with; upload the merchant's logos and favicons"
    " first, or look at the picture yourself."
)
_DRAWING = _("The picture is a drawing (SVG), which is not compared; look at it yourself.")
_PLAIN = _("The picture is too plain to be compared; look at it yourself.")


@dataclass(frozen=True)
class ReferenceImage:
    """A picture of the merchant's: of the file, of each frame's pixels, and how frames look."""

    name: str
    sha256: str
    pixels: frozenset[str]
    views: tuple[Fingerprint, ...]

    @classmethod
    def of(cls, name: str, content: bytes) -> Self:
        """From a picture file. Raises PictureRefused where there is nothing to compare with."""
        picture = opened(content)
        if picture.is_drawn:
            raise PictureRefused(_("A drawing (SVG) cannot be a reference; save it as PNG first."))
        seen = [view for frame in picture.frames for view in fingerprints(frame)]
        views = tuple({repr(view): view for view in seen if not view.is_plain}.values())
        if not views:
            raise PictureRefused(
                _("The picture is too plain to be told from others; give one with more in it.")
            )
        digests = frozenset(pixels_digest(frame) for frame in picture.frames)
        return cls(name, hashlib.sha256(content).hexdigest(), digests, views)

    def as_json(self) -> dict[str, Any]:
        """What is kept of it beside its name and file."""
        return {
            "version": VERSION,
            "pixels": sorted(self.pixels),
            "views": [view.as_json() for view in self.views],
        }

    @classmethod
    def from_json(cls, name: str, sha256: str, stored: Mapping[str, Any]) -> Self | None:
        """What `as_json` gave; None where it was made another way, and must be made anew."""
        if stored.get("version") != VERSION:
            return None
        views = tuple(Fingerprint.from_json(view) for view in stored["views"])
        return cls(name, sha256, frozenset(stored["pixels"]), views)


@dataclass(frozen=True)
class _Likeness:
    """The nearest that a picture comes to a reference; numbers in thousandths."""

    reference: str
    distance: int
    colours: int
    step: str

    @property
    def is_near(self) -> bool:
        limit = _NEAR_IN_ITS_COLOURS if self.colours >= _SAME_COLOURS else _NEAR
        return self.distance <= limit


def check_image(
    content: bytes,
    references: Sequence[ReferenceImage],
    *,
    checked: str,
    say: Say = say_in_english,
) -> Report:
    """Compare a picture file with the references. Raises nothing: bad files are findings."""
    digest = hashlib.sha256(content).hexdigest()
    same = [
        _same(reference, "same_file", _SAME_FILE, say)
        for reference in references
        if reference.sha256 == digest
    ]
    if same:
        return Report(checked, Verdict.VIOLATION, tuple(same))
    try:
        picture = opened(content)
    except PictureRefused as refused:
        sentence = say(refused.sentence, refused.values_of_sentence)
        return Report(checked, Verdict.REVIEW, (Finding(RULE, "unreadable", sentence),))
    findings = list(_compared(picture, references, say))
    if any(finding.step == "same_pixels" for finding in findings):
        return Report(checked, Verdict.VIOLATION, tuple(findings))
    findings += [
        Finding(RULE, step, say(sentence, {}))
        for step, sentence in _not_compared(picture, references)
    ]
    return Report(checked, Verdict.REVIEW if findings else Verdict.CLEAR, tuple(findings))


def _compared(
    picture: Picture, references: Sequence[ReferenceImage], say: Say
) -> Iterable[Finding]:
    pixels = {pixels_digest(frame) for frame in picture.frames}
    views = [
        view
        for frame in picture.frames
        for view in fingerprints(frame, turned=True)
        if not view.is_plain
    ]
    for reference in references:
        if reference.pixels & pixels:
            yield _same(reference, "same_pixels", _SAME_PIXELS, say)
            continue
        likeness = _nearest(reference, views)
        if likeness is not None and likeness.is_near:
            detail = {
                "reference": reference.name,
                "distance": likeness.distance,
                "colours": likeness.colours,
            }
            yield Finding(RULE, likeness.step, say(_ALIKE, {**detail, "far": FAR}), detail)


def _same(reference: ReferenceImage, step: str, sentence: str, say: Say) -> Finding:
    detail = {"reference": reference.name, "distance": 0}
    return Finding(RULE, step, say(sentence, detail), detail)


def _nearest(reference: ReferenceImage, views: Sequence[Fingerprint]) -> _Likeness | None:
    found = [
        likeness
        for view in views
        for ours in reference.views
        for likeness in _likenesses(reference.name, view, ours)
    ]
    return min(found, key=lambda likeness: (not likeness.is_near, likeness.distance), default=None)


def _likenesses(name: str, view: Fingerprint, ours: Fingerprint) -> Iterable[_Likeness]:
    colours = colours_in_common(view.colours, ours.colours)
    for step, left, right in (
        ("like_in_tones", view.tones, ours.tones),
        ("like_in_shape", view.shape, ours.shape),
    ):
        yield _Likeness(name, distance(left, right), colours, step)


def _not_compared(
    picture: Picture, references: Sequence[ReferenceImage]
) -> Iterable[tuple[str, str]]:
    """Why a picture is for a person: step and sentence."""
    if not references:
        yield "no_references", _NO_REFERENCES
    elif picture.is_drawn:
        yield "drawing", _DRAWING
    elif all(view.is_plain for frame in picture.frames for view in fingerprints(frame)):
        yield "plain", _PLAIN
