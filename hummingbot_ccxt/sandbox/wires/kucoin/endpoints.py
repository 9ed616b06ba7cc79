"""The REST endpoints of KuCoin that spot clients call: market data, the two generations of orders, accounts, tokens.

Source: kucoin.com/docs-new, the page named at each function. The high-frequency endpoints (`/hf/`) are those that
ccxt's class calls for today's accounts, those of version 1 are the native connector's; both act on the same orders.
"""

from typing import TYPE_CHECKING, Any

from ...engine import Market, Order, OrderType, Side, TimeInForce
from ...tape import DAY_MS, MONTH
from ..rest import Call, Problem, Refusal, Route, Routes, number, private, rows
from .messages import fill_message, order_id, order_message

if TYPE_CHECKING:
    from .wire import KucoinWire

_INTERVALS = {
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
    market = _market(wire, call)
    book = wire.engine.book(market.symbol)
    sides = {"bids": rows(book.bids.levels(depth)), "asks": rows(book.asks.levels(depth))}
    return {"time": wire.clock(), "sequence": str(book.sequence), **sides}


def order_book(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Part OrderBook": 20 or 100 levels, for anyone."""
    return _book(wire, call, call.one_of("depth", {"20": 20, "100": 100}))


def whole_book(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Full OrderBook": signed requests only."""
    return _book(wire, call, None)


def best_prices(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Ticker"."""
    return wire.best_message(_market(wire, call).symbol)


def stats(wire: "KucoinWire", call: Call) -> Any:
    """ "Get 24hr Stats"."""
    market = _market(wire, call)
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
        for trade in reversed(wire.engine.trades(_market(wire, call).symbol)[-100:])
    ]


def candles(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Klines": [s, open, close, high, low, volume, quote volume], newest first, 1,500 at most."""
    market, interval, now = _market(wire, call), call.one_of("type", _INTERVALS), wire.clock()
    start, end = call.integer("startAt", (now - 30 * DAY_MS) // 1000), call.integer("endAt", 0) or now // 1000
    found = wire.tapes[market.symbol].candles(interval, start * 1000, min(end * 1000, now))[-1500:]
    return [
        [str(c.open_ms // 1000), *(number(v) for v in (c.open, c.close, c.high, c.low, c.volume, c.quote_volume))]
        for c in reversed(found)
    ]


# -- accounts and tokens
def account_mode(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Account Mode" (unified account API)."""
    return {"selfAccountMode": "CLASSIC"}


def is_fast_account(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Account Type - Spot": true for accounts on the high-frequency endpoints, all of today's."""
    return True


def nothing(wire: "KucoinWire", call: Call) -> Any:
    return []


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
    rates = wire.engine.fee_rates(call.account_id)
    names = call.text("symbols").split(",")
    if len(names) > 10:
        raise Refusal(Problem.BAD_PARAMETER, "symbols size invalid", name="symbols")
    both = {"takerFeeRate": number(rates.taker), "makerFeeRate": number(rates.maker)}
    return [{"symbol": wire.ids[wire.market(name).symbol], **both} for name in names]


def public_token(wire: "KucoinWire", call: Call) -> Any:
    return wire.new_token(call, None)


def private_token(wire: "KucoinWire", call: Call) -> Any:
    return wire.new_token(call, call.account_id)


# -- orders
def create(wire: "KucoinWire", call: Call) -> Any:
    """ "Add Order": a market order takes `size` or `funds`; GTT is not taken here. `postOnly` is without effect on IOC
    and FOK."""
    client_order_id, market = call.text("clientOid"), _market(wire, call)
    side, is_market = call.one_of("side", {"buy": Side.BUY, "sell": Side.SELL}), call.text("type", "limit") == "market"
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
    symbol = _market(wire, call).symbol if _is_fast(call) else None
    order = wire.find_order(call.account_id, symbol, call.optional("orderId"), call.optional("clientOid"))
    return _listed(wire, call, order)


def cancel(wire: "KucoinWire", call: Call) -> Any:
    """ "Cancel Order By OrderId", "... By ClientOid": four answers to one question."""
    symbol, by_client_id = _market(wire, call).symbol if _is_fast(call) else None, call.optional("clientOid")
    order = wire.cancel_order(call.account_id, symbol, call.optional("orderId"), by_client_id)
    name = order_id(order.id)
    if _is_fast(call):
        return {"orderId": name} if by_client_id is None else {"clientOid": by_client_id}
    single = {"cancelledOrderId": name, "clientOid": by_client_id, "cancelledOcoOrderIds": None}
    return {"cancelledOrderIds": [name]} if by_client_id is None else single


def cancel_all(wire: "KucoinWire", call: Call) -> Any:
    """ "Cancel All Orders By Symbol"; in version 1 also those of all symbols."""
    symbol = _market(wire, call).symbol if call.has("symbol") or _is_fast(call) else None
    gone = wire.engine.cancel_all(call.account_id, symbol)
    return "success" if _is_fast(call) else {"cancelledOrderIds": [order_id(order.id) for order in gone]}


def cancel_everything(wire: "KucoinWire", call: Call) -> Any:
    """ "Cancel All Orders"."""
    gone = wire.engine.cancel_all(call.account_id)
    return {"succeedSymbols": sorted({wire.ids[order.symbol] for order in gone}), "failedSymbols": []}


def active_orders(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Open Orders": of one symbol, newest first, as a bare list."""
    found = wire.engine.open_orders(call.account_id, _market(wire, call).symbol)
    return [_listed(wire, call, order) for order in reversed(found)]


def done_orders(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Closed Orders": of one symbol, newest first."""
    found = [order for order in _orders(wire, call, _market(wire, call).symbol) if not order.is_open]
    found = found[: call.limit(20, 100)]
    return {"lastId": found[-1].id if found else 0, "items": [_listed(wire, call, order) for order in found]}


def orders(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Orders List - Old": pages of `active` or `done` ones."""
    wants_open = call.one_of("status", {"active": True, "done": False}, "done")
    symbol = wire.symbol_asked(call, "symbol")
    found = [order for order in _orders(wire, call, symbol) if order.is_open is wants_open]
    return _page(call, [_listed(wire, call, order) for order in found])


def fills(wire: "KucoinWire", call: Call) -> Any:
    """ "Get Trade History": newest first, before `lastId`."""
    is_fast = _is_fast(call)
    symbol = _market(wire, call).symbol if call.has("symbol") or is_fast else None
    start, end, order_name = call.integer("startAt", 0), call.integer("endAt", 1 << 62), call.optional("orderId")
    rates, found = wire.engine.fee_rates(call.account_id), []
    for fill in reversed(wire.engine.fills(call.account_id, symbol)):
        if start <= fill.time_ms <= end and order_name in (None, order_id(fill.order_id)):
            order = wire.engine.order(call.account_id, order_id=fill.order_id)
            trade, rate = wire.trade_number(fill.symbol, fill.id), rates.maker if fill.is_maker else rates.taker
            found.append(fill_message(fill, order, wire.ids[fill.symbol], trade, rate, is_fast=is_fast))
    if not is_fast:
        return _page(call, found)
    before = call.integer("lastId", 1 << 62)
    found = [each for each in found if each["id"] < before][: call.limit(20, 100)]
    return {"items": found, "lastId": found[-1]["id"] if found else 0}


def _market(wire: "KucoinWire", call: Call) -> Market:
    return wire.market(call.text("symbol"))


def _is_fast(call: Call) -> bool:
    return "/hf/" in call.request.path


def _listed(wire: "KucoinWire", call: Call, order: Order) -> dict[str, Any]:
    return order_message(order, wire.ids[order.symbol], is_fast=_is_fast(call))


def _orders(wire: "KucoinWire", call: Call, symbol: str | None) -> list[Order]:
    start, end = call.integer("startAt", 0), call.integer("endAt", 1 << 62)
    found = reversed(wire.engine.orders(call.account_id, symbol))
    return [order for order in found if start <= order.created_ms <= end]


def _page(call: Call, found: list[Any]) -> dict[str, Any]:
    size, page = call.limit(50, 500, "pageSize"), max(1, call.integer("currentPage", 1))
    pages = -(-len(found) // size)
    items = found[(page - 1) * size : page * size]
    return {"currentPage": page, "pageSize": size, "totalNum": len(found), "totalPage": pages, "items": items}


_CREATE, _CANCEL = private("order.create", create, counts_as_order=True), private("order.cancel", cancel)
_STATUS = private("order.status", status)
ROUTES = Routes(
    {
        "GET /api/v1/timestamp": Route("time", server_time),
        "GET /api/v2/symbols": Route("markets", symbols),
        "GET /api/v3/currencies": Route("currencies", currencies),
        "GET /api/v1/market/orderbook/level1": Route("ticker", best_prices),
        "GET /api/v1/market/orderbook/level2_{depth}": Route("depth", order_book),
        "GET /api/v3/market/orderbook/level2": private("depth", whole_book, weight=3),
        "GET /api/v1/market/stats": Route("ticker", stats),
        "GET /api/v1/market/allTickers": Route("ticker", all_tickers),
        "GET /api/v1/market/histories": Route("trades", recent_trades),
        "GET /api/v1/market/candles": Route("klines", candles),
        "POST /api/v1/bullet-public": Route("session", public_token),
        "POST /api/v1/bullet-private": private("session", private_token),
        "GET /api/ua/v1/account/mode": private("account", account_mode),
        "GET /api/v1/hf/accounts/opened": private("account", is_fast_account),
        "GET /api/v3/margin/symbols": private("marginMarkets", no_margin_symbols),
        "GET /api/v1/isolated/symbols": private("marginMarkets", nothing),
        "GET /api/v1/accounts": private("balances", accounts),
        "GET /api/v1/trade-fees": private("fees", fees),
        "POST /api/v1/hf/orders": _CREATE,
        "POST /api/v1/orders": _CREATE,
        "GET /api/v1/hf/orders/{orderId}": _STATUS,
        "GET /api/v1/hf/orders/client-order/{clientOid}": _STATUS,
        "GET /api/v1/orders/{orderId}": _STATUS,
        "GET /api/v1/order/client-order/{clientOid}": _STATUS,
        "DELETE /api/v1/hf/orders/{orderId}": _CANCEL,
        "DELETE /api/v1/hf/orders/client-order/{clientOid}": _CANCEL,
        "DELETE /api/v1/orders/{orderId}": _CANCEL,
        "DELETE /api/v1/order/client-order/{clientOid}": _CANCEL,
        "DELETE /api/v1/hf/orders": private("order.cancelAll", cancel_all),
        "DELETE /api/v1/hf/orders/cancelAll": private("order.cancelAll", cancel_everything),
        "DELETE /api/v1/orders": private("order.cancelAll", cancel_all),
        "GET /api/v1/hf/orders/active": private("openOrders", active_orders),
        "GET /api/v1/hf/orders/done": private("allOrders", done_orders),
        "GET /api/v1/orders": private("allOrders", orders),
        "GET /api/v1/hf/fills": private("myTrades", fills),
        "GET /api/v1/fills": private("myTrades", fills),
    }
)
