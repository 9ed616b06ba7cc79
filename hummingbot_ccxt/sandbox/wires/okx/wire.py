"""OKX spot: version 5 of the API, its signatures, its words, its channels.

Source: okx.com/docs-v5/en, the section named at each function. Codes and their HTTP statuses from "Error Code".
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from ...accounts import ApiAccount
from ...engine import BalanceChanged, Fill, Market, OrderEvent, Rejection, Trade
from ...faults import Fault, Rule
from ...feed import BookUpdate
from ...http import ApiReply, ApiRequest
from ...tape import Candle
from ..access import signer
from ..base import Venue
from ..connection import user_topic
from ..markets import Names
from ..notation import checksum, number, spoiled
from ..rest import Call, Problem, Reason, Refusal, Routes, Words
from ..spot import SpotWire
from ..views import BookView, Levels
from . import messages
from .endpoints import BARS, ROUTES
from .sockets import BOOKS, PrivateSocket, PublicSocket

_QUIET_S = 60.0
WORDS: Mapping[Reason, Words] = {
    Problem.NO_ENDPOINT: Words("404", "Not Found", 404),
    Problem.BAD_PARAMETER: Words("51000", "Parameter {name} error", 400),
    Problem.UNKNOWN_KEY: Words("50111", "Invalid OK-ACCESS-KEY", 401),
    Problem.BAD_PASSPHRASE: Words("50105", "Request header OK-ACCESS-PASSPHRASE incorrect.", 401),
    Problem.BAD_SIGNATURE: Words("50113", "Invalid Sign", 401),
    Problem.CLOCK_SKEW: Words("50102", "Timestamp request expired", 401),
    Problem.EXPIRED: Words(
        "50036", "The expTime can't be earlier than the current system time. Please adjust the expTime and try again."
    ),
    Problem.RATE_LIMITED: Words("50011", "Too Many Requests", 429),
    Problem.TOO_MANY_ORDERS: Words("50011", "Rate limit reached. Please refer to API documentation and throttle.", 429),
    Problem.MAINTENANCE: Words("50001", "Service temporarily unavailable. Try again later", 503),
    Problem.OVERLOADED: Words("50026", "System error. Try again later", 500),
    Problem.UNKNOWN_ORDER_ON_CANCEL: Words(
        "51400", "Order cancellation failed as the order has been filled, canceled or does not exist."
    ),
    Rejection.UNKNOWN_ORDER: Words("51603", "Order does not exist"),
    Rejection.UNKNOWN_MARKET: Words("51001", "Instrument ID, Instrument ID code, or Spread ID doesn't exist."),
    Rejection.MARKET_CLOSED: Words("51022", "Trading of this instrument is suspended."),
    Rejection.BAD_PRICE_TICK: Words("51000", "Parameter px error", 400),
    Rejection.BAD_LOT: Words("51121", "Order quantity must be a multiple of the lot size."),
    Rejection.BELOW_MIN_AMOUNT: Words("51020", "Your order should meet or exceed the minimum order amount."),
    Rejection.ABOVE_MAX_AMOUNT: Words("51005", "Your order amount exceeds the max order amount."),
    Rejection.DUPLICATE_CLIENT_ORDER_ID: Words("51016", "Client order ID already exists."),
    Rejection.NO_LIQUIDITY: Words("51109", "There are no available offers."),
    Rejection.INSUFFICIENT_FUNDS: Words("51008", "Order failed. Insufficient account balance."),
}


class OkxWire(SpotWire):
    """See the module's docstring."""

    name = "okx"
    names: ClassVar[Names] = Names("instId", "ordId", "clOrdId", price="px", start="begin", end="end")
    intervals: ClassVar[Mapping[str, str]] = BARS
    routes: ClassVar[Routes] = ROUTES
    sockets: ClassVar[Mapping[str, Any]] = {
        "/ws/v5/public": PublicSocket,
        "/ws/v5/business": PublicSocket,
        "/ws/v5/private": PrivateSocket,
    }
    words: ClassVar[Mapping[Reason, Words]] = WORDS
    tells_retry_after: ClassVar[bool] = False
    has_passphrase: ClassVar[bool] = True
    client_order_ids: ClassVar[re.Pattern[str]] = re.compile("[A-Za-z0-9]{1,32}", re.ASCII)
    cancels_crossing: ClassVar[bool] = True  # "Order channel", cancelSource 31: taken, and canceled at once

    def __init__(self, venue: Venue) -> None:
        super().__init__(venue)
        self._quiet: dict[str, asyncio.TimerHandle] = {}

    def market_id(self, market: Market) -> str:
        return f"{market.base}-{market.quote}"

    def fill_id(self, fill: Fill) -> str:
        return str(fill.id)

    # -- REST
    def authenticate(self, call: Call) -> ApiAccount:
        """ "REST Authentication": Base64 of the HMAC-SHA256 of time stamp, method, path with query, and body."""
        stamp = call.request.headers.get("OK-ACCESS-TIMESTAMP", "")
        try:
            told_ms = datetime.fromisoformat(stamp).timestamp() * 1000
        except ValueError:
            told_ms = None
        return signer(self, call, "OK-ACCESS", told_ms, call.request.target)

    def deadline_ms(self, call: Call) -> float | None:
        """ "Place order", "Place multiple orders": the header expTime."""
        return self.told_ms(call, "expTime")

    def wrapped(self, value: Any) -> Any:
        return {"code": "0", "msg": "", "data": value}

    def refused(self, code: Any, text: str) -> Any:
        """What the gateway refuses has no data, what lies behind it an empty list."""
        return {"msg": text, "code": code} | ({} if code.startswith("501") or code == "50011" else {"data": []})

    def refused_row(self, call: Call, refusal: Refusal) -> dict[str, Any]:
        """One order's refusal, within the answer to a request for one order or many."""
        words, ids = self.words_for(refusal), (call.text("clOrdId", ""), call.text("ordId", ""))
        return {"clOrdId": ids[0], "ordId": ids[1], "tag": "", "sCode": words.code, "sMsg": words.text}

    def outcome(self, rows: list[dict[str, Any]], headers: dict[str, str]) -> ApiReply:
        """ "Place order": code 0, 1 (all failed) or 2 (some did), and the times of arrival and departure (us)."""
        failed, now_us = sum(row["sCode"] != "0" for row in rows), str(self.clock() * 1000)
        code, text = ("0", "") if not failed else ("1", "All operations failed")
        if 0 < failed < len(rows):
            code, text = "2", "Bulk operation partially successful."
        body = {"code": code, "data": rows, "inTime": now_us, "msg": text, "outTime": now_us}
        return ApiReply.json(body, 200, headers)

    def fault_reply(self, rule: Rule, request: ApiRequest) -> ApiReply:
        if rule.fault is Fault.UNKNOWN_ORDER and request.method == "POST":
            call = Call.read(request, {})
            entries = call.body if isinstance(call.body, list) else [call.body]
            refusal = Refusal(Problem.UNKNOWN_ORDER_ON_CANCEL)
            return self.outcome([self.refused_row(call.within(each), refusal) for each in entries], {})
        return super().fault_reply(rule, request)

    def order_id(self, number: int) -> str:
        return messages.order_id(number)

    def engine_order_id(self, text: str, reason: Reason = Rejection.UNKNOWN_ORDER) -> int:
        return super().engine_order_id(text, reason) - messages.FIRST_ORDER_ID

    def ticker(self, market: Market) -> dict[str, Any]:
        """ "Get ticker", "Tickers channel"."""
        tape, now, (bid, ask) = self.tapes[market.symbol], self.clock(), self.best(market.symbol)
        day, last = tape.day(now), tape.last
        before = number(day.before)
        return {
            **{"instType": "SPOT", "instId": self.ids[market.symbol]},
            **{"last": number(day.close) if last else "", "lastSz": number(last.amount) if last else "0"},
            **{"askPx": number(ask[0] or None), "askSz": number(ask[1])},
            **{"bidPx": number(bid[0] or None), "bidSz": number(bid[1])},
            **{"open24h": before, "high24h": number(day.high), "low24h": number(day.low)},
            **{"volCcy24h": number(day.quote_volume), "vol24h": number(day.volume)},
            **{"sodUtc0": before, "sodUtc8": before, "ts": str(now)},
        }

    def candle(self, candle: Candle, now_ms: int) -> list[str]:
        """ "Get candlesticks": time, open, high, low, close, volume in base and twice in quote, whether it is over."""
        volumes = (candle.volume, candle.quote_volume, candle.quote_volume)
        prices = (candle.open, candle.high, candle.low, candle.close)
        return [str(candle.open_ms), *map(number, prices + volumes), "1" if now_ms > candle.close_ms else "0"]

    # -- streams
    def last_words(self) -> Any:
        """ "Notification": what precedes the end of a connection."""
        text = "The connection will soon be closed for a service upgrade. Please reconnect."
        return {"event": "notice", "code": "64008", "msg": text, "connId": "a4d3ae55"}

    def snapshot(self, symbol: str, channel: str) -> dict[str, Any]:
        """What a new subscriber to a book gets: the book as those before it know it."""
        if channel != "books":
            return self._short_book(symbol, channel)
        topic = f"books:{self.ids[symbol]}"
        is_first, view = not self.streams.wants(topic), self.book_view(topic, symbol, BOOKS["books"])
        if is_first:
            self._tell_when_quiet(symbol, view)
        return self._book(view, view.bids, view.asks, before=-1)

    def on_book(self, update: BookUpdate) -> None:
        """ "Order book channel": `books` tells changes, each with the `seqId` before it; the shorter ones, all."""
        symbol, name = update.symbol, self.ids[update.symbol]
        for channel in ("books5", "bbo-tbt"):
            if self.streams.wants(f"{channel}:{name}"):
                self.publish(f"{channel}:{name}", "depth", [self._short_book(symbol, channel)])
        if changes := self.book_changes(f"books:{name}"):
            self._tell_book(symbol, *changes, before=changes[0].before)

    def _tell_book(self, symbol: str, view: BookView, bids: Levels, asks: Levels, *, before: int) -> None:
        message = self._book(view, bids, asks, before=before)
        self.publish(f"books:{self.ids[symbol]}", "depth", [message], spoiled=[spoiled(message)])
        self._tell_when_quiet(symbol, view)

    def _tell_when_quiet(self, symbol: str, view: BookView) -> None:
        """After a minute without a change, an empty one comes, whose `seqId` is the one before it."""
        if symbol in self._quiet:
            self._quiet[symbol].cancel()
        self._quiet[symbol] = asyncio.get_running_loop().call_later(_QUIET_S, self._tell_nothing, symbol, view)

    def _tell_nothing(self, symbol: str, view: BookView) -> None:
        if self.streams.wants(f"books:{self.ids[symbol]}"):
            self._tell_book(symbol, view, [], [], before=view.sequence)

    def _book(self, view: BookView, bids: Levels, asks: Levels, *, before: int) -> dict[str, Any]:
        message = messages.book_message(asks, bids, self.clock(), view.sequence)
        return {**message, "checksum": checksum(view.bids, view.asks), "prevSeqId": before}

    def _short_book(self, symbol: str, channel: str) -> dict[str, Any]:
        book, depth = self.engine.book(symbol), BOOKS[channel]
        message = messages.book_message(book.asks.levels(depth), book.bids.levels(depth), self.clock(), book.sequence)
        return message if channel == "bbo-tbt" else {**message, "instId": self.ids[symbol]}

    def on_trade(self, trade: Trade) -> None:
        """ "Trades channel": each trade by itself, so that `count` is 1; with it, ticker and candles."""
        name, market = self.ids[trade.symbol], self.engine.markets[trade.symbol]
        entry = messages.trade_message(trade, name)
        counted = {**entry, "count": "1", "source": "0", "seqId": self.engine.book(trade.symbol).sequence}
        self.publish(f"trades:{name}", "trade", [counted])
        self.publish(f"trades-all:{name}", "trade", [{**entry, "source": "0"}])
        if self.streams.wants(f"tickers:{name}"):
            self.publish(f"tickers:{name}", "ticker", [self.ticker(market)])
        for _, topic, candle in self.candles_told(trade, {bar: f"candle{bar}:{name}" for bar in BARS}):
            self.publish(topic, "kline", [self.candle(candle, self.clock())])

    def on_order(self, event: OrderEvent) -> None:
        """ "Order channel"."""
        order, name = event.order, self.ids[event.order.symbol]
        topics = [user_topic(order.account_id, each) for each in ("orders:default", f"orders:{name}")]
        if any(map(self.streams.wants, topics)):
            message = messages.order_update(order, self.engine.markets[order.symbol], name, event.fill)
            for topic in topics:
                self.publish(topic, "order", [message])

    def on_balances(self, event: BalanceChanged) -> None:
        """ "Account channel": the currencies that changed."""
        topic = user_topic(event.account_id, "account:default")
        if self.streams.wants(topic):
            self.publish(topic, "balance", [messages.account_message(event.balances, event.time_ms)])

    def stop(self) -> None:
        super().stop()
        for timer in self._quiet.values():
            timer.cancel()
