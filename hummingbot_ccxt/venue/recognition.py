"""Which of a venue's orders is ours: by its ids, or by its terms where the venue keeps no client order ids.

30 of the 87 spot exchanges of ccxt 4.5.90 take no client order id at all. An order there whose answer was lost can
only be recognised by what it is.
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

BEFORE_MS = 60_000
"""How far before an order's creation it, and its trades, are looked for: our clock and the venue's may differ."""


type Wanted = tuple[str | None, Decimal | None]
"""An exchange order id, and how much of the order was filled; None where that is not known."""


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What an order is. Amount in base, price in quote per base; None for a market order."""

    side: str
    amount: Decimal
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class OrderKey:
    """How an order can be named at the venue. `created_ms`: when it was created, by the venue's clock.

    `terms` and `taken` (the exchange order ids of all our other orders) serve where there is no other name.
    """

    symbol: str
    client_order_id: str
    exchange_order_id: str | None
    created_ms: int
    terms: OrderTerms | None = None
    taken: Callable[[], Container[str]] = frozenset


def looked_for_since_ms(key: OrderKey) -> int:
    """From when on an order, and its trades, are looked for, in whole minutes: look-ups share the answer."""
    return (key.created_ms - BEFORE_MS) // 60_000 * 60_000


def recognised(key: OrderKey, orders: Iterable[Any]) -> dict[str, Any] | None:
    """The one of ccxt's orders that `key` names; by its terms only if it bears no client order id, the oldest then."""
    known = [order for order in orders if isinstance(order, dict)]
    for order in known:
        by_id = key.exchange_order_id is not None and str(order.get("id")) == key.exchange_order_id
        if by_id or (order.get("clientOrderId") is not None and order["clientOrderId"] == key.client_order_id):
            return order
    if key.exchange_order_id is not None or key.terms is None:
        return None
    taken = key.taken()
    alike = [o for o in known if o.get("id") and str(o["id"]) not in taken and _is_alike(key, key.terms, o)]
    return min(alike, key=lambda order: order.get("timestamp") or 0, default=None)


def _is_alike(key: OrderKey, terms: OrderTerms, order: dict[str, Any]) -> bool:
    if order.get("clientOrderId") or order.get("symbol") not in (None, key.symbol) or order.get("side") != terms.side:
        return False
    created_ms = order.get("timestamp")
    if isinstance(created_ms, int) and created_ms < key.created_ms - BEFORE_MS:
        return False
    amount = _decimal(order.get("amount"))
    if terms.price is None:  # a market order may be sized by its cost, and bear its average price
        return order.get("type") in (None, "market") and amount in (None, terms.amount)
    return amount == terms.amount and _decimal(order.get("price")) == terms.price


def ended_by_trades(key: OrderKey, order_id: str, trades: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The order that trades of an order id unknown to us tell of, if they can be those of `key`; as ccxt's order."""
    if key.terms is None:
        return None
    amounts, limit = [], key.terms.price
    for trade in trades:
        price, amount = _decimal(trade.get("price")), _decimal(trade.get("amount"))
        if trade.get("side") != key.terms.side or price is None or amount is None:
            return None
        if limit is not None and (price > limit if key.terms.side == "buy" else price < limit):
            return None
        amounts.append(amount)
    filled = sum(amounts, Decimal(0))
    return {"id": order_id, "status": "open", "filled": str(filled)} if filled <= key.terms.amount else None


def add_up(trades: Iterable[dict[str, Any]], wanted: Iterable[Wanted]) -> bool:
    """Tell whether trades are all that were made with each of some orders; not of one that may have more."""
    held: dict[str | None, Decimal] = {}
    for trade in trades:
        order_id = order_of(trade)
        held[order_id] = held.get(order_id, Decimal(0)) + (_decimal(trade.get("amount")) or Decimal(0))
    return all(filled is not None and held.get(order_id, Decimal(0)) >= filled for order_id, filled in wanted)


def order_of(trade: dict[str, Any]) -> str | None:
    """The exchange order id of a ccxt trade; None where the venue does not tell."""
    return None if trade.get("order") is None else str(trade["order"])


def _decimal(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
