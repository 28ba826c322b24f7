"""How many requests a key may make: counted per minute in Valkey, and open while Valkey is down."""

import time
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from orders.models import ApiKey

WINDOW = 60  # seconds
_TIMEOUT = 0.05  # seconds: a limit must never cost more than it saves
_GIVE_UP_FOR = 2.0  # seconds without a further try once Valkey didn't answer


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What is left of a key's minute; ``remaining`` below zero: too many."""

    quota: int
    remaining: int
    seconds_left: int

    @property
    def headers(self) -> dict[str, str]:
        """As in draft-ietf-httpapi-ratelimit-headers."""
        return {
            "RateLimit-Policy": f'"default";q={self.quota};w={WINDOW}',
            "RateLimit": f'"default";r={max(self.remaining, 0)};t={self.seconds_left}',
        }


_down_until = 0.0


def count_request(key: ApiKey) -> Allowance | None:
    """Count one request of the key; None when nobody counts, because Valkey doesn't answer."""
    global _down_until  # noqa: PLW0603 - one circuit breaker per process
    now = time.time()
    if time.monotonic() < _down_until:
        return None
    window = int(now) // WINDOW
    name = f"oms:limit:{key.pk}:{window}"
    try:
        pipe = _valkey().pipeline(transaction=False)
        pipe.incr(name)
        pipe.expire(name, 2 * WINDOW)
        used, _ = pipe.execute()
    except RedisError:
        _down_until = time.monotonic() + _GIVE_UP_FOR
        return None
    quota = key.requests_per_minute
    return Allowance(quota=quota, remaining=quota - int(used), seconds_left=(window + 1) * WINDOW - int(now))


@cache
def _valkey() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=_TIMEOUT,
        socket_timeout=_TIMEOUT,
        retry=Retry(NoBackoff(), 0),
    )
