"""The API's own pages: one JSON document with its orders somewhere inside."""

from json import JSONDecodeError
from pathlib import Path

from commissions.feed import wording
from commissions.feed.json_rows import ROW_DECODER, JsonRows, is_suspect
from commissions.feed.json_text import Clash
from commissions.feed.model import FeedRefused, RawBlock
from commissions.feed.texts import quoted

RESPONSE = "aliexpress_affiliate_order_list_response"
ERROR = "error_response"
MAX_PAGE_BYTES = 64 * 1024 * 1024
# A page is decoded whole, so what it can come to in memory is bounded before and after.
MAX_PAGE_COMMAS = 5_000_000
MAX_PAGE_ORDERS = 200_000


def page_block(path: Path, start: int) -> RawBlock:
    """All orders of one page file; a page that says it failed is refused with what it says."""
    text, size = _text_of(path, start)
    try:
        document = ROW_DECODER.decode(text)
    except RecursionError:
        raise FeedRefused(wording.PAGE_TOO_DEEP) from None
    except JSONDecodeError as error:
        raise FeedRefused(
            wording.PAGE_NOT_JSON % {"fault": error.msg, "line": error.lineno}
        ) from None
    suspect = is_suspect(text)
    del text
    rows = JsonRows()
    for order in orders_of(document):
        rows.take_value(order, suspect=suspect)
    return rows.block(size, set())


def _text_of(path: Path, start: int) -> tuple[str, int]:
    with path.open("rb") as file:
        data = file.read(MAX_PAGE_BYTES + 1)
    if len(data) > MAX_PAGE_BYTES:
        raise FeedRefused(wording.PAGE_TOO_LARGE)
    if data.count(b",") > MAX_PAGE_COMMAS:
        raise FeedRefused(wording.PAGE_OF_MILLIONS)
    return data[start:].decode("utf-8", "surrogateescape"), len(data)


def orders_of(document: object) -> list[object]:
    """The list of orders of a decoded page, or a refusal that says what is missing."""
    _refuse_error(_object(document, wording.THE_PAGE))
    response = _object(_inside(document, RESPONSE), RESPONSE)
    answer = _object(_inside(response, "resp_result"), "resp_result")
    code = _inside(answer, "resp_code")
    if code is not None and code != "200":
        message = _inside(answer, "resp_msg")
        raise FeedRefused(
            wording.PAGE_OF_CODE % {"code": quoted(str(code)), "said": quoted(str(message or ""))}
        )
    result = _inside(answer, "result")
    if result is None and code is None:
        raise FeedRefused(wording.PAGE_SAYS_NOTHING)
    orders = _inside(_object(result, "result"), "orders") if result is not None else None
    order = _inside(_object(orders, "orders"), "order") if orders is not None else None
    if order is None:
        return []
    if not isinstance(order, list):
        raise FeedRefused(wording.PAGE_NO_LIST)
    if len(order) > MAX_PAGE_ORDERS:
        raise FeedRefused(wording.PAGE_OF_TOO_MANY % {"orders": len(order)})
    return order


def _inside(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _object(value: object, name: str) -> dict[str, object]:
    if isinstance(value, Clash):
        raise FeedRefused(wording.PAGE_GIVES_TWICE % {"part": name, "key": quoted(value.key)})
    if not isinstance(value, dict):
        raise FeedRefused(wording.PAGE_LACKS % {"part": name})
    return value


def _refuse_error(page: dict[str, object]) -> None:
    error = page.get(ERROR)
    if isinstance(error, dict):
        said = error.get("sub_msg") or error.get("msg") or error.get("code") or ""
        raise FeedRefused(wording.PAGE_OF_ERROR % {"said": quoted(str(said))})
