"""Both languages of a sentence survive whatever a detector makes of it."""

from hypothesis import given
from hypothesis import strategies as st

from compliance.two_languages import Told, both, in_each, marked, say

TEXT = st.text(st.characters(exclude_characters="\ufdd0\ufdd1\ufdd2", codec="utf-8"))
TOLD = st.builds(Told, TEXT, TEXT)


@given(st.lists(st.one_of(TEXT, TOLD)))
def test_sentences_joined_are_joined_in_each_language(parts):
    text = "".join(marked(part) if isinstance(part, Told) else part for part in parts)
    assert in_each(text) == Told(
        "".join(part.english if isinstance(part, Told) else part for part in parts),
        "".join(part.russian if isinstance(part, Told) else part for part in parts),
    )


@given(TOLD, TEXT, TEXT)
def test_a_sentence_within_a_sentence_is_told_in_the_language_of_its_place(inner, english, russian):
    outer = marked(Told(f"{english}%(how)s", f"%(how)s{russian}"))
    filled = outer.replace("%(how)s", marked(inner))
    if "%(how)s" not in english + russian:
        assert in_each(filled) == Told(english + inner.english, inner.russian + russian)


@given(st.text("a\ufdd0\ufdd1\ufdd2", max_size=12))
def test_marks_in_disorder_never_raise(text):
    told = in_each(text)
    assert set(told.english + told.russian) <= {"a"}


def test_values_are_filled_in_twice():
    assert in_each(say("Value %(x)s", {"x": both("of %(y)s") % {"y": 1}})).english == "Value of 1"
