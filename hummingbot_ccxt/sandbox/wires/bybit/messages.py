"""What Bybit says of orders, executions and wallets, over REST and streams alike.

Source: bybit-exchange.github.io/docs/v5, the page named at each function.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...engine import Balance, Fill, Order, OrderStatus, OrderType, Side
from ..rest import given_id, number

SIDE = {Side.BUY: "Buy", Side.SELL: "Sell"}


def order_status(order: Order) -> str:
    """ "Enums Definitions", orderStatus: what ends with a part filled has a state of its own on spot."""
    if order.status in (OrderStatus.CANCELED, OrderStatus.EXPIRED):
        return "PartiallyFilledCanceled" if order.filled else "Cancelled"
    return {OrderStatus.NEW: "New", OrderStatus.PARTIALLY_FILLED: "PartiallyFilled"}.get(order.status, "Filled")


def order_message(order: Order, market_id: str) -> dict[str, Any]:
    """ "Get Open & Closed Orders", "Order" (stream): the same members on both."""
    fees: dict[str, Decimal] = {}
    for fill in order.fills:
        fees[fill.fee_asset] = fees.get(fill.fee_asset, Decimal(0)) + fill.fee
    fee_asset, fee = next(iter(fees.items()), ("", Decimal(0)))
    is_open, by_cost = order.is_open, order.quote_amount is not None
    post_only = order.type is OrderType.LIMIT_MAKER
    force = "PostOnly" if post_only else "IOC" if order.type is OrderType.MARKET else order.time_in_force.name
    quantity = order.quote_amount if by_cost else order.amount
    left = order.remaining if is_open else Decimal(0)
    left_value = left * (order.price or Decimal(0))
    return {
        "symbol": market_id,
        "orderType": "Market" if order.type is OrderType.MARKET else "Limit",
        "orderLinkId": given_id(order),
        "slLimitPrice": "0",
        "orderId": str(order.id),
        "cancelType": "CancelByUser" if order.status is OrderStatus.CANCELED else "UNKNOWN",
        "avgPrice": number(order.average_price.normalize()) if order.average_price else "",
        "stopOrderType": "",
        "lastPriceOnCreated": "",
        "orderStatus": order_status(order),
        "takeProfit": "",
        "cumExecValue": number(order.filled_quote),
        "tpslMode": "",
        "smpType": "None",
        "triggerDirection": 0,
        "blockTradeId": "",
        "isLeverage": "0",
        "rejectReason": "EC_PostOnlyWillTakeLiquidity" if order.would_have_taken else "EC_NoError",
        "price": number(order.price) if order.price is not None else "0",
        "orderIv": "",
        "createdTime": str(order.created_ms),
        "tpTriggerBy": "",
        "positionIdx": 0,
        "timeInForce": force,
        "leavesValue": number(left_value),
        "updatedTime": str(order.updated_ms),
        "side": SIDE[order.side],
        "smpGroup": 0,
        "triggerPrice": "",
        "tpLimitPrice": "0",
        "cumExecFee": number(fee),
        "slTriggerBy": "",
        "leavesQty": number(left),
        "closeOnTrigger": False,
        "placeType": "",
        "cumExecQty": number(order.filled),
        "reduceOnly": False,
        "qty": number(quantity),
        "stopLoss": "",
        "smpOrderId": "",
        "triggerBy": "",
        "marketUnit": "" if order.type is not OrderType.MARKET else "quoteCoin" if by_cost else "baseCoin",
        "cumFeeDetail": {fee_asset: number(fee)} if fee_asset else {},
    }


def execution_message(fill: Fill, order: Order, market_id: str, rate: Decimal) -> dict[str, Any]:
    """ "Get Trade History", "Execution" (stream)."""
    return {
        "symbol": market_id,
        "orderType": "Market" if order.type is OrderType.MARKET else "Limit",
        "underlyingPrice": "",
        "orderLinkId": given_id(order),
        "side": SIDE[fill.side],
        "indexPrice": "",
        "orderId": str(order.id),
        "stopOrderType": "",
        "leavesQty": number(order.remaining if order.is_open else Decimal(0)),
        "execTime": str(fill.time_ms),
        "feeCurrency": fill.fee_asset,
        "isMaker": fill.is_maker,
        "execFee": number(fill.fee),
        "feeRate": number(rate),
        "execId": execution_id(fill),
        "tradeIv": "",
        "blockTradeId": "",
        "markPrice": "",
        "execPrice": number(fill.price),
        "markIv": "",
        "orderQty": number(order.amount or Decimal(0)),
        "orderPrice": number(order.price) if order.price is not None else "0",
        "execValue": number(fill.quote_amount),
        "execType": "Trade",
        "execQty": number(fill.amount),
        "closedSize": "",
    }


def execution_id(fill: Fill) -> str:
    """Unique over all markets and accounts, as Bybit's are: the same trade has one on each side."""
    return f"{fill.order_id}{fill.id:010d}"


def coin_message(asset: str, balance: Balance) -> dict[str, Any]:
    """ "Get Wallet Balance", coin: `availableToWithdraw` is deprecated and empty on unified accounts."""
    total = number(balance.total)
    return {
        "coin": asset,
        "equity": total,
        "usdValue": "0",
        "walletBalance": total,
        "locked": number(balance.locked),
        "spotHedgingQty": "0",
        "borrowAmount": "0",
        "availableToBorrow": "",
        "availableToWithdraw": "",
        "accruedInterest": "0",
        "totalOrderIM": "0",
        "totalPositionIM": "0",
        "totalPositionMM": "0",
        "unrealisedPnl": "0",
        "cumRealisedPnl": "0",
        "bonus": "0",
        "marginCollateral": True,
        "collateralSwitch": False,
    }


def wallet_message(balances: Mapping[str, Balance]) -> dict[str, Any]:
    """ "Get Wallet Balance", "Wallet" (stream); the dollar values, which nothing here could know, are zero."""
    zeros = (
        "accountIMRate", "accountMMRate", "totalEquity", "totalWalletBalance", "totalMarginBalance",
        "totalAvailableBalance", "totalPerpUPL", "totalInitialMargin", "totalMaintenanceMargin", "accountLTV",
    )  # fmt: skip
    coins = [coin_message(asset, balance) for asset, balance in balances.items()]
    return {**dict.fromkeys(zeros, "0"), "accountType": "UNIFIED", "coin": coins}
