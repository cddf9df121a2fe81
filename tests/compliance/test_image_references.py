"""What staff upload is what pictures are compared with."""

import io
import json
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from PIL import Image, ImageDraw

from compliance.detectors.images import ReferenceImage as Reference
from compliance.image_references import ReferenceRefused, add_reference, references
from compliance.models.reference_image import ReferenceImage
from publishers.models import User

AT = datetime(2020, 6, 8, tzinfo=UTC)


def picture(ink: str = "white") -> bytes:
    image = Image.new("RGB", (64, 64), "#e62e04")
    ImageDraw.Draw(image).polygon([(8, 8), (56, 20), (30, 56), (22, 30)], fill=ink)
    ImageDraw.Draw(image).ellipse((40, 36, 60, 58), fill=ink)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create(username="staff")


def test_an_uploaded_picture_is_a_reference(staff):
    kept = add_reference(name="icon 2020", picture=picture(), by=staff, at=AT)
    assert list(references()) == [Reference.of("icon 2020", picture())]
    assert bytes(ReferenceImage.objects.get(pk=kept.pk).picture) == picture()


def test_the_command_compares_with_what_was_uploaded(staff, tmp_path, capsys):
    path = tmp_path / "icon.png"
    path.write_bytes(picture())
    verdicts = []
    for _ in range(2):
        call_command("check_image", str(path))
        verdicts.append(json.loads(capsys.readouterr().out)["verdict"])
        if not ReferenceImage.objects.exists():
            add_reference(name="icon 2020", picture=picture(), by=staff, at=AT)
    assert verdicts == ["review", "violation"]


def test_a_picture_is_a_reference_once(staff):
    add_reference(name="icon", picture=picture(), by=staff, at=AT)
    with pytest.raises(ReferenceRefused, match="already"):
        add_reference(name="again", picture=picture(), by=staff, at=AT)


@pytest.mark.parametrize("bad", [b"", b"x" * 1_048_577, b"<svg ></svg>", picture("#e62e04")])
def test_what_nothing_can_be_compared_with_is_refused_with_a_sentence(staff, bad):
    with pytest.raises(ReferenceRefused, match=r"\.$"):
        add_reference(name="bad", picture=bad, by=staff, at=AT)
    assert not ReferenceImage.objects.exists()


def test_fingerprints_made_another_way_are_made_anew(staff):
    kept = add_reference(name="icon", picture=picture(), by=staff, at=AT)
    ReferenceImage.objects.filter(pk=kept.pk).update(hashes={"version": 0})
    assert list(references()) == [Reference.of("icon", picture())]


def test_the_picture_of_a_reference_stays(staff):
    kept = add_reference(name="icon", picture=picture(), by=staff, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReferenceImage.objects.filter(pk=kept.pk).update(picture=b"x")
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(
            "INSERT INTO compliance_referenceimage"
            " (name, picture, sha256, hashes, note, added_at, added_by_id)"
            " SELECT 'big', decode(repeat('00', 1048577), 'hex'), 'x', '{}', '', %s, %s",
            [AT, staff.pk],
        )
