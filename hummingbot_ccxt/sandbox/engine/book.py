"""The resting orders of one market, by price and then by time.

Plain operators are used throughout, so the caller (the engine) must have entered the `EXACT` decimal context.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice

from .exact import ZERO
from .types import Order, Side


@dataclass(slots=True)
class Level:
    """The orders at one price, oldest first, and what remains of them together."""

    price: Decimal
    amount: Decimal = ZERO
    queue: deque[Order] = field(default_factory=deque)


class BookSide:
    """All bids or all asks."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._prices: list[Decimal] = []  # ascending on both sides
        self._levels: dict[Decimal, Level] = {}

    def __len__(self) -> int:
        """The number of price levels."""
        return len(self._prices)

    def __iter__(self) -> Iterator[Level]:
        """Levels, best price first; not to be changed by the reader."""
        prices: Iterable[Decimal] = reversed(self._prices) if self._side is Side.BUY else self._prices
        return (self._levels[price] for price in prices)

    @property
    def best(self) -> Decimal | None:
        """The best price, None for an empty side."""
        if not self._prices:
            return None
        return self._prices[-1 if self._side is Side.BUY else 0]

    def levels(self, limit: int | None = None) -> list[tuple[Decimal, Decimal]]:
        """(price, amount) of the best `limit` levels, best first; all without a limit."""
        return [(level.price, level.amount) for level in islice(self, limit)]

    def is_reached_by(self, price: Decimal) -> bool:
        """True if an order of the other side at `price` would trade with this side."""
        best = self.best
        if best is None:
            return False
        return price <= best if self._side is Side.BUY else price >= best

    def add(self, order: Order, price: Decimal) -> Decimal:
        """Queues the order last at its price; the level's new amount."""
        level = self._levels.get(price)
        if level is None:
            level = self._levels[price] = Level(price)
            insort(self._prices, price)
        level.queue.append(order)
        level.amount += order.remaining
        return level.amount

    def reduce(self, order: Order, price: Decimal, by: Decimal) -> Decimal:
        """Books a fill of `by`, already counted in the order, which keeps its place unless done; the new amount."""
        level = self._levels[price]
        level.amount -= by
        if order.remaining == ZERO:
            self._drop(order, level)
        return level.amount

    def remove(self, order: Order, price: Decimal) -> Decimal:
        """Takes the order out with all that remains of it; the level's new amount."""
        level = self._levels[price]
        level.amount -= order.remaining
        self._drop(order, level)
        return level.amount

    def _drop(self, order: Order, level: Level) -> None:
        level.queue.remove(order)  # by identity; a filled order is the first
        if not level.queue:
            del self._levels[level.price]
            del self._prices[bisect_left(self._prices, level.price)]


class Book:
    """Both sides of one market; `sequence` grows by one with each change of a level's amount."""

    def __init__(self) -> None:
        self.bids = BookSide(Side.BUY)
        self.asks = BookSide(Side.SELL)
        self.sequence = 0

    @property
    def best_bid(self) -> Decimal | None:
        return self.bids.best

    @property
    def best_ask(self) -> Decimal | None:
        return self.asks.best

    @property
    def is_crossed(self) -> bool:
        """True if a bid could trade with an ask, which no operation may leave behind."""
        return self.best_bid is not None and self.asks.is_reached_by(self.best_bid)

    def side(self, side: Side) -> BookSide:
        return self.bids if side is Side.BUY else self.asks

    def add(self, order: Order, price: Decimal) -> Decimal:
        """As BookSide.add."""
        self.sequence += 1
        return self.side(order.side).add(order, price)

    def reduce(self, order: Order, price: Decimal, by: Decimal) -> Decimal:
        """As BookSide.reduce."""
        self.sequence += 1
        return self.side(order.side).reduce(order, price, by)

    def remove(self, order: Order, price: Decimal) -> Decimal:
        """As BookSide.remove."""
        self.sequence += 1
        return self.side(order.side).remove(order, price)
