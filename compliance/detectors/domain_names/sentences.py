"""What is said of each step: which word, which form, how it was found, and what to do."""

from collections.abc import Callable

from compliance.detectors.domain_names.matches import Match
from compliance.detectors.domain_names.parsing import Problem
from compliance.detectors.finding import Verdict
from compliance.detectors.marking import gettext_noop

# A message in, the message of the reader's language out; detectors know no framework.
Translate = Callable[[str], str]


_STEPS = {
    "containment": gettext_noop("“%(form)s” in “%(place)s” is the protected word %(brand)s."),
    "hyphens": gettext_noop(
        "“%(place)s” without its separators holds “%(form)s”: the protected word %(brand)s."
    ),
    "invisible": gettext_noop(
        "“%(place)s” without characters that do not show holds “%(form)s”: the protected word"
        " %(brand)s."
    ),
    "skeleton": gettext_noop(
        "“%(place)s” looks like “%(form)s” though its letters are of other alphabets: the protected"
        " word %(brand)s."
    ),
    "transliteration": gettext_noop(
        "“%(place)s” sounds like “%(form)s”: the protected word %(brand)s in other letters."
    ),
    "digit": gettext_noop(
        "“%(place)s” reads “%(form)s” with digits for letters: the protected word %(brand)s."
    ),
    "symbol": gettext_noop(
        "“%(place)s” reads “%(form)s” with signs for letters: the protected word %(brand)s."
    ),
    "masked": gettext_noop(
        "“%(form)s” is the protected word %(brand)s with signs over its letters."
    ),
    "native": gettext_noop("“%(form)s” in “%(place)s” is the Chinese name of %(brand)s."),
    "token_order": gettext_noop(
        "“%(form)s” in “%(place)s” is the protected word %(brand)s with its halves swapped."
    ),
    "joined_labels": gettext_noop(
        "“%(place)s” read across its dots is “%(form)s”: the protected word %(brand)s."
    ),
    "tld_word": gettext_noop(
        "“%(place)s” read together with its ending is “%(form)s”: the protected word %(brand)s."
    ),
    "own_suffix": gettext_noop(
        "“%(place)s” ends in “.%(form)s”, a top-level domain of the owner of %(brand)s."
    ),
    "lookalike": gettext_noop(
        "“%(form)s” in “%(place)s” is %(brand)s with letters that look like its own."
    ),
    "similar": gettext_noop(
        "“%(form)s” in “%(place)s” is %(brand)s with a letter of a similar shape."
    ),
    "doubled": gettext_noop("“%(form)s” in “%(place)s” is %(brand)s with a letter doubled."),
    "undoubled": gettext_noop(
        "“%(form)s” in “%(place)s” is %(brand)s with one of its double letters left out."
    ),
    "transposed": gettext_noop("“%(form)s” in “%(place)s” is %(brand)s with two letters swapped."),
    "vowel": gettext_noop("“%(form)s” in “%(place)s” is %(brand)s with another vowel."),
    "keyboard": gettext_noop(
        "“%(form)s” in “%(place)s” is %(brand)s with a neighbouring key struck."
    ),
    "bitflip": gettext_noop(
        "“%(form)s” in “%(place)s” is %(brand)s with one bit of a letter changed."
    ),
    "replaced": gettext_noop("“%(form)s” in “%(place)s” is %(brand)s with a letter replaced."),
    "inserted": gettext_noop("“%(form)s” in “%(place)s” is %(brand)s with a letter added."),
    "dropped": gettext_noop("“%(form)s” in “%(place)s” is %(brand)s with a letter left out."),
    "edit_distance": gettext_noop(
        "“%(form)s” in “%(place)s” is %(brand)s with a few letters changed."
    ),
    "scattered": gettext_noop(
        "“%(place)s” holds both parts of %(brand)s with other words between."
    ),
    "shopping_word": gettext_noop(
        "“%(place)s” puts “ali” beside a word of trade, as names that mean %(brand)s do."
    ),
    "shortened": gettext_noop("“%(form)s” in “%(place)s” is %(brand)s for short."),
}
_ADVICE = {
    Verdict.BRAND: gettext_noop("Register the source under a name without it."),
    Verdict.REVIEW: gettext_noop(
        "It may also be another word: a person looks; say what the name means, or choose another."
    ),
}
_PROBLEMS = {
    Problem.EMPTY: gettext_noop(
        "“%(given)s” holds no name: give a domain such as shop.example, or a community's name."
    ),
    Problem.TOO_LONG: gettext_noop(
        "“%(given)s” is longer than the %(most)s characters of a name: give the domain or the"
        " community's name alone."
    ),
    Problem.ADDRESS: gettext_noop(
        "“%(given)s” is the number of a machine, not a name: give the domain that publishes there."
    ),
    Problem.PUNYCODE: gettext_noop(
        "“%(given)s” begins with xn-- but cannot be decoded: give the name as visitors see it."
    ),
}


def sentence_of(match: Match, place: str, translate: Translate) -> str:
    """What was found where, and what to do; `place` is the part of the name as it is shown."""
    said = translate(_STEPS[match.step]) % {
        "form": match.form,
        "place": place,
        "brand": match.brand.name,
    }
    return f"{said} {translate(_ADVICE[match.verdict])}"


def sentence_of_problem(problem: Problem, given: str, most: int, translate: Translate) -> str:
    """Why there is nothing to judge, and what to give instead."""
    return translate(_PROBLEMS[problem]) % {"given": given, "most": most}
