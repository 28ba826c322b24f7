"""The one error of this package: a sentence for the person at the terminal."""


class EmbeddedError(RuntimeError):
    """An embedded server can't be started, reached or stopped; the message says what to do."""
