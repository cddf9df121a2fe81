"""What the reading of a feed said, in the reader's language.

Parked rows and imports keep their sentences in English, as the feed said them. Such a sentence is
known again by the template it was made from, so that rows of any age are told in any language.
"""

import re
from functools import cache

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from commissions.feed.wording import PARTS, SENTENCES

SAME_FILE_AGAIN = _("The same file as import %(number)s, and nothing has come since.")
# Places that hold words of ours; what stands in the others is somebody's data.
OF_OURS = frozenset({"what", "fault", "separators", "kind", "part", "name", "names"})
_PLACE = re.compile(r"%\((\w+)\)s|%%")


def told(sentence: str) -> str:
    """The sentence in the reader's language; one that no template makes, as it is."""
    if (get_language() or "en").startswith("en"):
        return sentence
    return _told(sentence, (*SENTENCES, SAME_FILE_AGAIN))


def known_again(sentence: str, templates: tuple[str, ...]) -> tuple[str, dict[str, str]] | None:
    """The template that makes the sentence, and the values in it; None where none does."""
    for template in templates:
        match = _pattern(template).fullmatch(sentence)
        if match is not None:
            return template, match.groupdict()
    return None


def _told(sentence: str, templates: tuple[str, ...]) -> str:
    known = known_again(sentence, templates)
    if known is None:
        return sentence
    template, values = known
    for name in OF_OURS & values.keys():
        values[name] = _told(values[name], PARTS)
    return gettext(template) % values


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """A pattern for every sentence that the template makes."""
    parts, reached = [], 0
    for place in _PLACE.finditer(template):
        parts.append(re.escape(template[reached : place.start()]))
        parts.append(f"(?P<{place[1]}>.*?)" if place[1] else "%")
        reached = place.end()
    return re.compile("".join((*parts, re.escape(template[reached:]))), re.DOTALL)
