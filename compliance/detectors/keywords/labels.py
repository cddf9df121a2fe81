"""What the headers, section names and kinds of the usual files mean."""

import re
from dataclasses import dataclass
from functools import lru_cache

from compliance.detectors.keywords.entries import Kind

_ROUND = re.compile(r"\([^)]*\)")
_EDGES = " \t[]{}#:=*_-–.\"'«»\ufeff"
# Columns that speak of an entry and hold none.
_ABOUT = re.compile(
    r"\b(?:position|status|policy|id|length|final|tracking|link|bid|cpc|score|label|labels|approval|count"
    r"|позици\w*|статус\w*|длина|ставка|метки|номер)\b"
)
_NEGATIVE = re.compile(
    r"(?:\w+ )?(?:negatives?|exclu\w*|minus|минус|мінус|стоп|алып тастау)\b|neg\b"
)
_KEYWORD = re.compile(
    r"(?:search )?(?:key ?words?|keys?|phrases?|quer(?:y|ies)|(?:search )?terms?)\b"
    r"|(?:broad|exact)(?: match)?$|phrase match$"
    r"|ключев\w*|ключ(?:и|ові|ове)?\b|фраз[аы]\b|(?:поисков\w+ )?запрос[ы]?\b|кілт\w*"
)
_TITLE = re.compile(
    r"(?:(?:ad|long|short|second|additional) )?(?:titles?|headlines?|headings?|headers?)\b"
    r"|(?:\w+ )?заголов\w+|business name|тақырып\w*"
)
_TEXT = re.compile(
    r"(?:ad )?(?:texts?|descriptions?|bod(?:y|ies)|cop(?:y|ies)|paths?|display path)\b"
    r"|(?:sitelink|callout|snippet)\w*|display url|описани\w+|текст\w*|опис\b|мәтін\w*"
    r"|уточнени\w+|быстр\w+ ссыл\w+|отображаем\w+ (?:ссыл|url)\w*"
)
_TYPE = re.compile(
    r"(?:kind|type|(?:match|criterion|keyword|entry|row) type|тип|вид"
    r"|тип (?:соответствия|фразы|записи|строки))"
)
_VALUE = re.compile(
    r"(?:values?|entr(?:y|ies)|contents?|words?|items?|strings?|значени[ея]|содержание|слов[оа]"
    r"|строк[аи])"
)


@dataclass(frozen=True)
class Label:
    """What a column is: of one kind, or `is_type` of the row's kind, or `is_value` of any kind.

    words_by_space: negatives in it are single words.
    """

    kind: Kind | None = None
    is_type: bool = False
    is_value: bool = False
    words_by_space: bool = False


# What may follow the name of a kind where the name must be nothing else.
_TAIL = (
    r"(?: (?:words?|key ?words?|phrases?|lists?|lines?|broad|phrase|exact|match|ads?"
    r"|слов\w*|фраз\w*|объявлени\w*|на (?:кампанию|группу)))*"
)
_KINDS = (
    (Kind.NEGATIVE, _NEGATIVE),
    (Kind.TEXT, _TEXT),
    (Kind.TITLE, _TITLE),
    (Kind.KEYWORD, _KEYWORD),
)
_KINDS_ALONE = tuple(
    (kind, re.compile(names.pattern.join(("(?:", f"){_TAIL}")))) for kind, names in _KINDS
)


@lru_cache(maxsize=4096)
def label_of(written: str, *, alone: bool = False) -> Label | None:
    """What a header, a section's name or a kind means; None: nothing that we know.

    alone: nothing but the name may stand there, as running text may begin with such a word.
    """
    if len(written) > 80:
        return None
    name = _ROUND.sub(" ", written).casefold().replace("ё", "е").replace("_", " ")
    name = " ".join(name.strip(_EDGES).rstrip("0123456789 №#").split()).strip(_EDGES)
    if not name:
        return None
    if _TYPE.fullmatch(name):
        return Label(is_type=True)
    if _VALUE.fullmatch(name):
        return Label(is_value=True)
    kind = _kind_alone(name) if alone else _kind(name)
    words = kind is Kind.NEGATIVE and bool(re.search(r"слов|words|^minus$|^минус$", name))
    return Label(kind, words_by_space=words) if kind else None


def _kind(name: str) -> Kind | None:
    for kind, names in _KINDS:
        if names.match(name.replace("-", " ")):
            return None if _ABOUT.search(name) and kind is not Kind.NEGATIVE else kind
    return None


def _kind_alone(name: str) -> Kind | None:
    for kind, names in _KINDS_ALONE:
        if names.fullmatch(name.replace("-", " ")):
            return kind
    return None


def kind_of(written: str, *, alone: bool = False) -> Kind | None:
    """The kind that a word names, such as "Negative exact" or "Заголовок"."""
    label = label_of(written, alone=alone)
    return label.kind if label else None
