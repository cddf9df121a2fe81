"""The merchant's brand words in running text, in any language, spelling or misspelling."""

# `names` holds the protected words, `letters` what makes different writings comparable, `spelling`
# judges one word, `phrases` what only several words together say, `numbers` the word that is a
# number, `search` a text.

from compliance.detectors.brand_words.search import BrandWord, find_brand_words

__all__ = ["BrandWord", "find_brand_words"]
