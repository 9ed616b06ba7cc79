"""What KuCoin says of orders, fills and balances, over REST and streams alike.

Source: kucoin.com/docs-new, the page named at each function.
"""

from decimal import Decimal
from typing import Any

from ...engine import Balance, Fill, Order, OrderStatus, OrderType
from ...tape import Candle
from ..notation import given_id, number

ZERO = Decimal(0)


def order_id(number: int) -> str:
    """24 hexadecimal digits, as KuCoin's are."""
    return f"{number:024x}"


def remainders(order: Order) -> dict[str, str]:
    """What is left of size and funds, and what of them was given up when the order ended."""
    size = order.remaining
    funds = size * (order.price or ZERO) if order.quote_amount is None else order.quote_amount - order.filled_quote
    left = {"Size": size, "Funds": funds}
    return {
        f"{name}{unit}": number(value if open_only is order.is_open else ZERO)
        for name, open_only in (("cancelled", False), ("remain", True))
        for unit, value in left.items()
    }


def order_message(order: Order, market_id: str, *, is_fast: bool) -> dict[str, Any]:
    """ "Get Order By OrderId": as the high-frequency endpoints have it (`is_fast`), or as version 1 does.

    A market order that took all it could for its funds has ended well, with a rest in `cancelledFunds`.
    """
    market = order.type is OrderType.MARKET
    size = number(order.amount) or "0"
    funds = order.quote_amount if order.amount is None or order.price is None else order.amount * order.price
    was_canceled = order.status in (OrderStatus.CANCELED, OrderStatus.EXPIRED)
    message = {
        "id": order_id(order.id),
        "symbol": market_id,
        "opType": "DEAL",
        "type": order.kind,
        "side": order.side.value,
        "price": number(order.price) or "0",
        "size": size,
        "funds": number(funds) or "0",
        "dealSize": number(order.filled),
        "dealFunds": number(order.filled_quote),
        "fee": number(order.fee),
        "feeCurrency": order.symbol.split("/")[1],
        "stp": None if is_fast else "",
        "timeInForce": "GTC" if market else order.time_in_force.name,
        "postOnly": order.type is OrderType.LIMIT_MAKER,
        "hidden": False,
        "iceberg": False,
        "visibleSize": "0",
        "cancelAfter": 0,
        "channel": "API",
        "clientOid": given_id(order),
        "remark": None,
        "tags": None,
        "cancelExist": was_canceled,
        "createdAt": order.created_ms,
        "tradeType": "TRADE",
    }
    if not is_fast:
        return {**message, "isActive": order.is_open, "stop": "", "stopTriggered": False, "stopPrice": "0"}
    more = {"active": order.is_open, "inOrderBook": order.is_open, "lastUpdatedAt": order.updated_ms, "tax": "0"}
    return {**message, **remainders(order), **more}


def fill_message(fill: Fill, order: Order, market_id: str, trade: int, rate: Decimal, *, is_fast: bool) -> Any:
    """ "Get Trade History": the trade's id is a number on the high-frequency endpoints, a text in version 1."""
    message = {
        "symbol": market_id,
        "tradeId": trade if is_fast else str(trade),
        "orderId": order_id(fill.order_id),
        "counterOrderId": order_id(0),  # nobody here asks whom they traded with
        "side": fill.side.value,
        "liquidity": fill.role,
        "forceTaker": False,
        "price": number(fill.price),
        "size": number(fill.amount),
        "funds": number(fill.quote_amount),
        "fee": number(fill.fee),
        "feeRate": number(rate),
        "feeCurrency": fill.fee_asset,
        "stop": "",
        "tradeType": "TRADE",
        "type": order.kind,
        "createdAt": fill.time_ms,
    }
    return {**message, "id": trade, "tax": "0", "taxRate": "0"} if is_fast else message


def order_change(order: Order, market_id: str, kind: str, time_ms: int, fill: Fill | None, trade: int) -> Any:
    """ "Order Change" (tradeOrders, tradeOrdersV2), data. `kind`: received, open, match, filled or canceled."""
    status = {"received": "new", "open": "open"}.get(kind, "done")
    left = remainders(order)
    message = {
        "canceledSize": left["cancelledSize"],
        "clientOid": given_id(order),
        "filledSize": number(order.filled),
        "orderId": order_id(order.id),
        "orderTime": order.created_ms,
        "orderType": order.kind,
        "remainFunds": left["remainFunds"],
        "remainSize": left["remainSize"],
        "side": order.side.value,
        "symbol": market_id,
        "ts": time_ms * 1_000_000,
        "type": kind,
    }
    size, price = number(order.amount), number(order.price)
    message |= {"originSize": size, "size": size} if size else {"originSize": "0", "funds": number(order.quote_amount)}
    if price:
        message["price"] = price
    if fill is not None:
        status = "open" if fill.is_maker else "match"
        message |= {"matchPrice": number(fill.price), "matchSize": number(fill.amount), "tradeId": str(trade)}
        message |= {"liquidity": "maker", "feeType": "makerFee"} if fill.is_maker else {
            "liquidity": "taker", "feeType": "takerFee",
        }  # fmt: skip
    return {**message, "status": status}


def balance_change(asset: str, now: Balance, before: Balance, time_ms: int, event_id: str) -> dict[str, Any]:
    """ "Balance", data. The engine tells one change for a whole operation; the event is read from it."""
    total = now.total - before.total
    return {
        "accountId": f"{event_id[:8]}{asset.encode().hex():0<16.16}",
        "available": number(now.free),
        "availableChange": number(now.free - before.free),
        "currency": asset,
        "hold": number(now.locked),
        "holdChange": number(now.locked - before.locked),
        "relationContext": {},
        "relationEvent": "trade.setted" if total else "trade.hold",
        "relationEventId": event_id,
        "time": str(time_ms),
        "total": number(now.total),
    }


def candle_message(candle: Candle) -> list[str]:
    """ "Get Klines", "Klines" (stream): s, open, close, high, low, volume, quote volume."""
    prices = (candle.open, candle.close, candle.high, candle.low)
    return [str(candle.open_ms // 1000), *map(number, (*prices, candle.volume, candle.quote_volume))]
