"""What Bybit says of orders, executions and wallets, over REST and streams alike.

Source: bybit-exchange.github.io/docs/v5, the page named at each function.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...engine import Balance, Fill, Order, OrderStatus, OrderType, Side
from ...tape import Candle
from ..notation import given_id, number

SIDES = ("b", "a")  # of a book
SIDE = {Side.BUY: "Buy", Side.SELL: "Sell"}
_ORDER_UNSET = (
    "stopOrderType", "lastPriceOnCreated", "takeProfit", "tpslMode", "blockTradeId", "orderIv", "tpTriggerBy",
    "triggerPrice", "slTriggerBy", "placeType", "stopLoss", "smpOrderId", "triggerBy",
)  # fmt: skip
_EXECUTION_UNSET = (
    "underlyingPrice", "indexPrice", "stopOrderType", "tradeIv", "blockTradeId", "markPrice", "markIv", "closedSize",
)  # fmt: skip
_COIN_ZERO = (
    "usdValue", "spotHedgingQty", "borrowAmount", "accruedInterest", "totalOrderIM", "totalPositionIM",
    "totalPositionMM", "unrealisedPnl", "cumRealisedPnl", "bonus",
)  # fmt: skip
_WALLET_ZERO = (
    "accountIMRate", "accountMMRate", "totalEquity", "totalWalletBalance", "totalMarginBalance",
    "totalAvailableBalance", "totalPerpUPL", "totalInitialMargin", "totalMaintenanceMargin", "accountLTV",
)  # fmt: skip


def order_status(order: Order) -> str:
    """ "Enums Definitions", orderStatus: what ends with a part filled has a state of its own on spot."""
    if order.status in (OrderStatus.CANCELED, OrderStatus.EXPIRED):
        return "PartiallyFilledCanceled" if order.filled else "Cancelled"
    return {OrderStatus.NEW: "New", OrderStatus.PARTIALLY_FILLED: "PartiallyFilled"}.get(order.status, "Filled")


def order_message(order: Order, market_id: str) -> dict[str, Any]:
    """ "Get Open & Closed Orders", "Order" (stream): the same members on both."""
    fee, is_market, is_cost = number(order.fee), order.type is OrderType.MARKET, order.quote_amount is not None
    force = "PostOnly" if order.type is OrderType.LIMIT_MAKER else "IOC" if is_market else order.time_in_force.name
    left = order.remaining if order.is_open else Decimal(0)
    return {
        **dict.fromkeys(_ORDER_UNSET, ""),
        **dict.fromkeys(("slLimitPrice", "tpLimitPrice", "isLeverage"), "0"),
        **dict.fromkeys(("triggerDirection", "positionIdx", "smpGroup"), 0),
        **dict.fromkeys(("closeOnTrigger", "reduceOnly"), False),
        "smpType": "None",
        "symbol": market_id,
        "orderType": order.kind.capitalize(),
        "orderLinkId": given_id(order),
        "orderId": str(order.id),
        "side": SIDE[order.side],
        "price": number(order.price) if order.price is not None else "0",
        "qty": number(order.wanted),
        "marketUnit": "" if not is_market else "quoteCoin" if is_cost else "baseCoin",
        "timeInForce": force,
        "orderStatus": order_status(order),
        "cancelType": "CancelByUser" if order.status is OrderStatus.CANCELED else "UNKNOWN",
        "rejectReason": "EC_PostOnlyWillTakeLiquidity" if order.would_have_taken else "EC_NoError",
        "avgPrice": number(order.average_price.normalize()) if order.average_price else "",
        **{"cumExecQty": number(order.filled), "cumExecValue": number(order.filled_quote), "cumExecFee": fee},
        **{"leavesQty": number(left), "leavesValue": number(left * (order.price or Decimal(0)))},
        **{"createdTime": str(order.created_ms), "updatedTime": str(order.updated_ms)},
        "cumFeeDetail": {order.fee_asset: fee} if order.fills else {},
    }


def execution_message(fill: Fill, order: Order, market_id: str, rate: Decimal) -> dict[str, Any]:
    """ "Get Trade History", "Execution" (stream)."""
    return {
        **dict.fromkeys(_EXECUTION_UNSET, ""),
        "symbol": market_id,
        "orderType": order.kind.capitalize(),
        "orderLinkId": given_id(order),
        "orderId": str(order.id),
        "side": SIDE[fill.side],
        "orderQty": number(order.amount or Decimal(0)),
        "orderPrice": number(order.price) if order.price is not None else "0",
        "leavesQty": number(order.remaining if order.is_open else Decimal(0)),
        "isMaker": fill.is_maker,
        "execType": "Trade",
        "execId": execution_id(fill),
        "execTime": str(fill.time_ms),
        **{"execPrice": number(fill.price), "execQty": number(fill.amount), "execValue": number(fill.quote_amount)},
        **{"execFee": number(fill.fee), "feeCurrency": fill.fee_asset, "feeRate": number(rate)},
    }


def execution_id(fill: Fill) -> str:
    """Unique over all markets and accounts, as Bybit's are: the same trade has one on each side."""
    return f"{fill.order_id}{fill.id:010d}"


def wallet_message(balances: Mapping[str, Balance]) -> dict[str, Any]:
    """ "Get Wallet Balance", "Wallet" (stream); the dollar values, which nothing here could know, are zero."""
    coins = [_coin(asset, balance) for asset, balance in balances.items()]
    return {**dict.fromkeys(_WALLET_ZERO, "0"), "accountType": "UNIFIED", "coin": coins}


def _coin(asset: str, balance: Balance) -> dict[str, Any]:
    """`availableToWithdraw` is deprecated and empty on unified accounts."""
    total = number(balance.total)
    return {
        **dict.fromkeys(_COIN_ZERO, "0"),
        **dict.fromkeys(("availableToBorrow", "availableToWithdraw"), ""),
        **{"coin": asset, "equity": total, "walletBalance": total, "locked": number(balance.locked)},
        **{"marginCollateral": True, "collateralSwitch": False},
    }


def kline_message(candle: Candle, word: str, time_ms: int) -> dict[str, Any]:
    """ "Kline" (stream): the candle in progress, which is not confirmed."""
    prices = {"open": candle.open, "close": candle.close, "high": candle.high, "low": candle.low}
    volumes = {"volume": candle.volume, "turnover": candle.quote_volume}
    numbers = {name: number(value) for name, value in {**prices, **volumes}.items()}
    span = {"start": candle.open_ms, "end": candle.close_ms, "interval": word}
    return {**span, **numbers, "confirm": False, "timestamp": time_ms}
