"""Order book rows -> Hummingbot's snapshot and diff messages. The hot path: one pass over the rows.

Hummingbot's `OrderBookMessage.bids` unpacks and converts the rows of its content each time it is read. `BookMessage`
holds the finished `OrderBookRow`s and hands them on; they are `(price, amount, update_id)` tuples, so that whoever
reads `content["bids"]` as Hummingbot does sees the usual rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any, Final

from hummingbot.core.data_type.order_book_message import OrderBookMessage, OrderBookMessageType
from hummingbot.core.data_type.order_book_row import OrderBookRow

from hummingbot_ccxt.translate.values import BadVenueData

NO_LEVEL: Final = "has a row that is no level"
"""The reason of a refusal (`BadVenueData.reason`) that does not pass by itself: the row stays in ccxt's book."""
_BOOK: Final = "book"
_ROWS: Final = frozenset({list, tuple, OrderBookRow})  # and not a text, whose first two characters may be digits
_UPDATE_IDS_END: Final = 2**63  # Hummingbot keeps it as int64
_new_row = tuple.__new__


class BookMessage(OrderBookMessage):
    """An OrderBookMessage whose rows are built already."""

    @property
    def bids(self) -> list[OrderBookRow]:
        return self.content["bids"]

    @property
    def asks(self) -> list[OrderBookRow]:
        return self.content["asks"]

    def __lt__(self, other: OrderBookMessage) -> bool:
        # Hummingbot's own says "older" of any two book messages ("or self.has_update_id", 20260922), and so replays the
        # last 32 changes, outdated ones, over each new snapshot: a wrong book after every reconnect.
        return bool(self.update_id < other.update_id)


def snapshot_message(
    *, trading_pair: str, bids: Sequence[Any], asks: Sequence[Any], update_id: int, timestamp: float
) -> BookMessage:
    """The whole book as a message. Rows: [price in quote, amount in base, ...], numbers or texts, in any order.

    Rows without an amount are left out (Hummingbot would keep them as levels). `timestamp` is in seconds.
    Raises BadVenueData(structure "book", field "bids" or "asks") for a row that is no level, and for a crossed book.
    """
    bid_rows, ask_rows = _rows(bids, asks, update_id)
    return _message(
        OrderBookMessageType.SNAPSHOT,
        trading_pair=trading_pair,
        bids=[row for row in bid_rows if row[1]],
        asks=[row for row in ask_rows if row[1]],
        update_id=update_id,
        timestamp=timestamp,
    )


def diff_message(
    *, trading_pair: str, bids: Sequence[Any], asks: Sequence[Any], update_id: int, timestamp: float
) -> BookMessage:
    """The changed levels as a message: the new amount of each, 0 for a level that is gone; else as `snapshot_message`.

    Rows of one price stay in their order: the last one holds. Raises BadVenueData for the whole of it, since a diff
    with a hole in it makes a wrong book: the caller asks for a new snapshot.
    """
    bid_rows, ask_rows = _rows(bids, asks, update_id)
    return _message(
        OrderBookMessageType.DIFF,
        trading_pair=trading_pair,
        bids=bid_rows,
        asks=ask_rows,
        update_id=update_id,
        timestamp=timestamp,
    )


def change_rows(
    bids: Mapping[float, float], asks: Mapping[float, float], update_id: int
) -> tuple[list[OrderBookRow], list[OrderBookRow]]:
    """The rows of changed levels (price -> new amount, a false one for a level that is gone): what `apply_diffs` takes.

    Raises as `diff_message`. The hot path: sums and extremes tell that every number is one, without a look at each.
    """
    try:
        if _are_levels(bids) and _are_levels(asks) and not _cross(bids, asks):
            row = OrderBookRow
            return (
                [_new_row(row, (price, amount, update_id)) for price, amount in bids.items()],
                [_new_row(row, (price, amount, update_id)) for price, amount in asks.items()],
            )
    except (TypeError, ArithmeticError):  # texts, or None for "gone"; integers beyond floats, a Decimal that is NaN
        pass
    return _rows([(p, a or 0.0) for p, a in bids.items()], [(p, a or 0.0) for p, a in asks.items()], update_id)


def _are_levels(levels: Mapping[float, float]) -> bool:
    """Tell whether every price is above 0 and every amount at least 0, and all of them finite. TypeError for texts."""
    if not levels:
        return True
    amounts = levels.values()
    # With NaN no sum is less; the sums are of floats, since an integer of any size is less than infinity.
    return min(levels) > 0.0 and sum(levels, 0.0) < inf and min(amounts) >= 0.0 and sum(amounts, 0.0) < inf


def _cross(bids: Mapping[float, float], asks: Mapping[float, float]) -> bool:
    """Tell whether the best bid reaches the best ask. Where prices move, levels that are gone do, which is nothing."""
    if not (bids and asks and max(bids) >= min(asks)):
        return False
    best_bid = max([price for price, amount in bids.items() if amount], default=0.0)
    return best_bid >= min([price for price, amount in asks.items() if amount], default=inf)


def change_message(
    trading_pair: str, bids: list[OrderBookRow], asks: list[OrderBookRow], *, update_id: int, timestamp: float
) -> BookMessage:
    """Rows of `change_rows` as a message."""
    return _message(
        OrderBookMessageType.DIFF,
        trading_pair=trading_pair,
        bids=bids,
        asks=asks,
        update_id=update_id,
        timestamp=timestamp,
    )


def _message(
    kind: OrderBookMessageType,
    *,
    trading_pair: str,
    bids: list[OrderBookRow],
    asks: list[OrderBookRow],
    update_id: int,
    timestamp: float,
) -> BookMessage:
    content = {"trading_pair": trading_pair, "update_id": update_id, "bids": bids, "asks": asks}
    return BookMessage(kind, content, timestamp)


def _rows(bids: Sequence[Any], asks: Sequence[Any], update_id: int) -> tuple[list[OrderBookRow], list[OrderBookRow]]:
    if type(update_id) is not int or not 0 <= update_id < _UPDATE_IDS_END:
        raise BadVenueData(_BOOK, "nonce", update_id, "is no update id")
    bid_rows = _side(bids, "bids", update_id)
    ask_rows = _side(asks, "asks", update_id)
    best_bid = max([row[0] for row in bid_rows if row[1]], default=0.0)
    best_ask = min([row[0] for row in ask_rows if row[1]], default=inf)
    # Counting again, this time without the rows that a later one of the same price replaces, is for the rare case only.
    if best_bid >= best_ask and _last(bid_rows, max, 0.0) >= _last(ask_rows, min, inf):
        raise BadVenueData(_BOOK, "bids", [best_bid, best_ask], "crosses the asks (best bid, best ask)")
    return bid_rows, ask_rows


def _side(rows: Sequence[Any], side: str, update_id: int) -> list[OrderBookRow]:
    """The rows as OrderBookRows. Raises BadVenueData for the first one that is no level."""
    built: list[OrderBookRow] = []
    append = built.append
    row: Any = rows
    try:
        if not isinstance(rows, list | tuple):
            raise TypeError
        for row in rows:
            price, amount = row[0], row[1]
            if row.__class__ not in _ROWS or price.__class__ is bool or amount.__class__ is bool:
                raise TypeError
            price, amount = float(price), float(amount)
            if not (0.0 < price < inf and 0.0 <= amount < inf):  # false for NaN as well
                raise ValueError
            append(_new_row(OrderBookRow, (price, amount, update_id)))
    except (TypeError, ValueError, LookupError, OverflowError) as err:
        reason = "is no list of levels" if row is rows else NO_LEVEL
        raise BadVenueData(_BOOK, side, row, reason) from err
    return built


def _last(rows: list[OrderBookRow], best: Callable[..., float], nothing: float) -> float:
    """The best price that is left when, of the rows of one price, the last one holds."""
    amounts = {row[0]: row[1] for row in rows}
    return best([price for price, amount in amounts.items() if amount], default=nothing)
