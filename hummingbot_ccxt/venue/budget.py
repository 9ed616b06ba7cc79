"""One rate budget per venue and key: how many requests may leave, and which goes first.

ccxt gives each endpoint a cost and the venue a `rateLimit`, the milliseconds between two requests of cost 1. The
budget is a bucket of tokens that refills at that pace and holds what one interval allows, so that a few orders may
leave at once while the average stays below the limit. Waiting requests leave by priority, then in order of arrival.
Polls leave a reserve in the bucket, where it has one, so that a look-up for an order need not wait for the refill.
"""

import asyncio
import heapq
import itertools
import time
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from decimal import Decimal
from enum import IntEnum

from hummingbot.core.api_throttler.async_throttler_base import AsyncThrottlerBase
from hummingbot.core.api_throttler.data_types import RateLimit


class Priority(IntEnum):
    """Who leaves first: cancels and new orders ahead of look-ups, look-ups ahead of polls."""

    ORDER = 0
    LOOKUP = 1
    POLL = 2


request_priority: ContextVar[Priority] = ContextVar("request_priority", default=Priority.POLL)
"""Set by the caller of a ccxt method; read where ccxt asks for permission to send (`throttle`)."""


class RateBudget:
    """Tokens for requests to one venue with one key.

    `rate`: tokens a second. `capacity`: how many may be spent at once, and `reserve`: how many of them not by polls. A
    request that costs more than the capacity leaves when the bucket is full and puts it into debt, so an expensive
    endpoint is slow, never impossible.
    """

    def __init__(
        self, *, rate: float, capacity: float, reserve: float = 0.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        if not (rate > 0 and capacity > 0):
            raise ValueError(f"a rate budget needs a positive rate and capacity, not {rate} and {capacity}")
        self.rate = rate
        self.capacity = max(capacity, 1.0)
        self.reserve = reserve
        self._tokens = self.capacity
        self._now = now
        self._refilled = now()
        self._paused_until = 0.0
        self._waiting: list[tuple[Priority, int, float, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def paused_s(self) -> float:
        """Seconds for which nothing may leave, 0 when the way is free."""
        return max(0.0, self._paused_until - self._now())

    @property
    def is_backed_up(self) -> bool:
        """Whether requests wait for their turn."""
        return any(not permission.done() for _, _, _, permission in self._waiting)

    def pause(self, seconds: float) -> None:
        """Let nothing leave for so long: the venue said 429, or banned us. A longer pause in force stays."""
        self._paused_until = max(self._paused_until, self._now() + seconds)

    def limit_to_share(self, share: float) -> None:
        """Shrink to `share` (0 to 1] of the rate, when another user of this budget was promised less."""
        self.rate *= share
        self.capacity = max(self.capacity * share, 1.0)
        self.reserve *= share

    async def acquire(self, cost: float, priority: Priority) -> None:
        """Return when a request of this cost may leave; one that costs nothing waits for the end of a pause only."""
        if (not self._waiting or cost <= 0) and self._may_leave(cost, priority):
            self._tokens -= cost
            return
        permission: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), cost, permission))
        self._serve()
        try:
            await permission
        except asyncio.CancelledError:
            if permission.done() and not permission.cancelled():
                self._tokens += cost  # granted, and given back unused
            self._serve()
            raise

    def _may_leave(self, cost: float, priority: Priority) -> bool:
        now = self._now()
        self._tokens = min(self.capacity, self._tokens + (now - self._refilled) * self.rate)
        self._refilled = now
        return now >= self._paused_until and (cost <= 0 or self._tokens >= self._needed(cost, priority) - 1e-9)

    def _needed(self, cost: float, priority: Priority) -> float:
        """How full the bucket must be."""
        return min(cost + (self.reserve if priority is Priority.POLL else 0.0), self.capacity)

    def _serve(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            priority, _, cost, permission = self._waiting[0]
            if permission.done():
                heapq.heappop(self._waiting)
                continue
            if not self._may_leave(cost, priority):
                missing = self._needed(cost, priority) - self._tokens
                delay = max(self.paused_s, missing / self.rate, 0.001)
                self._timer = permission.get_loop().call_later(delay, self._serve)
                return
            heapq.heappop(self._waiting)
            self._tokens -= cost
            permission.set_result(None)


_budgets: "weakref.WeakValueDictionary[tuple[str, str], RateBudget]" = weakref.WeakValueDictionary()


def shared_budget(venue: str, key: str, *, rate: float, capacity: float, reserve: float = 0.0) -> RateBudget:
    """Return the process's budget for this venue and key, making it on first use; the smaller rate wins."""
    budget = _budgets.get((venue, key))
    if budget is None:
        budget = RateBudget(rate=rate, capacity=capacity, reserve=reserve)
        _budgets[(venue, key)] = budget
    elif rate < budget.rate:
        budget.limit_to_share(rate / budget.rate)
    return budget


class BudgetThrottler(AsyncThrottlerBase):
    """Hummingbot's view of the budget: `connector.throttler` for whoever shares the connector's limits.

    A Hummingbot limit id that this throttler does not know costs one token.
    """

    def __init__(self, rate_limits: list[RateLimit], budget: RateBudget, share_pct: Decimal) -> None:
        super().__init__(rate_limits, limits_share_percentage=share_pct)
        self._budget = budget

    @asynccontextmanager
    async def execute_task(self, limit_id: str) -> AsyncIterator[None]:
        """Wait for permission to send one request that counts against `limit_id`."""
        limit, linked = self.get_related_limits(limit_id)
        weight = linked[0][1] if linked else (limit.weight if limit is not None else 1)
        await self._budget.acquire(weight, request_priority.get())
        yield
