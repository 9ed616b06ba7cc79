"""Orders at the venue: place, cancel, find, and fetch the trades of one. Every failure is a VenueError."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.numbers import exact_number
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError
from hummingbot_ccxt.venue.venue import Venue

OrderKind = Literal["limit", "limit_maker", "market"]

_PAGES = 20
_BEFORE_MS = 60_000
"""How far before an order's creation its trades are looked for: our clock and the venue's may differ."""


@dataclass(frozen=True, slots=True)
class OrderToPlace:
    """An order as it goes out. Amount in base, price in quote per base; None for a market order without estimate."""

    symbol: str
    kind: OrderKind
    side: Literal["buy", "sell"]
    amount: Decimal
    price: Decimal | None
    client_order_id: str


@dataclass(frozen=True, slots=True)
class OrderKey:
    """How an order can be named at the venue. `created_ms`: when it was created, by the venue's clock."""

    symbol: str
    client_order_id: str
    exchange_order_id: str | None
    created_ms: int


class Orders:
    """The order requests of one venue."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    def market_buy_needs_price(self) -> bool:
        """Tell whether the venue wants a market buy as a cost in quote, which takes a price to work out."""
        wanted = self._venue.mapping.market_buy
        if wanted is not None:
            return wanted == "cost"
        return bool(self._venue.client.options.get("createMarketBuyOrderRequiresPrice", False)) or any(
            isinstance(option, dict) and option.get("createMarketBuyOrderRequiresPrice") is True
            for option in (self._venue.client.options.get("createOrder"),)
        )

    async def place(self, order: OrderToPlace) -> dict[str, Any]:
        """Return the venue's answer to a new order, ccxt's order structure; only its `id` can be relied on.

        Source: ccxt createOrder. A market buy that is sized by cost costs amount times price.
        """
        params: dict[str, Any] = {"clientOrderId": order.client_order_id}
        if order.kind == "limit_maker":
            post_only = self._venue.mapping.post_only
            params.update({"postOnly": True} if post_only is None else post_only)
        price = None if order.price is None else exact_number(str(order.price))
        if order.kind == "market" and not (order.side == "buy" and self.market_buy_needs_price()):
            price = None
        answer: dict[str, Any] = await self._venue.call(
            "create_order",
            order.symbol,
            "market" if order.kind == "market" else "limit",
            order.side,
            exact_number(str(order.amount)),
            price,
            priority=Priority.ORDER,
            params=params,
        )
        return answer

    async def cancel(self, key: OrderKey) -> dict[str, Any]:
        """Return the venue's answer to a cancellation, ccxt's order structure, possibly with nothing in it.

        By exchange order id where it is known, else by client order id; where the venue takes none, the order is
        looked for first.
        """
        if key.exchange_order_id is not None:
            return await self._cancel(key.exchange_order_id, key.symbol, {})
        try:
            return await self._cancel(None, key.symbol, {"params": {"clientOrderId": key.client_order_id}})
        except VenueError as err:
            if err.outcome is not Outcome.REFUSED:
                raise
            found = await self.find(key, priority=Priority.ORDER)
            return await self._cancel(str(found["id"]), key.symbol, {})

    async def _cancel(self, exchange_order_id: str | None, symbol: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = await self._venue.call("cancel_order", exchange_order_id, symbol, priority=Priority.ORDER, **params)
        return answer if isinstance(answer, dict) else {}

    async def cancel_several(self, symbol: str, exchange_order_ids: list[str]) -> list[dict[str, Any]]:
        """Return the venue's answers to one request that cancels several orders of a symbol."""
        answer = await self._venue.call("cancel_orders", exchange_order_ids, symbol, priority=Priority.ORDER)
        return [entry for entry in answer if isinstance(entry, dict)] if isinstance(answer, list) else []

    def can_cancel_several(self) -> bool:
        """Tell whether one request can cancel several orders by their ids."""
        wanted = self._venue.mapping.batch_cancel
        return self._venue.offers("cancelOrders") if wanted is None else wanted

    async def find(self, key: OrderKey, *, priority: Priority = Priority.POLL) -> dict[str, Any]:
        """Return the order as the venue has it now, ccxt's order structure.

        By exchange order id where it is known, else by client order id, directly or among the account's orders.
        Raises VenueError: GONE only when the venue answered every question and knows no such order.
        """
        if self._venue.offers("fetchOrder"):
            try:
                return await self._fetch(key, priority)
            except VenueError as err:
                if key.exchange_order_id or err.outcome is Outcome.UNKNOWN:
                    raise
                # Not every venue can be asked by client order id; some take it for an exchange order id.
        return await self._search(key, priority)

    async def _fetch(self, key: OrderKey, priority: Priority) -> dict[str, Any]:
        params = {} if key.exchange_order_id else {"params": {"clientOrderId": key.client_order_id}}
        order_id = key.exchange_order_id or key.client_order_id
        order: dict[str, Any] = await self._venue.call("fetch_order", order_id, key.symbol, priority=priority, **params)
        return order

    async def _search(self, key: OrderKey, priority: Priority) -> dict[str, Any]:
        since_ms = key.created_ms - _BEFORE_MS
        asked = False
        for method, arguments in (
            ("fetch_open_orders", (key.symbol,)),
            ("fetch_orders", (key.symbol, since_ms)),
            ("fetch_closed_orders", (key.symbol, since_ms)),
            ("fetch_canceled_orders", (key.symbol, since_ms)),
        ):
            if not self._venue.offers(_unified(method)):
                continue
            asked = asked or method != "fetch_open_orders"
            found = _named(key, await self._venue.call(method, *arguments, priority=priority))
            if found is not None:
                return found
        raise VenueError(
            f"{self._venue.id} has no order {key.client_order_id} of {key.symbol}",
            # Open orders alone do not tell an order that never was from one that is finished.
            outcome=Outcome.GONE if asked else Outcome.UNKNOWN,
            kind="OrderNotFound",
        )

    def can_fetch_trades(self) -> bool:
        """Tell whether the venue reports the account's trades over REST."""
        return self._venue.offers("fetchOrderTrades") or self._venue.offers("fetchMyTrades")

    async def trades(self, key: OrderKey, *, priority: Priority = Priority.POLL) -> list[dict[str, Any]]:
        """Return every trade of an order, oldest first, ccxt's trade structures; none without an exchange order id."""
        if key.exchange_order_id is None:
            return []
        if self._venue.offers("fetchOrderTrades"):
            found = await self._venue.call("fetch_order_trades", key.exchange_order_id, key.symbol, priority=priority)
            return [t for t in found if _order_of(t) in (None, key.exchange_order_id)]
        trades: dict[str, dict[str, Any]] = {}
        since_ms = key.created_ms - _BEFORE_MS
        for _ in range(_PAGES):
            page = await self._venue.call("fetch_my_trades", key.symbol, since_ms, priority=priority)
            fresh = [t for t in page if str(t.get("id")) not in trades]
            trades.update({str(t.get("id")): t for t in fresh})
            newest_ms = max((t["timestamp"] for t in fresh if isinstance(t.get("timestamp"), int)), default=None)
            if newest_ms is None or newest_ms <= since_ms:
                break
            since_ms = newest_ms
        return [t for t in trades.values() if _order_of(t) == key.exchange_order_id]


def _named(key: OrderKey, orders: Iterable[Any]) -> dict[str, Any] | None:
    for order in orders:
        if not isinstance(order, dict):
            continue
        by_id = key.exchange_order_id is not None and str(order.get("id")) == key.exchange_order_id
        if by_id or (order.get("clientOrderId") is not None and order["clientOrderId"] == key.client_order_id):
            return order
    return None


def _order_of(trade: dict[str, Any]) -> str | None:
    return None if trade.get("order") is None else str(trade["order"])


def _unified(method: str) -> str:
    head, *rest = method.split("_")
    return head + "".join(part.capitalize() for part in rest)
