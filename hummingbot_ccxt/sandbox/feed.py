"""Changes of a book, collected into the batches that exchanges send."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from .engine import BookLevel, Side


@dataclass(frozen=True, slots=True)
class BookUpdate:
    """What changed in one book between the sequence numbers `first` and `last`, both included.

    Levels are (price, new total amount), 0 for a level that is gone, in the order in which they first changed. Batches
    of one book are contiguous: each `first` is the `last` before it plus one.
    """

    symbol: str
    first: int
    last: int
    bids: list[tuple[Decimal, Decimal]]
    asks: list[tuple[Decimal, Decimal]]


class BookFeed:
    """Batches the level changes of all markets, one batch per market and `interval_s`, none where nothing changed."""

    def __init__(self, interval_s: float, deliver: Callable[[BookUpdate], None]) -> None:
        """To be made in the event loop that is to deliver; `add` may then be called outside of it."""
        self._loop = asyncio.get_running_loop()
        self._interval_s = interval_s
        self._deliver = deliver
        self._pending: dict[str, _Pending] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, level: BookLevel) -> None:
        pending = self._pending.get(level.symbol)
        if pending is None:
            pending = self._pending[level.symbol] = _Pending(level.sequence)
        pending.last = level.sequence
        (pending.bids if level.side is Side.BUY else pending.asks)[level.price] = level.amount
        if self._timer is None:
            self._timer = self._loop.call_later(self._interval_s, self.flush)

    def flush(self) -> None:
        """Delivers what is pending now."""
        self.stop()
        pending, self._pending = self._pending, {}
        for symbol, each in pending.items():
            self._deliver(BookUpdate(symbol, each.first, each.last, list(each.bids.items()), list(each.asks.items())))

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Pending:
    __slots__ = ("asks", "bids", "first", "last")

    def __init__(self, first: int) -> None:
        self.first = self.last = first
        self.bids: dict[Decimal, Decimal] = {}
        self.asks: dict[Decimal, Decimal] = {}


class Ticking:
    """Calls `fire(key)` at most once per `interval_s` for each key that was marked since."""

    def __init__(self, interval_s: float, fire: Callable[[str], None]) -> None:
        """To be made in the event loop that is to fire."""
        self._loop = asyncio.get_running_loop()
        self._interval_s = interval_s
        self._fire = fire
        self._marked: dict[str, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def mark(self, key: str) -> None:
        self._marked[key] = None
        if self._timer is None:
            self._timer = self._loop.call_later(self._interval_s, self._run)

    def _run(self) -> None:
        self._timer = None
        marked, self._marked = self._marked, {}
        for key in marked:
            self._fire(key)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
