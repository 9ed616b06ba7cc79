"""Market data endpoints of `/api/v3` ("General endpoints" and "Market Data endpoints", rest-api.md)."""

from typing import TYPE_CHECKING, Any

from ...tape import DAY_MS, INTERVALS_MS, MONTH
from . import errors, messages
from .call import Call, market_id
from .endpoint import Endpoint, Endpoints, Security

if TYPE_CHECKING:
    from .wire import BinanceWire

_MONTH_MS = 31 * DAY_MS


def ping(wire: "BinanceWire", call: Call) -> Any:
    return {}


def time(wire: "BinanceWire", call: Call) -> Any:
    return {"serverTime": wire.venue.clock()}


def exchange_info(wire: "BinanceWire", call: Call) -> Any:
    engine = wire.venue.engine
    with_sets = call.flag("showPermissionSets", True)
    return {
        "timezone": "UTC",
        "serverTime": wire.venue.clock(),
        "rateLimits": wire.rate_limits(),
        "exchangeFilters": [],
        "symbols": [
            messages.symbol_information(market, is_open=engine.is_open(market.symbol), with_sets=with_sets)
            for market in call.markets()
        ],
        "sors": [],
    }


def depth(wire: "BinanceWire", call: Call) -> Any:
    market = call.market()
    limit = call.limit(100, 5_000)
    book = wire.venue.engine.book(market.symbol)
    return {
        "lastUpdateId": book.sequence,
        "bids": messages.levels(book.bids, limit),
        "asks": messages.levels(book.asks, limit),
    }


def depth_weight(call: Call) -> int:
    limit = call.limit(100, 5_000)
    return next(weight for most, weight in ((100, 5), (500, 25), (1_000, 50), (5_000, 250)) if limit <= most)


def trades(wire: "BinanceWire", call: Call) -> Any:
    market, limit = call.market(), call.limit(500, 1_000)
    return [messages.trade(each) for each in wire.venue.engine.trades(market.symbol)[-limit:]]


def historical_trades(wire: "BinanceWire", call: Call) -> Any:
    market, limit, first = call.market(), call.limit(500, 1_000), call.integer("fromId")
    found = wire.venue.engine.trades(market.symbol)
    chosen = found[-limit:] if first is None else [each for each in found if each.id >= first][:limit]
    return [messages.trade(each) for each in chosen]


def aggregate_trades(wire: "BinanceWire", call: Call) -> Any:
    market, limit, first = call.market(), call.limit(500, 1_000), call.integer("fromId")
    start, end = call.integer("startTime"), call.integer("endTime")
    if first is not None and (start is not None or end is not None):
        raise errors.BinanceError(-1128, "Combination of optional parameters invalid.")
    found = wire.venue.engine.trades(market.symbol)
    if first is not None:
        chosen = [each for each in found if each.id >= first][:limit]
    elif start is not None:
        chosen = [each for each in found if start <= each.time_ms <= (end or each.time_ms)][:limit]
    else:
        chosen = [each for each in found if end is None or each.time_ms <= end][-limit:]
    return [messages.aggregate_trade(each) for each in chosen]


def klines(wire: "BinanceWire", call: Call) -> Any:
    market, interval = call.market(), call.text("interval")
    if interval not in INTERVALS_MS and interval != MONTH:
        raise errors.BinanceError(-1120, "Invalid interval.")
    limit = call.limit(500, 1_000)
    length = INTERVALS_MS.get(interval, _MONTH_MS)
    now = wire.venue.clock()
    end = min(call.integer("endTime", now) or now, now)
    start = call.integer("startTime")
    tape = wire.tape(market.symbol)
    if start is None:
        return [messages.kline(each) for each in tape.candles(interval, end - limit * length + 1, end)[-limit:]]
    return [messages.kline(each) for each in tape.candles(interval, start, min(end, start + limit * length))[:limit]]


def average_price(wire: "BinanceWire", call: Call) -> Any:
    market = call.market()
    tape, now = wire.tape(market.symbol), wire.venue.clock()
    window = tape.window(now, 5 * 60_000)
    price = window.quote_volume / window.volume if window.volume else window.close
    return {"mins": 5, "price": f"{price:.8f}", "closeTime": tape.last.time_ms if tape.last else now}


def day_ticker(wire: "BinanceWire", call: Call) -> Any:
    kind = call.parameters.get("type", "FULL")
    if kind not in ("FULL", "MINI"):
        raise errors.not_valid("type")
    found = [wire.day_ticker(market, mini=kind == "MINI") for market in call.markets()]
    return found[0] if call.has("symbol") else found


def price_ticker(wire: "BinanceWire", call: Call) -> Any:
    found = []
    for market in call.markets():
        last = wire.tape(market.symbol).last
        found.append({"symbol": market_id(market), "price": messages.number(last.price if last else None)})
    return found[0] if call.has("symbol") else found


def book_ticker(wire: "BinanceWire", call: Call) -> Any:
    books = wire.venue.engine.book
    found = [messages.best(m, books(m.symbol).bids, books(m.symbol).asks) for m in call.markets()]
    return found[0] if call.has("symbol") else found


def _ticker_weight(one: int, some: int, everything: int) -> Any:
    """The weight by how many symbols are asked for: one, a list, or all of them."""
    return lambda call: one if call.has("symbol") else some if call.has("symbols") else everything


ENDPOINTS: Endpoints = {
    ("GET", "/api/v3/ping"): Endpoint("ping", ping),
    ("GET", "/api/v3/time"): Endpoint("time", time),
    ("GET", "/api/v3/exchangeInfo"): Endpoint("exchangeInfo", exchange_info, 20),
    ("GET", "/api/v3/depth"): Endpoint("depth", depth, depth_weight),
    ("GET", "/api/v3/trades"): Endpoint("trades", trades, 25),
    ("GET", "/api/v3/historicalTrades"): Endpoint("historicalTrades", historical_trades, 25, Security.KEY),
    ("GET", "/api/v3/aggTrades"): Endpoint("aggTrades", aggregate_trades, 4),
    ("GET", "/api/v3/klines"): Endpoint("klines", klines, 2),
    ("GET", "/api/v3/uiKlines"): Endpoint("klines", klines, 2),
    ("GET", "/api/v3/avgPrice"): Endpoint("avgPrice", average_price, 2),
    ("GET", "/api/v3/ticker/24hr"): Endpoint("ticker.24hr", day_ticker, _ticker_weight(2, 40, 80)),
    ("GET", "/api/v3/ticker/price"): Endpoint("ticker.price", price_ticker, _ticker_weight(2, 4, 4)),
    ("GET", "/api/v3/ticker/bookTicker"): Endpoint("ticker.bookTicker", book_ticker, _ticker_weight(2, 4, 4)),
}
