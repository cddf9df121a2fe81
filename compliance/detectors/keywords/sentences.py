"""What the check says to people: messages that the caller translates, and then values."""

from collections.abc import Callable

from compliance.detectors.marking import gettext_noop as _

Translate = Callable[[str], str]


BRAND_WORD = _(
    '"%(matched)s" is the merchant\'s brand word %(word)s %(how)s. Brand words may be in no'
    " keyword, title or text: take it out, and add it to the negative keywords."
)
BRAND_WORD_DOUBTFUL = _(
    '"%(matched)s" may be the merchant\'s brand word %(word)s %(how)s. A person will look: if it is'
    " meant, take it out; if it is not, say what it means."
)
TOO_LONG = _(
    "This entry has %(length)d characters, and only the first %(most)d were checked: no ad is that"
    " long. Put every keyword, title and text on a line of its own."
)
ENTRIES = _(
    "%(flagged)d of %(checked_entries)d keywords, titles and texts carry brand words or may do so:"
    " mend the lines named."
)
NEGATIVES = _(
    "The merchant's brand words must all be among the negative keywords. Add: %(missing)s."
)
NEGATIVES_MISSPELT = _(
    "Common misspellings of the brand are not among the negative keywords. Add them, or tell us"
    " that your advertising system excludes misspellings by itself: %(missing)s."
)
NO_ADVERTISING = _(
    "No keyword, title or text was found in the file, %(negatives)d negative keywords apart. Send"
    " the whole list: keywords, negatives, titles and texts."
)

TOO_LARGE = _("it is larger than %(megabytes)d MB; send the keywords in several files.")
NO_TEXT = _("it is no text; save the list as CSV or plain text, in UTF-8.")
WORKBOOK = _("it is a workbook or an archive; save the list as CSV or plain text.")
DOCUMENT = _("it is a document, not a list; save the list as CSV or plain text.")
PICTURE = _("it is a picture; save the list as CSV or plain text.")
BROKEN_ENCODING = _(
    "it is marked as %(encoding)s, but breaks its rules at byte %(byte)d; save it again as UTF-8."
)
JSON_TOO_DEEP = _("its JSON is nested too deeply; one level will do.")
JSON_BROKEN = _("it begins like JSON, but breaks its rules; export it again.")
LINE_NO_JSON = _("line %(line)d is no JSON object; write one object a line.")
LINE_NO_ROW = _("line %(line)d is no row of a table (%(reason)s); export it again as CSV.")

HOW = {
    "as_written": _("as it is written"),
    "inside_a_word": _("within a longer word"),
    "inflected": _("with another ending"),
    "same_sound": _("in a spelling that sounds the same"),
    "misspelt": _("with a slip of the pen"),
    "other_vowels": _("with other vowels"),
    "look_alikes": _("with letters that look alike"),
    "digits_for_letters": _("with digits for letters"),
    "signs_for_letters": _("with signs for letters"),
    "letters_hidden": _("with letters left out"),
    "split_words": _("in several words"),
    "split_by_signs": _("with signs between its letters"),
    "spaced_letters": _("letter by letter"),
    "word_order": _("with its parts in another order or apart"),
    "short_form": _("in short"),
    "keyboard_layout": _("typed with another keyboard layout"),
    "native_name": _("in another script"),
    "backwards": _("backwards"),
    "encoded": _("in codes"),
    "number_as_name": _("as the name of the shop"),
}
