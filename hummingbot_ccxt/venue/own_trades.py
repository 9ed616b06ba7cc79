"""The account's own trades over REST: those of one order, or all since an order was created."""

from collections.abc import Hashable, Mapping
from decimal import Decimal
from typing import Any

from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.recognition import OrderKey, Wanted, add_up, looked_for_since_ms, order_of
from hummingbot_ccxt.venue.shared_answers import SharedAnswers
from hummingbot_ccxt.venue.trade_pages import Enough, Trades, pages_backwards, pages_both_ways
from hummingbot_ccxt.venue.venue import Venue


class OwnTrades:
    """The requests for trades of one venue; `answers` are shared with other requests."""

    def __init__(self, venue: Venue, answers: SharedAnswers) -> None:
        self._venue = venue
        self._answers = answers
        self._wanted: dict[Hashable, dict[object, Wanted]] = {}

    def can_be_fetched(self) -> bool:
        """Tell whether the venue reports the account's trades over REST."""
        return self._venue.offers("fetchOrderTrades") or self._venue.offers("fetchMyTrades")

    def are_shared(self) -> bool:
        """Tell whether the trades of many orders are one answer, for who asks at the same time: the account's."""
        return self._venue.mapping.trades_of_order is None and not self._venue.offers("fetchOrderTrades")

    async def of_order(self, key: OrderKey, filled: Decimal | None, priority: Priority) -> Trades:
        """Return every trade of an order, oldest first; see `Orders.trades`."""
        if key.exchange_order_id is None:
            return []
        narrowed_by = self._venue.mapping.trades_of_order
        if narrowed_by is not None:
            found = await self._backwards(
                "fetch_my_trades", (key.symbol,), priority, {narrowed_by: key.exchange_order_id}
            )
        elif self._venue.offers("fetchOrderTrades"):
            found = await self._backwards("fetch_order_trades", (key.exchange_order_id, key.symbol), priority)
        else:
            found = await self.since_creation(key, priority, filled)
            return [t for t in found if order_of(t) == key.exchange_order_id]
        return [t for t in found if order_of(t) in (None, key.exchange_order_id)]

    async def since_creation(self, key: OrderKey, priority: Priority, filled: Decimal | None = None) -> Trades:
        """Return the account's trades of a symbol since an order was created, oldest first; many look-ups share them.

        The newest are enough once they add up to what is `filled` of each order that is asked about now.
        """
        since_ms = looked_for_since_ms(key)
        symbol = None if self._venue.mapping.trades_of_all_symbols else key.symbol
        asked = ("my_trades", symbol, since_ms, priority)
        wanted = self._wanted.setdefault(asked, {})
        wanted[asker := object()] = (key.exchange_order_id, filled)
        try:
            trades: Trades = await self._answers.get(
                asked, lambda: self._since(symbol, since_ms, priority, lambda had: add_up(had, wanted.values()))
            )
        finally:
            del wanted[asker]
            if not wanted:
                self._wanted.pop(asked, None)
        return [t for t in trades if t.get("symbol") in (None, key.symbol)]

    async def _since(self, symbol: str | None, since_ms: int, priority: Priority, are_enough: Enough) -> Trades:
        before = self._venue.mapping.trades_before
        if before and not any(what.startswith("+") for what in before.values()):  # from one on: no time beside it
            return await self._backwards("fetch_my_trades", (symbol, since_ms), priority, are_enough=are_enough)

        async def ask(from_ms: int, parameters: dict[str, Any]) -> Trades:
            more = {"params": parameters} if parameters else {}
            return list(await self._venue.call("fetch_my_trades", symbol, from_ms, priority=priority, **more))

        features = (self._venue.client.features or {}).get("spot") or {}
        until_days = (features.get("fetchMyTrades") or {}).get("untilDays")
        return await pages_both_ways(ask, since_ms, until_days=until_days)

    async def _backwards(
        self,
        method: str,
        arguments: tuple[Any, ...],
        priority: Priority,
        always: Mapping[str, Any] | None = None,
        are_enough: Enough | None = None,
    ) -> Trades:
        """The trades of every page, oldest first; `always`: parameters of each request."""
        mapping = self._venue.mapping

        async def ask(parameters: dict[str, Any]) -> Trades:
            params = {**(always or {}), **parameters}
            more = {"params": params} if params else {}
            return list(await self._venue.call(method, *arguments, priority=priority, **more))

        limit = self._venue.params_of(method).get("limit")
        return await pages_backwards(ask, mapping.trades_before, limit, are_enough)
