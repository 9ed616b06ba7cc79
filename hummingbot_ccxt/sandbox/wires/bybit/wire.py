"""Bybit spot, unified account: version 5 of the API, its signatures, its words, its topics.

Source: bybit-exchange.github.io/docs/v5, the page named at each function. Codes from "Error Codes" (docs error).
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from ...accounts import ApiAccount, hmac_sha256_hex
from ...engine import BalanceChanged, Fill, Market, OrderEvent, OrderEventKind, Rejection, Trade
from ...feed import BookUpdate
from ..base import Venue
from ..connection import user_topic
from ..markets import Names
from ..notation import number, sides
from ..rest import Call, Problem, Reason, Refusal, Routes, Words
from ..spot import ShutsOut, SpotWire
from ..views import BookView, Levels
from .endpoints import INTERVALS, ROUTES, Reply
from .messages import SIDE, SIDES, execution_id, execution_message, kline_message, order_message, wallet_message
from .sockets import DEPTHS, PrivateSocket, PublicSocket

_AHEAD_MS = 1_000
WORDS: Mapping[Reason, Words] = {
    Problem.NO_ENDPOINT: Words(10017, "request path not found or request method is invalid", 404),
    Problem.BAD_PARAMETER: Words(10001, "params error: {detail}"),
    Problem.UNKNOWN_KEY: Words(10003, "API key is invalid."),
    Problem.BAD_SIGNATURE: Words(10004, "error sign! please check your signature generation algorithm."),
    Problem.CLOCK_SKEW: Words(
        10002, "invalid request, please check your server timestamp or recv_window param. {detail}"
    ),
    Problem.BAD_CLIENT_ORDER_ID: Words(10001, "The length of orderLinkId must be within 36, a-zA-Z0-9-_"),
    Problem.RATE_LIMITED: Words(10006, "Too many visits. Exceeded the API Rate Limit."),
    Problem.BANNED: Words(10018, "Exceeded the IP Rate Limit.", 403),
    Problem.MAINTENANCE: Words(10016, "Internal System Error.", 503),
    Problem.OVERLOADED: Words(10016, "Server error.", 503),
    Rejection.UNKNOWN_ORDER: Words(170213, "Order does not exist."),
    Rejection.UNKNOWN_MARKET: Words(170121, "Invalid symbol."),
    Rejection.MARKET_CLOSED: Words(170151, "The trading pair is not open yet."),
    Rejection.BAD_PARAMETERS: Words(170130, "Data sent for parameter '{name}' is not valid."),
    Rejection.BAD_PRICE_TICK: Words(170134, "Order price has too many decimals."),
    Rejection.BAD_LOT: Words(170137, "Order quantity has too many decimals."),
    Rejection.BELOW_MIN_AMOUNT: Words(170136, "Order quantity exceeded lower limit."),
    Rejection.ABOVE_MAX_AMOUNT: Words(170135, "Order quantity exceeded upper limit."),
    Rejection.BELOW_MIN_NOTIONAL: Words(170140, "Order value exceeded lower limit."),
    Rejection.DUPLICATE_CLIENT_ORDER_ID: Words(170141, "Duplicate clientOrderId"),
    Rejection.NO_LIQUIDITY: Words(170198, "There is no liquidity in the order book."),
    Rejection.INSUFFICIENT_FUNDS: Words(170131, "Insufficient balance."),
}


class BybitWire(SpotWire):
    """See the module's docstring."""

    name = "bybit"
    names: ClassVar[Names] = Names(market="symbol", order_id="orderId", client_order_id="orderLinkId")
    intervals: ClassVar[Mapping[str, str]] = INTERVALS
    routes: ClassVar[Routes] = ROUTES
    sockets: ClassVar[Mapping[str, Any]] = {"/v5/public/spot": PublicSocket, "/v5/private": PrivateSocket}
    words: ClassVar[Mapping[Reason, Words]] = WORDS
    shuts_out: ClassVar[ShutsOut] = ShutsOut(600, 5, 600)  # "HTTP IP limit"
    tells_retry_after: ClassVar[bool] = False
    client_order_ids: ClassVar[re.Pattern[str]] = re.compile("[A-Za-z0-9_-]{1,36}", re.ASCII)
    uses_up_ids: ClassVar[bool] = True
    cancels_crossing: ClassVar[bool] = True  # docs order/create-order: such a PostOnly order "will be cancelled"

    def __init__(self, venue: Venue) -> None:
        super().__init__(venue)
        self._updates: dict[str, int] = {}

    def market_id(self, market: Market) -> str:
        return market.base + market.quote

    def fill_id(self, fill: Fill) -> str:
        return execution_id(fill)

    def order_market(self, call: Call) -> Market:
        """Hummingbot's native connector asks and cancels with its own name of the pair, and lives with it: BTC-USDT."""
        return self.market(call.text("symbol").replace("-", ""))

    def authenticate(self, call: Call) -> ApiAccount:
        """ "Integration Guidance", Authentication: HMAC-SHA256 of time stamp, key, window and query or body."""
        headers = call.request.headers
        account = self.account_of(headers.get("X-BAPI-API-KEY"))
        timestamp, window = headers.get("X-BAPI-TIMESTAMP", ""), headers.get("X-BAPI-RECV-WINDOW", "5000")
        payload = call.request.query if call.request.method == "GET" else call.request.body
        right = hmac_sha256_hex(account.secret, f"{timestamp}{account.api_key}{window}{payload}")
        self.check_signature(headers.get("X-BAPI-SIGN", "").lower(), right)
        now = self.clock()
        if not (timestamp.isdigit() and window.isdigit() and now - int(window) <= int(timestamp) < now + _AHEAD_MS):
            detail = f"req_timestamp[{timestamp}],server_timestamp[{now}],recv_window[{window}]"
            raise Refusal(Problem.CLOCK_SKEW, detail)
        return account

    def wrapped(self, value: Any) -> Any:
        if isinstance(value, Reply):
            return {"retCode": 0, "retMsg": "OK", **value, "time": self.clock()}
        return {"retCode": 0, "retMsg": "OK", "result": value, "retExtInfo": {}, "time": self.clock()}

    def refused(self, code: Any, text: str) -> Any:
        return {"retCode": code, "retMsg": text, "result": {}, "retExtInfo": {}, "time": self.clock()}

    def limit_headers(self, limit: int, left: int, retry_after_s: float) -> dict[str, str]:
        """ "Rate Limit Rules": the time stamp is when there will be more; the present time where some is left."""
        return {
            "X-Bapi-Limit": str(limit),
            "X-Bapi-Limit-Status": str(left),
            "X-Bapi-Limit-Reset-Timestamp": str(self.clock() + int(retry_after_s * 1000)),
        }

    def update_id(self, name: str, depth: int = 1000) -> int:
        """ "Get Orderbook": `u` is that of the stream of 1000 levels."""
        return self._updates.get(f"orderbook.{depth}.{name}", 1)

    def ticker(self, market: Market) -> dict[str, Any]:
        """ "Get Tickers"."""
        (bid, bid_size), (ask, ask_size) = self.best(market.symbol)
        return {
            **{"bid1Price": number(bid), "bid1Size": number(bid_size)},
            **{"ask1Price": number(ask), "ask1Size": number(ask_size)},
            **self.day(market.symbol),
            "usdIndexPrice": "",
        }

    def day(self, symbol: str) -> dict[str, Any]:
        """ "Get Tickers" and "Ticker" (stream): the members that both have."""
        day = self.tapes[symbol].day(self.clock())
        return {
            "symbol": self.ids[symbol],
            **{"lastPrice": number(day.close), "prevPrice24h": number(day.before), "price24hPcnt": f"{day.ratio:.4f}"},
            **{"highPrice24h": number(day.high), "lowPrice24h": number(day.low)},
            **{"turnover24h": number(day.quote_volume), "volume24h": number(day.volume)},
        }

    def execution(self, account_id: str, fill: Fill) -> dict[str, Any]:
        order = self.engine.order(account_id, order_id=fill.order_id)
        return execution_message(fill, order, self.ids[fill.symbol], self.fee_rate(account_id, fill))

    # -- streams
    def on_book(self, update: BookUpdate) -> None:
        """ "Orderbook": a level that left the view is told as gone. Each depth counts `u` for itself: a short book has
        no message about a change further away. That of 1000 levels counts without subscribers, too, for REST."""
        name = self.ids[update.symbol]
        for depth in DEPTHS:
            topic = f"orderbook.{depth}.{name}"
            changes = self.book_changes(topic)
            if changes or depth == DEPTHS[-1]:
                self._updates[topic] = self.update_id(name, depth) + 1
            if changes:
                self.publish(topic, "depth", self.book_message(topic, update.symbol, "delta", *changes))

    def whole_book(self, topic: str, symbol: str, depth: int) -> dict[str, Any]:
        """What a new subscriber gets: the book as those before it know it."""
        view = self.book_view(topic, symbol, depth)
        return self.book_message(topic, symbol, "snapshot", view, view.bids, view.asks)

    def book_message(self, topic: str, symbol: str, kind: str, view: BookView, bids: Levels, asks: Levels) -> Any:
        now, update = self.clock(), self._updates.get(topic, 1)
        data = {"s": self.ids[symbol], **sides(bids, asks, SIDES), "u": update, "seq": view.sequence}
        return {"topic": topic, "ts": now, "type": kind, "data": data, "cts": now}

    def on_trade(self, trade: Trade) -> None:
        """ "Trade": `S` is the taker's side."""
        name = self.ids[trade.symbol]
        entry = {
            **{"i": str(trade.id), "T": trade.time_ms, "p": number(trade.price), "v": number(trade.amount)},
            **{"S": SIDE[trade.taker_side], "s": name, "BT": False, "RPI": False},
        }
        topic, ticker = f"publicTrade.{name}", f"tickers.{name}"
        self.publish(topic, "trade", {"topic": topic, "ts": self.clock(), "type": "snapshot", "data": [entry]})
        if self.streams.wants(ticker):
            self.publish(ticker, "ticker", self.ticker_message(ticker, trade.symbol))
        for word, topic, candle in self.candles_told(trade, {word: f"kline.{word}.{name}" for word in INTERVALS}):
            data = [kline_message(candle, word, trade.time_ms)]
            self.publish(topic, "kline", {"type": "snapshot", "topic": topic, "data": data, "ts": self.clock()})

    def ticker_message(self, topic: str, symbol: str) -> dict[str, Any]:
        """ "Ticker": spot sends whole tickers, without best prices."""
        data = {**self.day(symbol), "usdIndexPrice": ""}
        sequence = self.engine.book(symbol).sequence
        return {"topic": topic, "ts": self.clock(), "type": "snapshot", "cs": sequence, "data": data}

    def on_order(self, event: OrderEvent) -> None:
        """ "Execution", then "Order": a fill is told as both."""
        order, name = event.order, self.ids[event.order.symbol]
        if event.kind is OrderEventKind.TRADE and event.fill is not None:
            message = execution_message(event.fill, order, name, self.fee_rate(order.account_id, event.fill))
            self._tell(order.account_id, "execution", "order", {**message, "seq": event.sequence, "isLeverage": "0"})
        self._tell(order.account_id, "order", "order", order_message(order, name))

    def on_balances(self, event: BalanceChanged) -> None:
        self._tell(event.account_id, "wallet", "balance", wallet_message(event.balances))

    def _tell(self, account_id: str, name: str, channel: str, entry: dict[str, Any]) -> None:
        topic = user_topic(account_id, name)
        if self.streams.wants(topic):
            data = [entry if name == "wallet" else {"category": "spot", **entry}]
            message = {"id": f"{account_id}_{uuid4()}", "topic": name, "creationTime": self.clock(), "data": data}
            self.publish(topic, channel, message)
