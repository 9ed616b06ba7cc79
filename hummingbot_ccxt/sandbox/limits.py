"""Rate limits: fixed windows of weight, and the ban of a client that goes on after them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Window:
    """Counts what was used in the present window of `seconds`, aligned to the clock as exchanges align theirs."""

    def __init__(self, limit: int, seconds: int) -> None:
        self.limit = limit
        self.seconds = seconds
        self._index = -1
        self._used = 0

    def used(self, now_s: float) -> int:
        index = int(now_s // self.seconds)
        if index != self._index:
            self._index, self._used = index, 0
        return self._used

    def add(self, weight: int, now_s: float) -> int:
        """The sum with `weight` in it, which may exceed the limit."""
        self._used = self.used(now_s) + weight
        return self._used

    def resets_in(self, now_s: float) -> float:
        """Seconds until the window ends."""
        return self.seconds - now_s % self.seconds


class Verdict(Enum):
    ALLOWED = "allowed"
    LIMITED = "limited"  # over the limit: 429
    BANNED = "banned"  # went on over the limit: 418


@dataclass(frozen=True, slots=True)
class Decision:
    """`retry_after_s` is zero where the request is allowed."""

    verdict: Verdict
    used: int
    retry_after_s: float


class Limiter:
    """One address's request weight, with a ban after `patience` requests over the limit within a window."""

    def __init__(
        self, limit: int, seconds: int, *, patience: int = 10, ban_s: float = 120.0, now_s: Callable[[], float]
    ) -> None:
        self.window = Window(limit, seconds)
        self._patience = patience
        self._ban_s = ban_s
        self._banned_until = 0.0
        self._violations = 0
        self._now_s = now_s

    def take(self, weight: int) -> Decision:
        """Counts `weight`, also where the request is refused, as exchanges do."""
        now = self._now_s()
        used = self.window.add(weight, now)
        if now < self._banned_until:
            return Decision(Verdict.BANNED, used, self._banned_until - now)
        if used <= self.window.limit:
            self._violations = 0
            return Decision(Verdict.ALLOWED, used, 0.0)
        self._violations += 1
        if self._violations > self._patience:
            self.ban(self._ban_s)
            return Decision(Verdict.BANNED, used, self._ban_s)
        return Decision(Verdict.LIMITED, used, self.window.resets_in(now))

    def ban(self, seconds: float) -> None:
        self._banned_until = self._now_s() + seconds

    def lift(self) -> None:
        """Forgets ban and violations, and what was used."""
        self._banned_until, self._violations = 0.0, 0
        self.window = Window(self.window.limit, self.window.seconds)
