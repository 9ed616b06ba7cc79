"""ccxt's order structure -> the state of an order that Hummingbot tracks.

Source: ccxt manual, "Order structure"; hummingbot/core/data_type/in_flight_order.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate

from hummingbot_ccxt.mapping import NO_QUIRKS, ExchangeMapping
from hummingbot_ccxt.translate.values import (
    BadVenueData,
    as_text,
    optional_decimal,
    optional_ms,
    optional_str,
    required_structure,
)

_ORDER: Final = "order"
_UNIFIED_STATES: Final = {
    "open": OrderState.OPEN,
    "closed": OrderState.FILLED,
    "canceled": OrderState.CANCELED,
    "canceling": OrderState.PENDING_CANCEL,
    # An order that expired had been accepted and may have been filled in part, as an IOC; to Hummingbot FAILED is an
    # order that never was. Native Binance says FAILED for both.
    "expired": OrderState.CANCELED,
    "rejected": OrderState.FAILED,
    # What ccxt's own tables (4.5.90) make of a raw status, although its manual has no such word.
    "cancelled": OrderState.CANCELED,  # bitbns
    "done": OrderState.FILLED,  # bitbns
    "failed": OrderState.FAILED,  # cryptomus, pacifica
    "refunded": OrderState.CANCELED,  # btse
    "triggered": OrderState.OPEN,  # kucoin, onetrading: a stop order that now works as any other
}


def order_state(order: Mapping[str, Any], mapping: ExchangeMapping = NO_QUIRKS) -> OrderState | None:
    """What state `order` is in; None if neither the mapping nor ccxt knows its status, or it has none.

    The venue's raw status goes first, by the mapping, then ccxt's unified one. The filled amount refines both: an open
    order with fills is PARTIALLY_FILLED, a rejected one with fills (bybit) is CANCELED, since it did trade, and a
    cancelled one that is filled to its whole amount (luno's COMPLETE means either) is FILLED.
    None for an unmodelled status: the caller logs it loudly and leaves the order as it is.
    Raises BadVenueData if `order` is no dictionary, its status no text, or its filled amount no number.
    """
    required_structure(order, _ORDER)
    state = _raw_state(order.get("info"), mapping) or _unified_state(order) or _unmapped_state(order, mapping)
    filled = filled_amount(order)
    if state is OrderState.OPEN and filled:
        return OrderState.PARTIALLY_FILLED
    if state is OrderState.FAILED and filled:
        state = OrderState.CANCELED
    amount = optional_decimal(order, "amount", _ORDER, non_negative=True)
    if state is OrderState.CANCELED and filled and amount and filled >= amount:
        return OrderState.FILLED
    return state


def order_update(order: Mapping[str, Any], tracked: InFlightOrder, *, state: OrderState, now: float) -> OrderUpdate:
    """That `tracked` is in `state`, as of the time that `order` names, else `now` (both in seconds).

    The ids and the trading pair are the tracked order's, never the message's; only an exchange order id that is not
    known yet is taken from `order`. Raises BadVenueData for an id that is none.
    """
    required_structure(order, _ORDER)
    return OrderUpdate(
        trading_pair=tracked.trading_pair,
        update_timestamp=update_time_s(order, "lastUpdateTimestamp", "lastTradeTimestamp", "timestamp", now=now),
        new_state=state,
        client_order_id=tracked.client_order_id,
        exchange_order_id=tracked.exchange_order_id or optional_str(order, "id", _ORDER),
    )


def filled_amount(order: Mapping[str, Any]) -> Decimal | None:
    """How much of `order` has been filled altogether, in base; None if it does not say.

    `filled`, else `amount` - `remaining`. Raises BadVenueData for a number that is none, or negative.
    """
    required_structure(order, _ORDER)
    filled = optional_decimal(order, "filled", _ORDER, non_negative=True)
    if filled is not None:
        return filled
    amount = optional_decimal(order, "amount", _ORDER, non_negative=True)
    remaining = optional_decimal(order, "remaining", _ORDER, non_negative=True)
    if amount is None or remaining is None:
        return None
    if remaining > amount:
        raise BadVenueData(_ORDER, "remaining", remaining, "is more than the amount")
    return amount - remaining


def update_time_s(order: Mapping[str, Any], *fields: str, now: float) -> float:
    """The first time that `order` states in `fields`, in seconds; `now` if it states none.

    One that is implausible counts as none: ccxt hands on KuCoin's nanoseconds and Indodax's seconds as they are, and
    what became of an order matters more than when.
    """
    for field in fields:
        try:
            time_ms = optional_ms(order, field, _ORDER)
        except BadVenueData:
            continue
        if time_ms is not None:
            return time_ms / 1000
    return now


def _raw_state(info: object, mapping: ExchangeMapping) -> OrderState | None:
    if not mapping.order_states:
        return None
    for path in mapping.order_status_field:
        found = info
        for key in path.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        raw = as_text(found)
        if raw is not None and raw in mapping.order_states:
            return mapping.order_states[raw]
    return None


def _unmapped_state(order: Mapping[str, Any], mapping: ExchangeMapping) -> OrderState | None:
    """The state of a raw status that ccxt hands on as it is, where `info` is a list (bitfinex) and has no names."""
    status = optional_str(order, "status", _ORDER)
    return mapping.order_states.get(status) if status is not None else None


def _unified_state(order: Mapping[str, Any]) -> OrderState | None:
    status = optional_str(order, "status", _ORDER)
    return _UNIFIED_STATES.get(status) if status is not None else None
