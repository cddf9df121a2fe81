"""What goes wrong with the embedded servers, as a sentence."""


class EmbeddedError(Exception):
    """The servers cannot be started, found or stopped; the message says what to do."""
