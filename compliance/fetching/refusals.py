"""Why nothing was fetched, in a word for programs and a sentence for people."""

from enum import StrEnum


class Reason(StrEnum):
    """What kind of refusal it is; the sentence has the value and what to do."""

    ADDRESS = "address"  # It is not written as an ordinary web address.
    INTERNAL = "internal"  # It leads inside, or to where nothing public is.
    NAME = "name"  # DNS does not know the name, or did not answer.
    CONNECTION = "connection"  # Nobody answered, or with a wrong certificate, or not in HTTP.
    TIME = "time"
    SIZE = "size"
    CONTENT = "content"  # Another type or encoding than was asked for.
    REDIRECTS = "redirects"


class FetchRefused(Exception):
    """Nothing was fetched; `reason` is the kind, the message a whole sentence."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
