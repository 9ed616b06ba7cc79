"""The REST endpoints of Kraken that spot clients call.

Source: docs.kraken.com/api, "Spot REST", the page named at each function.
"""

from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...engine import Order, OrderType, TimeInForce
from ...tape import DAY_MS
from ..notation import decimals
from ..rest import Call, Problem, Refusal, Route, Routes, private
from ..trading import SIDES
from .candles import INTERVALS, rest_row
from .limits import OF_A_PAIR
from .messages import description, fill_id, order_id, order_message
from .names import Pair, amount, asset_names, money, stamp

if TYPE_CHECKING:
    from .wire import KrakenWire

_FORCES = {"GTC": TimeInForce.GTC, "IOC": TimeInForce.IOC, "FOK": TimeInForce.FOK}
_PAGE = 50


# -- market data
def server_time(wire: "KrakenWire", call: Call) -> Any:
    now = wire.clock()
    return {"unixtime": now // 1000, "rfc1123": stamp(now)}


def system_status(wire: "KrakenWire", call: Call) -> Any:
    return {"status": "online", "timestamp": stamp(wire.clock())[:19] + "Z"}


def assets(wire: "KrakenWire", call: Call) -> Any:
    """ "Get Asset Info"."""
    names = [asset_names(asset) for asset in wire.assets()]
    return {
        name: {"aclass": "currency", "altname": altname, "decimals": 10, "display_decimals": 5, "status": "enabled"}
        for name, altname in names
    }


def asset_pairs(wire: "KrakenWire", call: Call) -> Any:
    """ "Get Tradable Asset Pairs"; the fees are those of new accounts, in percent by volume."""
    return {pair.id: _asset_pair(wire, pair) for pair in _asked(wire, call)}


def _asset_pair(wire: "KrakenWire", pair: Pair) -> dict[str, Any]:
    market = pair.market
    return {
        "altname": pair.altname,
        "wsname": pair.wsname,
        "aclass_base": "currency",
        "base": asset_names(market.base)[0],
        "aclass_quote": "currency",
        "quote": asset_names(market.quote)[0],
        "lot": "unit",
        "cost_decimals": 5,
        "pair_decimals": pair.price_decimals,
        "lot_decimals": decimals(market.lot_size),
        "lot_multiplier": 1,
        "leverage_buy": [],
        "leverage_sell": [],
        "fees": [[0, 0.4]],
        "fees_maker": [[0, 0.25]],
        "fee_volume_currency": "ZUSD",
        "margin_call": 80,
        "margin_stop": 40,
        "ordermin": f"{market.min_amount:f}",
        "costmin": f"{market.min_notional:f}",
        "tick_size": f"{market.tick_size:f}",
        "status": "online" if wire.engine.is_open(market.symbol) else "cancel_only",
    }


def depth(wire: "KrakenWire", call: Call) -> Any:
    """ "Get Order Book": 100 levels a side unless told otherwise, each with its time in whole seconds."""
    pair, count = wire.pair(call.text("pair")), call.limit(100, 500, "count")
    book, now = wire.engine.book(pair.market.symbol), wire.clock() // 1000
    sides = {"asks": book.asks, "bids": book.bids}
    return {pair.id: {name: [[pair.price(p), amount(a), now] for p, a in sides[name].levels(count)] for name in sides}}


def trades(wire: "KrakenWire", call: Call) -> Any:
    """ "Get Recent Trades": oldest first; `last` is the newest one's time in nanoseconds."""
    pair, count = wire.pair(call.text("pair")), call.limit(1000, 1000, "count")
    since = Decimal(call.text("since", "0"))  # seconds, or nanoseconds as in `last`
    since_ms = since / 1_000_000 if since > 10**12 else since * 1000
    found = [trade for trade in wire.engine.trades(pair.market.symbol) if trade.time_ms > since_ms]
    found = found[:count] if since else found[-count:]
    last = found[-1].time_ms if found else wire.clock()
    rows = [
        [pair.price(t.price), amount(t.amount), t.time_ms / 1000, t.taker_side.value[0], "l", "", t.id] for t in found
    ]
    return {pair.id: rows, "last": str(last * 1_000_000)}


def tickers(wire: "KrakenWire", call: Call) -> Any:
    """ "Get Ticker Information": today's figures and those of the last 24 hours, here the same."""
    return {pair.id: wire.ticker(pair) for pair in _asked(wire, call)}


def candles(wire: "KrakenWire", call: Call) -> Any:
    """ "Get OHLC Data": the newest 720."""
    pair, interval = wire.pair(call.text("pair")), call.one_of("interval", INTERVALS, "1")
    now = wire.clock()
    found = wire.tapes[pair.market.symbol].candles(interval, now - 30 * DAY_MS, now)[-720:]
    last = found[-1].open_ms if found else now
    return {pair.id: [rest_row(pair, candle) for candle in found], "last": last // 1000}


def _asked(wire: "KrakenWire", call: Call) -> list[Pair]:
    names = call.optional("pair")
    return list(wire.pairs.values()) if names is None else [wire.pair(name) for name in names.split(",")]


# -- account data
def balances(wire: "KrakenWire", call: Call) -> Any:
    """ "Get Account Balance"."""
    held = wire.engine.balances(call.account_id)
    return {asset_names(asset)[0]: money(each.total, 4) for asset, each in held.items()}


def extended_balances(wire: "KrakenWire", call: Call) -> Any:
    """ "Get Extended Balance"."""
    held = wire.engine.balances(call.account_id)
    return {
        asset_names(asset)[0]: {"balance": money(each.total, 4), "hold_trade": money(each.locked, 4)}
        for asset, each in held.items()
    }


def trade_volume(wire: "KrakenWire", call: Call) -> Any:
    """ "Get Trade Volume": the account's own fees, in percent."""
    rates, pairs = wire.engine.fee_rates(call.account_id), _asked(wire, call) if call.has("pair") else []
    entries = {
        name: {"fee": fee, "minfee": fee, "maxfee": fee, "nextfee": None, "tiervolume": "0.0000", "nextvolume": None}
        for name, fee in (("taker", money(rates.taker * 100, 4)), ("maker", money(rates.maker * 100, 4)))
    }
    fees = {"fees": dict.fromkeys([p.id for p in pairs], entries["taker"]),
            "fees_maker": dict.fromkeys([p.id for p in pairs], entries["maker"])}  # fmt: skip
    return {"currency": "ZUSD", "volume": "0.0000", **fees}


def open_orders(wire: "KrakenWire", call: Call) -> Any:
    """ "Get Open Orders"."""
    return {"open": _listed(wire, call, [o for o in _matching(wire, call) if o.is_open])}


def closed_orders(wire: "KrakenWire", call: Call) -> Any:
    """ "Get Closed Orders": newest first, 50 a page, opened or closed after `start` and by `end`; `count` is of all."""
    start, end = _span(call)
    found = [o for o in _matching(wire, call) if not o.is_open and o.updated_ms > start and o.created_ms <= end]
    offset = call.integer("ofs", 0)
    return {"closed": _listed(wire, call, found[offset : offset + _PAGE]), "count": len(found)}


def query_orders(wire: "KrakenWire", call: Call) -> Any:
    """ "Query Orders Info": by `txid`, several with commas between them."""
    ids = call.text("txid").split(",")
    return _listed(wire, call, [wire.find_order(call.account_id, None, each, None) for each in ids])


def trades_history(wire: "KrakenWire", call: Call) -> Any:
    """ "Get Trades History": newest first, 50 a page; `start` is exclusive, `end` inclusive, in seconds."""
    start, end = _span(call)
    found = [f for f in reversed(wire.engine.fills(call.account_id)) if start < f.time_ms <= end]
    offset = call.integer("ofs", 0)
    page = [wire.own_trade(call.account_id, fill) for fill in found[offset : offset + _PAGE]]
    return {"trades": dict(page), "count": len(found)}


def _span(call: Call) -> tuple[int, int]:
    """`start`, exclusive, and `end`, inclusive, which are in seconds, in milliseconds."""
    start, end = (int(Decimal(call.text(name, default)) * 1000) for name, default in (("start", "0"), ("end", "9e9")))
    return start, end


def query_trades(wire: "KrakenWire", call: Call) -> Any:
    """ "Query Trades Info": by trades' ids; an order's id is none of them."""
    fills = {fill_id(wire.pairs[f.symbol], f): f for f in wire.engine.fills(call.account_id)}
    ids = call.text("txid").split(",")
    if not fills.keys() >= set(ids):
        raise Refusal(Problem.BAD_PARAMETER, name="txid")
    return dict(wire.own_trade(call.account_id, fills[each]) for each in ids)


def token(wire: "KrakenWire", call: Call) -> Any:
    """ "Get Websockets Token"."""
    return {"token": wire.tokens.make(call.account_id), "expires": wire.tokens.lifetime_s}


def _matching(wire: "KrakenWire", call: Call) -> list[Order]:
    """The account's orders with the `cl_ord_id` or `userref` that is asked for, newest first."""
    word, userref = call.optional("cl_ord_id"), call.optional("userref")
    return [
        order
        for order in reversed(wire.engine.orders(call.account_id))
        if word in (None, order.client_order_id) and userref in (None, str(wire.userrefs.get(order.id)))
    ]


def _listed(wire: "KrakenWire", call: Call, found: list[Order]) -> dict[str, Any]:
    with_trades = call.text("trades", "false").lower() == "true"
    return {
        order_id(o): order_message(o, wire.pairs[o.symbol], wire.userrefs.get(o.id), trades=with_trades) for o in found
    }


# -- trading
def add_order(wire: "KrakenWire", call: Call) -> Any:
    """ "Add Order": limit and market; `viqc` makes `volume` of a market order an amount of quote."""
    pair, side = wire.pair(call.text("pair")), call.one_of("type", SIDES)
    is_market = call.one_of("ordertype", {"limit": False, "market": True})
    flags = call.text("oflags", "").split(",")
    wanted = call.amount("volume")
    if not is_market:
        call.amount("price")
    by_cost = is_market and "viqc" in flags
    kind = OrderType.MARKET if is_market else OrderType.LIMIT_MAKER if "post" in flags else OrderType.LIMIT
    force = call.one_of("timeinforce", _FORCES, "GTC")
    wire.count_order(call.account_id, pair.market.symbol)
    order = wire.place(call, pair.market, side, kind, wanted, is_cost=by_cost, force=force)
    return {"descr": {"order": description(order, pair, pair.altname)["order"]}, "txid": [order_id(order)]}


def cancel_order(wire: "KrakenWire", call: Call, *, in_batch: bool = False) -> Any:
    """ "Cancel Order": by `txid`, which may be a `userref` too, or by `cl_ord_id`."""
    word = call.optional("cl_ord_id")
    if word is None and (txid := call.text("txid")).lstrip("-").isdigit():
        return {"count": _cancel_by_reference(wire, call, int(txid), in_batch=in_batch)}
    asked = None if word else call.text("txid"), word
    found = []
    with suppress(Refusal):  # an order that is not there counts nothing
        found.append(wire.find_order(call.account_id, None, *asked))
    wire.count_cancels(found, in_batch=in_batch)
    wire.cancel_order(call.account_id, None, *asked)
    return {"count": 1}


def _cancel_by_reference(wire: "KrakenWire", call: Call, userref: int, *, in_batch: bool) -> int:
    found = [o for o in wire.engine.open_orders(call.account_id) if wire.userrefs.get(o.id) == userref]
    if not found:
        raise Refusal(Problem.UNKNOWN_ORDER_ON_CANCEL)
    wire.count_cancels(found, in_batch=in_batch)
    for order in found:
        wire.engine.cancel(call.account_id, order_id=order.id)
    return len(found)


def cancel_batch(wire: "KrakenWire", call: Call) -> Any:
    """ "Cancel Order Batch": `orders`, up to 50 ids in a JSON body; what is not open is passed over."""
    count = 0
    for each in call.body.get("orders") or []:
        try:
            count += cancel_order(wire, call.within({"txid": each}), in_batch=True)["count"]
        except Refusal:
            continue
    return {"count": count}


def cancel_all(wire: "KrakenWire", call: Call) -> Any:
    """ "Cancel All Orders"."""
    wire.count_cancels(wire.engine.open_orders(call.account_id), in_batch=True)
    return {"count": len(wire.engine.cancel_all(call.account_id))}


ROUTES = Routes(
    {
        "GET /0/public/Time": Route("time", server_time),
        "GET /0/public/SystemStatus": Route("status", system_status),
        "GET /0/public/Assets": Route("currencies", assets),
        "GET /0/public/AssetPairs": Route("markets", asset_pairs),
        "GET /0/public/Depth": Route("depth", depth),
        "GET /0/public/Trades": Route("trades", trades, limit=OF_A_PAIR),
        "GET /0/public/Ticker": Route("ticker", tickers),
        "GET /0/public/OHLC": Route("klines", candles, limit=OF_A_PAIR),
        "POST /0/private/Balance": private("balances", balances),
        "POST /0/private/BalanceEx": private("balances", extended_balances),
        "POST /0/private/TradeVolume": private("fees", trade_volume),
        "POST /0/private/OpenOrders": private("openOrders", open_orders),
        "POST /0/private/ClosedOrders": private("allOrders", closed_orders),
        "POST /0/private/QueryOrders": private("order.status", query_orders),
        "POST /0/private/TradesHistory": private("myTrades", trades_history, 2),
        "POST /0/private/QueryTrades": private("myTrades", query_trades),
        "POST /0/private/AddOrder": private("order.create", add_order, limit=None),
        "POST /0/private/CancelOrder": private("order.cancel", cancel_order, limit=None),
        "POST /0/private/CancelOrderBatch": private("order.cancelSeveral", cancel_batch, limit=None),
        "POST /0/private/CancelAll": private("order.cancelAll", cancel_all),
        "POST /0/private/GetWebSocketsToken": private("session", token),
    }
)
