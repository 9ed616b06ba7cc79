"""The REST endpoints of OKX's version 5 that spot clients call.

Source: okx.com/docs-v5/en, the section named at each function.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...engine import Order, OrderType, Side, TimeInForce
from ...http import ApiReply
from ...limits import Limit
from ...tape import MONTH
from ..notation import given_id, number
from ..rest import Call, Refusal, Route, Routes, always, entries, private
from ..trading import SIDES
from . import messages

if TYPE_CHECKING:
    from .wire import OkxWire

BARS = {
    **{bar: bar for bar in ("1s", "1m", "3m", "5m", "15m", "30m")},
    **{f"{hours}H": f"{hours}h" for hours in (1, 2, 4, 6, 12)},
    **{"1D": "1d", "3D": "3d", "1W": "1w", "1M": MONTH},
}
_BARS = {**BARS, **{f"{bar}utc": interval for bar, interval in BARS.items()}}
_KINDS = {
    "limit": (OrderType.LIMIT, TimeInForce.GTC),
    "ioc": (OrderType.LIMIT, TimeInForce.IOC),
    "fok": (OrderType.LIMIT, TimeInForce.FOK),
    "post_only": (OrderType.LIMIT_MAKER, TimeInForce.GTC),
    "market": (OrderType.MARKET, TimeInForce.GTC),
}


# -- public
def server_time(wire: "OkxWire", call: Call) -> Any:
    return [{"ts": str(wire.clock())}]


def instruments(wire: "OkxWire", call: Call) -> Any:
    """ "Get instruments": spot is all there is; of other kinds, none."""
    markets = wire.markets_asked(call) if call.text("instType") == "SPOT" else []
    is_open, names = wire.engine.is_open, wire.ids
    return [messages.instrument_message(each, names[each.symbol], is_open=is_open(each.symbol)) for each in markets]


def order_book(wire: "OkxWire", call: Call) -> Any:
    """ "Get order book": sz 1 to 400 (the full book: 5000), 1 by default."""
    limit, book = call.limit(1, 5000, "sz"), wire.engine.book(wire.market_asked(call).symbol)
    message = messages.book_message(book.asks.levels(limit), book.bids.levels(limit), wire.clock(), book.sequence)
    return [{name: value for name, value in message.items() if name != "seqId"}]


def recent_trades(wire: "OkxWire", call: Call) -> Any:
    """ "Get trades": newest first."""
    return [messages.trade_message(trade, wire.ids[trade.symbol]) for trade in wire.trades_asked(call, 100, 500)]


def tickers(wire: "OkxWire", call: Call) -> Any:
    """ "Get ticker" for an instId, "Get tickers" without."""
    return [wire.ticker(market) for market in wire.markets_asked(call)]


def candles(wire: "OkxWire", call: Call) -> Any:
    """ "Get candlesticks": newest first; `after` asks for older ones, `before` for newer ones."""
    interval, now, limit = call.one_of("bar", _BARS, "1m"), wire.clock(), call.limit(100, 300)
    found = wire.candles_asked(call, interval, "before", "after", limit, are_excluded=True)
    return [wire.candle(each, now) for each in reversed(found)]


# -- the account
def balances(wire: "OkxWire", call: Call) -> Any:
    """ "Get balance": what is not zero, or the currencies that `ccy` names."""
    held = wire.engine.balances(call.account_id)
    wanted = call.text("ccy").split(",") if call.has("ccy") else wire.held(call.account_id)
    return [messages.account_message({asset: held[asset] for asset in wanted if asset in held}, wire.clock())]


def trade_fee(wire: "OkxWire", call: Call) -> Any:
    """ "Get fee rates": what is paid is negative."""
    rates, unset = wire.engine.fee_rates(call.account_id), ("delivery", "exercise", "uly")
    others = dict.fromkeys(("makerU", "makerUSDC", "takerU", "takerUSDC"), "")
    own = {"maker": f"-{number(rates.maker)}", "taker": f"-{number(rates.taker)}"}
    known = {"category": "1", "instType": "SPOT", "level": "Lv1", "ts": str(wire.clock())}
    return [{**known, **dict.fromkeys(unset, ""), **others, **own}]


# -- trading
def create(wire: "OkxWire", call: Call) -> Any:
    """ "Place order", "Place multiple orders": 20 at most."""
    return _each(wire, call, _create)


def cancel(wire: "OkxWire", call: Call) -> Any:
    """ "Cancel order", "Cancel multiple orders"."""
    return _each(wire, call, _cancel)


def _create(wire: "OkxWire", call: Call) -> dict[str, Any]:
    """`sz` is an amount, except for a market purchase: there it is a cost, unless tgtCcy says otherwise."""
    wire.count_order(call.account_id)
    market = wire.market_asked(call)
    call.one_of("tdMode", {"cash": True})
    side = call.one_of("side", SIDES)
    kind, force = call.one_of("ordType", _KINDS)
    default = "quote_ccy" if side is Side.BUY else "base_ccy"
    is_cost = call.one_of("tgtCcy", {"base_ccy": False, "quote_ccy": True}, default) and kind is OrderType.MARKET
    order = wire.place(call, market, side, kind, call.amount("sz"), is_cost=is_cost, force=force)
    return {"clOrdId": given_id(order), "ordId": messages.order_id(order.id), "tag": call.text("tag", "")}


def _cancel(wire: "OkxWire", call: Call) -> dict[str, Any]:
    order = wire.cancel_order(call.account_id, wire.symbol_asked(call), *wire.ids_asked(call))
    return {"clOrdId": given_id(order), "ordId": messages.order_id(order.id)}


def _batch(call: Call) -> Any:
    """One order's parameters come by themselves, those of several as a list."""
    return call.body if isinstance(call.body, list) else [call.body]


def _each(wire: "OkxWire", call: Call, act: Callable[["OkxWire", Call], dict[str, Any]]) -> ApiReply:
    """One row for each entry; the answer's code says whether all (0), none (1) or some (2) were carried out."""
    found = []
    for one, row in wire.carried_out(call, call.entries("orders", _batch(call), 20), act):
        told = wire.refused_row(one, row) if isinstance(row, Refusal) else {**row, "sCode": "0", "sMsg": ""}
        found.append({**told, "ts": str(wire.clock())})
    return wire.outcome(found, call.headers)


def order_details(wire: "OkxWire", call: Call) -> Any:
    """ "Order details": of a client order id used twice, the later order."""
    return _listed(wire, [wire.find_order(call.account_id, wire.symbol_asked(call), *wire.ids_asked(call))])


def pending_orders(wire: "OkxWire", call: Call) -> Any:
    """ "Order list": what is open, newest first."""
    return _page(wire, call, is_open=True)


def past_orders(wire: "OkxWire", call: Call) -> Any:
    """ "Order history": what ended, newest first."""
    return _page(wire, call, is_open=False)


def fills(wire: "OkxWire", call: Call) -> Any:
    """ "Transaction details": newest first; `after` and `before` are ledger entries, `begin` and `end` times."""
    after, before = call.optional("after"), call.optional("before")
    found = [
        messages.fill_message(fill, wire.ids[fill.symbol])
        for fill in wire.fills_asked(call)
        if (after is None or messages.bill_id(fill) < after) and (before is None or messages.bill_id(fill) > before)
    ]
    return found[: call.limit(100, 100)]


def _page(wire: "OkxWire", call: Call, *, is_open: bool) -> Any:
    """`after`: older than that order; `before`: newer."""
    after, before = call.integer("after", 1 << 63), call.integer("before", 0)
    kind, state = call.optional("ordType"), call.optional("state")
    found = [
        order
        for order in wire.orders_asked(call, is_open=is_open)
        if before < int(messages.order_id(order.id)) < after
        and kind in (None, messages.order_type(order))
        and state in (None, messages.order_state(order))
    ]
    return _listed(wire, found[: call.limit(100, 100)])


def _listed(wire: "OkxWire", orders: list[Order]) -> Any:
    return [messages.order_message(o, wire.engine.markets[o.symbol], wire.ids[o.symbol]) for o in orders]


# Each endpoint's page has its "Rate Limit" and "Rate limit rule": IP, User ID, or that and Instrument ID. What an
# account may do on all instruments together ("Sub-account rate limit", 1,000 orders in two seconds) is left out.
_ORDERS, _BATCHES = Limit.of_market(60, 2), Limit.of_market(300, 2)
ROUTES = Routes(
    {
        "GET /api/v5/public/time": Route("time", server_time, limit=Limit.of_address(10, 2)),
        "GET /api/v5/public/instruments": Route("markets", instruments, limit=Limit.of_address(20, 2)),
        "GET /api/v5/system/status": Route("status", always([]), limit=Limit.of_address(1, 5)),  # none is planned
        "GET /api/v5/market/books": Route("depth", order_book, limit=Limit.of_address(40, 2)),
        "GET /api/v5/market/books-full": Route("depth", order_book, limit=Limit.of_address(10, 2)),
        "GET /api/v5/market/trades": Route("trades", recent_trades, limit=Limit.of_address(100, 2)),
        "GET /api/v5/market/ticker": Route("ticker", tickers, limit=Limit.of_address(20, 2)),
        "GET /api/v5/market/tickers": Route("ticker", tickers, limit=Limit.of_address(20, 2)),
        "GET /api/v5/market/candles": Route("klines", candles, limit=Limit.of_address(40, 2)),
        "GET /api/v5/market/history-candles": Route("klines", candles, limit=Limit.of_address(20, 2)),
        "GET /api/v5/account/balance": private("balances", balances, limit=Limit.of_account(10, 2)),
        "GET /api/v5/account/trade-fee": private("fees", trade_fee, limit=Limit.of_account(5, 2)),
        # Nothing can be paid in or out here.
        "GET /api/v5/asset/currencies": private("currencies", always([]), limit=Limit.of_account(6, 1)),
        "GET /api/v5/asset/balances": private("funding", always([]), limit=Limit.of_account(6, 1)),
        "POST /api/v5/trade/order": private("order.create", create, limit=_ORDERS),
        "POST /api/v5/trade/batch-orders": private("order.create", create, limit=_BATCHES, weight=entries),
        "POST /api/v5/trade/cancel-order": private("order.cancel", cancel, limit=_ORDERS),
        "POST /api/v5/trade/cancel-batch-orders": private(
            "order.cancelSeveral", cancel, limit=_BATCHES, weight=entries
        ),
        "GET /api/v5/trade/order": private("order.status", order_details, limit=_ORDERS),
        "GET /api/v5/trade/orders-pending": private("openOrders", pending_orders, limit=Limit.of_account(60, 2)),
        "GET /api/v5/trade/orders-history": private("allOrders", past_orders, limit=Limit.of_account(40, 2)),
        "GET /api/v5/trade/orders-history-archive": private("allOrders", past_orders, limit=Limit.of_account(20, 2)),
        "GET /api/v5/trade/fills": private("myTrades", fills, limit=Limit.of_account(60, 2)),
        "GET /api/v5/trade/fills-history": private("myTrades", fills, limit=Limit.of_account(10, 2)),
    }
)
