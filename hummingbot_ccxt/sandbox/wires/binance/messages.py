"""REST answers as Binance writes them. Pure: engine objects in, plain values out.

Source: Binance Spot API documentation, "REST API" (rest-api.md), the section named at each function. Numbers are
strings with eight decimals. The engine rounds no fee, so a fee or a balance may need more than eight digits: it then
gets them, because a wire that says less than the ledger holds could never be reconciled with it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...engine import Balance, BookSide, FeeRates, Fill, Market, Order, OrderType, Side, Trade
from ...tape import Candle
from .call import market_id

Json = dict[str, Any]

ORDER_TYPES = ["LIMIT", "LIMIT_MAKER", "MARKET"]
_MAX_PRICE = Decimal(1_000_000)
_ZERO = "0.00000000"


def number(value: Decimal | None) -> str:
    """Eight decimals, more only where the value has them; None is zero."""
    if value is None:
        return _ZERO
    text = f"{value:f}"
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0") if len(decimals) > 8 else decimals
    return f"{whole}.{decimals:0<8}"


def rate_limits(weight: int, orders: int, raw: int) -> list[Json]:
    """ "Exchange information", `rateLimits`."""
    return [
        {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": weight},
        {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": orders},
        {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 200_000},
        {"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 5, "limit": raw},
    ]


def symbol_information(market: Market, *, is_open: bool, with_sets: bool = True) -> Json:
    """ "Exchange information", one entry of `symbols`; `orderTypes` are those that the engine has."""
    return {
        "symbol": market_id(market),
        "status": "TRADING" if is_open else "BREAK",
        "baseAsset": market.base,
        "baseAssetPrecision": 8,
        "quoteAsset": market.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": ORDER_TYPES,
        "icebergAllowed": False,
        "ocoAllowed": False,
        "otoAllowed": False,
        "opoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": False,
        "cancelReplaceAllowed": True,
        "amendAllowed": False,
        "pegInstructionsAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": filters(market),
        "permissions": [],
        "permissionSets": [["SPOT"]] if with_sets else [],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": ["NONE"],
    }


def filters(market: Market) -> list[Json]:
    """ "Filters"; only what the engine enforces."""
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": number(market.tick_size),
            "maxPrice": number(_MAX_PRICE),
            "tickSize": number(market.tick_size),
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": number(market.min_amount),
            "maxQty": number(market.max_amount),
            "stepSize": number(market.lot_size),
        },
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": _ZERO,
            "maxQty": number(market.max_amount),
            "stepSize": _ZERO,
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": number(market.min_notional),
            "applyMinToMarket": True,
            "maxNotional": "9000000.00000000",
            "applyMaxToMarket": False,
            "avgPriceMins": 5,
        },
    ]


def levels(side: BookSide, limit: int | None = None) -> list[list[str]]:
    return [[number(price), number(amount)] for price, amount in side.levels(limit)]


def trade(each: Trade) -> Json:
    """ "Recent trades list"."""
    return {
        "id": each.id,
        "price": number(each.price),
        "qty": number(each.amount),
        "quoteQty": number(each.price * each.amount),
        "time": each.time_ms,
        "isBuyerMaker": each.taker_side is Side.SELL,
        "isBestMatch": True,
    }


def aggregate_trade(each: Trade) -> Json:
    """ "Compressed/Aggregate trades list"; every trade is an aggregate of its own here."""
    return {
        "a": each.id,
        "p": number(each.price),
        "q": number(each.amount),
        "f": each.id,
        "l": each.id,
        "T": each.time_ms,
        "m": each.taker_side is Side.SELL,
        "M": True,
    }


def kline(candle: Candle) -> list[Any]:
    """ "Kline/Candlestick data"."""
    return [
        candle.open_ms,
        number(candle.open),
        number(candle.high),
        number(candle.low),
        number(candle.close),
        number(candle.volume),
        candle.close_ms,
        number(candle.quote_volume),
        candle.count,
        number(candle.taker_volume),
        number(candle.taker_quote_volume),
        "0",
    ]


def best(market: Market, bids: BookSide, asks: BookSide) -> Json:
    """ "Symbol order book ticker"."""
    bid, ask = bids.levels(1), asks.levels(1)
    return {
        "symbol": market_id(market),
        "bidPrice": number(bid[0][0] if bid else None),
        "bidQty": number(bid[0][1] if bid else None),
        "askPrice": number(ask[0][0] if ask else None),
        "askQty": number(ask[0][1] if ask else None),
    }


def change_percent(change: Decimal, before: Decimal) -> str:
    return f"{change / before * 100:.3f}" if before else "0.000"


def day_ticker(market: Market, day: Candle, before: Decimal, bids: BookSide, asks: BookSide, *, mini: bool) -> Json:
    """ "24hr ticker price change statistics", type FULL or MINI."""
    change = day.close - day.open
    figures: Json = {"symbol": market_id(market)}
    if not mini:
        top = best(market, bids, asks)
        figures |= {
            "priceChange": number(change),
            "priceChangePercent": change_percent(change, day.open),
            "weightedAvgPrice": f"{day.quote_volume / day.volume:.8f}" if day.volume else _ZERO,
            "prevClosePrice": number(before),
        }
        figures |= {"lastPrice": number(day.close), "lastQty": number(day.last_amount)}
        figures |= {key: top[key] for key in ("bidPrice", "bidQty", "askPrice", "askQty")}
    figures |= {"openPrice": number(day.open), "highPrice": number(day.high), "lowPrice": number(day.low)}
    if mini:
        figures["lastPrice"] = number(day.close)
    return figures | {
        "volume": number(day.volume),
        "quoteVolume": number(day.quote_volume),
        "openTime": day.open_ms,
        "closeTime": day.close_ms,
        "firstId": day.first_id,
        "lastId": day.last_id,
        "count": day.count,
    }


# -- orders


def time_in_force(order: Order) -> str:
    return order.time_in_force.name


def quantity(order: Order) -> Decimal:
    """The order's size in base; of a market order by cost, what it has bought or sold."""
    return order.filled if order.amount is None else order.amount


def _core(order: Order) -> Json:
    return {
        "price": number(order.price),
        "origQty": number(quantity(order)),
        "executedQty": number(order.filled),
        "origQuoteOrderQty": number(order.quote_amount),
        "cummulativeQuoteQty": number(order.filled_quote),
        "status": order.status.name,
        "timeInForce": time_in_force(order),
        "type": order.type.name,
        "side": order.side.name,
    }


def order_status(order: Order, symbol: str) -> Json:
    """ "Query order", "Current open orders", "All orders"."""
    return {
        "symbol": symbol,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": order.client_order_id,
        **_core(order),
        "stopPrice": _ZERO,
        "icebergQty": _ZERO,
        "time": order.created_ms,
        "updateTime": order.updated_ms,
        "isWorking": True,
        "workingTime": order.created_ms,
        "selfTradePreventionMode": "NONE",
    }


def order_placed(order: Order, symbol: str, response_type: str) -> Json:
    """ "New order", response types ACK, RESULT and FULL."""
    answer: Json = {
        "symbol": symbol,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": order.client_order_id,
        "transactTime": order.updated_ms,
    }
    if response_type == "ACK":
        return answer
    answer |= {**_core(order), "workingTime": order.created_ms}
    if response_type == "FULL":
        answer["fills"] = [
            {
                "price": number(fill.price),
                "qty": number(fill.amount),
                "commission": number(fill.fee),
                "commissionAsset": fill.fee_asset,
                "tradeId": fill.id,
            }
            for fill in order.fills
        ]
    return answer | {"selfTradePreventionMode": "NONE"}


def order_canceled(order: Order, symbol: str, cancel_id: str) -> Json:
    """ "Cancel order"; `clientOrderId` is the cancel's own, the order's is `origClientOrderId`."""
    return {
        "symbol": symbol,
        "origClientOrderId": order.client_order_id,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": cancel_id,
        "transactTime": order.updated_ms,
        **_core(order),
        "selfTradePreventionMode": "NONE",
    }


# -- account


def my_trade(fill: Fill, symbol: str) -> Json:
    """ "Account trade list"."""
    return {
        "symbol": symbol,
        "id": fill.id,
        "orderId": fill.order_id,
        "orderListId": -1,
        "price": number(fill.price),
        "qty": number(fill.amount),
        "quoteQty": number(fill.quote_amount),
        "commission": number(fill.fee),
        "commissionAsset": fill.fee_asset,
        "time": fill.time_ms,
        "isBuyer": fill.side is Side.BUY,
        "isMaker": fill.is_maker,
        "isBestMatch": True,
    }


def account(balances: Mapping[str, Balance], rates: FeeRates, updated_ms: int, uid: int) -> Json:
    """ "Account information"."""
    return {
        "makerCommission": int(rates.maker * 10_000),
        "takerCommission": int(rates.taker * 10_000),
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": _rates(rates),
        "canTrade": True,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": updated_ms,
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": number(each.free), "locked": number(each.locked)}
            for asset, each in balances.items()
        ],
        "permissions": ["SPOT"],
        "uid": uid,
    }


def commission(market: Market, rates: FeeRates) -> Json:
    """ "Query commission rates"."""
    none = FeeRates(Decimal(0), Decimal(0))
    return {
        "symbol": market_id(market),
        "standardCommission": _rates(rates),
        "specialCommission": _rates(none),
        "taxCommission": _rates(none),
        "discount": {
            "enabledForAccount": False,
            "enabledForSymbol": False,
            "discountAsset": "BNB",
            "discount": "0.75000000",
        },
    }


def _rates(rates: FeeRates) -> Json:
    return {"maker": number(rates.maker), "taker": number(rates.taker), "buyer": _ZERO, "seller": _ZERO}


def responds_in_full(order_type: OrderType) -> bool:
    """Whether a new order of this type is answered FULL unless asked otherwise; LIMIT_MAKER gets an ACK."""
    return order_type is not OrderType.LIMIT_MAKER
