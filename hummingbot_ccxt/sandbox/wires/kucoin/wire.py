"""KuCoin spot, classic account: its signatures, its codes, its tokens, its topics.

Source: kucoin.com/docs-new, the page named at each function; codes from its "Errors" pages and from ccxt's class.
"""

import hmac
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import parse_qs
from uuid import uuid4

from ...accounts import ApiAccount, hmac_sha256_base64, random_word
from ...engine import BalanceChanged, BookLevel, Fill, Market, Order, OrderEvent, OrderEventKind, Rejection, Side, Trade
from ...feed import BookUpdate
from ..base import SocketHandler, Venue
from ..connection import user_topic
from ..markets import Names
from ..notation import number
from ..rest import Call, Problem, Reason, Refusal, Routes, Words
from ..spot import SpotWire
from .endpoints import INTERVALS, ROUTES
from .messages import balance_change, candle_message, order_change, order_id
from .sockets import ORDER_TOPICS, KucoinSocket

_HEADERS = ("KC-API-KEY", "KC-API-SIGN", "KC-API-TIMESTAMP", "KC-API-PASSPHRASE")
_INCREMENT = "increment invalid."
WORDS: Mapping[Reason, Words] = {
    Problem.NO_ENDPOINT: Words("404", "Not Found", 404),
    Problem.BAD_PARAMETER: Words("400100", "{detail}", 400),
    Problem.UNKNOWN_KEY: Words("400003", "KC-API-KEY not exists", 401),
    Problem.BAD_PASSPHRASE: Words("400004", "Invalid KC-API-PASSPHRASE", 401),
    Problem.BAD_SIGNATURE: Words("400005", "Invalid KC-API-SIGN", 401),
    Problem.CLOCK_SKEW: Words("400002", "Invalid KC-API-TIMESTAMP", 400),
    Problem.BAD_NONCE: Words("400001", "Please check the header of your request for {detail}", 401),
    Problem.BAD_CLIENT_ORDER_ID: Words("400100", "The clientOid is invalid: {detail}", 400),
    Problem.RATE_LIMITED: Words("429000", "Too many requests in a short period of time, please retry later", 429),
    Problem.MAINTENANCE: Words("503", "Service Unavailable", 503),
    Problem.OVERLOADED: Words("500000", "Internal Server Error", 500),
    Problem.UNKNOWN_ORDER_ON_CANCEL: Words("400100", "order_not_exist_or_not_allow_to_cancel"),
    Rejection.UNKNOWN_ORDER: Words("400100", "order not exist."),
    Rejection.UNKNOWN_MARKET: Words("400100", "Unsupported trading pair."),
    Rejection.MARKET_CLOSED: Words("400200", "Forbidden to place an order"),
    Rejection.BAD_PRICE_TICK: Words("600100", f"Price {_INCREMENT}"),
    Rejection.BAD_LOT: Words("600100", f"Order size {_INCREMENT}"),
    Rejection.BELOW_MIN_AMOUNT: Words("400100", "Order size below the minimum requirement."),
    Rejection.ABOVE_MAX_AMOUNT: Words("400100", "Order size above the maximum requirement."),
    Rejection.BELOW_MIN_NOTIONAL: Words("600101", "The order funds should more then {name}."),
    Rejection.DUPLICATE_CLIENT_ORDER_ID: Words("126044", "clientOid duplicate"),
    Rejection.NO_LIQUIDITY: Words("300000", "No liquidity in the order book."),
    Rejection.INSUFFICIENT_FUNDS: Words("200004", "Balance insufficient!"),
}


class KucoinWire(SpotWire):
    """See the module's docstring."""

    name = "kucoin"
    fees_in_quote = True
    names: ClassVar[Names] = Names("symbol", "orderId", "clientOid", start="startAt", end="endAt", older_than="lastId")
    intervals: ClassVar[Mapping[str, str]] = INTERVALS
    routes: ClassVar[Routes] = ROUTES
    words: ClassVar[Mapping[Reason, Words]] = WORDS
    tells_retry_after: ClassVar[bool] = False
    has_passphrase: ClassVar[bool] = True
    client_order_ids: ClassVar[re.Pattern[str]] = re.compile("[0-9A-Za-z_-]{1,40}", re.ASCII)  # "Add Order"
    uses_up_ids: ClassVar[bool] = True

    def __init__(self, venue: Venue) -> None:
        super().__init__(venue)
        self._tokens: dict[str, str] = {}  # -> account id, "" for public ones
        self._to_open: dict[int, Decimal] = {}  # order id -> filled when what is left of it enters the book
        self._level_sequences: dict[str, dict[tuple[Side, Decimal], int]] = {}

    def market_id(self, market: Market) -> str:
        return f"{market.base}-{market.quote}"

    def order_id(self, number: int) -> str:
        return order_id(number)

    def engine_order_id(self, text: str, reason: Reason = Rejection.UNKNOWN_ORDER) -> int:
        if not re.fullmatch(r"[0-9a-f]{24}", text, re.ASCII):
            raise Refusal(reason, text, name=text)
        return int(text, 16)

    # -- REST
    def authenticate(self, call: Call) -> ApiAccount:
        """ "Authentication": version 2 of a key signs its passphrase too."""
        request, headers = call.request, call.request.headers
        for name in _HEADERS:
            if name not in headers:
                raise Refusal(Problem.BAD_NONCE, name)
        timestamp = headers["KC-API-TIMESTAMP"]
        window_ms = self.settings.stamp_window_s * 1000
        if not timestamp.isdigit() or abs(int(timestamp) - self.clock()) > window_ms:
            raise Refusal(Problem.CLOCK_SKEW)
        account = self.account_of(headers["KC-API-KEY"])
        signs_passphrase = headers.get("KC-API-KEY-VERSION", "1") != "1"
        passphrase = hmac_sha256_base64(account.secret, account.password) if signs_passphrase else account.password
        right = hmac_sha256_base64(account.secret, f"{timestamp}{request.method}{request.target}{request.body}")
        self.check_signature(headers["KC-API-SIGN"], right)
        if not hmac.compare_digest(headers["KC-API-PASSPHRASE"].encode(), passphrase.encode()):
            raise Refusal(Problem.BAD_PASSPHRASE)
        return account

    def wrapped(self, value: Any) -> Any:
        return {"code": "200000", "data": value}

    def refused(self, code: Any, text: str) -> Any:
        return {"code": code, "msg": text}

    def words_for(self, refusal: Refusal) -> Words:
        if refusal.reason is Rejection.BELOW_MIN_NOTIONAL:
            refusal = Refusal(refusal.reason, name=refusal.detail.partition(" < ")[2])
        return super().words_for(refusal)

    def limit_headers(self, limit: int, left: int, retry_after_s: float) -> dict[str, str]:
        """ "Rate Limit": how much is left, and in how many ms all of it is there again."""
        return {
            "gw-ratelimit-limit": str(limit),
            "gw-ratelimit-remaining": str(left),
            "gw-ratelimit-reset": str(round(retry_after_s * 1000)),
        }

    def stats(self, market: Market) -> dict[str, Any]:
        """ "Get 24hr Stats", "Get All Tickers": the members that both have."""
        day, (bid, ask) = self.tapes[market.symbol].day(self.clock()), self.best(market.symbol)
        rates = dict.fromkeys(("takerFeeRate", "makerFeeRate"), "0.001")
        return {
            "buy": number(bid[0]),
            "sell": number(ask[0]),
            "changeRate": f"{day.ratio:.4f}" if day.before else "0",
            "changePrice": number(day.change),
            "high": number(day.high),
            "low": number(day.low),
            "vol": number(day.volume),
            "volValue": number(day.quote_volume),
            "last": number(day.close),
            "averagePrice": number(day.close),
            **rates,
            "takerCoefficient": "1",
            "makerCoefficient": "1",
        }

    def best_message(self, symbol: str) -> dict[str, Any]:
        """ "Get Ticker", "Ticker" (stream)."""
        (bid, bid_size), (ask, ask_size) = self.best(symbol)
        last = self.tapes[symbol].last
        return {
            "sequence": str(self.engine.book(symbol).sequence),
            "bestAsk": number(ask),
            "size": number(last.amount if last is not None else Decimal(0)),
            "bestBidSize": number(bid_size),
            "price": number(last.price if last is not None else Decimal(0)),
            "time": self.clock(),
            "bestAskSize": number(ask_size),
            "bestBid": number(bid),
        }

    # -- tokens and connections
    def heartbeat_s(self) -> tuple[float, float]:
        """`pingInterval` and `pingTimeout`."""
        return self.settings.ping_interval_s, self.settings.pong_timeout_s

    def new_token(self, call: Call, account_id: str | None) -> Any:
        """ "Get Public Token", "Get Private Token": the server's address leads back to this venue."""
        token = random_word(64)
        self._tokens[token] = account_id or ""
        host = "ws-api-spot.kucoin.com"
        interval_s, timeout_s = self.heartbeat_s()
        server = {
            "endpoint": f"ws://{call.request.headers.get('Host', host)}/{host}/",
            "encrypt": True,
            "protocol": "websocket",
            "pingInterval": round(interval_s * 1000),
            "pingTimeout": round(timeout_s * 1000),
        }
        return {"token": token, "instanceServers": [server]}

    def secrets(self) -> list[str]:
        return list(self._tokens)

    def accept(self, host: str, path: str, query: str) -> SocketHandler | None:
        given = parse_qs(query)
        account_id = self._tokens.get(given.get("token", [""])[0])
        return KucoinSocket(self, account_id, given.get("connectId", [""])[0])

    def expire_sessions(self) -> int:
        """The private tokens go with the connections: a new connection needs a new one."""
        for token in [token for token, account_id in self._tokens.items() if account_id]:
            del self._tokens[token]
        return super().expire_sessions()

    def last_words(self) -> Any:
        return {"id": "", "type": "error", "code": 401, "data": "token is expired"}

    # -- public streams
    def _send(self, topic: str, channel: str, subject: str, data: Any) -> None:
        self.publish(topic, channel, {"topic": topic, "type": "message", "subject": subject, "data": data})

    def on_level(self, level: BookLevel) -> None:
        """Each changed level of a "level2" message has the sequence number of its last change."""
        self._level_sequences.setdefault(level.symbol, {})[level.side, level.price] = level.sequence

    def on_book(self, update: BookUpdate) -> None:
        """ "Orderbook - Increment", "Orderbook - Level5", "... Level50", and best prices ("Ticker")."""
        name, sequences = self.ids[update.symbol], self._level_sequences.pop(update.symbol, {})
        topic = f"/market/level2:{name}"
        if self.streams.wants(topic):
            changes = {
                kind: [[number(p), number(size), str(sequences.get((side, p), update.last))] for p, size in each]
                for kind, side, each in (("asks", Side.SELL, update.asks), ("bids", Side.BUY, update.bids))
            }
            data = {
                "changes": changes,
                "sequenceEnd": update.last,
                "sequenceStart": update.first,
                "symbol": name,
                "time": self.clock(),
            }
            self._send(topic, "depth", "trade.l2update", data)
        for depth in (5, 50):
            topic = f"/spotMarket/level2Depth{depth}:{name}"
            if self.streams.wants(topic):
                data = {**self.sides(update.symbol, depth), "timestamp": self.clock()}
                self._send(topic, "depth", "level2", data)
        topic = f"/market/ticker:{name}"
        if self.streams.wants(topic):
            self._send(topic, "ticker", "trade.ticker", self.best_message(update.symbol))

    def on_trade(self, trade: Trade) -> None:
        """ "Trade" (match), "Market Snapshot", "Klines"."""
        name, bought = self.ids[trade.symbol], trade.taker_side is Side.BUY
        buyer, seller = order_id(trade.buyer_order_id), order_id(trade.seller_order_id)
        data = {
            "makerOrderId": seller if bought else buyer,
            "price": number(trade.price),
            "sequence": str(trade.id),
            "side": trade.taker_side.value,
            "size": number(trade.amount),
            "symbol": name,
            "takerOrderId": buyer if bought else seller,
            "time": str(trade.time_ms * 1_000_000),
            "tradeId": str(self.trade_number(trade.symbol, trade.id)),
            "type": "match",
        }
        self._send(f"/market/match:{name}", "trade", "trade.l3match", data)
        topic = f"/market/snapshot:{name}"
        if self.streams.wants(topic):
            self._send(topic, "ticker", "trade.snapshot", self.snapshot(self.engine.markets[trade.symbol]))
        for _, topic, candle in self.candles_told(trade, {w: f"/market/candles:{name}_{w}" for w in INTERVALS}):
            told = {"symbol": name, "candles": candle_message(candle), "time": trade.time_ms * 1_000_000}
            self._send(topic, "kline", "trade.candles.update", told)

    def snapshot(self, market: Market) -> dict[str, Any]:
        """ "Market Snapshot", data: numbers are numbers here."""
        stats, name = self.stats(market), self.ids[market.symbol]
        names = {"buy": "buy", "sell": "sell", "changeRate": "changeRate", "changePrice": "changePrice"}
        names |= {"high": "high", "low": "low", "vol": "vol", "volValue": "volValue", "last": "lastTradedPrice"}
        data = {new: float(stats[old]) for old, new in names.items()}
        kept = {"symbol": name, "symbolCode": name, "baseCurrency": market.base, "quoteCurrency": market.quote}
        more = {"trading": True, "market": "USDS", "sort": 100, "board": 0, "mark": 0, "datetime": self.clock()}
        sequence = str(self.engine.book(market.symbol).sequence)
        return {"sequence": sequence, "data": {**data, **kept, **more}}

    # -- private streams
    def on_order(self, event: OrderEvent) -> None:
        """ "Order Change": `received` is version 2's alone; `open` comes when what is left of an order enters the book,
        after its own matches."""
        order = event.order
        if not any(self.streams.wants(user_topic(order.account_id, topic)) for topic in ORDER_TOPICS):
            return
        if event.kind is OrderEventKind.NEW:
            self._change(event, order, "received")
            now = self.engine.order(order.account_id, order_id=order.id)  # the operation is over
            if now.is_open:
                self._to_open[order.id] = now.filled
        elif event.kind is OrderEventKind.TRADE:
            self._change(event, order, "match", event.fill)
            if not order.is_open:
                self._change(event, order, "filled")
        else:
            self._change(event, order, "canceled")
        if order.is_open and self._to_open.get(order.id) == order.filled:
            del self._to_open[order.id]
            self._change(event, order, "open")

    def _change(self, event: OrderEvent, order: Order, kind: str, fill: Fill | None = None) -> None:
        topics = ORDER_TOPICS[1:] if kind == "received" else ORDER_TOPICS
        trade = 0 if fill is None else self.trade_number(order.symbol, fill.id)
        for topic in topics:
            if self.streams.wants(user_topic(order.account_id, topic)):
                data = order_change(order, self.ids[order.symbol], kind, event.time_ms, fill, trade)
                self._tell(order.account_id, topic, "order", "orderChange", data)

    def on_balances(self, event: BalanceChanged) -> None:
        """ "Balance": one message for each currency."""
        topic = "/account/balance"
        if self.streams.wants(user_topic(event.account_id, topic)):
            for change in self.balance_changes(event):
                data = balance_change(*change, event.time_ms, uuid4().hex[:24])
                self._tell(event.account_id, topic, "balance", "account.balance", data, id=data["relationEventId"])

    def _tell(self, account_id: str, topic: str, channel: str, subject: str, data: Any, **more: Any) -> None:
        whose = {"userId": f"{self.user_number(account_id):024x}", "channelType": "private"}
        message = {"topic": topic, "type": "message", "subject": subject, **more, **whose, "data": data}
        self.publish(user_topic(account_id, topic), channel, message)
