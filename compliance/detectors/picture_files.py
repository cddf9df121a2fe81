"""Picture files, opened with care: every size an icon holds, some frames of a moving one."""

import hashlib
import io
import re
import struct
import warnings
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from compliance.detectors.marking import gettext_noop as _

LARGEST_FILE = 2_000_000  # bytes
LONGEST_SIDE = 4_096  # pixels
MOST_PIXELS = 8_000_000
MOST_FRAMES = 8
MOST_ICON_SIZES = 32
_FORMATS = ("PNG", "GIF", "JPEG", "WEBP", "ICO")
_PNG = b"\x89PNG\r\n\x1a\n"
_EMBEDDED = re.compile(
    rb"data:image/(?:png|gif|jpe?g|webp)\s*+;\s*+base64\s*+,([A-Za-z0-9+/=\s]++)"
)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)


class PictureRefused(Exception):
    """A file that cannot be compared: `sentence` with its `values`; the message is in English."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values)
        self.sentence = sentence
        self.values_of_sentence = values


@dataclass(frozen=True)
class Picture:
    """The frames of a file, RGBA. `is_drawn` says that it is SVG: drawn, and not seen here."""

    frames: tuple[Image.Image, ...]
    is_drawn: bool = False


def opened(content: bytes) -> Picture:
    """The frames of a picture file. Raises PictureRefused with a sentence.

    Formats are told by content and not by name. Of an icon every size is a frame, of a moving
    picture the first eight frames, of SVG the pictures embedded in it.
    """
    if not content:
        raise PictureRefused(_("The file is empty; give a picture."))
    if len(content) > LARGEST_FILE:
        raise PictureRefused(
            _("The file has %(size)s bytes; give one of at most %(most)s."),
            size=len(content),
            most=LARGEST_FILE,
        )
    if content[:4] == b"\x00\x00\x01\x00":
        return Picture(tuple(_icon_frames(content)))
    if _SVG.search(content[:5_000]):
        return Picture(tuple(_embedded_frames(content)), is_drawn=True)
    return Picture(tuple(_frames(content)))


def pixels_digest(frame: Image.Image) -> str:
    """SHA-256 of what is seen of a frame: its size and pixels, whatever file they came in."""
    seen = Image.new("RGBA", frame.size)
    # Colours under full transparency are not seen.
    seen.paste(frame, mask=frame.getchannel("A").point(lambda alpha: 255 if alpha else 0))
    return hashlib.sha256(repr(frame.size).encode() + seen.tobytes()).hexdigest()


def _frames(content: bytes) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            # What Pillow mends in silence or with a warning is compared as it was mended.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                _refuse_huge(image.size)
                for number in range(MOST_FRAMES):
                    try:
                        image.seek(number)
                    except EOFError:
                        break
                    yield image.convert("RGBA")
    except UnidentifiedImageError:
        raise PictureRefused(
            _("The file is no picture that can be read; give PNG, GIF, JPEG, WebP, ICO or SVG.")
        ) from None
    except Image.DecompressionBombError:
        raise _huge() from None
    # Damaged files make Pillow raise nearly anything; all of it means the same.
    except (OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
        raise _damaged() from error
    except (IndexError, KeyError, TypeError, OverflowError, MemoryError) as error:
        raise _damaged() from error


def _icon_frames(content: bytes) -> Iterator[Image.Image]:
    """Each size by itself: Pillow would believe the directory, and load what the entry holds."""
    if len(content) < 6:
        raise _damaged()
    count = min(struct.unpack_from("<H", content, 4)[0], MOST_ICON_SIZES)
    if not count or len(content) < 6 + 16 * count:
        raise _damaged()
    for number in range(count):
        entry = content[6 + 16 * number : 22 + 16 * number]
        size, offset = struct.unpack_from("<II", entry, 8)
        inside = content[offset : offset + size]
        if len(inside) < 16:
            raise _damaged()
        if inside.startswith(_PNG):
            yield from _frames(inside)
            continue
        header, width, height = struct.unpack_from("<Iii", inside)
        if header < 40:
            raise _damaged()
        _refuse_huge((abs(width), abs(height) // 2))
        alone = b"\x00\x00\x01\x00\x01\x00" + entry[:12] + struct.pack("<I", 22)
        yield from _frames(alone + inside)


def _embedded_frames(content: bytes) -> Iterator[Image.Image]:
    for number, found in enumerate(_EMBEDDED.finditer(content)):
        if number == MOST_FRAMES:
            return
        try:
            inside = b64decode(b"".join(found[1].split()))
        except Base64Error:
            raise _damaged() from None
        yield from _frames(inside)


def _refuse_huge(size: tuple[int, int]) -> None:
    if not 0 < max(size) <= LONGEST_SIDE or not 0 < size[0] * size[1] <= MOST_PIXELS:
        raise _huge()


def _huge() -> PictureRefused:
    return PictureRefused(
        _(
            "The picture is empty or too large; give one of at most %(side)s pixels a side"
            " and %(all)s in all."
        ),
        side=LONGEST_SIDE,
        all=MOST_PIXELS,
    )


def _damaged() -> PictureRefused:
    return PictureRefused(_("The file is cut short or damaged; save the picture anew."))
