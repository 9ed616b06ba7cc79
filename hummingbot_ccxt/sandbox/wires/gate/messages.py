"""What Gate says of orders, fills and balances, over REST and streams alike.

Source: gate.com/docs/developers/apiv4 ("REST") and .../apiv4/ws/en ("WS"), the section named at each function.
"""

from decimal import Decimal
from typing import Any

from ...engine import Balance, Fill, Order, OrderEvent, OrderEventKind, OrderStatus, OrderType, TimeInForce
from ..notation import given_id, number

ZERO = Decimal(0)


def left(order: Order) -> Decimal:
    """What is not filled, in the unit of `amount`: quote for a market buy."""
    return order.remaining if order.quote_amount is None else order.quote_amount - order.filled_quote


def finish_as(order: Order) -> str:
    """REST "Order details", finish_as. A market buy that leaves a rest of its cost, however small, is no `filled` one:
    "any order that is not filled totally is cancelled" (the venue, in gateio/gateapi-php issue 20)."""
    if order.is_open:
        return "open"
    if order.status is OrderStatus.FILLED and not left(order):
        return "filled"
    if order.status is OrderStatus.CANCELED:
        return "cancelled"
    return "fok" if order.time_in_force is TimeInForce.FOK else "ioc"


def order_message(order: Order, pair: str) -> dict[str, Any]:
    """REST "Order details" and WS "Orders Channel": the members that both have, with the same types."""
    if order.type is OrderType.MARKET:
        force = "ioc"
    else:
        force = "poc" if order.type is OrderType.LIMIT_MAKER else order.time_in_force.value
    base, quote = order.symbol.split("/")
    fee_asset, other = (base, quote) if order.side.value == "buy" else (quote, base)
    return {
        "id": str(order.id),
        "text": given_id(order) or "apiv4",
        "amend_text": "-",
        "create_time": str(order.created_ms // 1000),
        "update_time": str(order.updated_ms // 1000),
        "currency_pair": pair,
        "type": order.kind,
        "account": "spot",
        "side": order.side.value,
        "amount": number(order.wanted),
        "price": number(order.price) or "0",
        "time_in_force": force,
        "left": number(left(order)),
        "filled_amount": number(order.filled),
        "filled_total": number(order.filled_quote),
        "avg_deal_price": number(order.average_price) or "0",
        "fee": number(order.fee),
        "fee_currency": fee_asset,
        "point_fee": "0",
        "gt_fee": "0",
        "gt_discount": False,
        "rebated_fee": "0",
        "rebated_fee_currency": other,
        "stp_id": 0,
        "stp_act": "-",
        "finish_as": finish_as(order),
        "biz_info": "-",
    }


def rest_order(order: Order, pair: str) -> dict[str, Any]:
    """REST "Order details"; `fill_price` is the deprecated name of `filled_total`."""
    ended = "closed" if finish_as(order) == "filled" else "cancelled"
    return {
        **order_message(order, pair),
        "create_time_ms": order.created_ms,
        "update_time_ms": order.updated_ms,
        "status": "open" if order.is_open else ended,
        "iceberg": "0",
        "fill_price": number(order.filled_quote),
        "gt_maker_fee": "0",
        "gt_taker_fee": "0",
    }


def streamed_order(event: OrderEvent, pair: str, user: int) -> dict[str, Any]:
    """WS "Orders Channel": `put` as the order was accepted, `update` for a fill that leaves it open, else `finish`."""
    kind = "put" if event.kind is OrderEventKind.NEW else "update" if event.order.is_open else "finish"
    return {
        **order_message(event.order, pair),
        "create_time_ms": str(event.order.created_ms),
        "update_time_ms": str(event.order.updated_ms),
        "user": user,
        "event": kind,
    }


def fill_message(fill: Fill, pair: str) -> dict[str, Any]:
    """REST "Query personal trading records" and WS "User Trades Channel": the members that both have."""
    return {
        "order_id": str(fill.order_id),
        "currency_pair": pair,
        "side": fill.side.value,
        "amount": number(fill.amount),
        "role": fill.role,
        "price": number(fill.price),
        "fee": number(fill.fee),
        "fee_currency": fill.fee_asset,
        "point_fee": "0",
        "gt_fee": "0",
        "text": given_id(fill) or "apiv4",
    }


def rest_fill(fill: Fill, pair: str, trade_id: int) -> dict[str, Any]:
    times = {"create_time": str(fill.time_ms // 1000), "create_time_ms": f"{fill.time_ms}.000000"}
    return {
        **fill_message(fill, pair), **times, "id": str(trade_id), "amend_text": "-", "sequence_id": str(fill.id)
    }  # fmt: skip


def streamed_fill(fill: Fill, pair: str, trade_id: int, user: int) -> dict[str, Any]:
    times = {"create_time": fill.time_ms // 1000, "create_time_ms": f"{fill.time_ms}.000"}
    return {**fill_message(fill, pair), **times, "id": trade_id, "user_id": user, "id_market": fill.id}


def balance_message(asset: str, now: Balance, before: Balance, time_ms: int, user: int) -> dict[str, Any]:
    """WS "Spot Balance Channel". The engine tells one change for a whole operation; the kind is read from it."""
    change, frozen = now.total - before.total, now.locked - before.locked
    kind = "order-match" if change else "order-create" if frozen > 0 else "order-update"
    return {
        "timestamp": str(time_ms // 1000),
        "timestamp_ms": str(time_ms),
        "user": str(user),
        "currency": asset,
        "change": number(change),
        "total": number(now.total),
        "available": number(now.free),
        "freeze": number(now.locked),
        "freeze_change": number(frozen),
        "change_type": kind,
    }
