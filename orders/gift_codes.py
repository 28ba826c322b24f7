"""The codes of gift cards: sixteen letters and digits, eighty bits that nobody guesses.

Like a link's token a code is an HMAC, so no table holds it: the mail that carries it works it out. A card is found by
the code's SHA-256, which is stored, so that a change of ``SECRET_KEY`` leaves cards alone. Wrong codes are counted
for whoever types them; the count is in Valkey, and open while that is down.
"""

import re
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import constant_time_compare, salted_hmac

from orders.errors import TooManyTries
from orders.kernel.ids import ALPHABET
from orders.models import GiftCard

LENGTH = 16
MOST_TRIES = 10
TRIES_SECONDS = 60 * 60
KEY = "gift-card-tries"
_SALT = "orders.gift_codes"
_MISREAD = str.maketrans("OIL", "011")


def new_code(public_id: str, version: int) -> str:
    """The code of that version of a card, as it is derived now."""
    return _derived(public_id, version, settings.SECRET_KEY)


def code_of(card: GiftCard) -> str:
    """The card's code, to be sent to whom it belongs; empty when the key that made it is gone."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        code = _derived(card.public_id, card.code_version, key)
        if constant_time_compare(hash_of(code), card.code_hash):
            return code
    return ""


def hash_of(code: str) -> str:
    """What is stored of a code; blanks, dashes and case don't count, nor letters that look like digits."""
    bare = re.sub(r"[\s-]", "", code).upper().translate(_MISREAD)
    return sha256(f"{_SALT}.{bare}".encode()).hexdigest()


def found_card(code: str, *, tries_of: str) -> GiftCard | None:
    """The card with that code, usable or not. Raises ``TooManyTries`` after ten wrong codes of one person in an hour.

    The database compares hashes: how long it takes tells nothing about the code.
    """
    name = f"{KEY}:{tries_of}"
    if _tries(name) >= MOST_TRIES:
        raise TooManyTries("token: too many wrong codes; try again in an hour.")
    card = GiftCard.objects.filter(code_hash=hash_of(code)).first()
    if card is None:
        _count(name)
    return card


def _tries(name: str) -> int:
    try:
        return int(cache.get(name, 0))
    except Exception:  # whatever an unreachable cache raises: a limit must not stop people from paying
        return 0


def _count(name: str) -> None:
    try:
        cache.add(name, 0, timeout=TRIES_SECONDS)
        cache.incr(name)
    except Exception:  # as above; or the count ran out at this very moment
        return


def _derived(public_id: str, version: int, key: str | bytes) -> str:
    digest = salted_hmac(_SALT, f"{public_id}.{version}", secret=key, algorithm="sha256").digest()
    bits = int.from_bytes(digest[:10], "big")
    code = "".join(ALPHABET[bits >> 5 * i & 31] for i in range(LENGTH))
    return "-".join(code[i : i + 4] for i in range(0, LENGTH, 4))
