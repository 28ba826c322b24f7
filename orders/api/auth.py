"""Who calls: a bearer key, found by its hash, and what it may do."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from orders.api.errors import Unauthenticated
from orders.kernel.actor import Actor, ActorKind
from orders.models import ApiKey, Partner
from orders.services.key import hash_of

# ``last_used_at`` is for people who look for forgotten keys; a minute is exact enough.
_LAST_USED_EVERY = timedelta(minutes=1)


class BearerKey(BaseAuthentication):
    """``Authorization: Bearer <key>``; one statement finds the key and its partner."""

    def authenticate(self, request: Request) -> tuple[Partner, ApiKey]:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise Unauthenticated("Send Authorization: Bearer <your API key>.")
        key = ApiKey.objects.select_related("partner").filter(key_hash=hash_of(secret.strip())).first()
        if key is None or not key.is_live or not key.partner.is_active:
            raise Unauthenticated("This API key is unknown, expired or revoked.")
        touch(key)
        return key.partner, key


def touch(key: ApiKey) -> None:
    """Note that the key was used, at most once a minute and in no transaction of the request."""
    now = timezone.now()
    before = now - _LAST_USED_EVERY
    if key.last_used_at is None or key.last_used_at < before:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=before)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def actor_of(key: ApiKey) -> Actor:
    """The partner as the one who did it."""
    return Actor(kind=ActorKind.PARTNER, name=key.partner.name, id=key.partner_id)
