"""Reads what Hummingbot leaves in its home: the trade database, the status snapshot, the log."""

import json
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from hummingbot_ccxt.demo.facts import End, FillFact, HummingbotFacts, StoredOrder

STORED_DECIMALS = 6
"""Hummingbot stores prices and amounts as whole numbers of 10**-6 (model/decimal_type_decorator.py, SqliteDecimal)."""

_ENDS: dict[str, End] = {
    "OrderCancelled": "canceled",
    "OrderExpired": "canceled",
    "BuyOrderCompleted": "filled",
    "SellOrderCompleted": "filled",
    "OrderFailure": "failed",
}
_FINAL_STATES = frozenset({3, 5, 6, 10})
"""CANCELED, FILLED, FAILED, COMPLETED of Hummingbot's OrderState (core/data_type/in_flight_order.py)."""
_ERROR_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ - \d+ - (?P<logger>\S+) - (ERROR|CRITICAL) - (?P<text>.*)$")


def read_hummingbot(database: Path, log: Path) -> HummingbotFacts:
    """Orders, fills and errors of the bot; empty where it never got as far as to make the files."""
    if not database.exists():
        return HummingbotFacts(errors=tuple(read_errors(log)))
    with closing(_open(database)) as connection:
        orders = [
            StoredOrder(order_id, _ENDS.get(status, "open"))
            for order_id, status in connection.execute(
                'SELECT id, last_status FROM "Order" ORDER BY creation_timestamp, id'
            )
        ]
        fills = [
            _fill(*row)
            for row in connection.execute(
                "SELECT exchange_trade_id, order_id, trade_type, price, amount, trade_fee, timestamp FROM TradeFill "
                "ORDER BY timestamp, exchange_trade_id"
            )
        ]
    return HummingbotFacts(tuple(orders), tuple(fills), tuple(read_errors(log)))


def read_tracked(database: Path) -> list[str]:
    """The open orders in the connector's tracking state as it was last saved, which a restart would take up again."""
    if not database.exists():
        return []
    with closing(_open(database)) as connection:
        states = [json.loads(state) for (state,) in connection.execute("SELECT saved_state FROM MarketState")]
    return sorted(
        order_id
        for state in states
        for order_id, order in (json.loads(state) if isinstance(state, str) else state).items()
        if int(order["last_state"]) not in _FINAL_STATES
    )


def read_status(path: Path) -> dict[str, Any]:
    """Hummingbot's status snapshot, its numbers as Decimal; empty where there is none yet."""
    try:
        status = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
    except (OSError, ValueError):
        return {}
    return status if isinstance(status, dict) else {}


def read_errors(log: Path) -> list[str]:
    """The errors in Hummingbot's log: logger and first line of each."""
    try:
        lines: Iterable[str] = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = (_ERROR_LINE.match(line) for line in lines)
    return [f"{match['logger']}: {match['text']}" for match in found if match]


def _open(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)


def _fill(
    trade_id: str, order_id: str, trade_type: str, price: int, amount: int, trade_fee: Any, timestamp: int
) -> FillFact:
    fee: Any = trade_fee
    while isinstance(fee, str):
        fee = json.loads(fee)
    paid = [(flat["token"], Decimal(flat["amount"])) for flat in fee.get("flat_fees", [])]
    if len({token for token, _ in paid}) > 1 or Decimal(fee.get("percent") or 0):
        raise ValueError(f"fill {trade_id}: a fee of {fee} cannot be booked to one asset")
    return FillFact(
        trade_id=trade_id,
        client_order_id=order_id,
        side="buy" if trade_type == "BUY" else "sell",
        price=_stored(price),
        amount=_stored(amount),
        fee_asset=paid[0][0] if paid else "",
        fee=sum((amount for _, amount in paid), Decimal(0)),
        time_ms=timestamp,
    )


def _stored(number: int) -> Decimal:
    return Decimal(number).scaleb(-STORED_DECIMALS).normalize()
