"""The digits of one-time codes, and the proof that a browser keeps after one was typed in.

Like a link's token the digits are an HMAC, so no table holds them; the mail that carries them and the check that
reads them work them out. The proof is bound to the order and its link version: revoking links ends it too.
"""

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from orders.models import Order

DIGITS = 6
PROOF_SECONDS = 15 * 60
_SALT = "orders.codes"
_PROOF = "orders.codes.proof"


def digits_of(code: str) -> str:
    """The six digits of the code with this public id."""
    return _digits(code, settings.SECRET_KEY)


def is_right(code: str, typed: str) -> bool:
    """Whether ``typed`` (spaces and dashes don't count) are the digits of the code with this public id."""
    bare = "".join(c for c in typed if c not in " -\u00a0")
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(bare, _digits(code, key)) for key in keys)


def proof_for(order: Order) -> str:
    """What the browser keeps: valid for ``PROOF_SECONDS``, for this order and its present links."""
    return signing.TimestampSigner(salt=_PROOF).sign(_claim(order))


def proves(order: Order, proof: str) -> bool:
    """Whether ``proof`` was given for this order, not too long ago."""
    try:
        claim = signing.TimestampSigner(salt=_PROOF).unsign(proof, max_age=PROOF_SECONDS)
    except signing.BadSignature:
        return False
    return claim == _claim(order)


def _claim(order: Order) -> str:
    return f"{order.public_id}.{order.link_version}"


def _digits(code: str, key: str | bytes) -> str:
    digest = salted_hmac(_SALT, code, secret=key, algorithm="sha256").digest()
    return str(int.from_bytes(digest[:8], "big") % 10**DIGITS).zfill(DIGITS)
