"""Staff add the merchant's logos; what is added never becomes another picture."""

import io
from pathlib import Path

import pytest
from django.urls import reverse

from compliance.models import ReferenceImage

pytestmark = pytest.mark.django_db

ADD = "admin:compliance_referenceimage_add"


def picture() -> io.BytesIO:
    return named((Path(__file__).parent / "drawn_logo.png").read_bytes())


def named(data: bytes) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = "logo.png"
    return file


def test_a_logo_is_added_shown_and_found_again(admin_client):
    answer = admin_client.post(
        reverse(ADD), {"name": "New logo", "upload": picture(), "note": ""}, follow=True
    )
    assert answer.status_code == 200
    kept = ReferenceImage.objects.get()
    assert (kept.name, kept.added_by.username) == ("New logo", "admin")
    page = admin_client.get(reverse("admin:compliance_referenceimage_change", args=[kept.pk]))
    assert b"data:image/png;base64," in page.content
    assert b'name="upload"' not in page.content
    admin_client.post(
        reverse("admin:compliance_referenceimage_change", args=[kept.pk]),
        {"name": "Logo of 2018", "note": "seen on banners"},
    )
    kept.refresh_from_db()
    assert kept.name == "Logo of 2018"


@pytest.mark.parametrize(
    ("file", "said"),
    [(b"not a picture", "picture"), (b"x" * 1_100_000, "1048576")],
    ids=["no picture", "too large"],
)
def test_what_cannot_be_compared_with_is_refused_with_a_sentence(admin_client, file, said):
    upload = named(file)
    answer = admin_client.post(reverse(ADD), {"name": "Logo", "upload": upload, "note": ""})
    assert answer.status_code == 200
    assert said in str(answer.context["adminform"].form.errors["upload"])
    assert not ReferenceImage.objects.exists()


def test_the_same_picture_is_a_reference_once(admin_client):
    for _ in range(2):
        answer = admin_client.post(reverse(ADD), {"name": "Logo", "upload": picture(), "note": ""})
    assert "already" in str(answer.context["adminform"].form.errors["upload"])
    assert ReferenceImage.objects.count() == 1


def test_an_empty_list_says_what_to_do(admin_client):
    page = admin_client.get(reverse("admin:compliance_referenceimage_changelist"))
    assert "Add the merchant" in page.content.decode()
