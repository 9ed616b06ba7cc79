"""The REST endpoints of Gate's version 4 that spot clients call.

Source: gate.com/docs/developers/apiv4, the section named at each function.
"""

from typing import TYPE_CHECKING, Any

from ...engine import Order, Rejection, Side
from ...limits import Cycle, Limit, Per
from ..notation import decimals, number
from ..rest import Call, Problem, Refusal, Route, Routes, always, private
from ..trading import LIMIT_TERMS, MARKET_TERMS, POST_ONLY, SIDES
from .messages import rest_fill, rest_order

if TYPE_CHECKING:
    from .wire import GateWire

INTERVALS = {name: name for name in ("1s", "1m", "5m", "15m", "30m", "1h", "4h", "8h", "1d")} | {"7d": "1w"}
_TERMS = LIMIT_TERMS | {"poc": POST_ONLY}


# -- market endpoints
def server_time(wire: "GateWire", call: Call) -> Any:
    return {"server_time": wire.clock()}


def currencies(wire: "GateWire", call: Call) -> Any:
    """ "Query all currency information": nothing can be paid in or out here, so no currency has a chain."""
    return [_currency(asset) for asset in wire.assets()]


def currency(wire: "GateWire", call: Call) -> Any:
    asset = call.text("currency")
    if asset not in wire.assets():
        raise Refusal(Problem.BAD_PARAMETER, asset, name="currency")
    return _currency(asset)


def _currency(asset: str) -> dict[str, Any]:
    flags = ("delisted", "withdraw_disabled", "withdraw_delayed", "deposit_disabled", "trade_disabled")
    return {
        "currency": asset,
        "name": asset,
        **dict.fromkeys(flags, False),
        "fixed_rate": "",
        "chain": "",
        "chains": [],
    }


def pairs(wire: "GateWire", call: Call) -> Any:
    """ "Query all supported currency pairs"."""
    return [
        {
            "id": wire.ids[market.symbol],
            "base": market.base,
            "base_name": market.base,
            "quote": market.quote,
            "quote_name": market.quote,
            "fee": "0.2",
            "min_base_amount": number(market.min_amount),
            "min_quote_amount": number(market.min_notional),
            "max_base_amount": number(market.max_amount),
            "max_quote_amount": "5000000",
            "amount_precision": decimals(market.lot_size),
            "precision": decimals(market.tick_size),
            "trade_status": "tradable" if wire.engine.is_open(market.symbol) else "untradable",
            "sell_start": 0,
            "buy_start": 0,
            "delisting_time": 0,
            "type": "normal",
            "trade_url": f"https://www.gate.com/trade/{wire.ids[market.symbol]}",
        }
        for market in wire.engine.markets.values()
    ]


def order_book(wire: "GateWire", call: Call) -> Any:
    """ "Get market depth information": 10 levels unless told otherwise, 1,000 at most."""
    symbol, limit, now = wire.market_asked(call).symbol, call.limit(10, 1000), wire.clock()
    wants_id = call.text("with_id", "false").lower() == "true"
    known = {"id": wire.engine.book(symbol).sequence} if wants_id else {}
    return {**known, "current": now, "update": now, **wire.sides(symbol, limit)}


def recent_trades(wire: "GateWire", call: Call) -> Any:
    """ "Query market transaction records": newest first."""
    return [
        {
            "id": str(wire.trade_number(trade.symbol, trade.id)),
            "create_time": str(trade.time_ms // 1000),
            "create_time_ms": f"{trade.time_ms}.000000",
            "currency_pair": wire.ids[trade.symbol],
            "side": trade.taker_side.value,
            "amount": number(trade.amount),
            "price": number(trade.price),
            "sequence_id": str(trade.id),
        }
        for trade in wire.trades_asked(call, 100, 1000)
    ]


def tickers(wire: "GateWire", call: Call) -> Any:
    """ "Get currency pair ticker information"; the best amounts are in REST's only."""
    found = []
    for market in wire.markets_asked(call):
        (_, bid_size), (_, ask_size) = wire.best(market.symbol)
        sizes = {"lowest_size": number(ask_size), "highest_size": number(bid_size)}
        found.append({**wire.ticker(market), **sizes})
    return found


def candles(wire: "GateWire", call: Call) -> Any:
    """ "Market K-line chart": [s, quote volume, close, high, low, open, base volume, is closed], oldest first."""
    interval, now = call.one_of("interval", INTERVALS, "30m"), wire.clock()
    found = wire.candles_asked(call, interval, "from", "to", call.limit(100, 1000), unit_ms=1000)
    return [
        [
            str(c.open_ms // 1000),
            *(number(value) for value in (c.quote_volume, c.close, c.high, c.low, c.open, c.volume)),
            "true" if c.close_ms < now else "false",
        ]
        for c in found
    ]


# -- account endpoints
def account_detail(wire: "GateWire", call: Call) -> Any:
    """ "Retrieve user account information": mode 1 is the classic account, 2 the unified one."""
    user = wire.user_number(call.account_id)
    return {"user_id": user, "ip_whitelist": [], "currency_pairs": [], "key": {"mode": 1}, "tier": 0}


def accounts(wire: "GateWire", call: Call) -> Any:
    """ "List spot trading accounts"."""
    asked = call.optional("currency")
    return [
        {"currency": asset, "available": number(each.free), "locked": number(each.locked), "update_id": 1}
        for asset, each in wire.engine.balances(call.account_id).items()
        if asked in (None, asset)
    ]


def fees(wire: "GateWire", call: Call) -> Any:
    """ "Query personal trading fees"."""
    rates = wire.engine.fee_rates(call.account_id)
    taker, maker = number(rates.taker), number(rates.maker)
    return {
        "user_id": wire.user_number(call.account_id),
        "taker_fee": taker,
        "maker_fee": maker,
        "gt_discount": False,
        "gt_taker_fee": "0",
        "gt_maker_fee": "0",
        "loan_fee": "0.18",
        "point_type": "0",
        "futures_taker_fee": "0.0005",
        "futures_maker_fee": "0.0002",
    }


# -- trading endpoints
def create(wire: "GateWire", call: Call) -> Any:
    """ "Create an order": `amount` of a market buy is in quote; market orders are `ioc` (`fok` is not taken here)."""
    market, side = wire.market_asked(call), call.one_of("side", SIDES)
    is_market = call.one_of("type", {"limit": False, "market": True}, "limit")
    kind, force = call.one_of("time_in_force", {"ioc": MARKET_TERMS} if is_market else _TERMS, "gtc")
    amount = call.amount("amount")
    if not is_market:
        call.amount("price")
    order = wire.place(call, market, side, kind, amount, is_cost=is_market and side is Side.BUY, force=force)
    return rest_order(order, wire.ids[order.symbol])


def status(wire: "GateWire", call: Call) -> Any:
    """ "Query single order details": by text while the order is open only, by id always."""
    order_id, text = _which(call.text("order_id"))
    order = wire.find_order(call.account_id, wire.market_asked(call).symbol, order_id, text)
    if text is not None and not order.is_open:
        raise Refusal(Rejection.UNKNOWN_ORDER, text, name=text)
    return rest_order(order, wire.ids[order.symbol])


def cancel(wire: "GateWire", call: Call) -> Any:
    return _cancel(wire, call, call.text("order_id"))


def cancel_several(wire: "GateWire", call: Call) -> Any:
    """ "Cancel a batch of orders with an ID list": each has an outcome of its own."""
    outcomes = []
    for one, found in wire.carried_out(call, call.entries("orders", call.body, 20), _cancel_entry):
        outcome: dict[str, Any] = {"currency_pair": one.text("currency_pair"), "id": one.text("id"), "account": "spot"}
        if isinstance(found, Refusal):
            words = wire.words_for(found)
            outcome |= {"succeeded": False, "label": words.code, "message": words.text, "text": ""}
        else:
            outcome |= {"succeeded": True, "label": "", "message": "", "text": found["text"]}
        outcomes.append(outcome)
    return outcomes


def _cancel_entry(wire: "GateWire", call: Call) -> dict[str, Any]:
    return _cancel(wire, call, call.text("id"))


def _cancel(wire: "GateWire", call: Call, name: str) -> dict[str, Any]:
    order_id, text = _which(name)
    try:
        order = wire.cancel_order(call.account_id, wire.market_asked(call).symbol, order_id, text)
    except Refusal as refusal:
        if text is None or refusal.reason is not Problem.NOT_CANCELABLE:
            raise
        raise Refusal(Problem.UNKNOWN_ORDER_ON_CANCEL, text, name=text) from None
    return rest_order(order, wire.ids[order.symbol])


def cancel_all(wire: "GateWire", call: Call) -> Any:
    gone = wire.engine.cancel_all(call.account_id, wire.symbol_asked(call))
    return [rest_order(order, wire.ids[order.symbol]) for order in gone]


def open_orders(wire: "GateWire", call: Call) -> Any:
    """ "List all open orders": by pair, newest first; pages count within each pair."""
    found: dict[str, list[Order]] = {}
    for order in reversed(wire.engine.open_orders(call.account_id)):
        found.setdefault(wire.ids[order.symbol], []).append(order)
    return [
        {"currency_pair": pair, "total": len(each), "orders": [rest_order(order, pair) for order in _page(call, each)]}
        for pair, each in found.items()
    ]


def orders(wire: "GateWire", call: Call) -> Any:
    """ "List orders": `open` or `finished` ones, newest first."""
    wants_open = call.one_of("status", {"open": True, "finished": False})
    found = wire.orders_asked(call, is_open=wants_open)
    return [rest_order(order, wire.ids[order.symbol]) for order in _page(call, found)]


def my_trades(wire: "GateWire", call: Call) -> Any:
    """ "Query personal trading records": newest first; an order id goes with its pair only."""
    if call.has("order_id") and not call.has("currency_pair"):
        raise Refusal(Problem.BAD_PARAMETER, "", name="currency_pair")
    found = wire.fills_asked(call)
    return [rest_fill(f, wire.ids[f.symbol], wire.trade_number(f.symbol, f.id)) for f in _page(call, found, 1000)]


def _which(name: str) -> tuple[str | None, str | None]:
    """(order id, text): either one names an order, the text as long as it is open."""
    return (None, name) if name.startswith("t-") else (name, None)


def _page[T](call: Call, found: list[T], most: int = 100) -> list[T]:
    limit = call.limit(100, most)
    first = (max(1, call.integer("page", 1)) - 1) * limit
    return found[first : first + limit]


# "Rate limit", Spot: placing 10 a second and market, canceling 200 a second altogether; else see `GateWire`.
_placing, _canceling = Limit(10, 1, Per.MARKET, Cycle, "placing"), Limit(200, 1, Per.ACCOUNT, Cycle, "canceling")
ROUTES = Routes(
    {
        f"{method} /api/v4/{path}": route
        for method, path, route in (
            ("GET", "spot/time", Route("time", server_time)),
            ("GET", "spot/currencies", Route("currencies", currencies)),
            ("GET", "spot/currencies/{currency}", Route("currency", currency)),
            ("GET", "spot/currency_pairs", Route("markets", pairs)),
            ("GET", "margin/currency_pairs", Route("marginMarkets", always([]))),
            ("GET", "spot/order_book", Route("depth", order_book)),
            ("GET", "spot/trades", Route("trades", recent_trades)),
            ("GET", "spot/tickers", Route("ticker", tickers)),
            ("GET", "spot/candlesticks", Route("klines", candles)),
            ("GET", "account/detail", private("account", account_detail)),
            ("GET", "spot/accounts", private("balances", accounts)),
            ("GET", "wallet/fee", private("fees", fees)),
            ("POST", "spot/orders", private("order.create", create, counts_as_order=True, limit=_placing)),
            ("GET", "spot/orders/{order_id}", private("order.status", status)),
            ("DELETE", "spot/orders/{order_id}", private("order.cancel", cancel, limit=_canceling)),
            ("POST", "spot/cancel_batch_orders", private("order.cancelSeveral", cancel_several, limit=_canceling)),
            ("DELETE", "spot/orders", private("order.cancelAll", cancel_all, limit=_canceling)),
            ("GET", "spot/open_orders", private("openOrders", open_orders)),
            ("GET", "spot/orders", private("allOrders", orders)),
            ("GET", "spot/my_trades", private("myTrades", my_trades)),
        )
    }
)
