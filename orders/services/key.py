"""Give a partner a key to the API, and take it back; used by the admin and by the demo."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Q
from django.utils import timezone

from orders.errors import InvalidRequest
from orders.kernel.actor import Actor
from orders.kernel.errors import FieldError
from orders.kernel.work import work
from orders.models import ApiKey, Partner
from orders.scopes import Scope

_PREFIX_LENGTH = 12
_NOTED_EVERY = timedelta(minutes=1)


def issue_key(
    partner: Partner,
    *,
    name: str,
    scopes: Collection[str],
    requests_per_minute: int = 600,
    expires_at: datetime | None = None,
    by: Actor,
) -> tuple[ApiKey, str]:
    """Make a new key; the secret is returned once and only its hash is kept. Others of the partner stay live.

    Raises ``InvalidRequest`` for a scope that doesn't exist.
    """
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown:
        raise InvalidRequest(
            "There is no such scope.",
            errors=[FieldError(pointer="#/scopes", code="unknown", detail=", ".join(unknown))],
        )
    secret = f"oms_{secrets.token_urlsafe(32)}"
    with work(by=by):
        key = ApiKey.objects.create(
            partner=partner,
            name=name,
            prefix=secret[:_PREFIX_LENGTH],
            key_hash=hash_of(secret),
            scopes=[scope for scope in Scope.values if scope in scopes],
            requests_per_minute=requests_per_minute,
            expires_at=expires_at,
        )
    return key, secret


def revoke_key(key_id: int, *, by: Actor) -> ApiKey:
    """End a key now, for good; one that was revoked before stays as it is."""
    with work(by=by):
        key = ApiKey.objects.select_for_update(of=("self",)).get(pk=key_id)
        if key.revoked_at is None:
            key.revoked_at = timezone.now()
            key.save(update_fields=["revoked_at"])
    return key


def note_use(key: ApiKey) -> None:
    """Note that the key was used: at most once a minute, which is exact enough to find the forgotten ones."""
    now = timezone.now()
    before = now - _NOTED_EVERY
    if key.last_used_at is None or key.last_used_at < before:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=before)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def hash_of(secret: str) -> str:
    """What is stored of a key. A plain hash is enough: the secret has 256 random bits."""
    return sha256(secret.encode()).hexdigest()
