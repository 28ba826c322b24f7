"""Names that leave the house: opaque public ids and order numbers a person can read out on the phone."""

import secrets
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _Char = models.CharField[str, str]
else:
    _Char = models.CharField

# No I, L, O, U: nothing that can be misread or misheard (Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 16


def public_id(prefix: str) -> str:
    """A new opaque id such as ``ol_7k3m92qxh2w4t8vz``: 80 random bits."""
    return f"{prefix}_{_letters(_LENGTH).lower()}"


def _letters(n: int) -> str:
    """``n`` random letters; 32 of them divide the 256 values of a byte evenly, so one read of randomness does."""
    return "".join(ALPHABET[byte & 31] for byte in secrets.token_bytes(n))


def order_number() -> str:
    """A new random order number such as ``7K3M-92QX-H``: 40 random bits and a check character."""
    body = _letters(8)
    return f"{body[:4]}-{body[4:]}-{check_character(body)}"


def check_character(body: str) -> str:
    """One character that finds every single wrong character and every swap of two neighbours.

    The weights are powers of 3, a primitive root of the prime 31, so they all differ. Thirty-one is the
    largest prime below the alphabet's size; the price is that ``0`` and ``Z`` count alike.
    """
    total = sum((3**i) * ALPHABET.index(c) for i, c in enumerate(body, start=1))
    return ALPHABET[total % 31]


class PublicIdField(_Char):
    """A unique, unguessable id with a prefix that says what it names; made by Python, so bulk inserts know it."""

    def __init__(self, *args: Any, prefix: str = "", **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs.update(max_length=24, unique=True, editable=False, default=self._new)
        super().__init__(*args, **kwargs)

    def _new(self) -> str:
        return public_id(self.prefix)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for key in ("max_length", "unique", "editable", "default"):
            kwargs.pop(key, None)
        return name, path, args, {**kwargs, "prefix": self.prefix}
