"""A copy of the merchant's picture is found in whatever form; likeness is left to a person."""

import io
import json
import random
import struct
import zlib
from base64 import b64encode
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

from compliance.detectors.finding import Report, Verdict
from compliance.detectors.fingerprints import colours_in_common, distance, fingerprints
from compliance.detectors.images import ReferenceImage, check_image
from compliance.detectors.picture_files import PictureRefused, opened, pixels_digest


def drawn(letter: str = "A", ground: str | None = "#e62e04", ink: str = "white") -> Image.Image:
    """A letter with a smile on a ground: a picture of the kind that icons are."""
    image = Image.new("RGBA", (256, 256), ground or (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.text((70, 0), letter, fill=ink, font=ImageFont.load_default(170))
    pen.arc((50, 120, 206, 236), 20, 160, fill=ink, width=22)
    return image


def saved(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A"))
        image = flat
    image.save(out, kind, **options)
    return out.getvalue()


LOGO = drawn()
SEE_THROUGH = drawn("e", ground=None, ink="#ff6a00")
OTHERS = [
    drawn("X", "#1a73e8", "yellow"),
    Image.radial_gradient("L").convert("RGBA"),
    Image.linear_gradient("L").convert("RGBA"),
    ImageOps.expand(Image.new("RGBA", (100, 40), "green"), 60, "white"),
]
REFERENCES = [
    ReferenceImage.of("icon 2020", saved(LOGO)),
    ReferenceImage.of("orange e", saved(SEE_THROUGH)),
]


def checked(content: bytes, references=REFERENCES):
    return check_image(content, references, checked="icon")


def named(report: Report) -> set[str]:
    return {f.detail["reference"] for f in report.findings if "reference" in f.detail}


# --- The picture itself -----------------------------------------------------------------


def test_the_very_file_breaks_the_rule():
    report = checked(saved(LOGO))
    assert report.verdict == Verdict.VIOLATION
    assert [(f.rule, f.step) for f in report.findings] == [("F33", "same_file")]
    assert "icon 2020" in report.findings[0].sentence


@pytest.mark.parametrize(
    "content",
    [
        saved(LOGO, optimize=True),
        saved(LOGO, compress_level=1),
        saved(LOGO, "WEBP", lossless=True),
        saved(LOGO.convert("RGB")),
        saved(LOGO, "ICO", sizes=[(16, 16), (256, 256)]),
    ],
    ids=["optimised", "less packed", "webp", "without alpha", "in an icon"],
)
def test_the_same_pixels_in_another_file_break_the_rule(content):
    report = checked(content)
    assert report.verdict == Verdict.VIOLATION
    assert [f.step for f in report.findings] == ["same_pixels"]


# --- What looks like it -----------------------------------------------------------------


def padded(image: Image.Image) -> Image.Image:
    return ImageOps.expand(image, (70, 20, 10, 35), "white")


def recoloured(image: Image.Image) -> Image.Image:
    red, green, blue, alpha = image.split()
    return Image.merge("RGBA", (blue, red, green, alpha))


def inverted(image: Image.Image) -> Image.Image:
    *colours, alpha = image.split()
    return Image.merge("RGBA", (*(ImageOps.invert(colour) for colour in colours), alpha))


def masked(image: Image.Image, draw: Callable[..., None], *how: int) -> Image.Image:
    """What a site makes of an avatar: white where the shape ends."""
    mask = Image.new("L", image.size, 0)
    draw(ImageDraw.Draw(mask), (0, 0, *image.size), *how, fill=255)
    return Image.composite(image, Image.new("RGBA", image.size, "white"), mask)


CHANGED = {
    "16 pixels": lambda i: saved(i.resize((16, 16), Image.Resampling.LANCZOS)),
    "32 pixels": lambda i: saved(i.resize((32, 32))),
    "180 pixels": lambda i: saved(i.resize((180, 180), Image.Resampling.BILINEAR)),
    "jpeg": lambda i: saved(i, "JPEG", quality=30),
    "gif": lambda i: saved(i.convert("RGB").quantize(16), "GIF"),
    "webp": lambda i: saved(i, "WEBP", quality=40),
    "icon": lambda i: saved(i, "ICO", sizes=[(16, 16), (32, 32), (48, 48)]),
    "margins": lambda i: saved(padded(i)),
    "cut": lambda i: saved(i.crop((12, 12, 244, 244))),
    "brighter": lambda i: saved(ImageEnhance.Brightness(i).enhance(1.3)),
    "recoloured": lambda i: saved(recoloured(i)),
    "inverted": lambda i: saved(inverted(i)),
    "mirrored": lambda i: saved(ImageOps.mirror(i)),
    "turned": lambda i: saved(i.rotate(90)),
    "upside down": lambda i: saved(ImageOps.flip(i)),
    "round corners": lambda i: saved(masked(i, ImageDraw.ImageDraw.rounded_rectangle, 64)),
    "in a circle": lambda i: saved(masked(i, ImageDraw.ImageDraw.ellipse)),
    "in a drawing": lambda i: b"<svg><image href='data:image/png;base64,"
    + b64encode(saved(i.resize((64, 64)))) + b"'/></svg>",
    "moving": lambda i: saved(OTHERS[0].convert("RGB"), "GIF", save_all=True,
                              append_images=[padded(i).convert("RGB").resize((256, 256))]),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGED)
@pytest.mark.parametrize(("name", "image"), [("icon 2020", LOGO), ("orange e", SEE_THROUGH)])
def test_a_changed_copy_goes_to_a_person_with_the_reference_named(name, image, change):
    report = checked(CHANGED[change](image))
    found = {f.detail["reference"]: f for f in report.findings if "reference" in f.detail}
    assert report.verdict == Verdict.REVIEW
    assert name in found
    assert 0 <= found[name].detail["distance"] <= 500
    assert "look at both" in found[name].sentence


@pytest.mark.parametrize("other", OTHERS)
def test_another_picture_is_clear_or_too_plain_to_say(other):
    report = checked(saved(other))
    assert not named(checked(saved(other)))
    assert {f.step for f in report.findings} <= {"plain"}


def random_logo(seed: int) -> Image.Image:
    """Some shapes and a letter, as different from each other as logos are."""
    dice = random.Random(seed)
    colour = lambda: tuple(dice.randrange(256) for _ in range(3))  # noqa: E731
    image = Image.new("RGBA", (256, 256), (*colour(), 255))
    pen = ImageDraw.Draw(image)
    for _ in range(3):
        x, y = dice.randrange(10, 120), dice.randrange(10, 120)
        box = (x, y, x + dice.randrange(50, 120), y + dice.randrange(50, 120))
        dice.choice([pen.ellipse, pen.rectangle])(box, fill=colour())
    letter = dice.choice("ABCDEFGHKMNPRSTXaebgk258")
    place = (dice.randrange(0, 120), dice.randrange(-20, 80))
    pen.text(place, letter, fill=colour(), font=ImageFont.load_default(dice.randrange(110, 180)))
    return image


def test_copies_of_random_logos_are_found_and_others_are_let_go():
    logos = [random_logo(seed) for seed in range(20)]
    references = [ReferenceImage.of(str(n), saved(logo)) for n, logo in enumerate(logos)]

    def like(content: bytes, reference: ReferenceImage) -> bool:
        return bool(checked(content, [reference]).findings)

    changes = ("32 pixels", "jpeg", "margins", "recoloured", "mirrored")
    found = [
        like(CHANGED[change](logo), reference)
        for logo, reference in zip(logos, references, strict=True)
        for change in changes
    ]
    wrong = [
        like(saved(logo), reference) for n, logo in enumerate(logos) for reference in references[:n]
    ]
    assert sum(found) >= 0.95 * len(found)
    assert sum(wrong) <= 0.05 * len(wrong)


@pytest.mark.parametrize(("shape", "how"), [("rounded_rectangle", (64,)), ("ellipse", ())])
def test_random_logos_with_their_corners_cut_are_found_and_others_are_let_go(shape, how):
    logos = [random_logo(seed) for seed in range(20)]
    references = [ReferenceImage.of(str(n), saved(logo)) for n, logo in enumerate(logos)]
    cut = [saved(masked(logo, getattr(ImageDraw.ImageDraw, shape), *how)) for logo in logos]
    names = [named(checked(content, references)) for content in cut]
    found = [str(n) in of_one for n, of_one in enumerate(names)]
    # A circle takes away more than corners where something is drawn near them.
    assert sum(found) >= (0.95 if how else 0.75) * len(found)
    assert sum(len(of_one - {str(n)}) for n, of_one in enumerate(names)) <= 0.05 * len(logos) ** 2


# --- What cannot be compared ------------------------------------------------------------


def chunk(kind: bytes, content: bytes) -> bytes:
    packed = kind + content
    return struct.pack(">I", len(content)) + packed + struct.pack(">I", zlib.crc32(packed))


def png_that_says(width: int, height: int, lines: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def icon_of(inside: bytes, size: int | None = None) -> bytes:
    length = len(inside) if size is None else size
    return b"\0\0\1\0\1\0" + struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, length, 22) + inside


BAD = {
    "empty": b"",
    "text": b"not a picture",
    "html": b"<html><body>404</body></html>",
    "pdf": b"%PDF-1.4 ...",
    "cut short": saved(LOGO)[:300],
    "cut short jpeg": saved(LOGO, "JPEG")[:400],
    "cut short gif": saved(LOGO.convert("RGB"), "GIF")[:60],
    "cut short webp": saved(LOGO, "WEBP")[:100],
    "cut short icon": saved(LOGO, "ICO", sizes=[(32, 32)])[:40],
    "icon of nothing": b"\0\0\1\0\0\0",
    "icon without entries": b"\0\0\1\0\5\0",
    "icon that points away": icon_of(b"\x89PNG\r\n\x1a\n" * 3, size=2**31),
    "bomb": png_that_says(50_000, 50_000, b"\0" * 1_000_000),
    "long side": png_that_says(200_000, 1),
    "bomb in an icon": icon_of(png_that_says(13_000, 13_000)),
    "bitmap bomb in an icon": icon_of(struct.pack("<Iii", 40, 30_000, 60_000) + b"\0" * 40),
    "no size": png_that_says(0, 0),
    "bmp": b"BM" + b"\0" * 60,
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "tiff": b"II*\0\x08\0\0\0\0\0",
    "too many bytes": b"\x89PNG\r\n\x1a\n" + b"\0" * 2_000_000,
}  # fmt: skip


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_bad_file_gets_a_sentence_and_a_person(content):
    report = checked(content)
    assert report.verdict == Verdict.REVIEW
    (finding,) = report.findings
    assert finding.step == "unreadable"
    assert finding.sentence.endswith(".")
    with pytest.raises(PictureRefused):
        ReferenceImage.of("bad", content)


@pytest.mark.parametrize("name", ["bomb", "long side", "bomb in an icon", "bitmap bomb in an icon"])
def test_a_bomb_is_refused_for_the_size_it_says_and_not_unpacked(name):
    assert "too large" in checked(BAD[name]).findings[0].sentence


def test_a_drawing_goes_to_a_person():
    for svg in (
        b"<svg xmlns='x'><path/></svg>",
        b"<?xml version='1.0'?><!DOCTYPE svg><svg >",
    ):
        report = checked(svg)
        assert (report.verdict, report.findings[0].step) == (Verdict.REVIEW, "drawing")
        with pytest.raises(PictureRefused):
            ReferenceImage.of("drawing", svg)


def test_a_plain_picture_goes_to_a_person_and_is_no_reference():
    plain = saved(Image.new("RGBA", (32, 32), "red"))
    assert [f.step for f in checked(plain).findings] == ["plain"]
    with pytest.raises(PictureRefused):
        ReferenceImage.of("plain", plain)


def test_without_references_every_picture_goes_to_a_person():
    report = checked(saved(OTHERS[0]), [])
    assert (report.verdict, report.findings[0].step) == (Verdict.REVIEW, "no_references")
    assert "upload" in report.findings[0].sentence


@given(
    st.binary(max_size=400), st.sampled_from([b"", saved(LOGO)[:60], b"\0\0\1\0\1\0", b"GIF89a"])
)
@settings(deadline=None)
def test_any_bytes_get_a_verdict(content, start):
    report = checked(start + content)
    assert report.verdict == Verdict.REVIEW


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_a_damaged_picture_gets_a_verdict(data):
    whole = data.draw(
        st.sampled_from([CHANGED[k](LOGO) for k in ("16 pixels", "gif", "icon", "webp")])
    )
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:place] + data.draw(st.binary(max_size=8)) + whole[place + 1 :]
    assert checked(damaged).verdict in set(Verdict)


# --- Fingerprints -----------------------------------------------------------------------


@given(st.integers(0, 2**256 - 1), st.integers(0, 2**256 - 1))
def test_distance_is_symmetric_and_bounded(left, right):
    assert distance(left, right) == distance(right, left)
    assert 0 <= distance(left, right) <= 1000
    assert distance(left, left) == 0


def test_a_view_keeps_its_bits_when_stored():
    for reference in REFERENCES:
        stored = json.loads(json.dumps(reference.as_json()))
        assert ReferenceImage.from_json(reference.name, reference.sha256, stored) == reference
        stored["version"] = 0
        assert ReferenceImage.from_json(reference.name, reference.sha256, stored) is None


def test_colours_are_parts_of_the_area():
    (view, *_) = fingerprints(LOGO)
    assert sum(view.colours.values()) <= 1000
    assert colours_in_common(view.colours, view.colours) == sum(view.colours.values())


def test_hidden_colours_under_transparency_are_not_pixels():
    one, two = (Image.new("RGBA", (4, 4), (shade, 0, 0, 0)) for shade in (10, 200))
    assert pixels_digest(one) == pixels_digest(two)


def test_every_size_of_an_icon_is_a_frame():
    assert len(opened(saved(LOGO, "ICO", sizes=[(16, 16), (32, 32), (48, 48)])).frames) == 3


# --- The command ------------------------------------------------------------------------


def test_the_command_compares_with_the_files_given(tmp_path, capsys):
    logo, other, text = tmp_path / "logo.png", tmp_path / "other.png", tmp_path / "page.html"
    logo.write_bytes(saved(LOGO))
    other.write_bytes(saved(OTHERS[0]))
    text.write_text("hello")
    call_command("check_image", str(logo), str(other), str(text), reference=[logo])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["verdict"] for line in lines] == ["violation", "clear", "review"]
    assert lines[0]["checked"] == str(logo)
    assert lines[0]["findings"][0].keys() >= {"rule", "step", "sentence"}


def test_the_command_names_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.png cannot be read"):
        call_command("check_image", str(tmp_path / "nothing.png"), reference=[])
