"""One fill under two ids, one on the stream and another over REST: it is booked once.

Fills are told apart by the venue's ids, which ccxt reads from different fields of the two messages; for most of its
exchanges nothing but the venue can tell whether these are the same (bitopro, hashkey and nado: they are not).
"""

import time
from collections.abc import Callable
from itertools import islice

from hummingbot.core.data_type.in_flight_order import InFlightOrder, TradeUpdate

_SAME_TIME_S = 2.0
"""So far apart may the times be that a stream and REST tell for one fill; some are whole seconds."""
_ORDERS_REMEMBERED = 1000
_FILLS_COMPARED = 100
_NOT_LATE_S = 30.0
"""A fill that is missing from REST for so long is there under another id: the venue is not just late."""


class KnownFills:
    """Compares fills with those that are booked. `tell` is called with a text, once, when one has two ids."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told = False
        self._suspected: dict[str, float] = {}
        """When a fill was first held for another one, by its id."""
        self._fetched: dict[str, set[str]] = {}
        """The ids of fills that REST told first, by client order id."""

    def unbooked(self, order: InFlightOrder, fetched: list[TradeUpdate]) -> list[TradeUpdate]:
        """The fills among all that REST tells of an order that are to be booked, those with known ids included.

        What is booked and not among them under its id, but equal to one of them, is that one. Should it be another,
        which REST tells later, so is this.
        """
        ids = {fill.trade_id for fill in fetched}
        unnamed = [fill for fill in order.order_fills.values() if fill.trade_id not in ids]
        unbooked = []
        for fill in fetched:
            if fill.trade_id not in order.order_fills:
                twin = next((known for known in unnamed if _are_alike(known, fill)), None)
                if twin is not None:
                    unnamed.remove(twin)
                    self._say(order, twin, fill)
                    continue
                self._remember(order, fill)
            unbooked.append(fill)
        return unbooked

    def may_be_booked(self, order: InFlightOrder, streamed: TradeUpdate) -> bool:
        """Tell whether a fill of a stream is equal to one that REST told under another id; then only REST can tell."""
        fetched = self._fetched.get(order.client_order_id)
        if not fetched or streamed.trade_id in order.order_fills:
            return False
        newest = islice(reversed(order.order_fills.values()), _FILLS_COMPARED)
        return any(known.trade_id in fetched and _are_alike(known, streamed) for known in newest)

    def _remember(self, order: InFlightOrder, fill: TradeUpdate) -> None:
        if len(self._fetched) >= _ORDERS_REMEMBERED and order.client_order_id not in self._fetched:
            del self._fetched[next(iter(self._fetched))]
        self._fetched.setdefault(order.client_order_id, set()).add(fill.trade_id)

    def _say(self, order: InFlightOrder, known: TradeUpdate, fill: TradeUpdate) -> None:
        if len(self._suspected) > _ORDERS_REMEMBERED:
            self._suspected.clear()
        since = self._suspected.setdefault(fill.trade_id, time.monotonic())
        if not self._told and time.monotonic() - since > _NOT_LATE_S:
            self._told = True
            self._tell(
                f"a fill of order {order.client_order_id} ({order.trading_pair}), {fill.fill_base_amount} at "
                f"{fill.fill_price}, has the id {known.trade_id} on the stream and {fill.trade_id} over REST; it is "
                "booked once. Please report this."
            )


def _are_alike(one: TradeUpdate, other: TradeUpdate) -> bool:
    return (
        abs(one.fill_timestamp - other.fill_timestamp) <= _SAME_TIME_S
        and one.fill_base_amount == other.fill_base_amount
        and one.fill_price == other.fill_price
    )
