"""Every sentence that the reading of a feed says, as a template marked for translation.

They are filled in English and kept so; `commissions.feed_words` tells them to others. PARTS fill
places of other templates.
"""

from django.utils.translation import gettext_noop as _

# --- The value of a field; `what` is the field with its value, or one of PARTS -----------------

EMPTY = _("%(field)s is empty, which")
ID_TOO_LONG = _(
    "%(what)s has %(digits)s digits where a number has at most %(most)s: look for two numbers run "
    "together."
)
NOT_AN_ID = _(
    "%(what)s is not a merchant's number: write its digits 0 to 9 and nothing else (a spreadsheet "
    "may have rounded it; keep the column as text)."
)
NOT_A_STATUS = _("%(what)s is not a known status: write one of %(words)s.")
NOT_AN_EFFECT = _("%(what)s is not a known effect: write FullRefund, Antispam or nothing.")
NOT_A_COUNTRY = _(
    "%(what)s is not a known country: write its two capitals by ISO 3166, such as US."
)
NOT_THE_CURRENCY = _(
    "%(what)s is not the programme's currency: only %(currency)s is taken, and nothing is "
    "converted."
)
NOT_CENTS = _(
    "%(what)s is not an amount in whole cents: write digits only, such as 1050 for 10.50."
)
NOT_UNITS = _("%(what)s is not an amount: write digits with at most two decimals, such as 10.50.")
AMOUNT_TOO_LARGE = _(
    "%(what)s is over 10^12 cents, the largest amount that is taken: check the amount and its unit."
)
NOT_A_RATE = _("%(what)s is not a rate: write it such as 7.00%%, or leave it empty.")
NOT_IN_CALENDAR = _(
    "%(what)s is not in the calendar: write YYYY-MM-DD HH:MM:SS, such as 2020-02-21 21:29:22, as "
    "%(zone)s has it."
)
NOT_A_TIME = _(
    "%(what)s is not a time: write YYYY-MM-DD HH:MM:SS, such as 2020-02-21 21:29:22, as %(zone)s "
    "has it."
)
YEAR_OUT_OF_REACH = _("%(what)s is not in a year from 0002 to 9998: write the real time.")
NO_SUCH_TIME = _(
    "%(what)s did not exist in %(zone)s: the clocks were put forward over it; write the real time."
)
AHEAD_OF_CLOCK = _(
    "%(what)s is more than %(hours)s hours ahead of the clock (%(now)s UTC): write the real time, "
    "or send the row again when it has come."
)
NOT_YES_NO = _("%(what)s is not a yes or no: write exactly Y or N.")
NOT_YES_NO_EMPTY = _("%(what)s is not a yes or no: write Y, N or nothing.")
NOT_A_TEXT = _("%(what)s is not a text: write its value alone, without brackets.")

# --- Parameters of a link ----------------------------------------------------------------------

NESTED_PARAMETERS = _(
    '%(what)s is nested too deeply: write an object such as {"af": "source-code"}, or leave it '
    "empty."
)
NO_JSON = _(
    '%(what)s is not JSON: write an object such as {"af": "source-code"}, or leave it empty.'
)
NO_OBJECT = _(
    '%(what)s is not a JSON object: write an object such as {"af": "source-code"}, or leave it '
    "empty."
)
GIVES_TWICE = _(
    "%(what)s gives %(key)s twice with different values: write an object such as "
    '{"af": "source-code"}, or leave it empty.'
)
HOLDS_CONSTANT = _(
    "%(what)s holds %(token)s, which is not JSON: write an object such as "
    '{"af": "source-code"}, or leave it empty.'
)
PARAMETERS_DIFFER = _(
    "custom_parameters %(first)s and customer_parameters %(second)s are the same field with "
    "different content: which of them holds is not known; send one."
)

# --- Texts that cannot be kept -----------------------------------------------------------------

HOLDS_NUL = _("%(name)s holds a NUL character, which no text may: send it without.")
NOT_UTF8 = _("%(name)s holds bytes that are not UTF-8: save the file as UTF-8 and send it again.")
HALF_A_PAIR = _(
    "%(name)s holds half of a surrogate pair, which is no character: send the whole text."
)
PLACE_OF_PARAMETER = _("%(key)s of %(field)s")

# --- Rows --------------------------------------------------------------------------------------

LINE_TOO_LONG = _(
    "This line is longer than 1,048,576 bytes and was not read: a row has about a thousand; look "
    "for a missing line break, or send the row without its longest field."
)
LINE_TOO_DEEP = _("This line is nested too deeply: a row is one flat JSON object.")
LINE_HOLDS_NUL = _("This line holds a NUL byte, which no text may: send it without.")
LINE_NOT_JSON = _(
    "This line is not readable JSON (%(fault)s at character %(place)s): send the whole row as one "
    "JSON object on one line."
)
ROW_NO_OBJECT = _("This row is not a JSON object: send one object a row, with the feed's fields.")
ROW_GIVES_TWICE = _(
    "This row gives %(key)s twice with different values: which of them holds is not known; send "
    "it once."
)
QUOTE_NOT_CLOSED = _(
    "This row opens a quote and never closes it: close it, and double every quote inside a quoted "
    "field."
)
OTHER_FIELDS = _(
    "This row has %(found)s fields where the header has %(wanted)s: send it again with every "
    "field, and in quotes where a field holds a comma."
)
CARRIAGE_RETURN = _(
    "This row has a carriage return outside of quotes: end each row with a line feed, and put "
    "text with line breaks in quotes."
)
QUOTE_IN_THE_MIDDLE = _(
    "This row has a quote in the middle of a field: put the whole field in quotes and double the "
    "quotes inside it."
)

# --- Files -------------------------------------------------------------------------------------

LONE_RETURNS = _(
    "The lines of this file end in a lone carriage return: save it as CSV with line feeds (\\n or "
    "\\r\\n) and send it again."
)
HEADER_QUOTES = _(
    "The header %(header)s has quotes that do not pair: write the column names plainly."
)
COLUMN_TWICE = _(
    "The header names a column twice: %(names)s. Which of them holds is not known; send each "
    "column once."
)
NO_FEED = _(
    "This is not an order feed: its first line %(header)s is no header that is known. Send NDJSON, "
    "CSV with a header, or the API's JSON pages."
)
HEADER_LACKS = _("The header lacks %(names)s: no row can be read without them; add them.")
SEPARATED_BY = _(
    "The columns of this file are separated by %(separators)s: save it with commas, as RFC 4180 "
    "has it, and send it again."
)
SEMICOLONS, TABS, BARS = _("semicolons"), _("tabs"), _("bars")
NOT_OPENED = _("The file cannot be opened: %(why)s.")
FILE_EMPTY = _("The file is empty: send NDJSON, CSV with a header, or the API's pages.")
OTHER_KIND = _(
    "The file is %(kind)s: unpack it or save it as UTF-8 text (NDJSON, CSV or the API's JSON) and "
    "send that."
)
GZIP, BZIP2 = _("compressed with gzip"), _("compressed with bzip2")
XZ, ZSTANDARD = _("compressed with xz"), _("compressed with Zstandard")
ZIP, EMPTY_ZIP = _("a ZIP archive or an XLSX workbook"), _("an empty ZIP archive")
OLD_OFFICE = _("an old Office document, such as an XLS workbook")
SEVEN_ZIP, RAR = _("a 7-Zip archive"), _("a RAR archive")
PDF, PROGRAM = _("a PDF document"), _("a program")
WIDE_ENCODING = _("The file is written in UTF-16 or another wide encoding: save it as UTF-8.")
FIRST_LINE_TOO_LONG = _("The first line is far too long for a header: this is no order feed.")

# --- Pages of the API --------------------------------------------------------------------------

PAGE_TOO_DEEP = _("This page is nested too deeply to be one of the API's.")
PAGE_NOT_JSON = _(
    "This page is not readable JSON (%(fault)s in line %(line)s): it may have been cut; fetch it "
    "again."
)
PAGE_TOO_LARGE = _("This page is larger than 64 MB: fetch it in smaller pages, or send NDJSON.")
PAGE_OF_MILLIONS = _("This page holds more than five million values: fetch it in smaller pages.")
PAGE_OF_ERROR = _(
    "The API answered with the error %(said)s instead of orders: fetch the page again."
)
PAGE_OF_CODE = _(
    "The API answered with resp_code %(code)s and the message %(said)s: there are no orders in "
    "this page; fetch it again."
)
PAGE_SAYS_NOTHING = _("The page has neither a resp_code nor a result: fetch it again.")
PAGE_NO_LIST = _("The page's orders.order is not a list: fetch it again.")
PAGE_OF_TOO_MANY = _(
    "This page holds %(orders)s orders where 200,000 are the most: fetch it in smaller pages, or "
    "send NDJSON."
)
THE_PAGE = _("The page")
PAGE_GIVES_TWICE = _("%(part)s gives %(key)s twice with different values.")
PAGE_LACKS = _("%(part)s is missing or not an object: this is not a page of orders.")

# --- Notices -----------------------------------------------------------------------------------

COLUMNS_IGNORED = _("Columns that are not part of the feed were ignored: %(names)s.")
FIELDS_IGNORED = _("Fields that are not part of the feed were ignored: %(names)s.")
AND_MORE = _("%(names)s and %(count)s more")
NO_NAME = "(no name)"

# What Python's reader of JSON has to say.
FAULTS_OF_JSON = (
    _("Expecting value"),
    _("Expecting property name enclosed in double quotes"),
    _("Expecting ':' delimiter"),
    _("Expecting ',' delimiter"),
    _("Extra data"),
    _("Unterminated string starting at"),
    _("Invalid control character at"),
    _("Invalid \\escape"),
    _("Invalid \\uXXXX escape"),
    _("Illegal trailing comma before end of object"),
    _("Illegal trailing comma before end of array"),
)

# Those that say more come first: one may say all of another, and something before it.
PARTS = tuple(
    sorted(
        (
            EMPTY,
            PLACE_OF_PARAMETER,
            SEMICOLONS,
            TABS,
            BARS,
            GZIP,
            BZIP2,
            XZ,
            ZSTANDARD,
            ZIP,
            EMPTY_ZIP,
            OLD_OFFICE,
            SEVEN_ZIP,
            RAR,
            PDF,
            PROGRAM,
            THE_PAGE,
            AND_MORE,
            *FAULTS_OF_JSON,
        ),
        key=len,
        reverse=True,
    )
)
SENTENCES = tuple(
    sorted(
        (
            text
            for name, text in list(globals().items())
            if name.isupper() and isinstance(text, str) and text not in (*PARTS, NO_NAME)
        ),
        key=len,
        reverse=True,
    )
)
