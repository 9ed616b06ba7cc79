"""What OKX says of orders, fills, balances and markets, over REST and streams alike.

Source: okx.com/docs-v5/en, the section named at each function. Of a spot account most fields are empty for good.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...engine import Balance, Fill, Market, Order, OrderStatus, OrderType, Side, TimeInForce, Trade
from ..notation import given_id, number, rows, status_words
from ..views import Levels

#: The exchange's order ids have nineteen digits, more than a double holds; the engine's are counted from here.
FIRST_ORDER_ID = 2_497_956_918_700_000_000
_STATE = status_words("live", "partially_filled", "filled", "canceled")
_NEVER_SET = (
    "algoClOrdId", "algoId", "attachAlgoClOrdId", "ccy", "lever", "posSide", "pxType", "pxUsd", "pxVol",
    "quickMgnType", "slOrdPx", "slTriggerPx", "slTriggerPxType", "source", "stpId", "tag", "tpOrdPx", "tpTriggerPx",
    "tpTriggerPxType",
)  # fmt: skip
_NEVER_HELD = (
    "accAvgPx", "borrowFroz", "clSpotInUseAmt", "crossLiab", "interest", "isoLiab", "liab", "maxLoan",
    "maxSpotInUseAmt", "mgnRatio", "openAvgPx", "spotBal", "spotInUseAmt", "spotUpl", "spotUplRatio", "totalPnl",
    "totalPnlRatio", "uplLiab",
)  # fmt: skip
_ALWAYS_ZERO = (
    "coinUsdPrice", "colBorrAutoConversion", "disEq", "eqUsd", "fixedBal", "imr", "isoEq", "isoUpl", "mmr",
    "notionalLever", "rewardBal", "smtSyncEq", "spotCopyTradingEq", "spotIsoBal", "stgyEq", "twap", "upl",
)  # fmt: skip
_ACCOUNT_UNSET = (
    "adjEq", "availEq", "borrowFroz", "imr", "mgnRatio", "mmr", "notionalUsd", "notionalUsdForBorrow",
    "notionalUsdForFutures", "notionalUsdForOption", "notionalUsdForSwap", "ordFroz", "upl",
)  # fmt: skip
_NO_DERIVATIVE = (
    "alias", "auctionEndTime", "ctMult", "ctType", "ctVal", "ctValCcy", "expTime", "instFamily", "lever", "optType",
    "settleCcy", "stk", "uly",
)  # fmt: skip


def instrument_message(market: Market, name: str, *, is_open: bool) -> dict[str, Any]:
    """ "Get instruments": the biggest sizes of a limit order in base, of a market order in USD."""
    most = number(market.max_amount)
    return {
        **dict.fromkeys(_NO_DERIVATIVE, ""),
        **dict.fromkeys(("maxIcebergSz", "maxLmtSz", "maxTriggerSz", "maxTwapSz"), most),
        **dict.fromkeys(("maxMktAmt", "maxMktSz", "maxStopSz"), "1000000"),
        "maxLmtAmt": "20000000",
        **{"instType": "SPOT", "instId": name, "baseCcy": market.base, "quoteCcy": market.quote},
        **{"category": "1", "ruleType": "normal", "listTime": "1548133413000"},
        **{"lotSz": number(market.lot_size), "minSz": number(market.min_amount), "tickSz": number(market.tick_size)},
        "state": "live" if is_open else "suspend",
    }


def order_type(order: Order) -> str:
    """ "Place order", ordType: post-only and time in force are kinds of orders."""
    if order.type is OrderType.MARKET:
        return "market"
    if order.type is OrderType.LIMIT_MAKER:
        return "post_only"
    return {TimeInForce.IOC: "ioc", TimeInForce.FOK: "fok"}.get(order.time_in_force, "limit")


def order_state(order: Order) -> str:
    return _STATE[order.status]


def order_message(order: Order, market: Market, name: str) -> dict[str, Any]:
    """ "Order details". Fees are negative where they are paid, and in what is received; a rebate would be in the other.

    The `fill` members are those of the order's last fill, "" or "0" where there was none.
    """
    source, reason = _cancel_source(order)
    is_cost, last = order.quote_amount is not None, order.fills[-1] if order.fills else None
    received, given = (market.base, market.quote) if order.side is Side.BUY else (market.quote, market.base)
    return {
        **dict.fromkeys(_NEVER_SET, ""),
        **{"instType": "SPOT", "instId": name, "category": "normal", "tdMode": "cash", "stpMode": "cancel_maker"},
        **{"attachAlgoOrds": [], "linkedAlgoOrd": {"algoId": ""}, "isTpLimit": "false", "reduceOnly": "false"},
        "ordId": order_id(order.id),
        "clOrdId": given_id(order),
        "ordType": order_type(order),
        "side": order.side.value,
        "px": number(order.price),
        "sz": number(order.wanted),
        "tgtCcy": "" if order.type is not OrderType.MARKET else "quote_ccy" if is_cost else "base_ccy",
        "state": order_state(order),
        **{"cancelSource": source, "cancelSourceReason": reason},
        "accFillSz": number(order.filled),
        "avgPx": number(order.average_price.normalize()) if order.average_price else "",
        **{"fee": _paid(order.fee), "feeCcy": received},
        **{"rebate": "0", "rebateCcy": given, "pnl": "0"},
        **_fill_members(last),
        **{"cTime": str(order.created_ms), "uTime": str(order.updated_ms)},
    }


def _fill_members(fill: Fill | None) -> dict[str, str]:
    if fill is None:
        return {"fillPx": "", "fillSz": "0", "fillTime": "", "tradeId": ""}
    numbers = {"fillPx": number(fill.price), "fillSz": number(fill.amount)}
    return {**numbers, "fillTime": str(fill.time_ms), "tradeId": str(fill.id)}


def order_update(order: Order, market: Market, name: str, fill: Fill | None) -> dict[str, Any]:
    """ "Order channel": the `fill` members are those of this very update; without a fill they are "" and "0"."""
    return {
        **order_message(order, market, name),
        **dict.fromkeys(("amendResult", "amendSource", "fillNotionalUsd", "lastPx", "msg", "notionalUsd", "reqId"), ""),
        "code": "0",
        "execType": "" if fill is None else "M" if fill.is_maker else "T",
        "fillFee": "0" if fill is None else _paid(fill.fee),
        "fillFeeCcy": "" if fill is None else fill.fee_asset,
        "fillPnl": "0",
        **_fill_members(fill),
    }


def _cancel_source(order: Order) -> tuple[str, str]:
    """ "Order channel", cancelSource, and what stands beside it over REST."""
    if order.would_have_taken:
        return "31", "The post-only order will take liquidity in maker orders."
    if order.status is OrderStatus.CANCELED:
        return "1", "Order was canceled by you."
    if order.status is OrderStatus.EXPIRED:
        return ("13", "FOK order was not filled.") if order.time_in_force is TimeInForce.FOK else ("14", "IOC order.")
    return "", ""


def fill_message(fill: Fill, name: str) -> dict[str, Any]:
    """ "Transaction details"; the ledger entry's id is the trade's and the order's together."""
    return {
        **{"instType": "SPOT", "instId": name, "side": fill.side.value, "execType": "M" if fill.is_maker else "T"},
        **{"tradeId": str(fill.id), "ordId": order_id(fill.order_id), "clOrdId": given_id(fill)},
        **{"billId": bill_id(fill), "fillPx": number(fill.price), "fillSz": number(fill.amount)},
        **{"feeCcy": fill.fee_asset, "fee": _paid(fill.fee), "ts": str(fill.time_ms)},
    }


def bill_id(fill: Fill) -> str:
    return f"{fill.id:010d}{fill.order_id}"


def account_message(balances: Mapping[str, Balance], now_ms: int) -> dict[str, Any]:
    """ "Get balance", "Account channel": an account in spot and futures mode; nothing here knows values in dollars."""
    return {
        **dict.fromkeys(_ACCOUNT_UNSET, ""),
        "details": [_detail(asset, balance, now_ms) for asset, balance in balances.items()],
        "isoEq": "0",
        "totalEq": "0",
        "uTime": str(now_ms),
    }


def _detail(asset: str, balance: Balance, now_ms: int) -> dict[str, Any]:
    total, free, locked = number(balance.total), number(balance.free), number(balance.locked)
    return {
        **dict.fromkeys(_NEVER_HELD, ""),
        **dict.fromkeys(_ALWAYS_ZERO, "0"),
        **{"availBal": free, "availEq": free, "cashBal": total, "eq": total, "frozenBal": locked, "ordFrozen": locked},
        "ccy": asset,
        **{"collateralEnabled": False, "collateralRestrict": False},
        "uTime": str(now_ms),
    }


def trade_message(trade: Trade, name: str) -> dict[str, Any]:
    """ "Get trades", "Trades channel": the members that both have."""
    who = {"instId": name, "tradeId": str(trade.id), "side": trade.taker_side.value}
    return {**who, "px": number(trade.price), "sz": number(trade.amount), "ts": str(trade.time_ms)}


def book_message(asks: Levels, bids: Levels, now_ms: int, sequence: int) -> dict[str, Any]:
    """ "Order book channel": [price, amount, "0", number of orders]; the venue tells 1 for any number."""
    return {"asks": rows(asks, "0", "1"), "bids": rows(bids, "0", "1"), "ts": str(now_ms), "seqId": sequence}


def order_id(number: int) -> str:
    return str(FIRST_ORDER_ID + number)


def _paid(fee: Decimal) -> str:
    """A fee that is paid is negative."""
    return number(-fee) if fee else "0"
