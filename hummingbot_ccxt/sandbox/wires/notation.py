"""How exchanges write numbers, levels, states and client order ids, as far as several do it alike."""

import zlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ..engine import Fill, Order, OrderStatus
from .views import Levels


def number(value: Decimal | None) -> str:
    """Plain digits without trailing zeros: `0.00001`, `60000`, never `1E-5`; "" for None."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimals(step: Decimal) -> int:
    """Digits after the point that are needed: 2 of 0.01, 0 of 10."""
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def status_words(new: str, partly_filled: str, filled: str, canceled: str) -> Mapping[OrderStatus, str]:
    """What an exchange calls an order's states, where what expires by its own terms counts as canceled."""
    return {
        OrderStatus.NEW: new,
        OrderStatus.PARTIALLY_FILLED: partly_filled,
        OrderStatus.FILLED: filled,
        OrderStatus.CANCELED: canceled,
        OrderStatus.EXPIRED: canceled,
    }


def given_id(order: Order | Fill) -> str:
    """The client order id, "" where the client gave none and the engine made one up."""
    return "" if order.client_order_id.startswith("venue-") else order.client_order_id


def rows(levels: Iterable[tuple[Decimal, Decimal]], *more: Any) -> list[list[Any]]:
    """Levels as `[price, amount]` texts, with what the exchange adds to each row."""
    return [[number(price), number(amount), *more] for price, amount in levels]


def sides(bids: Levels, asks: Levels, names: tuple[str, str] = ("bids", "asks")) -> dict[str, list[list[Any]]]:
    """Both sides of a book as rows, by what the exchange calls bids and asks."""
    return {names[0]: rows(bids), names[1]: rows(asks)}


def spoiled(message: Mapping[str, Any]) -> dict[str, Any]:
    """The same with a wrong checksum, for the fault switch of that name."""
    return {**message, "checksum": message["checksum"] ^ 1}


def checksum(bids: Levels, asks: Levels) -> int:
    """CRC-32, signed, of the best 25 levels as `bid:amount:ask:amount:bid:...`: OKX's, and Bitget's."""
    parts = []
    for index in range(25):
        for side in (bids, asks):
            if index < len(side):
                parts += [number(side[index][0]), number(side[index][1])]
    value = zlib.crc32(":".join(parts).encode())
    return value - (1 << 32) if value >= 1 << 31 else value
