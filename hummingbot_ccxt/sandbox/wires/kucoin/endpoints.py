"""The REST endpoints of KuCoin that spot clients call: market data, the two generations of orders, accounts, tokens.

Source: kucoin.com/docs-new, the page named at each function. The high-frequency endpoints (`/hf/`) are those that
ccxt's class calls for today's accounts, those of version 1 are the native connector's; both act on the same orders.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from ...engine import Order, OrderType, TimeInForce
from ...limits import Cycle, Limit, Per
from ...tape import MONTH
from ..notation import number
from ..rest import Call, Problem, Refusal, Route, Routes, always
from ..trading import SIDES
from .messages import candle_message, fill_message, order_id, order_message

if TYPE_CHECKING:
    from .wire import KucoinWire

INTERVALS = {
    **{f"{n}min": f"{n}m" for n in (1, 3, 5, 15, 30)},
    **{f"{n}hour": f"{n}h" for n in (1, 2, 4, 6, 8, 12)},
    **{"1day": "1d", "1week": "1w", "1month": MONTH},
}


# -- market data
def server_time(wire: "KucoinWire", call: Call) -> Any:
    return wire.clock()


def symbols(wire: "KucoinWire", call: Call) -> Any:
    """ "Get All Symbols": fees are taken in quote, whatever the side."""
    return [
        {
            "symbol": wire.ids[market.symbol],
            "name": wire.ids[market.symbol],
            "baseCurrency": market.base,
            "quoteCurrency": market.quote,
            "feeCurrency": market.quote,
            "market": "USDS",
            "baseMinSize": number(market.min_amount),
            "quoteMinSize": number(market.min_notional),
            "baseMaxSize": number(market.max_amount),
            "quoteMaxSize": "99999999",
            "baseIncrement": number(market.lot_size),
            "quoteIncrement": "0.000001",
            "priceIncrement": number(market.tick_size),
            "priceLimitRate": "0.1",
            "minFunds": number(market.min_notional),
            "isMarginEnabled": False,
            "enableTrading": wire.engine.is_open(market.symbol),
            "feeCategory": 1,
            "makerFeeCoefficient": "1.00",
            "takerFeeCoefficient": "1.00",
            "st": False,
        }
        for market in wire.engine.markets.values()
    ]


def currencies(wire: "KucoinWire", call: Call) -> Any:
    """ "Get All Currencies": nothing can be paid in or out here, so no currency has a chain."""
    flags = {"confirms": None, "contractAddress": None, "isMarginEnabled": False, "isDebitEnabled": False}
    return [
        {"currency": asset, "name": asset, "fullName": asset, "precision": 8, **flags, "chains": []}
        for asset in wire.assets()
    ]


def _book(wire: "KucoinWire", call: Call, depth: int | None) -> Any:
    symbol = wire.market_asked(call).symbol
    return {"time": wire.clock(), "sequence": str(wire.engine.book(symbol).sequence), **wire.sides(symbol, depth)}


def order_book(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Part OrderBook": 20 or 100 levels, for anyone."""
    return _book(wire, call, call.one_of("depth", {"20": 20, "100": 100}))


def whole_book(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Full OrderBook": signed requests only."""
    return _book(wire, call, None)


def best_prices(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Ticker"."""
    return wire.best_message(wire.market_asked(call).symbol)


def stats(wire: "KucoinWire", call: Call) -> Any:
    """ "Get 24hr Stats"."""
    market = wire.market_asked(call)
    return {"time": wire.clock(), **wire.stats(market), "symbol": wire.ids[market.symbol]}


def all_tickers(wire: "KucoinWire", call: Call) -> Any:
    """ "Get All Tickers"."""
    found = []
    for market in wire.engine.markets.values():
        name, (bid, ask) = wire.ids[market.symbol], wire.best(market.symbol)
        sizes = {"bestBidSize": number(bid[1]), "bestAskSize": number(ask[1])}
        found.append({"symbol": name, "symbolName": name, **sizes, **wire.stats(market)})
    return {"time": wire.clock(), "ticker": found}


def recent_trades(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Trade History" (market data): the last 100, newest first, times in ns."""
    return [
        {
            "sequence": str(trade.id),
            "price": number(trade.price),
            "size": number(trade.amount),
            "side": trade.taker_side.value,
            "time": trade.time_ms * 1_000_000,
        }
        for trade in wire.trades_asked(call, 100, 100)
    ]


def candles(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Klines": [s, open, close, high, low, volume, quote volume], newest first, 1,500 at most."""
    found = wire.candles_asked(call, call.one_of("type", INTERVALS), "startAt", "endAt", 1500, unit_ms=1000)
    return [candle_message(c) for c in reversed(found)]


# -- accounts and tokens
def no_margin_symbols(wire: "KucoinWire", call: Call) -> Any:
    return {"timestamp": wire.clock(), "items": []}


def accounts(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Account List - Spot": one trading account, whichever name it is asked for by; the funding one is empty."""
    kind, asked = call.text("type", "trade"), call.optional("currency")
    if kind not in ("trade", "trade_hf"):
        return []
    return [
        {
            "id": order_id(index),
            "currency": asset,
            "type": kind,
            "balance": number(each.total),
            "available": number(each.free),
            "holds": number(each.locked),
        }
        for index, (asset, each) in enumerate(wire.engine.balances(call.account_id).items())
        if asked in (None, asset)
    ]


def fees(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Actual Fee - Spot/Margin": ten symbols at most."""
    names = call.text("symbols").split(",")
    if len(names) > 10:
        raise Refusal(Problem.BAD_PARAMETER, "symbols size invalid", name="symbols")
    both = wire.fee_rates(call.account_id)
    return [{"symbol": wire.ids[wire.market(name).symbol], **both} for name in names]


def public_token(wire: "KucoinWire", call: Call) -> Any:
    return wire.new_token(call, None)


def private_token(wire: "KucoinWire", call: Call) -> Any:
    return wire.new_token(call, call.account_id)


# -- orders
def create(wire: "KucoinWire", call: Call) -> Any:
    """ "Add Order": a market order takes `size` or `funds`; GTT is not taken here. `postOnly` is without effect on IOC
    and FOK."""
    client_order_id, market = call.text("clientOid"), wire.market_asked(call)
    side, is_market = call.one_of("side", SIDES), call.text("type", "limit") == "market"
    forces = {force.name: force for force in TimeInForce}
    force = call.one_of("timeInForce", forces, "GTC")
    post_only = not is_market and force is TimeInForce.GTC and call.values.get("postOnly") is True
    order = wire.engine.place(
        call.account_id,
        symbol=market.symbol,
        side=side,
        type=OrderType.MARKET if is_market else OrderType.LIMIT_MAKER if post_only else OrderType.LIMIT,
        price=None if is_market else call.decimal("price"),
        amount=call.decimal("size"),
        quote_amount=call.decimal("funds") if is_market else None,
        time_in_force=TimeInForce.GTC if is_market else force,
        client_order_id=wire.client_order_id(call),
        cancels_crossing=True,
    )
    placed = {"orderId": order_id(order.id)}
    return {**placed, "clientOid": client_order_id} if _is_fast(call) else placed


def status(wire: "KucoinWire", call: Call) -> Any:
    symbol = wire.market_asked(call).symbol if _is_fast(call) else None
    order = wire.find_order(call.account_id, symbol, *wire.ids_asked(call))
    return _listed(wire, call, order)


def cancel(wire: "KucoinWire", call: Call) -> Any:
    """ "Cancel Order By OrderId", "... By ClientOid": four answers to one question."""
    symbol, (by_id, by_client_id) = wire.market_asked(call).symbol if _is_fast(call) else None, wire.ids_asked(call)
    order = wire.cancel_order(call.account_id, symbol, by_id, by_client_id)
    name = order_id(order.id)
    if _is_fast(call):
        return {"orderId": name} if by_client_id is None else {"clientOid": by_client_id}
    single = {"cancelledOrderId": name, "clientOid": by_client_id, "cancelledOcoOrderIds": None}
    return {"cancelledOrderIds": [name]} if by_client_id is None else single


def cancel_all(wire: "KucoinWire", call: Call) -> Any:
    """ "Cancel All Orders By Symbol"; in version 1 also those of all symbols."""
    symbol = wire.market_asked(call).symbol if _is_fast(call) else wire.symbol_asked(call)
    gone = wire.engine.cancel_all(call.account_id, symbol)
    return "success" if _is_fast(call) else {"cancelledOrderIds": [order_id(order.id) for order in gone]}


def cancel_everything(wire: "KucoinWire", call: Call) -> Any:
    """ "Cancel All Orders"."""
    gone = wire.engine.cancel_all(call.account_id)
    return {"succeedSymbols": sorted({wire.ids[order.symbol] for order in gone}), "failedSymbols": []}


def active_orders(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Open Orders": of one symbol, newest first, as a bare list."""
    wire.market_asked(call)
    return [_listed(wire, call, order) for order in wire.orders_asked(call, is_open=True)]


def done_orders(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Closed Orders": of one symbol, newest first."""
    wire.market_asked(call)
    found = wire.orders_asked(call, is_open=False)[: call.limit(20, 100)]
    return {"lastId": found[-1].id if found else 0, "items": [_listed(wire, call, order) for order in found]}


def orders(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Orders List - Old": pages of `active` or `done` ones."""
    wants_open = call.one_of("status", {"active": True, "done": False}, "done")
    found = wire.orders_asked(call, is_open=wants_open)
    return _page(call, [_listed(wire, call, order) for order in found])


def fills(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Trade History": newest first, before `lastId`."""
    is_fast = _is_fast(call)
    found = []
    for fill in wire.fills_asked(call):
        order = wire.engine.order(call.account_id, order_id=fill.order_id)
        trade, rate = wire.trade_number(fill.symbol, fill.id), wire.fee_rate(call.account_id, fill)
        found.append(fill_message(fill, order, wire.ids[fill.symbol], trade, rate, is_fast=is_fast))
    if not is_fast:
        return _page(call, found)
    wire.market_asked(call)
    found = found[: call.limit(20, 100)]
    return {"items": found, "lastId": found[-1]["id"] if found else 0}


def _is_fast(call: Call) -> bool:
    return "/hf/" in call.request.path


def _listed(wire: "KucoinWire", call: Call, order: Order) -> dict[str, Any]:
    return order_message(order, wire.ids[order.symbol], is_fast=_is_fast(call))


def _page(call: Call, found: list[Any]) -> dict[str, Any]:
    size, page = call.limit(50, 500, "pageSize"), max(1, call.integer("currentPage", 1))
    pages = -(-len(found) // size)
    items = found[(page - 1) * size : page * size]
    return {"currentPage": page, "pageSize": size, "totalNum": len(found), "totalPage": pages, "items": items}


# "Rate Limit": pools of an account without a VIP level, and everybody's. Weights: "API Rate Limit Weight" of each page.
_public = partial(Route, limit=Limit(2_000, 30, Per.ADDRESS, Cycle, "public"))
_spot = partial(Route, private=True, limit=Limit(4_000, 30, Per.ACCOUNT, Cycle, "spot"))
_management = partial(Route, private=True, limit=Limit(2_000, 30, Per.ACCOUNT, Cycle, "management"))
ROUTES = Routes(
    {
        "GET /api/v1/timestamp": _public("time", server_time, 3),
        "GET /api/v2/symbols": _public("markets", symbols, 4),
        "GET /api/v3/currencies": _public("currencies", currencies, 3),
        "GET /api/v1/market/orderbook/level1": _public("ticker", best_prices, 2),
        "GET /api/v1/market/orderbook/level2_{depth}": _public("depth", order_book, 4),
        "GET /api/v3/market/orderbook/level2": _spot("depth", whole_book, 3),
        "GET /api/v1/market/stats": _public("ticker", stats, 15),
        "GET /api/v1/market/allTickers": _public("ticker", all_tickers, 15),
        "GET /api/v1/market/histories": _public("trades", recent_trades, 3),
        "GET /api/v1/market/candles": _public("klines", candles, 3),
        "POST /api/v1/bullet-public": _public("session", public_token, 10),
        "POST /api/v1/bullet-private": _spot("session", private_token, 10),
        "GET /api/ua/v1/account/mode": _management("account", always({"selfAccountMode": "CLASSIC"}), 3),
        "GET /api/v1/hf/accounts/opened": _management("account", always(True), 2),  # as all of today's are
        "GET /api/v3/margin/symbols": _spot("marginMarkets", no_margin_symbols, 3),
        "GET /api/v1/isolated/symbols": _spot("marginMarkets", always([]), 3),
        "GET /api/v1/accounts": _management("balances", accounts, 5),
        "GET /api/v1/trade-fees": _spot("fees", fees, 3),
        "POST /api/v1/hf/orders": _spot("order.create", create, 1, counts_as_order=True),
        "POST /api/v1/orders": _spot("order.create", create, 2, counts_as_order=True),
        "GET /api/v1/hf/orders/{orderId}": _spot("order.status", status, 2),
        "GET /api/v1/hf/orders/client-order/{clientOid}": _spot("order.status", status, 2),
        "GET /api/v1/orders/{orderId}": _spot("order.status", status, 2),
        "GET /api/v1/order/client-order/{clientOid}": _spot("order.status", status, 3),
        "DELETE /api/v1/hf/orders/{orderId}": _spot("order.cancel", cancel, 1),
        "DELETE /api/v1/hf/orders/client-order/{clientOid}": _spot("order.cancel", cancel, 1),
        "DELETE /api/v1/orders/{orderId}": _spot("order.cancel", cancel, 3),
        "DELETE /api/v1/order/client-order/{clientOid}": _spot("order.cancel", cancel, 5),
        "DELETE /api/v1/hf/orders": _spot("order.cancelAll", cancel_all, 2),
        "DELETE /api/v1/hf/orders/cancelAll": _spot("order.cancelAll", cancel_everything, 30),
        "DELETE /api/v1/orders": _spot("order.cancelAll", cancel_all, 20),
        "GET /api/v1/hf/orders/active": _spot("openOrders", active_orders, 2),
        "GET /api/v1/hf/orders/done": _spot("allOrders", done_orders, 2),
        "GET /api/v1/orders": _spot("allOrders", orders, 2),
        "GET /api/v1/hf/fills": _spot("myTrades", fills, 2),
        "GET /api/v1/fills": _spot("myTrades", fills, 10),
    }
)
