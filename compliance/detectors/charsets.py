"""Which letters the bytes of a page are, told as browsers tell: mark, header, meta, looks."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# By the names pages use; anything else is not taken on trust.
_KNOWN = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "cp1252", "ascii": "cp1252",
    "windows-1251": "cp1251", "cp1251": "cp1251", "win-1251": "cp1251", "x-cp1251": "cp1251",
    "koi8-r": "koi8-r", "koi8-u": "koi8-u", "iso-8859-5": "iso8859-5", "cp866": "cp866",
    "ibm866": "cp866", "iso-8859-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252",
    "cp1252": "cp1252", "iso-8859-2": "iso8859-2", "windows-1250": "cp1250",
    "windows-1254": "cp1254", "iso-8859-9": "cp1254", "iso-8859-15": "iso8859-15",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5",
    "shift_jis": "cp932", "euc-jp": "euc_jp", "euc-kr": "cp949", "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
}  # fmt: skip
_META = re.compile(rb"<meta\b[^>]{0,300}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([\w.:\-]{1,40})", re.I)
_HEADER = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([\w.:\-]{1,40})", re.I)


def decoded(body: bytes, content_type: str = "") -> str:
    """The text of a page; what is no letter becomes the replacement character. Never raises."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    found = _HEADER.search(content_type)
    declared = _KNOWN.get(found[1].lower()) if found else None
    if declared is None:
        meta = _META.search(body[:4096])
        declared = _KNOWN.get(meta[1].decode("ascii", "replace").lower()) if meta else None
        if declared in {"utf-16-le", "utf-16-be"}:  # A meta that could be read is not UTF-16.
            declared = "utf-8"
    if declared not in {None, "utf-8"}:
        return body.decode(str(declared), "replace")
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    # A few broken letters are a slip in UTF-8; many are another alphabet, declared wrongly or not.
    return text if broken * 20 <= len(text) - _ascii(body) else _guessed(body)


def _guessed(body: bytes) -> str:
    """Russian by its commonest letters, else western European."""
    russian = sum(byte >= 0xE0 for byte in body[:20_000])
    others = sum(0x80 <= byte < 0xC0 for byte in body[:20_000])
    return body.decode("cp1251" if russian > 2 * others else "cp1252", "replace")


def _ascii(body: bytes) -> int:
    return len(body) - len(body.translate(None, bytes(range(0x80))))
