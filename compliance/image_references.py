"""The merchant's pictures that staff uploaded, ready to be compared with."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from compliance.detectors.images import ReferenceImage as Reference
from compliance.detectors.picture_files import PictureRefused
from compliance.models.reference_image import LARGEST_PICTURE, ReferenceImage
from publishers.models import User


class ReferenceRefused(Exception):
    """A picture that cannot be a reference; the message says why."""


def references() -> Sequence[Reference]:
    """Every reference, by name."""
    return [_reference(stored) for stored in ReferenceImage.objects.all()]


def fingerprinted(name: str, picture: bytes) -> Reference:
    """What a picture is compared by. Raises ReferenceRefused where it cannot be a reference."""
    if len(picture) > LARGEST_PICTURE:
        raise ReferenceRefused(
            _("The picture has %(size)s bytes; give one of at most %(limit)s.")
            % {"size": len(picture), "limit": LARGEST_PICTURE}
        )
    try:
        reference = Reference.of(name, picture)
    except PictureRefused as refused:
        raise ReferenceRefused(_(refused.sentence) % refused.values_of_sentence) from refused
    if ReferenceImage.objects.filter(sha256=reference.sha256).exists():
        raise ReferenceRefused(_("This picture is among the references already."))
    return reference


def add_reference(
    *, name: str, picture: bytes, by: User, at: datetime, note: str = ""
) -> ReferenceImage:
    """Keep a picture of the merchant's. Raises ReferenceRefused with a sentence."""
    reference = fingerprinted(name, picture)
    try:
        with transaction.atomic():
            return ReferenceImage.objects.create(
                name=name,
                picture=picture,
                sha256=reference.sha256,
                hashes=reference.as_json(),
                note=note,
                added_at=at,
                added_by=by,
            )
    except IntegrityError as error:
        raise ReferenceRefused(_("This picture is among the references already.")) from error


def _reference(stored: ReferenceImage) -> Reference:
    kept = Reference.from_json(stored.name, stored.sha256, stored.hashes)
    return kept or Reference.of(stored.name, bytes(stored.picture))
