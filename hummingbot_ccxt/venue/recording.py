"""See each update at the moment ccxt stores it, instead of awaiting `watch_*`, which loses what arrives in between.

ccxt.pro's handlers store orders, fills and trades in caches (`ArrayCache...`) and levels in book sides
(`OrderBookSide`). The recording kinds here behave as ccxt's own and report what is stored. A client draws its
futures from the same caches, so ccxt's own awaiting callers go on working.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any

from ccxt.async_support.base.ws.cache import BaseCache
from ccxt.async_support.base.ws.order_book import OrderBook
from ccxt.async_support.base.ws.order_book_side import OrderBookSide

from hummingbot_ccxt.venue.plain_side import Levels, PlainSide

Report = Callable[[dict[str, Any]], None]

_classes: dict[type, type] = {}


def _once(make: Callable[[type], type], kind: type) -> type:
    """Return the recording subclass of a ccxt class, made on first use."""
    if kind not in _classes:
        _classes[kind] = make(kind)
    return _classes[kind]


# --- caches of orders, fills and public trades


def _recording_cache_class(cache_class: type[BaseCache]) -> type[BaseCache]:
    class RecordingCache(cache_class):
        report: Report

        def append(self, item: Any) -> None:
            super().append(item)
            if isinstance(item, dict):
                # A copy: the cache merges later updates of the same id into this very object.
                self.report(dict(item))

    RecordingCache.__name__ = f"Recording{cache_class.__name__}"
    return RecordingCache


class _CacheDict(dict[Any, Any]):
    """A dictionary of caches (`exchange.trades`: symbol -> cache) that turns each one put into it into a recorder."""

    def __init__(self, content: dict[Any, Any], report: Report) -> None:
        super().__init__()
        self._report = report
        for key, value in content.items():
            self[key] = value

    def __setitem__(self, key: Any, value: Any) -> None:
        if value is None or self.get(key) is not value:  # many handlers store the same one with each trade
            super().__setitem__(key, recording(value, self._report))


def recording(stored: Any, report: Report) -> Any:
    """Return what a handler stores, made to report each item that is appended: a cache, or a dictionary of caches.

    `report` is called synchronously, in the order of the messages, with a shallow copy of the item.
    """
    if isinstance(stored, BaseCache):
        unseen: list[Any] = []
        if not hasattr(stored, "report"):
            # Many handlers fill a new cache with its first message before they store it where we can see it.
            unseen = [dict(item) for item in stored if isinstance(item, dict)]
            stored.__class__ = _once(_recording_cache_class, type(stored))
        stored.report = report
        for item in unseen:
            report(item)
        return stored
    if isinstance(stored, dict) and not isinstance(stored, (_CacheDict, OrderBook)):
        return _CacheDict(stored, report)
    return stored


# --- order books


class _LookedUpSide:
    """Before any other kind of side: notes which prices are touched, and looks their levels up when they are taken."""

    changed: Levels
    _index: list[float]
    _depth: int
    side: bool

    def begin(self) -> None:
        """Begin to note what is stored."""
        self.changed = {}

    def storeArray(self, delta: Any) -> None:
        price = delta[0]
        # The third number of other sides may be no number at all: the row itself on bitget.
        by_order = getattr(self, "_hashmap", None)
        stood_at = None if by_order is None or len(delta) < 3 else by_order.get(delta[2])
        if stood_at is not None:  # rows are orders: one that moves or leaves changes the level where it stood
            self.changed[abs(stood_at)] = 0.0
        super().storeArray(delta)  # type: ignore[misc]
        if price is not None:
            self.changed[price] = 0.0

    def limit(self) -> None:
        for row in self[self._depth :]:  # type: ignore[index]
            self.changed[row[0]] = 0.0
        super().limit()  # type: ignore[misc]

    def taken(self) -> Levels:
        """The touched levels as they stand now; rows of one price (orders) are neighbours and add up."""
        changed, self.changed = self.changed, {}
        keys, bid = self._index, self.side
        for price in changed:
            key = -price if bid else price
            at = bisect_left(keys, key)
            amount = 0.0
            while at < len(keys) and keys[at] == key:
                amount = self[at][1] if amount == 0.0 else amount + self[at][1]  # type: ignore[index]
                at += 1
            changed[price] = amount
        return changed


_COPIED = ("store", "storeArray", "limit", "remove_index")


def _recording_side_class(side_class: type[OrderBookSide]) -> type[OrderBookSide]:
    name = f"Recording{side_class.__name__}"
    if all(getattr(side_class, each) is getattr(OrderBookSide, each) for each in _COPIED):
        return type(name, (PlainSide,), {"side": side_class.side})
    return type(name, (_LookedUpSide, side_class), {})


def _recording_book_class(book_class: type[OrderBook]) -> type[OrderBook]:
    class RecordingBook(book_class):
        """A book that knows whether it was replaced as a whole, and which levels changed, since it was last taken."""

        replaced: bool = True

        def reset(self, snapshot: Any = {}) -> None:  # noqa: B006 -- ccxt's own signature; never changed here
            super().reset(snapshot)
            self.replaced = True

        def __setitem__(self, key: str, value: Any) -> None:
            if key in ("bids", "asks") and isinstance(value, OrderBookSide):
                _record_side(value)
                self.replaced = True
            super().__setitem__(key, value)

    RecordingBook.__name__ = f"Recording{book_class.__name__}"
    return RecordingBook


def _record_side(side: OrderBookSide) -> None:
    if not hasattr(side, "changed"):
        side.__class__ = _once(_recording_side_class, type(side))
        side.begin()


def recording_book(book: OrderBook) -> OrderBook:
    """Return ccxt's book, made to remember its changes for `take_changes`."""
    book.__class__ = _once(_recording_book_class, type(book))
    for name in ("bids", "asks"):
        _record_side(book[name])
    book.replaced = True
    return book


class BookChanges:
    """What happened to a book since it was last taken.

    `snapshot`: whether `bids` and `asks` are the whole book; otherwise they are the changed levels only, a false amount
    (0, None) for one that is gone.
    """

    __slots__ = ("asks", "bids", "snapshot", "timestamp_ms")

    def __init__(self, snapshot: bool, bids: Levels, asks: Levels, timestamp_ms: int | None) -> None:
        self.snapshot = snapshot
        self.bids = bids
        self.asks = asks
        self.timestamp_ms = timestamp_ms


def is_recording_book(value: Any) -> bool:
    """Tell whether `value` is a book made by `recording_book`."""
    return isinstance(value, OrderBook) and hasattr(value, "replaced")


def take_changes(book: OrderBook) -> BookChanges | None:
    """Return the changes since the last call, and start anew; None when nothing changed."""
    bids, asks = book["bids"], book["asks"]
    if book.replaced:
        book.replaced = False
        whole = whole_book(book)
        bids.taken()
        asks.taken()
        return whole
    if not (bids.changed or asks.changed):
        return None
    return BookChanges(False, bids.taken(), asks.taken(), book.get("timestamp"))


def whole_book(book: OrderBook) -> BookChanges:
    """Return the book as it stands, copied: ccxt's own object goes on changing."""
    return BookChanges(True, _by_price(book["bids"]), _by_price(book["asks"]), book.get("timestamp"))


def _by_price(rows: Iterable[Any]) -> Levels:
    """Sum rows of one price: an indexed book (one row an order) holds several of them."""
    levels: Levels = {}
    for row in rows:
        levels[row[0]] = levels[row[0]] + row[1] if row[0] in levels else row[1]
    return levels
