"""The text of a file, whichever of the usual encodings it was saved in."""

import codecs
import re

from compliance.detectors.keywords.sentences import (
    BROKEN_ENCODING,
    DOCUMENT,
    NO_TEXT,
    PICTURE,
    TOO_LARGE,
    WORKBOOK,
    Translate,
)

LARGEST_FILE = 20 * 1024 * 1024  # Bytes.


class UnreadableFile(Exception):
    """A file that holds no text we can read."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values)
        self._message = message
        self._values = values

    def sentence(self, translate: Translate = str) -> str:
        """Why, and what to do; goes on after "the file was not checked:"."""
        return translate(self._message) % self._values


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_DOCUMENTS = {
    b"PK\x03\x04": WORKBOOK,
    b"%PDF": DOCUMENT,
    b"\xd0\xcf\x11\xe0": DOCUMENT,
    b"\x1f\x8b": WORKBOOK,
    b"\x89PNG": PICTURE,
    b"\xff\xd8\xff": PICTURE,
}
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
_HIGH_PAIR = re.compile(rb"[\xa8\xb8\xc0-\xff]{2}")
_HIGH = re.compile(rb"[\xa8\xb8\xc0-\xff]")


def decoded(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises UnreadableFile."""
    if len(data) > LARGEST_FILE:
        raise UnreadableFile(TOO_LARGE, megabytes=LARGEST_FILE // 1024**2)
    for mark, message in _DOCUMENTS.items():
        if data.startswith(mark):
            raise UnreadableFile(message)
    text, encoding = _text(data)
    if len(_CONTROLS.findall(text[:4096])) * 50 > len(text[:4096]):
        raise UnreadableFile(NO_TEXT)
    return text, encoding


def _text(data: bytes) -> tuple[str, str]:
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(codec), name
            except UnicodeDecodeError as error:
                raise UnreadableFile(BROKEN_ENCODING, encoding=name, byte=error.start) from error
    sample = data[:4096]
    # UTF-16 without a mark: every other byte of the Latin letters and spaces in it is zero.
    for first, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = sample[first::2].count(0)
        if zeros > len(sample) // 20 and not sample[1 - first :: 2].count(0):
            try:
                return data.decode(codec), "UTF-16"
            except UnicodeDecodeError:
                break
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _one_byte(data)


def _one_byte(data: bytes) -> tuple[str, str]:
    """Cyrillic letters stand together, the accented letters of the West alone."""
    together = 2 * len(_HIGH_PAIR.findall(data)) >= len(_HIGH.findall(data)) / 2
    codec = "cp1251" if together else "cp1252"
    return data.decode(codec, errors="replace"), codec
