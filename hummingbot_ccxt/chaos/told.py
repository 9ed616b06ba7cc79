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


@dataclass(slots=True)
class Stored:
    """Hummingbot's database as of one moment."""

    orders: dict[str, str] = field(default_factory=dict)
    statuses: set[tuple[str, str]] = field(default_factory=set)
    fills: set[tuple[str, str]] = field(default_factory=set)
    tracked: set[str] = field(default_factory=set)
    """In the saved state from which the next life begins."""


def stored(database: Path) -> Stored:
    """Orders with their last status, each status, (order id, trade id) of each fill, the saved state's orders."""
    if not database.exists():
        return Stored()
    with closing(sqlite3.connect(database)) as connection:
        return Stored(
            orders=dict(connection.execute('SELECT id, last_status FROM "Order"')),
            statuses=set(connection.execute("SELECT order_id, status FROM OrderStatus")),
            fills=set(connection.execute("SELECT order_id, exchange_trade_id FROM TradeFill")),
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
    result = Told(stored_fills=now.fills, stored_orders=now.orders)
    for path, at_kill in files:
        for event in _events(path):
            order_id, kind = str(event["order_id"]), str(event["kind"])
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


def _events(path: Path) -> list[dict[str, Any]]:
    events = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            events.append(json.loads(line))
        except json.JSONDecodeError:
            continue  # the last line of a process that was killed while it wrote
    return events


def _filled(event: dict[str, Any]) -> Filled:
    fees = [(asset, Decimal(amount)) for asset, amount in event["fees"]]
    assets = sorted({asset for asset, amount in fees if amount})
    asset = "+".join(assets) + ("" if Decimal(event["fee_percent"]) == 0 else f" and {event['fee_percent']} of it")
    return Filled(
        order_id=event["order_id"],
        price=Decimal(event["price"]),
        amount=Decimal(event["amount"]),
        fee=sum((amount for _, amount in fees), Decimal(0)),
        fee_asset=asset,
    )
