"""Rate limits: the four ways in which exchanges count, limits as data, and the ban of a client that goes on."""

import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum


class Count(ABC):
    """What one client used of a limit of `limit` in `seconds`; each way of counting is a subclass."""

    def __init__(self, limit: float, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds

    @abstractmethod
    def used(self, now_s: float) -> float: ...

    @abstractmethod
    def add(self, weight: float, now_s: float) -> float:
        """The sum with `weight` in it, which may exceed the limit."""

    @abstractmethod
    def resets_in(self, now_s: float) -> float:
        """Seconds until something is left again."""

    def take(self, weight: float, now_s: float) -> float:
        """The sum, and counts `weight` where it is within the limit: what was refused leaves no trace."""
        wanted = self.used(now_s) + weight
        return self.add(weight, now_s) if wanted <= self.limit else wanted


class Window(Count):
    """Windows that are aligned to the clock, and count what was refused too (Binance)."""

    def __init__(self, limit: float, seconds: float) -> None:
        super().__init__(limit, seconds)
        self._index = -1
        self._used: float = 0

    def used(self, now_s: float) -> float:
        index = int(now_s // self.seconds)
        if index != self._index:
            self._index, self._used = index, 0
        return self._used

    def add(self, weight: float, now_s: float) -> float:
        self._used = self.used(now_s) + weight
        return self._used

    def resets_in(self, now_s: float) -> float:
        return self.seconds - now_s % self.seconds

    take = add


class Cycle(Count):
    """Windows that begin with the first request after the last one has ended (KuCoin, Gate)."""

    def __init__(self, limit: float, seconds: float) -> None:
        super().__init__(limit, seconds)
        self._ends = -math.inf
        self._used: float = 0

    def used(self, now_s: float) -> float:
        return self._used if now_s < self._ends else 0

    def add(self, weight: float, now_s: float) -> float:
        if now_s >= self._ends:
            self._ends, self._used = now_s + self.seconds, 0
        self._used += weight
        return self._used

    def resets_in(self, now_s: float) -> float:
        return max(0.0, self._ends - now_s)


class Rolling(Count):
    """The last so many seconds, whenever one looks (Bybit; OKX, which does not say)."""

    def __init__(self, limit: float, seconds: float) -> None:
        super().__init__(limit, seconds)
        self._taken: deque[tuple[float, float]] = deque()
        self._used: float = 0

    def used(self, now_s: float) -> float:
        while self._taken and self._taken[0][0] <= now_s - self.seconds:
            self._used -= self._taken.popleft()[1]
        return self._used

    def add(self, weight: float, now_s: float) -> float:
        self.used(now_s)
        self._taken.append((now_s, weight))
        self._used += weight
        return self._used

    def resets_in(self, now_s: float) -> float:
        return max(0.0, self._taken[0][0] + self.seconds - now_s) if self._taken else 0.0


class Drain(Count):
    """A counter that requests raise, refused ones as well, and that drains by `limit` in `seconds` (Kraken)."""

    def __init__(self, limit: float, seconds: float) -> None:
        super().__init__(limit, seconds)
        self._level = 0.0
        self._at = 0.0

    def used(self, now_s: float) -> float:
        drained = (now_s - self._at) * self.limit / self.seconds
        self._level, self._at = max(0.0, self._level - drained), now_s
        return self._level

    def add(self, weight: float, now_s: float) -> float:
        self._level = self.used(now_s) + weight
        return self._level

    def resets_in(self, now_s: float) -> float:
        return max(0.0, self.used(now_s) - self.limit) * self.seconds / self.limit

    take = add


class Per(Enum):
    """Whose requests are counted together."""

    ADDRESS = "address"
    ACCOUNT = "account"
    MARKET = "market"  # one account's for one market


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as an exchange documents it: `most` in `seconds`, counted as `counted` does.

    `pool`: what the endpoints that share it are called; without one, each endpoint has it for itself.
    """

    most: float
    seconds: float
    per: Per
    counted: type[Count]
    pool: str | None = None

    @classmethod
    def of_address(cls, most: float, seconds: float) -> "Limit":
        """An endpoint's own: an address's requests within the last so many seconds."""
        return cls(most, seconds, Per.ADDRESS, Rolling)

    @classmethod
    def of_account(cls, most: float, seconds: float) -> "Limit":
        return cls(most, seconds, Per.ACCOUNT, Rolling)

    @classmethod
    def of_market(cls, most: float, seconds: float) -> "Limit":
        return cls(most, seconds, Per.MARKET, Rolling)


class Verdict(Enum):
    ALLOWED = "allowed"
    LIMITED = "limited"  # over the limit: 429
    BANNED = "banned"  # went on over the limit: 418


@dataclass(frozen=True, slots=True)
class Decision:
    """Of `limit`, so much is used; `retry_after_s` is zero where the request is allowed."""

    verdict: Verdict
    used: float
    retry_after_s: float
    limit: float

    @property
    def left(self) -> float:
        return max(0, self.limit - self.used)


class Counts:
    """What everybody used of an exchange's limits. `pace`: so many times quicker, everything is there again."""

    def __init__(self, *, now_s: Callable[[], float], pace: float = 1.0) -> None:
        self._now_s = now_s
        self._pace = pace
        self._counts: dict[Hashable, Count] = {}

    def take(self, limit: Limit, weight: float, *whose: Hashable) -> Decision:
        """Counts a request of `whose`: the endpoint, where there is no pool, and whoever the limit counts."""
        count, now = self.count(limit, *whose), self._now_s()
        used = count.take(weight, now)
        if used <= limit.most:
            return Decision(Verdict.ALLOWED, used, 0.0, limit.most)
        return Decision(Verdict.LIMITED, used, count.resets_in(now), limit.most)

    def count(self, limit: Limit, *whose: Hashable) -> Count:
        key = (limit, *whose)
        if key not in self._counts:
            self._counts[key] = limit.counted(limit.most, limit.seconds / self._pace)
        return self._counts[key]


class Limiter:
    """One address's request weight, with a ban after `patience` requests over the limit within a window."""

    def __init__(
        self, limit: float, seconds: float, *, patience: int = 10, ban_s: float = 120.0, now_s: Callable[[], float]
    ) -> None:
        self.window = Window(limit, seconds)
        self._patience = patience
        self._ban_s = ban_s
        self._banned_until = 0.0
        self._violations = 0
        self._now_s = now_s

    def take(self, weight: float) -> Decision:
        """Counts `weight`, also where the request is refused, as exchanges do."""
        now = self._now_s()
        used, limit = self.window.add(weight, now), self.window.limit
        if now < self._banned_until:
            return Decision(Verdict.BANNED, used, self._banned_until - now, limit)
        if used <= limit:
            self._violations = 0
            return Decision(Verdict.ALLOWED, used, 0.0, limit)
        self._violations += 1
        if self._violations > self._patience:
            self.ban(self._ban_s)
            return Decision(Verdict.BANNED, used, self._ban_s, limit)
        return Decision(Verdict.LIMITED, used, self.window.resets_in(now), limit)

    def ban(self, seconds: float) -> None:
        self._banned_until = self._now_s() + seconds

    def lift(self) -> None:
        """Forgets ban and violations, and what was used."""
        self._banned_until, self._violations = 0.0, 0
        self.window = Window(self.window.limit, self.window.seconds)
