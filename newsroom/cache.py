"""A cache that may be down: then everything is made again, and nobody waits or sees an error."""

import logging
import time
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from newsroom import troubles

logger = logging.getLogger(__name__)

AGAIN_AFTER = 10  # seconds


class SpareRedisCache(RedisCache):
    """A Redis cache that is skipped while Redis does not answer.

    It is not tried again for a while: a silent Redis would delay every page by its timeout.
    """

    _missing_until = 0.0

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._unless_missing(super().get, default, key, default, version)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        self._unless_missing(super().set, None, key, value, *args, **kwargs)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._unless_missing(super().add, True, key, value, *args, **kwargs))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._unless_missing(super().incr, delta, key, delta, version))

    def _unless_missing(self, ask: Any, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < SpareRedisCache._missing_until:
            return otherwise
        try:
            answer = ask(*args, **kwargs)
        except (RedisError, OSError) as error:
            SpareRedisCache._missing_until = time.monotonic() + AGAIN_AFTER
            logger.warning("The cache does not answer: %s", error)
            return otherwise
        troubles.end(troubles.REDIS)
        return answer


class RatesCache(SpareRedisCache):
    """A Redis cache for counting, which counts in this process while Redis does not answer."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.spare = LocMemCache("rates", {"OPTIONS": {"MAX_ENTRIES": 20_000}})

    def _unless_missing(self, ask: Any, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        missing = object()
        answer = super()._unless_missing(ask, missing, *args, **kwargs)
        if answer is not missing:
            return answer
        return getattr(self.spare, ask.__name__)(*args, **kwargs)
