"""Idempotency keys: one thing to be done keeps its name, and each attempt after a definite no gets a key of its own."""

_ATTEMPT = "~"


def is_same_call(key: str, other: str) -> bool:
    """Whether two keys are attempts at one thing."""
    return key.partition(_ATTEMPT)[0] == other.partition(_ATTEMPT)[0]


def next_key(key: str) -> str:
    """The key for asking once more after a definite no: under the old one the gateway would only repeat itself."""
    base, _, attempt = key.partition(_ATTEMPT)
    return f"{base}{_ATTEMPT}{int(attempt or 1) + 1}"
