"""Keep a secret in the database: encrypted by a key that is made of Django's, so a copy of the tables tells nothing.

A former ``SECRET_KEY`` in ``SECRET_KEY_FALLBACKS`` still opens what it closed.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import digest
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

_SALT = b"orders.kernel.secret"


def sealed(text: str) -> bytes:
    """``text``, encrypted and signed."""
    return _locks().encrypt(text.encode())


def opened(kept: bytes | memoryview) -> str:
    """What ``sealed`` closed."""
    return _locks().decrypt(bytes(kept)).decode()


def fingerprint(text: str) -> str:
    """The same for the same text, telling nothing of it: 64 hexadecimal digits."""
    return sha256(_key(settings.SECRET_KEY, b"fingerprint") + text.encode()).hexdigest()


def _locks() -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(urlsafe_b64encode(_key(key, b"seal"))) for key in keys])


def _key(secret: str | bytes, purpose: bytes) -> bytes:
    """32 bytes for one purpose."""
    return digest(secret if isinstance(secret, bytes) else secret.encode(), _SALT + purpose, "sha256")
