"""Who calls: a bearer key, found by its hash, and what it may do."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from orders.api.errors import Unauthenticated
from orders.kernel.actor import Actor, ActorKind
from orders.models import ApiKey, Partner
from orders.selectors import key_of_hash
from orders.services.key import hash_of, note_use


class BearerKey(BaseAuthentication):
    """``Authorization: Bearer <key>``; one statement finds the key and its partner."""

    def authenticate(self, request: Request) -> tuple[Partner, ApiKey]:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise Unauthenticated("Send Authorization: Bearer <your API key>.")
        key = key_of_hash(hash_of(secret.strip()))
        if key is None or not key.is_live or not key.partner.is_active:
            raise Unauthenticated("This API key is unknown, expired or revoked.")
        note_use(key)
        return key.partner, key


def actor_of(key: ApiKey) -> Actor:
    """The partner as the one who did it."""
    return Actor(kind=ActorKind.PARTNER, name=key.partner.name, id=key.partner_id)
