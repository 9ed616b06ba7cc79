"""Reads what Hummingbot was told and stored: the trader's event files, Hummingbot's database."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from hummingbot_ccxt.chaos.facts import Filled, Told

_ENDS = {
    "BuyOrderCompleted": "filled",
    "SellOrderCompleted": "filled",
    "OrderCancelled": "canceled",
    "OrderFailure": "failed",
}
_CREATED = frozenset({"BuyOrderCreated", "SellOrderCreated"})
BEGUN = "Begun"
"""In an events file: an order is tracked from here on, and then asked for. It is no event of Hummingbot's."""


@dataclass(slots=True)
class Stored:
    """Hummingbot's database as of one moment."""

    orders: dict[str, str] = field(default_factory=dict)
    statuses: set[tuple[str, str]] = field(default_factory=set)
    terms: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    fills: dict[tuple[str, str], Filled] = field(default_factory=dict)
    tracked: set[str] = field(default_factory=set)
    """In the saved state from which the next life begins."""


def stored(database: Path) -> Stored:
    """Orders with their last status, price and amount, each status, each fill, the saved state's orders."""
    if not database.exists():
        return Stored()
    with closing(sqlite3.connect(database)) as connection:
        return Stored(
            orders=dict(connection.execute('SELECT id, last_status FROM "Order"')),
            statuses=set(connection.execute("SELECT order_id, status FROM OrderStatus")),
            terms={
                order_id: (_number(price), _number(amount))
                for order_id, price, amount in connection.execute('SELECT id, price, amount FROM "Order"')
            },
            fills={
                (order_id, trade_id): _stored_fill(order_id, price, amount, json.loads(fee))
                for order_id, trade_id, price, amount, fee in connection.execute(
                    "SELECT order_id, exchange_trade_id, price, amount, trade_fee FROM TradeFill"
                )
            },
            tracked={
                order_id
                for (state,) in connection.execute("SELECT saved_state FROM MarketState")
                for order_id in json.loads(state)
            },
        )


def told(files: list[tuple[Path, Stored | None]], now: Stored) -> Told:
    """Everything told, life by life. `files`: events of each life, and what was stored when it was killed.

    An event that was told in the very moment of the kill, and is not stored, was not kept: it may be told again.
    """
    result = Told(stored_fills=now.fills, stored_orders=now.orders, stored_terms=now.terms)
    for path, at_kill in files:
        for event in _events(path):
            order_id, kind = str(event["order_id"]), str(event["kind"])
            if kind == BEGUN:
                continue
            if kind == "OrderFilled":
                trade_id = str(event["exchange_trade_id"])
                if at_kill is None or (order_id, trade_id) in at_kill.fills:
                    result.fills.append((trade_id, _filled(event)))
                continue
            if at_kill is not None and (order_id, kind) not in at_kill.statuses:
                continue
            if kind in _CREATED:
                result.created.append(order_id)
            elif kind in _ENDS:
                result.ends.append((order_id, _ENDS[kind]))
    return result


def unsaved(path: Path, at_kill: Stored) -> frozenset[str]:
    """The orders of a life that was killed which Hummingbot could not have saved.

    With each event that it stores, Hummingbot saves all orders that it tracks. So it had no occasion to save an order
    if it stored nothing from the order's beginning to the kill, which is to be read from the life's own events.
    An order of which anything was told before the last line, in which it may have been killed, is none of these.
    """
    could_not: set[str] = set()
    events = _events(path)
    for number, event in enumerate(events):
        order_id, kind = str(event["order_id"]), str(event["kind"])
        if kind == BEGUN:
            could_not.add(order_id)
        elif (order_id, kind) in at_kill.statuses or (order_id, event.get("exchange_trade_id")) in at_kill.fills:
            could_not.clear()
        elif number < len(events) - 1:
            could_not.discard(order_id)
    return frozenset(could_not - at_kill.tracked - at_kill.orders.keys())


def _events(path: Path) -> list[dict[str, Any]]:
    events = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            events.append(json.loads(line))
        except json.JSONDecodeError:
            continue  # the last line of a process that was killed while it wrote
    return events


def _number(stored_value: int) -> Decimal:
    return Decimal(stored_value) / 10**6


def _stored_fill(order_id: str, price: int, amount: int, fee: dict[str, Any]) -> Filled:
    fees = [(flat["token"], Decimal(flat["amount"])) for flat in fee["flat_fees"]]
    return Filled(order_id, _number(price), _number(amount), *_paid(fees, fee["percent"]))


def _filled(event: dict[str, Any]) -> Filled:
    fees = [(asset, Decimal(amount)) for asset, amount in event["fees"]]
    paid, asset = _paid(fees, event["fee_percent"])
    return Filled(event["order_id"], Decimal(event["price"]), Decimal(event["amount"]), paid, asset)


def _paid(fees: list[tuple[str, Decimal]], percent: str) -> tuple[Decimal, str]:
    """How much, and in what."""
    assets = sorted({asset for asset, amount in fees if amount})
    asset = "+".join(assets) + ("" if Decimal(percent) == 0 else f" and {percent} of it")
    return sum((amount for _, amount in fees), Decimal(0)), asset
