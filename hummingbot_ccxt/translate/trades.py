"""ccxt's public trade -> Hummingbot's trade message, or the event that it ends as.

Source: ccxt manual, "Public Trades"; hummingbot/core/data_type/order_book_tracker.py, `_emit_trade_event_loop`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from hummingbot.core.data_type.common import TradeType
from hummingbot.core.data_type.order_book_message import OrderBookMessage, OrderBookMessageType
from hummingbot.core.event.events import OrderBookTradeEvent

from hummingbot_ccxt.translate.values import (
    EARLIEST_MS,
    LATEST_MS,
    BadVenueData,
    optional_str,
    required_decimal,
    required_ms,
    required_str,
    required_structure,
)

_TRADE: Final = "trade"
_TYPE_OF_SIDE: Final = {"buy": TradeType.BUY, "sell": TradeType.SELL}
_SMALLEST, _LARGEST = 1e-39, 1e39
"""Well within what `as_decimal` takes for a number."""


class PublicTrade(NamedTuple):
    """What is used of a public trade, checked."""

    id: str
    price: float | Decimal
    """A float where that is what ccxt handed us: its shortest text has all digits (venue/numbers.py)."""
    amount: float | Decimal
    type: TradeType
    """The taker's side."""
    time_ms: int


def public_trade(trade: Mapping[str, Any]) -> PublicTrade:
    """One public trade. Price in quote per base, amount in base.

    A trade without an id (phemex), or with one that lost its digits (htx), gets one made of its content: the same trade
    gets the same id again, and two trades alike in time, side, price and amount cannot be told apart.
    Raises BadVenueData if price, amount, side or time is missing or unusable.
    """
    usual = _usual_trade(trade) if type(trade) is dict else None
    if usual is not None:
        return usual
    required_structure(trade, _TRADE)
    price = required_decimal(trade, "price", _TRADE, positive=True)
    amount = required_decimal(trade, "amount", _TRADE, positive=True)
    side = required_str(trade, "side", _TRADE)
    if side not in _TYPE_OF_SIDE:
        raise BadVenueData(_TRADE, "side", side, "is neither buy nor sell")
    time_ms = required_ms(trade, "timestamp", _TRADE)
    trade_id = _given_id(trade) or _id_of_content(time_ms, side, price, amount)
    return PublicTrade(trade_id, price, amount, _TYPE_OF_SIDE[side], time_ms)


def _usual_trade(trade: dict[str, Any]) -> PublicTrade | None:
    """The same for a trade as nearly all are; None for one that wants a closer look. Half of what a trade cost us."""
    price, amount, time_ms, trade_id = trade.get("price"), trade.get("amount"), trade.get("timestamp"), trade.get("id")
    if (
        type(price) is float
        and type(amount) is float
        and _SMALLEST < price < _LARGEST
        and _SMALLEST < amount < _LARGEST
        and type(time_ms) is int
        and EARLIEST_MS <= time_ms <= LATEST_MS
        and type(trade_id) is str
        and (trade_id.isdecimal() or ("+" not in trade_id and len(trade_id) > len("nan")))
    ):
        side = trade.get("side")
        known = _TYPE_OF_SIDE.get(side) if type(side) is str else None
        return None if known is None else PublicTrade(trade_id, price, amount, known, time_ms)
    return None


def trade_message(trade: Mapping[str, Any] | PublicTrade, *, trading_pair: str) -> OrderBookMessage:
    """One public trade as a message.

    Content: `trade_type` as a float (the taker's side), `trade_id`, `update_id` (the time in ms, as native Binance has
    it), `price` in quote per base and `amount` in base as texts. The message's timestamp is in seconds.
    Raises as `public_trade`.
    """
    known = trade if isinstance(trade, PublicTrade) else public_trade(trade)
    content = {
        "trading_pair": trading_pair,
        "trade_type": float(known.type.value),
        "trade_id": known.id,
        "update_id": known.time_ms,
        "price": f"{Decimal(str(known.price)):f}",
        "amount": f"{Decimal(str(known.amount)):f}",
    }
    return OrderBookMessage(OrderBookMessageType.TRADE, content, timestamp=known.time_ms / 1000)


def trade_event(trade: PublicTrade, *, trading_pair: str) -> OrderBookTradeEvent:
    """One public trade as the event that Hummingbot's tracker makes of `trade_message`."""
    return OrderBookTradeEvent(
        trading_pair=trading_pair,
        timestamp=trade.time_ms / 1000,
        type=trade.type,
        price=float(trade.price),
        amount=float(trade.amount),
        trade_id=trade.id,
    )


def _given_id(trade: Mapping[str, Any]) -> str | None:
    try:
        return optional_str(trade, "id", _TRADE)
    except (
        BadVenueData
    ):  # its digits were lost, or it is no id at all; the content identifies a public trade well enough
        return None


def _id_of_content(time_ms: int, side: str, price: Decimal, amount: Decimal) -> str:
    return f"{time_ms}:{side}:{price.normalize():f}:{amount.normalize():f}"
