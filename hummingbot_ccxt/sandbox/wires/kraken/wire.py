"""Kraken spot: how REST is signed, its words, and what the engine's events become on both versions of the WebSocket.

Source: docs.kraken.com/api, the page named at each function. Texts: "Spot Errors", "Error messages"; where a text is
not documented, ccxt's table or Hummingbot's native connector looks for it.
"""

import base64
import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from zlib import crc32

from ...accounts import ApiAccount
from ...engine import BalanceChanged, Fill, Market, Order, OrderEvent, OrderEventKind, Rejection, Trade
from ...feed import BookUpdate
from ...tape import Candle
from ..base import SocketHandler, Venue
from ..connection import user_topic
from ..markets import Names
from ..rest import Call, Problem, Reason, Refusal, Routes, Spoken, Words
from ..spot import SpotWire
from ..views import BookView, Levels
from . import candles, v1, v2
from .candles import INTERVALS
from .endpoints import ROUTES
from .limits import PUBLIC, TIERS, TradingEngine
from .messages import fill_message
from .names import Pair, amount, serial_of, transaction_id
from .sockets import DEPTHS, Tokens

_TOKEN_LIFETIME_S = 900
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)
_USERREF_MOST = 1 << 31
_BEST = 10
_LONGEST_DEADLINE_MS = 60_000


def _error(text: str, status: int = 200) -> Words:
    return Words("", text, status)


WORDS: Mapping[Reason, Words] = {
    Problem.NO_ENDPOINT: _error("EGeneral:Unknown method"),
    Problem.BAD_PARAMETER: _error("EGeneral:Invalid arguments:{name}"),
    Problem.UNKNOWN_KEY: _error("EAPI:Invalid key"),
    Problem.BAD_SIGNATURE: _error("EAPI:Invalid signature"),
    Problem.EXPIRED: _error("EService:Deadline elapsed"),
    Problem.BAD_NONCE: _error("EAPI:Invalid nonce"),
    Problem.BAD_CLIENT_ORDER_ID: _error("EGeneral:Invalid arguments:cl_ord_id"),
    Problem.RATE_LIMITED: _error("EAPI:Rate limit exceeded"),
    Problem.BANNED: _error("EGeneral:Temporary lockout"),
    Problem.TOO_MANY_ORDERS: _error("EOrder:Rate limit exceeded"),
    Problem.MAINTENANCE: _error("EService:Unavailable", 503),
    Problem.OVERLOADED: _error("EService:Busy", 503),
    Rejection.UNKNOWN_ORDER: _error("EOrder:Unknown order"),
    Rejection.UNKNOWN_MARKET: _error("EQuery:Unknown asset pair"),
    Rejection.MARKET_CLOSED: _error("EService:Market in cancel_only mode"),
    Rejection.BAD_PARAMETERS: _error("EGeneral:Invalid arguments"),
    Rejection.BAD_PRICE_TICK: _error("EOrder:Invalid price"),
    Rejection.BAD_LOT: _error("EGeneral:Invalid arguments:volume"),
    Rejection.BELOW_MIN_AMOUNT: _error("EGeneral:Invalid arguments:volume minimum not met"),
    Rejection.ABOVE_MAX_AMOUNT: _error("EGeneral:Invalid arguments:volume"),
    Rejection.BELOW_MIN_NOTIONAL: _error("EOrder:Cost minimum not met"),
    Rejection.DUPLICATE_CLIENT_ORDER_ID: _error("EGeneral:Invalid arguments:cl_ord_id"),
    Rejection.NO_LIQUIDITY: _error("EOrder:No liquidity"),
    Rejection.INSUFFICIENT_FUNDS: _error("EOrder:Insufficient funds"),
}


class KrakenWire(SpotWire):
    """See the module's docstring. `pairs` are by the engine's symbols, which version 2 uses as they are."""

    name = "kraken"
    fees_in_quote = True
    cancels_crossing: ClassVar[bool] = True  # such a post-only order is taken and canceled, reason "Post only order"
    names: ClassVar[Names] = Names("pair", "txid", "cl_ord_id")
    routes: ClassVar[Routes] = ROUTES
    words: ClassVar[Mapping[Reason, Words]] = WORDS
    public_limit = PUBLIC
    intervals: ClassVar[Mapping[str, str]] = INTERVALS

    def __init__(self, venue: Venue) -> None:
        super().__init__(venue)
        self.pairs = {market.symbol: Pair.of(market) for market in venue.engine.markets.values()}
        self.pairs_by_wsname = {pair.wsname: pair for pair in self.pairs.values()}
        self._by_name = {name: p for p in self.pairs.values() for name in (p.market.symbol, p.wsname, p.altname, p.id)}
        self.tokens = Tokens(min(_TOKEN_LIFETIME_S, self.settings.session_lifetime_s))
        self.userrefs: dict[int, int] = {}  # by the engine's order id
        self._userref: int | None = None  # of the order that is being placed
        tier = TIERS[self.settings.tier or "starter"]
        self.private_limit = tier.calls
        self._trading = TradingEngine(venue.engine, tier, self.counts, pace=self.settings.limits_pace)
        self._nonces: dict[str, int] = {}
        self._views: dict[tuple[str, int], BookView] = {}
        self._sequences: Counter[str] = Counter()
        accounts = {name: venue.engine.balances(name) for name in venue.engine.accounts()}
        self._totals = {(name, asset): each.total for name, held in accounts.items() for asset, each in held.items()}

    def market_id(self, market: Market) -> str:
        return Pair.of(market).id

    def pair(self, name: str) -> Pair:
        """By id, alternative name or WebSocket name; raises Refusal UNKNOWN_MARKET."""
        if name not in self._by_name:
            raise Refusal(Rejection.UNKNOWN_MARKET, name, name=name)
        return self._by_name[name]

    def order_id(self, number: int) -> str:
        return transaction_id("O", number)

    def engine_order_id(self, text: str, reason: Reason = Rejection.UNKNOWN_ORDER) -> int:
        serial = serial_of(text)
        if serial is None:
            raise Spoken({"error": ["EOrder:Invalid order"]})
        return serial

    def fill_id(self, fill: Fill) -> str:
        return v1.fill_id(self.pairs[fill.symbol], fill)

    def own_trade(self, account_id: str, fill: Fill) -> tuple[str, dict[str, Any]]:
        pair, order = self.pairs[fill.symbol], self.engine.order(account_id, order_id=fill.order_id)
        return self.fill_id(fill), fill_message(fill, order, pair)

    # -- REST
    def authenticate(self, call: Call) -> ApiAccount:
        """ "Spot REST Authentication": HMAC-SHA512 of the path and SHA256 of nonce and body; nonces only grow."""
        headers, body = call.request.headers, call.request.body
        account = self.account_of(headers.get("API-Key"))
        nonce = call.text("nonce", "")
        digest = hashlib.sha256((nonce + body).encode()).digest()
        signed = hmac.new(base64.b64decode(account.secret), call.request.path.encode() + digest, hashlib.sha512)
        self.check_signature(headers.get("API-Sign", ""), base64.b64encode(signed.digest()).decode())
        if not nonce.isdigit() or int(nonce) <= self._nonces.get(account.api_key, 0):
            raise Refusal(Problem.BAD_NONCE)
        self._nonces[account.api_key] = int(nonce)
        return account

    def deadline_ms(self, call: Call) -> float | None:
        """ "Add Order", deadline: RFC 3339, at most a minute ahead. (At least two seconds, says the document, which is
        left out: where time is made short, so is the deadline.)"""
        told = call.optional("deadline")
        if told is None:
            return None
        try:
            deadline_ms = datetime.fromisoformat(told).timestamp() * 1000
        except ValueError:
            raise Refusal(Problem.BAD_PARAMETER, told, name="deadline") from None
        if deadline_ms > self.clock() + _LONGEST_DEADLINE_MS:
            raise Refusal(Problem.BAD_PARAMETER, told, name="deadline")
        return deadline_ms

    def count_order(self, account_id: str, symbol: str = "") -> None:
        """By the settings' limit, else by the trading engine's, which is of each pair."""
        super().count_order(account_id)
        if self.settings.weight_limit is None:
            self._trading.add(account_id, symbol)

    def count_cancels(self, orders: Iterable[Order], *, in_batch: bool) -> None:
        """Those that are open; raises Refusal TOO_MANY_ORDERS over the trading engine's limit, but not for a batch."""
        for order in orders:
            if order.is_open and self.settings.weight_limit is None:
                self._trading.cancel(order, self.clock(), in_batch=in_batch)

    def wrapped(self, value: Any) -> Any:
        return {"error": [], "result": value}

    def refused(self, code: Any, text: str) -> Any:
        return {"error": [text]}

    def client_order_id(self, call: Call) -> str | None:
        """ "Add Order": the client order id of a new order, from `cl_ord_id` or `userref`; both at once are refused.

        `cl_ord_id`: a UUID, or up to 18 characters, unique among open orders. `userref`: 32 bits, need not be unique.
        """
        word, self._userref = call.optional("cl_ord_id"), None
        if word is not None:
            if call.has("userref") or not (_UUID.fullmatch(word) or (len(word) <= 18 and word.isascii())):
                raise Refusal(Problem.BAD_CLIENT_ORDER_ID, word)
            return word
        if not call.has("userref"):
            return None
        self._userref = call.integer("userref")
        if not -_USERREF_MOST <= self._userref < _USERREF_MOST:
            raise Refusal(Problem.BAD_PARAMETER, name="userref")
        taken = {order.client_order_id for order in self.engine.open_orders(call.account_id)}
        return None if str(self._userref) in taken else str(self._userref)

    def ticker(self, pair: Pair) -> dict[str, Any]:
        """ "Get Ticker Information"."""
        symbol, now = pair.market.symbol, self.clock()
        tape = self.tapes[symbol]
        day, last, (bid, ask) = tape.day(now), tape.last, self.best(symbol)
        average = day.quote_volume / day.volume if day.volume else day.close
        return {
            "a": [pair.price(ask[0]), "1", f"{ask[1]:.3f}"],
            "b": [pair.price(bid[0]), "1", f"{bid[1]:.3f}"],
            "c": [pair.price(day.close), amount(last.amount if last else Decimal(0))],
            "v": [amount(day.volume)] * 2,
            "p": [pair.price(average)] * 2,
            "t": [day.count] * 2,
            "l": [pair.price(day.low)] * 2,
            "h": [pair.price(day.high)] * 2,
            "o": pair.price(day.before),
        }

    # -- streams
    def accept(self, host: str, path: str, query: str) -> SocketHandler | None:
        is_private = host.startswith("ws-auth.")
        if path.rstrip("/") == "/v2":
            return v2.Socket(self, is_private=is_private)
        return v1.Socket(self, is_private=is_private) if path in ("", "/") else None

    def view(self, symbol: str, depth: int) -> BookView:
        """The book as its subscribers know it; the client cuts its own to the depth ("Book Checksum")."""
        if (symbol, depth) not in self._views or not self._wants_book(symbol, depth):
            self._views[symbol, depth] = BookView(self.engine.book(symbol), depth, tells_pushed_out=False)
        return self._views[symbol, depth]

    def last_candle(self, symbol: str, minutes: int) -> Candle | None:
        """The one of the last trade, however long ago that was; None without any."""
        tape = self.tapes[symbol]
        return None if tape.last is None else tape.running(INTERVALS[str(minutes)], tape.last.time_ms)

    def _wants_book(self, symbol: str, depth: int) -> bool:
        topics = v2.topic_of("book", symbol, depth), v1.topic_of("book", self.pairs[symbol], depth)
        return any(self.streams.wants(topic) for topic in topics)

    @staticmethod
    def checksum(bids: Levels, asks: Levels, price_decimals: int) -> int:
        """ "Book Checksum": CRC32 of the best ten asks, then bids, as digits without point and leading zeros."""
        levels = [*asks[:_BEST], *bids[:_BEST]]
        text = "".join(_digits(f"{price:.{price_decimals}f}") + _digits(amount(size)) for price, size in levels)
        return crc32(text.encode())

    def numbered(self, topic: str, message: dict[str, Any], step: int = 1) -> dict[str, Any]:
        """With the topic's next `sequence`; a snapshot repeats the last one, so that updates follow on it."""
        self._sequences[topic] += step or not self._sequences[topic]
        return {**message, "sequence": self._sequences[topic]}

    def on_book(self, update: BookUpdate) -> None:
        symbol = update.symbol
        for depth in DEPTHS:
            if (symbol, depth) in self._views and self._wants_book(symbol, depth):
                self._tell_book(self.pairs[symbol], depth, self._views[symbol, depth])

    def _tell_book(self, pair: Pair, depth: int, view: BookView) -> None:
        bids_before = view.bids
        bids, asks = view.changes()
        if not bids and not asks:
            return
        topic = v2.topic_of("book", pair.market.symbol, depth)
        if self.streams.wants(topic):
            right, wrong = (v2.book_message(self, pair, view, "update", bids, asks, spoiled=bit) for bit in (0, 1))
            self.publish(topic, "depth", right, spoiled=wrong)
        topic = v1.topic_of("book", pair, depth)
        if self.streams.wants(topic):
            for side, levels, known_bids in (("a", asks, bids_before), ("b", bids, view.bids)):
                if levels:
                    checksum = self.checksum(known_bids, view.asks, max(5, pair.price_decimals))
                    told = [v1.book_message(self, pair, depth, side, levels, checksum ^ bit) for bit in (0, 1)]
                    self.publish(topic, "depth", told[0], spoiled=told[1])

    def on_trade(self, trade: Trade) -> None:
        pair, topic = self.pairs[trade.symbol], v2.topic_of("trade", trade.symbol)
        if self.streams.wants(topic):
            self.publish(topic, "trade", v2.trade_message(pair, [trade]))
        topic = v1.topic_of("trade", pair)
        if self.streams.wants(topic):
            self.publish(topic, "trade", v1.trade_message(self, pair, trade))
        topic = v2.topic_of("ticker", trade.symbol)
        if self.streams.wants(topic):
            self.publish(topic, "ticker", v2.ticker_message(self, pair))
        topics = {word: v2.topic_of("ohlc", trade.symbol, int(word)) for word in INTERVALS}
        for word, topic, candle in self.candles_told(trade, topics):
            self.publish(topic, "kline", candles.v2_message(pair, candle, int(word), "update"))
        topics = {word: v1.topic_of("ohlc", pair, int(word)) for word in INTERVALS}
        for word, topic, candle in self.candles_told(trade, topics):
            self.publish(topic, "kline", v1.candle_message(self, pair, candle, int(word)))

    def on_order(self, event: OrderEvent) -> None:
        order = event.order
        if event.kind is OrderEventKind.NEW and self._userref is not None:
            self.userrefs[order.id], self._userref = self._userref, None
        topic = user_topic(order.account_id, "v2:executions")
        if self.streams.wants(topic):
            for entry in v2.executions(self, event):
                message = {"channel": "executions", "type": "update", "data": [entry]}
                self.publish(topic, "order", self.numbered(topic, message))
        topic = user_topic(order.account_id, "v1:openOrders")
        if self.streams.wants(topic):
            for entry in v1.order_changes(self, event):
                self.publish(topic, "order", v1.private_message(self, topic, "openOrders", [entry]))
        topic = user_topic(order.account_id, "v1:ownTrades")
        if event.fill is not None and self.streams.wants(topic):
            entry = v1.trade_entry(self, order, event.fill)
            self.publish(topic, "order", v1.private_message(self, topic, "ownTrades", [entry]))

    def on_balances(self, event: BalanceChanged) -> None:
        topic = user_topic(event.account_id, "v2:balances")
        for asset, held in event.balances.items():
            before = self._totals.get((event.account_id, asset), Decimal(0))
            self._totals[event.account_id, asset] = held.total
            if held.total != before and self.streams.wants(topic):
                serial = self._sequences[topic] + 1
                entry = v2.balance_update(asset, held.total, held.total - before, serial, event.time_ms)
                message = {"channel": "balances", "type": "update", "data": [entry]}
                self.publish(topic, "balance", self.numbered(topic, message))

    def expire_sessions(self) -> int:
        self.tokens.expire()
        return super().expire_sessions()

    def secrets(self) -> list[str]:
        return self.tokens.words()


def _digits(text: str) -> str:
    return text.replace(".", "").lstrip("0")
