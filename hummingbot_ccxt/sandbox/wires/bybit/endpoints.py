"""The REST endpoints of Bybit's version 5 that spot clients call.

Source: bybit-exchange.github.io/docs/v5, the page named at each function.
"""

from typing import TYPE_CHECKING, Any

from ...engine import Market, Order, Side
from ...limits import Limit
from ...tape import MONTH
from ..notation import given_id, number
from ..rest import Call, Problem, Refusal, Route, Routes, Words, always, private
from ..trading import LIMIT_TERMS, MARKET_TERMS, POST_ONLY
from .messages import SIDE, SIDES, order_message, order_status, wallet_message

if TYPE_CHECKING:
    from .wire import BybitWire

INTERVALS = {
    **dict(zip(("1", "3", "5", "15", "30"), ("1m", "3m", "5m", "15m", "30m"), strict=True)),
    **dict(zip(("60", "120", "240", "360", "720"), ("1h", "2h", "4h", "6h", "12h"), strict=True)),
    **{"D": "1d", "W": "1w", "M": MONTH},
}
_SIDES = {"Buy": Side.BUY, "Sell": Side.SELL, "BUY": Side.BUY, "SELL": Side.SELL}  # either case is taken
_TERMS = {name.upper(): terms for name, terms in LIMIT_TERMS.items()} | {"PostOnly": POST_ONLY}
#: "Get API Key Information", as far as clients read it: a unified account.
_KEY = {"id": "1", "readOnly": 0, "permissions": {"Spot": ["SpotTrade"]}, "unified": 0, "uta": 1, "isMaster": True}


class Reply(dict[str, Any]):
    """An answer that has something in `retExtInfo` beside its `result`."""


# -- market endpoints
def server_time(wire: "BybitWire", call: Call) -> Any:
    now = wire.clock()
    return {"timeSecond": str(now // 1000), "timeNano": str(now * 1_000_000)}


def instruments(wire: "BybitWire", call: Call) -> Any:
    """ "Get Instruments Info"."""
    return _listed([_instrument(wire, market) for market in wire.markets_asked(call)])


def _instrument(wire: "BybitWire", market: Market) -> dict[str, Any]:
    lots = {"basePrecision": number(market.lot_size), "quotePrecision": "0.0000001"}
    amounts = {"minOrderQty": number(market.min_amount), "maxOrderQty": number(market.max_amount)}
    values = {"minOrderAmt": number(market.min_notional), "maxOrderAmt": "4000000"}
    return {
        **{"symbol": wire.ids[market.symbol], "baseCoin": market.base, "quoteCoin": market.quote},
        **{"innovation": "0", "marginTrading": "none", "stTag": "0"},
        "status": "Trading" if wire.engine.is_open(market.symbol) else "Closed",
        "lotSizeFilter": {**lots, **amounts, **values},
        "priceFilter": {"tickSize": number(market.tick_size)},
        "riskParameters": {"priceLimitRatioX": "0.01", "priceLimitRatioY": "0.02"},
    }


def order_book(wire: "BybitWire", call: Call) -> Any:
    """ "Get Orderbook": limit 1 to 200 (spot), 1 by default."""
    symbol, now = wire.market_asked(call).symbol, wire.clock()
    name, sequence = wire.ids[symbol], wire.engine.book(symbol).sequence
    levels = wire.sides(symbol, call.limit(1, 200), SIDES)
    return {"s": name, **levels, "ts": now, "u": wire.update_id(name), "seq": sequence, "cts": now}


def recent_trades(wire: "BybitWire", call: Call) -> Any:
    """ "Get Recent Public Trades": newest first, 60 at most on spot."""
    return _listed(
        [
            {
                **{"execId": str(trade.id), "symbol": wire.ids[trade.symbol], "side": SIDE[trade.taker_side]},
                **{"price": number(trade.price), "size": number(trade.amount), "time": str(trade.time_ms)},
                **{"isBlockTrade": False, "isRPITrade": False},
            }
            for trade in wire.trades_asked(call, 60, 60)
        ]
    )


def tickers(wire: "BybitWire", call: Call) -> Any:
    """ "Get Tickers"."""
    return _listed([wire.ticker(market) for market in wire.markets_asked(call)])


def klines(wire: "BybitWire", call: Call) -> Any:
    """ "Get Kline": newest first."""
    name, interval = wire.ids[wire.market_asked(call).symbol], call.one_of("interval", INTERVALS)
    candles = wire.candles_asked(call, interval, "start", "end", call.limit(200, 1000))
    found = [
        [str(c.open_ms), *(number(v) for v in (c.open, c.high, c.low, c.close, c.volume, c.quote_volume))]
        for c in reversed(candles)
    ]
    return {"symbol": name, "category": "spot", "list": found}


# -- account endpoints
def account_information(wire: "BybitWire", call: Call) -> Any:
    """ "Get Account Info": 6 is unified account 2.0 pro."""
    return {"marginMode": "REGULAR_MARGIN", "updatedTime": str(wire.started_ms), "unifiedMarginStatus": 6}


def wallet(wire: "BybitWire", call: Call) -> Any:
    if call.text("accountType") != "UNIFIED":
        raise Refusal(Problem.BAD_PARAMETER, "accountType only support UNIFIED.", name="accountType")
    return {"list": [wallet_message(wire.engine.balances(call.account_id))]}


def fee_rates(wire: "BybitWire", call: Call) -> Any:
    both = wire.fee_rates(call.account_id)
    return _listed([{"symbol": wire.ids[market.symbol], **both} for market in wire.markets_asked(call)])


def coins(wire: "BybitWire", call: Call) -> Any:
    """ "Get Coin Info": nothing can be paid in or out here, so no coin has a chain."""
    return {"rows": [{"name": asset, "coin": asset, "remainAmount": "0", "chains": []} for asset in wire.assets()]}


# -- trading endpoints
def create(wire: "BybitWire", call: Call) -> Any:
    """ "Place Order": `marketUnit` says what `qty` of a market order is; buys are by cost unless told otherwise."""
    if call.text("category") != "spot":
        raise Refusal(Problem.BAD_PARAMETER, "Illegal category", name="category")
    market, side = wire.market_asked(call), call.one_of("side", _SIDES)
    is_market = call.one_of("orderType", {"Limit": False, "Market": True})
    terms = call.one_of("timeInForce", _TERMS, "GTC")
    kind, force = MARKET_TERMS if is_market else terms
    unit = call.text("marketUnit", "quoteCoin" if side is Side.BUY else "baseCoin")
    is_cost = is_market and unit == "quoteCoin"
    return _named(wire.place(call, market, side, kind, call.amount("qty"), is_cost=is_cost, force=force))


def cancel(wire: "BybitWire", call: Call) -> Any:
    return _named(wire.cancel_order(call.account_id, wire.order_market(call).symbol, *wire.ids_asked(call)))


def cancel_several(wire: "BybitWire", call: Call) -> Any:
    """ "Batch Cancel Order": ten on spot; one entry for each, their outcomes beside them in retExtInfo."""
    found, outcomes = [], []
    for one, outcome in wire.carried_out(call, call.entries("request", call.values.get("request"), 10), cancel):
        words = Words(0, "OK")
        if isinstance(outcome, Refusal):
            words = wire.words_for(outcome)
            outcome = {"orderId": one.text("orderId", ""), "orderLinkId": one.text("orderLinkId", "")}
        found.append({"category": "spot", "symbol": one.text("symbol"), **outcome})
        outcomes.append({"code": words.code, "msg": words.text})
    return Reply(result={"list": found}, retExtInfo={"list": outcomes})


def cancel_all(wire: "BybitWire", call: Call) -> Any:
    gone = wire.engine.cancel_all(call.account_id, wire.symbol_asked(call))
    return {"list": [_named(order) for order in gone], "success": "1"}


def orders(wire: "BybitWire", call: Call) -> Any:
    """ "Get Open & Closed Orders": open ones; those that ended too when asked for by id; with openOnly=1 only these."""
    found = wire.orders_asked(call)
    if not (call.has("orderId") or call.has("orderLinkId")):
        wants_closed = call.text("openOnly", "0") == "1"
        found = [order for order in found if order.is_open is not wants_closed]
    return _page(wire, found[: call.limit(20, 50)])


def order_history(wire: "BybitWire", call: Call) -> Any:
    """ "Get Order History": what ended."""
    status = call.optional("orderStatus")
    found = [order for order in wire.orders_asked(call, is_open=False) if status in (None, order_status(order))]
    return _page(wire, found[: call.limit(20, 50)])


def executions(wire: "BybitWire", call: Call) -> Any:
    """ "Get Trade History": newest first; `cursor` is what the page before gave, here the place of its end."""
    first = int(call.text("cursor", "0:0").partition(":")[0])
    end = first + call.limit(50, 100)
    page = [wire.execution(call.account_id, fill) for fill in wire.fills_asked(call)[first:end]]
    return {"nextPageCursor": f"{end}%3A0" if page else "", **_listed(page)}


def _page(wire: "BybitWire", found: list[Order]) -> Any:
    return {"nextPageCursor": "", **_listed([order_message(order, wire.ids[order.symbol]) for order in found])}


def _listed(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"category": "spot", "list": entries}


def _named(order: Order) -> dict[str, Any]:
    return {"orderId": str(order.id), "orderLinkId": given_id(order)}


def _requested(call: Call) -> int:
    """ "Instructions for batch endpoints": each order counts."""
    orders = call.values.get("request")
    return len(orders) if isinstance(orders, list) else 1


# "API Rate Limit Table": a rolling second, each endpoint for itself; of a unified account's spot.
ROUTES = Routes(
    {
        "GET /v5/market/time": Route("time", server_time),
        "GET /v5/market/instruments-info": Route("markets", instruments),
        "GET /v5/market/orderbook": Route("depth", order_book),
        "GET /v5/market/recent-trade": Route("trades", recent_trades),
        "GET /v5/market/tickers": Route("ticker", tickers),
        "GET /v5/market/kline": Route("klines", klines),
        "GET /v5/user/query-api": private("account", always(_KEY), limit=Limit.of_account(10, 1)),
        "GET /v5/account/info": private("account", account_information, limit=Limit.of_account(50, 1)),
        "GET /v5/account/wallet-balance": private("balances", wallet, limit=Limit.of_account(50, 1)),
        "GET /v5/account/fee-rate": private("fees", fee_rates, limit=Limit.of_account(5, 1)),
        "GET /v5/asset/coin/query-info": private("currencies", coins, limit=Limit.of_account(5, 1)),
        "POST /v5/order/create": private("order.create", create, counts_as_order=True, limit=Limit.of_account(20, 1)),
        "POST /v5/order/cancel": private("order.cancel", cancel, limit=Limit.of_account(20, 1)),
        "POST /v5/order/cancel-batch": private(
            "order.cancelSeveral", cancel_several, limit=Limit.of_account(20, 1), weight=_requested
        ),
        "POST /v5/order/cancel-all": private("order.cancelAll", cancel_all, limit=Limit.of_account(20, 1)),
        "GET /v5/order/realtime": private("order.status", orders, limit=Limit.of_account(50, 1)),
        "GET /v5/order/history": private("allOrders", order_history, limit=Limit.of_account(50, 1)),
        "GET /v5/execution/list": private("myTrades", executions, limit=Limit.of_account(50, 1)),
    }
)
