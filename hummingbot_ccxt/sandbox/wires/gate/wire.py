"""Gate spot, classic account: version 4 of the API, its signatures, its labels, its channels.

Source: gate.com/docs/developers/apiv4 ("REST") and .../apiv4/ws/en ("WS"), the section named at each function.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import unquote

from ...accounts import ApiAccount
from ...engine import BalanceChanged, BookLevel, Market, OrderEvent, OrderEventKind, Rejection, Trade
from ...feed import BookUpdate
from ...limits import Cycle, Limit, Per
from ..connection import Bad, user_topic
from ..markets import Names
from ..notation import number, sides
from ..rest import Call, Problem, Reason, Refusal, Routes, Spoken, Words
from ..spot import SpotWire
from .endpoints import INTERVALS, ROUTES
from .messages import balance_message, streamed_fill, streamed_order
from .sockets import GateSocket

_GAP_S = 60
_SIDES = ("b", "a")  # of a streamed book
_ENDED = {  # REST "label list"
    "canceled": Words("ORDER_CANCELLED", "Order already cancelled", 400),
    "filled": Words("ORDER_CLOSED", "Order already closed", 400),
}
WORDS: Mapping[Reason, Words] = {
    Problem.NO_ENDPOINT: Words("NOT_FOUND", "Request URL not exists", 404),
    Problem.BAD_PARAMETER: Words("INVALID_PARAM_VALUE", "Invalid request parameter `{name}` value: {detail}", 400),
    Problem.UNKNOWN_KEY: Words("INVALID_KEY", "Invalid key provided", 401),
    Problem.BAD_SIGNATURE: Words("INVALID_SIGNATURE", "Signature mismatch", 401),
    Problem.CLOCK_SKEW: Words("REQUEST_EXPIRED", "gap between request Timestamp and server time exceeds 60", 403),
    # Documented is that such a request is rejected, and not in which words: those of a time stamp that is too old.
    Problem.EXPIRED: Words("REQUEST_EXPIRED", "the request's x-gate-exptime has passed", 403),
    Problem.RATE_LIMITED: Words("TOO_MANY_REQUESTS", "Request Rate limit Exceeded", 429),
    Problem.MAINTENANCE: Words("TOO_BUSY", "System is too busy at the moment", 503),
    Problem.OVERLOADED: Words("SERVER_ERROR", "Internal server error", 500),
    Problem.NOT_CANCELABLE: _ENDED["filled"],
    Rejection.UNKNOWN_ORDER: Words("ORDER_NOT_FOUND", "Order not found", 404),
    Rejection.UNKNOWN_MARKET: Words("INVALID_CURRENCY_PAIR", "Invalid currency pair {name}", 400),
    Rejection.MARKET_CLOSED: Words("INVALID_CURRENCY_PAIR", "Currency pair {detail} is not tradable", 400),
    Rejection.BAD_PRICE_TICK: Words("INVALID_PRECISION", "Invalid precision: {detail}", 400),
    Rejection.BAD_LOT: Words("INVALID_PRECISION", "Invalid precision: {detail}", 400),
    Rejection.BELOW_MIN_AMOUNT: Words(
        "INVALID_PARAM_VALUE", "Your order size {detail} is too small. The minimum is {name}", 400
    ),
    Rejection.ABOVE_MAX_AMOUNT: Words("AMOUNT_TOO_MUCH", "Amount exceeds maximum allowed", 400),
    Rejection.DUPLICATE_CLIENT_ORDER_ID: Words("REPEATED_CREATION", "Repeated creation", 400),
    Rejection.WOULD_CROSS: Words(
        "POC_FILL_IMMEDIATELY", "Order would match and take immediately so its cancelled", 400
    ),
    Rejection.NO_LIQUIDITY: Words("ORDER_BOOK_NOT_FOUND", "Insufficient liquidity", 400),
    Rejection.INSUFFICIENT_FUNDS: Words("BALANCE_NOT_ENOUGH", "Not enough balance", 400),
}


class GateWire(SpotWire):
    """See the module's docstring."""

    name = "gate"
    names: ClassVar[Names] = Names("currency_pair", "order_id", "text", start="from", end="to", time_unit_ms=1000)
    intervals: ClassVar[Mapping[str, str]] = INTERVALS
    routes: ClassVar[Routes] = ROUTES
    sockets: ClassVar[Mapping[str, Any]] = {"/ws/v4": GateSocket}
    words: ClassVar[Mapping[Reason, Words]] = WORDS
    public_limit = Limit(200, 10, Per.ADDRESS, Cycle)  # "Rate limit": per endpoint, as are private ones
    private_limit = Limit(200, 10, Per.ACCOUNT, Cycle)
    tells_retry_after: ClassVar[bool] = False
    client_order_ids: ClassVar[re.Pattern[str]] = re.compile(r"t-[0-9A-Za-z_.-]{1,28}", re.ASCII)

    def market_id(self, market: Market) -> str:
        return f"{market.base}_{market.quote}"

    # -- REST
    @staticmethod
    def digest(secret: str, payload: str) -> str:
        return hmac.new(secret.encode(), payload.encode(), hashlib.sha512).hexdigest()

    def authenticate(self, call: Call) -> ApiAccount:
        """REST "APIv4 signed request requirements". The time is looked at before the key; the query is signed as it
        reads before it is encoded for the address."""
        request, headers = call.request, call.request.headers
        for name in ("KEY", "Timestamp", "SIGN"):
            if name not in headers:
                raise Spoken({"label": "MISSING_REQUIRED_HEADER", "message": f"Missing required header: {name}"}, 400)
        timestamp = headers["Timestamp"]
        is_number = re.fullmatch(r"[0-9]{1,12}(\.[0-9]+)?", timestamp, re.ASCII)
        if not is_number or abs(float(timestamp) - self.clock() / 1000) > _GAP_S:
            raise Refusal(Problem.CLOCK_SKEW)
        account = self.account_of(headers["KEY"])
        body = hashlib.sha512(request.body.encode()).hexdigest()
        payload = "\n".join((request.method, request.path, unquote(request.query), body, timestamp))
        self.check_signature(headers["SIGN"].lower(), self.digest(account.secret, payload))
        return account

    def deadline_ms(self, call: Call) -> float | None:
        """REST "Create an order", "Create a batch of orders": the header x-gate-exptime."""
        return self.told_ms(call, "x-gate-exptime")

    def wrapped(self, value: Any) -> Any:
        return value

    def refused(self, code: Any, text: str) -> Any:
        return {"label": code, "message": text}

    def words_for(self, refusal: Refusal) -> Words:
        if refusal.reason is Problem.NOT_CANCELABLE:
            return _ENDED.get(refusal.detail, _ENDED["filled"])
        if refusal.reason in (Rejection.BELOW_MIN_AMOUNT, Rejection.BELOW_MIN_NOTIONAL):
            size, _, least = refusal.detail.partition(" < ")
            refusal = Refusal(refusal.reason, f"{size} {least.split()[-1]}", name=least)
        return super().words_for(refusal)

    def limit_headers(self, limit: int, left: int, retry_after_s: float) -> dict[str, str]:
        """REST "Rate limit": the time stamp is when to come back, in seconds; now where nothing is exceeded."""
        return {
            "X-Gate-RateLimit-Requests-Remain": str(left),
            "X-Gate-RateLimit-Limit": str(limit),
            "X-Gate-RateLimit-Reset-Timestamp": str(round(self.clock() / 1000 + retry_after_s)),
        }

    def ticker(self, market: Market) -> dict[str, Any]:
        """REST "Get currency pair ticker information" and WS "Tickers Channel": the members that both have."""
        book, day = self.engine.book(market.symbol), self.tapes[market.symbol].day(self.clock())
        return {
            "currency_pair": self.ids[market.symbol],
            "last": number(day.close),
            "lowest_ask": number(book.best_ask),
            "highest_bid": number(book.best_bid),
            "change_percentage": f"{day.ratio * 100:.4f}" if day.before else "0",
            "base_volume": number(day.volume),
            "quote_volume": number(day.quote_volume),
            "high_24h": number(day.high),
            "low_24h": number(day.low),
        }

    # -- streams
    def book_topic(self, name: str) -> str:
        """The name of a book of limited depth, `ob.BTC_USDT.50`, if there is one; raises Bad."""
        prefix, _, rest = name.partition(".")
        pair, _, depth = rest.rpartition(".")
        if prefix != "ob" or pair not in self.markets_by_id or depth not in ("50", "400"):
            raise Bad(2, f"unknown stream: {name}")
        return name

    def whole_book(self, topic: str) -> dict[str, Any]:
        """WS "Order Book V2": what its subscribers know of the book by now."""
        _, pair, depth = topic.split(".")
        view = self.book_view(topic, self.markets_by_id[pair].symbol, int(depth))
        told = {"t": self.clock(), "full": True, "s": topic, "u": view.sequence}
        return self._message("spot.obu", {**told, **sides(view.bids, view.asks, _SIDES)})

    def on_book(self, update: BookUpdate) -> None:
        """WS "Changed Order Book Levels" (all levels) and "Order Book V2" (the best ones); `U` follows on `u`."""
        name, now = self.ids[update.symbol], self.clock()
        topic = f"spot.order_book_update:{name}"
        if self.streams.wants(topic):
            ids = {"U": update.first, "u": update.last}
            result = {"t": now, "e": "depthUpdate", "E": now // 1000, "s": name, **ids}
            result |= sides(update.bids, update.asks, _SIDES)
            self.publish(topic, "depth", self._message("spot.order_book_update", result))
        for topic in (f"ob.{name}.50", f"ob.{name}.400"):
            if changes := self.book_changes(topic):
                view, bids, asks = changes
                result = {"t": now, "s": topic, "U": view.before + 1, "u": view.sequence}
                result |= sides(bids, asks, _SIDES)
                self.publish(topic, "depth", self._message("spot.obu", result))

    def on_level(self, level: BookLevel) -> None:
        """WS "Best bid or ask price"."""
        name = self.ids[level.symbol]
        topic = f"spot.book_ticker:{name}"
        if not self.streams.wants(topic):
            return
        (bid, bid_size), (ask, ask_size) = self.best(level.symbol)
        best = {"b": number(bid), "B": number(bid_size), "a": number(ask), "A": number(ask_size)}
        result = {"t": level.time_ms, "u": level.sequence, "s": name, **best}
        self.publish(topic, "bookTicker", self._message("spot.book_ticker", result))

    def on_trade(self, trade: Trade) -> None:
        """WS "Public Trades Channel": the taker's side; and the ticker, which Gate sends once a second, and candles."""
        name = self.ids[trade.symbol]
        result = {
            "id": self.trade_number(trade.symbol, trade.id),
            "id_market": trade.id,
            "create_time": trade.time_ms // 1000,
            "create_time_ms": f"{trade.time_ms}.000",
            "side": trade.taker_side.value,
            "currency_pair": name,
            "amount": number(trade.amount),
            "price": number(trade.price),
        }
        self.publish(f"spot.trades:{name}", "trade", self._message("spot.trades", result))
        if self.streams.wants(f"spot.tickers:{name}"):
            ticker = self.ticker(self.engine.markets[trade.symbol])
            self.publish(f"spot.tickers:{name}", "ticker", self._message("spot.tickers", ticker))
        topics = {word: f"spot.candlesticks:{word}_{name}" for word in INTERVALS}
        for word, topic, c in self.candles_told(trade, topics):
            prices = {"o": number(c.open), "h": number(c.high), "l": number(c.low), "c": number(c.close)}
            volumes = {"v": number(c.quote_volume), "a": number(c.volume)}
            told = {"t": str(c.open_ms // 1000), **prices, **volumes, "n": f"{word}_{name}", "w": False}
            self.publish(topic, "kline", self._message("spot.candlesticks", told))

    def on_order(self, event: OrderEvent) -> None:
        order = event.order
        name, user = self.ids[order.symbol], self.user_number(order.account_id)
        if event.fill is not None and event.kind is OrderEventKind.TRADE:
            trade_id = self.trade_number(order.symbol, event.fill.id)
            self._tell(order.account_id, "spot.usertrades", name, streamed_fill(event.fill, name, trade_id, user))
        self._tell(order.account_id, "spot.orders", name, streamed_order(event, name, user))

    def on_balances(self, event: BalanceChanged) -> None:
        topic = user_topic(event.account_id, "spot.balances:!all")
        if not self.streams.wants(topic):
            return
        user = self.user_number(event.account_id)
        entries = [balance_message(*change, event.time_ms, user) for change in self.balance_changes(event)]
        self.publish(topic, "balance", self._message("spot.balances", entries))

    def _tell(self, account_id: str, channel: str, name: str, entry: dict[str, Any]) -> None:
        for word in (name, "!all"):
            self.publish(user_topic(account_id, f"{channel}:{word}"), "order", self._message(channel, [entry]))

    def _message(self, channel: str, result: Any) -> dict[str, Any]:
        return {**self.times(), "channel": channel, "event": "update", "result": result}

    def times(self) -> dict[str, int]:
        """What every message begins with."""
        now = self.clock()
        return {"time": now // 1000, "time_ms": now}
