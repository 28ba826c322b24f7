"""Lease a shipment while its carrier is asked, and put it off when that fails; for whoever calls a carrier."""

import random
from datetime import timedelta
from uuid import uuid4

from django.db.models import F
from django.db.models.functions import Now

from shipping.models import Shipment

LEASE = timedelta(minutes=2)  # longer than a task may run
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)


def lease(shipment: Shipment) -> None:
    """Take the locked ``shipment`` for a while, by the database's clock; counts the attempt."""
    shipment.lease_token = uuid4()
    shipment.attempts += 1
    Shipment.objects.filter(pk=shipment.pk).update(
        lease_token=shipment.lease_token, leased_until=Now() + LEASE, attempts=F("attempts") + 1
    )


def put_off(shipment: Shipment, error: str) -> None:
    """Give the lease back and try again later: full jitter, doubled with every attempt, an hour at most."""
    longest = min(FIRST_WAIT * 2 ** min(shipment.attempts - 1, 16), LONGEST_WAIT)
    Shipment.objects.filter(pk=shipment.pk, lease_token=shipment.lease_token).update(
        label_error=error[:255],
        due_at=Now() + longest * random.random(),  # noqa: S311 - spreads load, guards nothing
        lease_token=None,
        leased_until=None,
    )
