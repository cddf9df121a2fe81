"""Sentences of modules that know no Django: marked where they stand, translated where shown."""


def gettext_noop(sentence: str) -> str:
    """The sentence as it is; the name has it found for translation. Imported as `_` for short."""
    return sentence
