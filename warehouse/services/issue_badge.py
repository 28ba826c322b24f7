"""Give somebody a badge; the one they had before opens nothing any more."""

import secrets
from hashlib import sha256

from orders.kernel.actor import Actor
from orders.kernel.ids import ALPHABET
from orders.kernel.work import work
from warehouse.models import Badge

_LENGTH = 20  # 100 random bits: nobody guesses a badge


def issue_badge(user_id: int, *, by: Actor) -> str:
    """Returns the new badge's barcode, once; only its hash is kept."""
    code = "BADGE-" + "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    with work(by=by):
        Badge.objects.update_or_create(user_id=user_id, defaults={"code_hash": hash_of(code)})
    return code


def hash_of(code: str) -> str:
    """How a badge's barcode is stored; scanners may send small letters."""
    return sha256(code.strip().upper().encode()).hexdigest()
