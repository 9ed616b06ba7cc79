"""Books of limited depth, as subscribers know them: what to tell when only the best levels are shown."""

from decimal import Decimal

from ..engine import Book, BookSide

Levels = list[tuple[Decimal, Decimal]]
ZERO = Decimal(0)


class BookView:
    """The best `depth` levels of one book as last told, and what changed since.

    With `tells_pushed_out`, a level that falls behind the view's end is told as gone (amount 0), as most exchanges do;
    without, the client cuts its book itself, as Kraken's must. `sequence` is the book's as of the last change that was
    told, `before` that of the one before it.
    """

    def __init__(self, book: Book, depth: int, *, tells_pushed_out: bool = True) -> None:
        self._book = book
        self._depth = depth
        self._tells_pushed_out = tells_pushed_out
        self.bids = book.bids.levels(depth)
        self.asks = book.asks.levels(depth)
        self.sequence = self.before = book.sequence

    def changes(self) -> tuple[Levels, Levels]:
        """(bids, asks) that differ from what was told, amount 0 for levels that are gone; they count as told now."""
        bids = self._book.bids.levels(self._depth)
        asks = self._book.asks.levels(self._depth)
        changed = self._changed(self.bids, bids, self._book.bids), self._changed(self.asks, asks, self._book.asks)
        self.bids, self.asks = bids, asks
        if any(changed):
            self.before, self.sequence = self.sequence, self._book.sequence
        return changed

    def _changed(self, told: Levels, now: Levels, side: BookSide) -> Levels:
        before, present = dict(told), dict(now)
        gone = [price for price in before if price not in present]
        if not self._tells_pushed_out:
            still_there = {price for price, _ in side.levels()} if gone else set()
            gone = [price for price in gone if price not in still_there]
        return [(price, ZERO) for price in gone] + [
            (price, amount) for price, amount in now if before.get(price) != amount
        ]
