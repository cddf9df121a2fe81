"""The body of an answer, unpacked as it comes and never longer than the limit."""

import zlib
from collections.abc import Iterable

from django.utils.translation import gettext as _

from compliance.fetching.refusals import FetchRefused, Reason

# Window bits by which zlib reads gzip and the two forms of deflate.
_GZIP, _ZLIB, _RAW = 31, 15, -15


def read_body(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The body without its content encoding. Raises FetchRefused (size, content).

    The limit holds for what comes and for what it unpacks to; a bomb is left before it is full.
    """
    if encoding in {"", "identity"}:
        return _joined(chunks, limit)
    if encoding in {"gzip", "x-gzip", "deflate"}:
        return _unpacked(chunks, encoding, limit)
    raise FetchRefused(
        Reason.CONTENT,
        _("The answer is packed as “%(encoding)s”, which was not asked for.")
        % {"encoding": encoding[:50]},
    )


def _joined(chunks: Iterable[bytes], limit: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise too_large(limit)
    return bytes(body)


def _unpacked(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    unpacker = None
    body = bytearray()
    came = 0
    try:
        for chunk in filter(None, chunks):
            came += len(chunk)
            if unpacker is None:
                unpacker = zlib.decompressobj(_window(encoding, chunk))
            body += unpacker.decompress(chunk, limit + 1 - len(body))
            if max(came, len(body)) > limit:
                raise too_large(limit)
    except zlib.error as error:
        raise _broken() from error
    if unpacker is not None and (not unpacker.eof or unpacker.unused_data):
        raise _broken()
    return bytes(body)


def _window(encoding: str, start: bytes) -> int:
    if encoding != "deflate":
        return _GZIP
    # Some servers send deflate without the frame that the standard asks for.
    return _ZLIB if start[0] & 0x0F == 8 else _RAW


def too_large(limit: int) -> FetchRefused:
    return FetchRefused(
        Reason.SIZE,
        _("The answer is larger than %(limit)s bytes; nothing of it was kept.") % {"limit": limit},
    )


def _broken() -> FetchRefused:
    return FetchRefused(Reason.CONTENT, _("The answer is packed wrongly and cannot be read."))
