"""Contextual advertising: brand words are in no keyword, title or text, and all are negatives."""

# `encodings` makes a text of the file's bytes, `labels`, `tables`, `structured` and `lines` find
# the entries in it, `negatives` holds what must be excluded, `check` judges.

from compliance.detectors.keywords.check import check_entry, check_file
from compliance.detectors.keywords.encodings import LARGEST_FILE, UnreadableFile
from compliance.detectors.keywords.entries import Entry, Kind

__all__ = ["LARGEST_FILE", "Entry", "Kind", "UnreadableFile", "check_entry", "check_file"]
