"""Binance's public streams: who has asked for which, and what the engine's events become on them.

Source: Binance Spot API documentation, "WebSocket Streams" (web-socket-streams.md), the section named at each function.
A topic of `Streams` is the stream's own name, `btcusdt@depth@100ms`. Diff streams carry the engine's book sequence as
`U` and `u`, so the events of one stream are contiguous, and `lastUpdateId` of a snapshot is on the same count.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from ...engine import BookLevel, Market, Side, Trade
from ...feed import BookFeed, BookUpdate, Ticking
from ...streams import Envelope, Session
from ...tape import INTERVALS_MS, MONTH, Candle, bucket
from . import messages
from .messages import number

if TYPE_CHECKING:
    from .wire import BinanceWire

_SLOW = 10  # @depth and the tickers come every second where @depth@100ms comes every 100 ms
_ALL = {"!ticker@arr": False, "!miniTicker@arr": True}


@dataclass(frozen=True, slots=True)
class StreamName:
    """`btcusdt@kline_1m` taken apart: market, kind `kline`, detail `1m`; `fast` for `@100ms`."""

    market: Market
    kind: str
    detail: str = ""
    fast: bool = False


class MarketStreams:
    """Turns the engine's events into frames for the streams that someone listens to."""

    def __init__(self, wire: "BinanceWire") -> None:
        self._wire = wire
        self._loop = asyncio.get_running_loop()
        self._streams = wire.venue.streams
        self._engine = wire.venue.engine
        self._clock = wire.venue.clock
        interval = wire.venue.settings.book_interval_s
        self._fast = BookFeed(interval, lambda update: self._on_update(update, fast=True))
        self._slow = BookFeed(interval * _SLOW, lambda update: self._on_update(update, fast=False))
        self._tickers = Ticking(interval * _SLOW, self._send_tickers)
        self._klines = Ticking(interval * _SLOW, self._send_klines)
        self._names: dict[str, StreamName | None] = {}
        self._kline_topics: dict[str, set[str]] = {}  # symbol -> topics
        self._closers: dict[str, asyncio.TimerHandle] = {}
        self._best: dict[str, bytes] = {}
        self._lower = {market.symbol: name.lower() for name, market in wire.markets_by_id.items()}

    # -- subscriptions
    def subscribe(self, session: Session, topic: str, envelope: Envelope) -> None:
        """Names that mean nothing are accepted and stay silent, as on Binance."""
        self._streams.subscribe(session, topic, envelope)
        name = self._name(topic)
        if topic in _ALL:
            self._tickers.mark("!all")
        elif name is not None and name.kind in ("ticker", "miniTicker"):
            self._tickers.mark(name.market.symbol)
        elif name is not None and name.kind == "kline":
            self._kline_topics.setdefault(name.market.symbol, set()).add(topic)
            self._klines.mark(name.market.symbol)
            if topic not in self._closers:  # now: the first message may come only after the candle's end
                self._close_later(topic, name, self._clock())

    def _name(self, topic: str) -> StreamName | None:
        if topic not in self._names:
            self._names[topic] = self._parse(topic)
        return self._names[topic]

    def _parse(self, topic: str) -> StreamName | None:
        parts = topic.split("@")
        market = self._wire.markets_by_id.get(parts[0].upper()) if parts[0] == parts[0].lower() else None
        if market is None or len(parts) < 2:
            return None
        kind, speed = parts[1], parts[2:]
        if kind.startswith("kline_") and not speed:
            interval = kind.removeprefix("kline_")
            return StreamName(market, "kline", interval) if interval in INTERVALS_MS or interval == MONTH else None
        if kind in ("depth", "depth5", "depth10", "depth20") and speed in ([], ["100ms"], ["1000ms"]):
            return StreamName(market, "depth", kind.removeprefix("depth"), fast=speed == ["100ms"])
        if kind in ("trade", "aggTrade", "ticker", "miniTicker", "bookTicker") and not speed:
            return StreamName(market, kind)
        return None

    # -- the engine's events
    def on_level(self, level: BookLevel) -> None:
        self._fast.add(level)
        self._slow.add(level)
        topic = self._lower[level.symbol] + "@bookTicker"
        if self._streams.wants(topic):
            self._send_best(topic, level.symbol, level.sequence)
        self._tickers.mark(level.symbol)

    def on_trade(self, trade: Trade) -> None:
        name = self._lower[trade.symbol]
        if self._streams.wants(topic := name + "@trade"):
            self._streams.publish(topic, "trade", orjson.dumps(trade_event(trade, name.upper(), self._clock())))
        if self._streams.wants(topic := name + "@aggTrade"):
            event = {"e": "aggTrade", "E": self._clock(), "s": name.upper(), **messages.aggregate_trade(trade)}
            self._streams.publish(topic, "trade", orjson.dumps(event))
        self._tickers.mark(trade.symbol)
        if self._kline_topics.get(trade.symbol):
            self._klines.mark(trade.symbol)

    def _on_update(self, update: BookUpdate, *, fast: bool) -> None:
        name = self._lower[update.symbol]
        for suffix in ("@100ms",) if fast else ("", "@1000ms"):
            if self._streams.wants(topic := f"{name}@depth{suffix}"):
                self._streams.publish(topic, "depth", orjson.dumps(depth_event(update, name.upper(), self._clock())))
            for count in (5, 10, 20):
                if self._streams.wants(topic := f"{name}@depth{count}{suffix}"):
                    book = self._engine.book(update.symbol)
                    partial = {
                        "lastUpdateId": update.last,
                        "bids": messages.levels(book.bids, count),
                        "asks": messages.levels(book.asks, count),
                    }
                    self._streams.publish(topic, "depth", orjson.dumps(partial))

    def _send_best(self, topic: str, symbol: str, sequence: int) -> None:
        """ "Individual Symbol Book Ticker Streams": only when price or amount of a best level changed."""
        book = self._engine.book(symbol)
        market = self._engine.markets[symbol]
        top = messages.best(market, book.bids, book.asks)
        keys = {"symbol": "s", "bidPrice": "b", "bidQty": "B", "askPrice": "a", "askQty": "A"}
        values = {keys[name]: value for name, value in top.items()}
        seen = orjson.dumps(values)
        if self._best.get(symbol) != seen:
            self._best[symbol] = seen
            self._streams.publish(topic, "bookTicker", orjson.dumps({"u": sequence, **values}))

    def _send_tickers(self, symbol: str) -> None:
        """ "Individual Symbol Ticker Streams", mini tickers, and the arrays of all of them."""
        now = self._clock()
        for topic, mini in _ALL.items():
            if self._streams.wants(topic):
                symbols = self._engine.markets if symbol == "!all" else (symbol,)
                events = [self._ticker_event(each, now, mini=mini) for each in symbols]
                self._streams.publish(topic, "ticker", orjson.dumps(events))
        if symbol == "!all":
            return
        for kind, mini in (("ticker", False), ("miniTicker", True)):
            if self._streams.wants(topic := f"{self._lower[symbol]}@{kind}"):
                self._streams.publish(topic, "ticker", orjson.dumps(self._ticker_event(symbol, now, mini=mini)))

    def _ticker_event(self, symbol: str, now: int, *, mini: bool) -> dict[str, Any]:
        figures = self._wire.day_ticker(self._engine.markets[symbol], mini=mini)
        keys = _MINI_KEYS if mini else _TICKER_KEYS
        event = {short: figures[long] for short, long in keys.items()}
        return {"e": "24hrMiniTicker" if mini else "24hrTicker", "E": now, "s": figures["symbol"], **event}

    def _send_klines(self, symbol: str) -> None:
        now = self._clock()
        for topic in list(self._kline_topics.get(symbol, ())):
            name = self._names[topic]
            if name is None or not self._streams.wants(topic):
                self._kline_topics[symbol].discard(topic)
                continue
            candle = self._wire.tape(symbol).running(name.detail, now)
            if candle is not None:
                self._send_kline(topic, name, candle, is_closed=False)
            if topic not in self._closers:
                self._close_later(topic, name, now)

    def _send_kline(self, topic: str, name: StreamName, candle: Candle, *, is_closed: bool) -> None:
        market_id = self._wire.market_id(name.market.symbol)
        event = kline_event(candle, market_id, name.detail, self._clock(), is_closed=is_closed)
        self._streams.publish(topic, "kline", orjson.dumps(event))

    def _close_later(self, topic: str, name: StreamName, now: int) -> None:
        """Every candle ends with a message of its own, also where nothing was traded, as long as someone listens."""
        open_ms, close_ms = bucket(name.detail, now)
        delay = (close_ms + 1 - now) / 1000
        self._closers[topic] = self._loop.call_later(delay, self._close_kline, topic, name, open_ms)

    def _close_kline(self, topic: str, name: StreamName, open_ms: int) -> None:
        del self._closers[topic]
        if self._streams.wants(topic):
            for candle in self._wire.tape(name.market.symbol).candles(name.detail, open_ms, open_ms):
                self._send_kline(topic, name, candle, is_closed=True)
            self._close_later(topic, name, max(self._clock(), bucket(name.detail, open_ms)[1] + 1))

    def stop(self) -> None:
        feeds: tuple[BookFeed | Ticking, ...] = (self._fast, self._slow, self._tickers, self._klines)
        for feed in feeds:
            feed.stop()
        for timer in self._closers.values():
            timer.cancel()


#: Stream field -> REST field ("Individual Symbol Ticker Streams").
_TICKER_KEYS = {
    "p": "priceChange", "P": "priceChangePercent", "w": "weightedAvgPrice", "x": "prevClosePrice", "c": "lastPrice",
    "Q": "lastQty", "b": "bidPrice", "B": "bidQty", "a": "askPrice", "A": "askQty", "o": "openPrice", "h": "highPrice",
    "l": "lowPrice", "v": "volume", "q": "quoteVolume", "O": "openTime", "C": "closeTime", "F": "firstId",
    "L": "lastId", "n": "count",
}  # fmt: skip
_MINI_KEYS = {"c": "lastPrice", "o": "openPrice", "h": "highPrice", "l": "lowPrice", "v": "volume", "q": "quoteVolume"}


def trade_event(trade: Trade, symbol: str, now: int) -> dict[str, Any]:
    """ "Trade Streams"; `m` is true where the buyer was the maker."""
    return {
        "e": "trade",
        "E": now,
        "s": symbol,
        "t": trade.id,
        "p": number(trade.price),
        "q": number(trade.amount),
        "T": trade.time_ms,
        "m": trade.taker_side is Side.SELL,
        "M": True,
    }


def depth_event(update: BookUpdate, symbol: str, now: int) -> dict[str, Any]:
    """ "Diff. Depth Stream"."""
    return {
        "e": "depthUpdate",
        "E": now,
        "s": symbol,
        "U": update.first,
        "u": update.last,
        "b": [[number(price), number(amount)] for price, amount in update.bids],
        "a": [[number(price), number(amount)] for price, amount in update.asks],
    }


def kline_event(candle: Candle, symbol: str, interval: str, now: int, *, is_closed: bool) -> dict[str, Any]:
    """ "Kline/Candlestick Streams for UTC"; `x` tells that the candle is complete."""
    return {
        "e": "kline",
        "E": now,
        "s": symbol,
        "k": {
            "t": candle.open_ms,
            "T": candle.close_ms,
            "s": symbol,
            "i": interval,
            "f": candle.first_id,
            "L": candle.last_id,
            "o": number(candle.open),
            "c": number(candle.close),
            "h": number(candle.high),
            "l": number(candle.low),
            "v": number(candle.volume),
            "n": candle.count,
            "x": is_closed,
            "q": number(candle.quote_volume),
            "V": number(candle.taker_volume),
            "Q": number(candle.taker_quote_volume),
            "B": "0",
        },
    }
