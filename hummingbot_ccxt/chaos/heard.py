"""What the streams alone brought a connector: polls bring most of it too, and would hide a stream that is dead."""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any

_KEPT = 400
"""Messages of a native connector's private stream; far more than come while the streams are tried."""


class Heard:
    """Counts what streams bring one connector, from its start on. Ours tells each kind; see `counts`."""

    def __init__(self, connector: Any) -> None:
        self._connector = connector
        self._counts: Counter[str] = Counter()
        self._messages: deque[Any] = deque(maxlen=_KEPT)
        self._is_ours = getattr(connector, "_venue", None) is not None
        if self._is_ours:
            self._hear_ours()
        else:
            self._hear_native()

    def counts(self, orders: Sequence[str]) -> dict[str, int]:
        """How much came so far, by name, with 0 for what is streamed and never came.

        Ours: each pair's book and trades, own orders, fills and balances, as far as the exchange streams them. A native
        connector: how many messages named any of `orders` (client order ids) or what the venue calls them; which kinds
        it subscribes to is its own affair, and its messages are the exchange's own.
        """
        if not self._is_ours:
            texts = [str(message) for message in self._messages]
            names = {name for order_id in orders for name in self._names(order_id)}
            return {"own orders": sum(any(name in text for name in names) for text in texts)}
        source, venue = self._connector._user_stream_tracker.data_source, self._connector._venue
        names = set(source.streamed_kinds())
        for kind in ("book", "trades"):
            if venue.streams_kind(kind):
                names |= {f"{kind} of {pair}" for pair in self._connector.trading_pairs}
        return {name: self._counts[name] for name in sorted(names)}

    def _names(self, order_id: str) -> set[str]:
        order = self._connector._order_tracker.all_orders.get(order_id)
        exchange_id = None if order is None else order.exchange_order_id
        return {order_id} | ({str(exchange_id)} if exchange_id else set())

    def _hear_ours(self) -> None:
        connector = self._connector

        def pair_of(data: Any) -> str:
            symbol = data.get("symbol") or connector._orderbook_ds._symbol_of(data)
            return str(symbol).replace("/", "-")

        names: dict[str, Callable[[Any], str]] = {
            "on_order": lambda data: "orders",
            "on_fill": lambda data: "fills",
            "on_balance": lambda data: "balance",
            "on_trade": lambda data: f"trades of {pair_of(data)}",
            "on_book": lambda data: f"book of {pair_of(data)}",
        }
        for method, name in names.items():
            self._count(method, name)

    def _count(self, method: str, name: Callable[[Any], str]) -> None:
        """Count each call that the taps make of one of the connector's methods."""
        take = getattr(self._connector, method)

        def taken(data: Any) -> None:
            self._counts[name(data)] += 1
            take(data)

        setattr(self._connector, method, taken)

    def _hear_native(self) -> None:
        queue = self._connector._user_stream_tracker.user_stream
        put = queue.put_nowait  # which `put` calls too

        def put_nowait(message: Any) -> None:
            self._messages.append(message)
            put(message)

        queue.put_nowait = put_nowait
