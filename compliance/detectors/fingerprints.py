"""Fingerprints of pictures: a difference hash that survives resizing, and colours.

A hash looks at the picture without its margins, as 8 x 8 fields, and notes for each field whether
it is clearly lighter or clearly darker than its neighbour on the right and its neighbour below:
256 bits, of which at most half are set. Two hashes are as far apart as their unlike bits are part
of all bits that either has, in thousandths: 0 is the same, 1,000 nothing in common. (Counting
unlike bits alone would make all flat pictures alike.)

There are two hashes: `tones` of the lightness, and `shape` of how far each spot is from the
colour of the background, which stays when a picture is recoloured or inverted.

What was cut round, or has its corners rounded, is looked at with its corners filled as well.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps, ImageStat

VERSION = 2  # of the way to compute; stored fingerprints of another version are made anew
FAR = 1_000
_GRID = 8
_CLEARLY = 10  # of 255: a smaller step is noise of compression
_NORMAL = 64  # pixels a side when margins are off
_CROPS = 2
_PLAIN = 24  # bits; a picture with fewer says too little to be compared
_MARGIN = 24  # of 255: how far a spot may be from the background and still be margin
_SOFT = ImageFilter.GaussianBlur(4)
_SPECKS = ImageFilter.MedianFilter(3)
_CORNERED = 96  # pixels a side where corners are filled
_MOST_IN_CORNERS = 45  # parts in a hundred of the area; a circle leaves 21 to its corners
_TURNS = (
    None,
    Image.Transpose.FLIP_LEFT_RIGHT,
    Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.ROTATE_90,
    Image.Transpose.ROTATE_180,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSPOSE,
    Image.Transpose.TRANSVERSE,
)


@dataclass(frozen=True)
class Fingerprint:
    """One view of a picture. `colours` are parts of its area in thousandths, by coarse colour."""

    tones: int
    shape: int
    colours: Mapping[int, int]

    @property
    def is_plain(self) -> bool:
        """Whether there is too little in it to tell it from others."""
        return max(self.tones.bit_count(), self.shape.bit_count()) < _PLAIN

    def as_json(self) -> dict[str, Any]:
        return {
            "tones": f"{self.tones:064x}",
            "shape": f"{self.shape:064x}",
            "colours": {str(colour): part for colour, part in sorted(self.colours.items())},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(
            int(stored["tones"], 16),
            int(stored["shape"], 16),
            {int(colour): int(part) for colour, part in stored["colours"].items()},
        )


def fingerprints(frame: Image.Image, *, turned: bool = False) -> tuple[Fingerprint, ...]:
    """The views of a frame: on white and on black where it is transparent, and turned if asked.

    Turned means the eight ways to turn and mirror it. Views that are the same are given once.
    """
    views: dict[tuple[int, int], Fingerprint] = {}
    for normal in _cropped(_small(frame)):
        away = _away_from_background(normal)
        colours = _colours(normal)
        for turn in _TURNS if turned else _TURNS[:1]:
            view = Fingerprint(_hash(_lightness(normal), turn), _hash(away, turn), colours)
            views.setdefault((view.tones, view.shape), view)
    return tuple(views.values())


def distance(left: int, right: int) -> int:
    """How far two hashes are apart, 0 to 1,000 (thousandths of the bits that either has)."""
    either = (left | right).bit_count()
    return FAR * (left ^ right).bit_count() // either if either else 0


def colours_in_common(left: Mapping[int, int], right: Mapping[int, int]) -> int:
    """The part of the area that has the same coarse colours, 0 to 1,000."""
    return sum(min(part, right.get(colour, 0)) for colour, part in left.items())


def _small(frame: Image.Image) -> Image.Image:
    small = frame.copy()
    small.thumbnail((256, 256), Image.Resampling.BOX)
    return small


def _flattened(frame: Image.Image) -> Sequence[Image.Image]:
    if frame.getchannel("A").getextrema()[0] == 255:
        return [frame.convert("RGB")]
    flat = []
    for ground in ("white", "black"):
        under = Image.new("RGBA", frame.size, ground)
        flat.append(Image.alpha_composite(under, frame).convert("RGB"))
    return flat


def _background(image: Image.Image) -> tuple[int, int, int]:
    """The colour that most of the picture's rim has."""
    width, height = image.size
    rim = [
        *(image.crop((0, y, width, y + 1)).tobytes() for y in (0, height - 1)),
        *(image.crop((x, 0, x + 1, height)).tobytes() for x in (0, width - 1)),
    ]
    joined = b"".join(rim)
    spots = list(zip(joined[::3], joined[1::3], joined[2::3], strict=True))
    (coarse, _), *_ = Counter(tuple(part >> 5 for part in spot) for spot in spots).most_common(1)
    alike = [spot for spot in spots if tuple(part >> 5 for part in spot) == coarse]
    # The median: with noise hardly two spots are of one colour.
    red, green, blue = (sorted(parts)[len(alike) // 2] for parts in zip(*alike, strict=True))
    return red, green, blue


def _unlike(image: Image.Image) -> Image.Image:
    """How far each spot is from the background, as one channel."""
    ground = Image.new("RGB", image.size, _background(image))
    red, green, blue = ImageChops.difference(image, ground).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _cropped(frame: Image.Image) -> Iterator[Image.Image]:
    """The picture without its margins, and what is in it without margins of its own."""
    for whole in [each for flat in _flattened(frame) for each in (flat, *_filled(flat))]:
        image = whole
        for _ in range(_CROPS):
            inked = _inked(image)
            if inked is not None:
                image = image.crop(inked)
            yield image.resize((_NORMAL, _NORMAL), Image.Resampling.BICUBIC)
            image = _without_edge(image)


def _inked(image: Image.Image) -> tuple[int, int, int, int] | None:
    """The box around what is not background; single specks are none."""
    unlike = _unlike(image)
    if min(image.size) >= _NORMAL:
        unlike = unlike.filter(_SPECKS)
    return unlike.point(lambda value: 255 if value > _MARGIN else 0).getbbox()


def _filled(flat: Image.Image) -> Iterator[Image.Image]:
    """The picture with its corners in its own colour, where only they are of another."""
    image = flat.copy()
    image.thumbnail((_CORNERED, _CORNERED), Image.Resampling.BOX)
    right, bottom = image.width - 1, image.height - 1
    corners = [image.getpixel(spot) for spot in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
    ground = corners[0]
    own = _own_colour(image, ground)
    if own is None or any(_apart(ground, corner) > _MARGIN for corner in corners):
        return
    before = image.copy()
    for spot in ((0, 0), (right, 0), (0, bottom), (right, bottom)):
        # What is mixed of both colours goes with the corner.
        ImageDraw.floodfill(image, spot, own, thresh=_apart(ground, own) * 4 / 5)
    changed = ImageChops.difference(before, image).convert("L").point(lambda v: 255 if v else 0)
    if 0 < ImageStat.Stat(changed).mean[0] * 100 <= _MOST_IN_CORNERS * 255:
        yield image


def _own_colour(image: Image.Image, ground: Any) -> Any:
    """The commonest colour that is clearly not the ground; None where there is none."""
    counted = image.getcolors(image.width * image.height) or []
    others = [(count, colour) for count, colour in counted if _apart(ground, colour) > 3 * _MARGIN]
    return max(others)[1] if others else None


def _apart(left: Any, right: Any) -> int:
    return sum(abs(a - b) for a, b in zip(left, right, strict=True))


def _without_edge(image: Image.Image) -> Image.Image:
    """Less the outermost spots, which resizing has mixed with what was around them."""
    width, height = image.size
    if min(width, height) < _NORMAL // 2:
        return image
    return image.crop((2, 2, width - 2, height - 2))


def _away_from_background(image: Image.Image) -> Image.Image:
    return ImageOps.autocontrast(_unlike(image).filter(_SOFT))


def _lightness(image: Image.Image) -> Image.Image:
    return ImageOps.autocontrast(image.convert("L").filter(_SOFT))


def _hash(image: Image.Image, turn: Image.Transpose | None) -> int:
    turned = image if turn is None else image.transpose(turn)
    across = turned.resize((_GRID + 1, _GRID), Image.Resampling.BOX).tobytes()
    down = turned.resize((_GRID, _GRID + 1), Image.Resampling.BOX).tobytes()
    bits = 0
    for y in range(_GRID):
        for x in range(_GRID):
            here = y * (_GRID + 1) + x
            bits = _noted(bits, across[here], across[here + 1])
            bits = _noted(bits, down[y * _GRID + x], down[(y + 1) * _GRID + x])
    return bits


def _noted(bits: int, here: int, neighbour: int) -> int:
    return bits << 2 | (here - neighbour > _CLEARLY) << 1 | (neighbour - here > _CLEARLY)


def _colours(image: Image.Image) -> dict[int, int]:
    """Parts of the area by colour, each channel cut to four steps."""
    counted: dict[int, int] = {}
    raw = image.tobytes()
    for red, green, blue in zip(raw[::3], raw[1::3], raw[2::3], strict=True):
        colour = red >> 6 << 4 | green >> 6 << 2 | blue >> 6
        counted[colour] = counted.get(colour, 0) + 1
    area = _NORMAL * _NORMAL
    return {colour: FAR * count // area for colour, count in counted.items() if count * 50 > area}
