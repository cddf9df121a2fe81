"""How often one caller may call: so many reads and so many writes a minute, counted in the cache.

Without the cache everybody is let in: an API that is down because its counter is down is worse.
"""

import logging
import threading
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60  # seconds

logger = logging.getLogger(__name__)
_own = threading.local()


@dataclass(frozen=True)
class Standing:
    """How much of a minute's calls are used. reset: seconds until the next minute begins."""

    limit: int
    used: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.reset),
        }


class PerCaller(BaseThrottle):
    """Counts the call; the view's `standing` is what its headers tell."""

    reset = WINDOW

    def allow_request(self, request: Request, view: Any) -> bool:
        caller = getattr(view, "caller", None)
        if caller is None:
            return True
        reads = request.method in ("GET", "HEAD")
        limit = settings.PERMILLE_API_LIMITS["read" if reads else "write"]
        now = int(time.time())
        self.reset = WINDOW - now % WINDOW
        used = _counted(f"api:{caller.name}:{'r' if reads else 'w'}:{now // WINDOW}")
        if used is None:
            return True
        view.standing = Standing(limit, used, self.reset)
        return used <= limit

    def wait(self) -> float:
        return float(self.reset)


def _counted(name: str) -> int | None:
    """How many calls that makes; None where the cache is out of reach."""
    key = cache.make_key(name)
    try:
        used = int(counter().incr(key))
        if used == 1:
            counter().expire(key, 2 * WINDOW)
    except (RedisError, OSError) as error:
        logger.warning("Calls are not counted, the cache is out of reach: %s", error)
        return None
    return used


def counter() -> Redis:
    """The cache's server, asked directly: one message a call, where the cache would send three.

    Each thread keeps a connection of its own: taking one from a pool costs as much as asking.
    """
    if not hasattr(_own, "counter"):
        place: dict[str, Any] = settings.CACHES["default"]
        _own.counter = Redis.from_url(
            place["LOCATION"], single_connection_client=True, **place["OPTIONS"]
        )
    client: Redis = _own.counter
    return client
