class NotFound(Exception):
    """There is no such thing, or it is somebody else's: nobody is told which."""


class Refused(Exception):
    """It may not be done now; the message is a sentence for whoever asked."""


class WrongMove(Refused):
    """The round has gone on meanwhile: it is decided, or not in the state that was thought."""
