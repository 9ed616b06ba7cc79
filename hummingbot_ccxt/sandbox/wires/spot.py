"""What the wires of spot exchanges share: the order of checks, markets by id, tapes, books, sessions, faults.

A wire subclasses `SpotWire`: it gives its routes, its words for each refusal, how it signs, and what the engine's
events become on its streams. README.md, "Add a wire to the sandbox", goes through it step by step.
"""

import re
import time
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

import orjson

from ..accounts import ApiAccount
from ..engine import (
    Balance,
    BalanceChanged,
    BookLevel,
    Event,
    Market,
    Order,
    OrderEvent,
    OrderEventKind,
    OrderType,
    Rejected,
    Rejection,
    Side,
    TimeInForce,
    Trade,
    Traded,
)
from ..faults import Fault, Rule
from ..feed import BookFeed, BookUpdate
from ..http import ApiReply, ApiRequest
from ..limits import Limiter, Verdict, Window
from ..recording import Record
from ..replay import Recording
from ..tape import Tape
from .base import Venue, Wire
from .rest import Call, Problem, Reason, Refusal, Routes, Spoken, Words, given_id
from .views import BookView, Levels

_FAULTS: Mapping[Fault, Problem] = {
    Fault.RATE_LIMIT: Problem.RATE_LIMITED,
    Fault.BAN: Problem.BANNED,
    Fault.MAINTENANCE: Problem.MAINTENANCE,
}
_OVER_A_LIMIT = (Problem.RATE_LIMITED, Problem.BANNED, Problem.TOO_MANY_ORDERS)


class SpotWire(Wire):
    """See the module's docstring.

    `routes`: every REST endpoint. `words`: what the exchange says for each reason; one that is missing falls back
    on the more general `Rejection.BAD_PARAMETERS`. `secret_parameters`: request parameters that no log may hold.
    `tells_retry_after`: whether an answer over the rate limit has the header Retry-After.

    Of orders: `price_parameter` and `client_order_id_parameter`, their names; `client_order_ids`: what such an id looks
    like; `uses_up_ids`: whether one that was taken can never be taken again, or can be once its order has ended;
    `cancels_crossing`: whether a post-only order that would take is accepted and canceled, or refused.
    """

    routes: ClassVar[Routes]
    words: ClassVar[Mapping[Reason, Words]]
    secret_parameters: ClassVar[frozenset[str]] = frozenset()
    tells_retry_after: ClassVar[bool] = True
    price_parameter: ClassVar[str] = "price"
    client_order_id_parameter: ClassVar[str]
    client_order_ids: ClassVar[re.Pattern[str]]
    uses_up_ids: ClassVar[bool] = False
    cancels_crossing: ClassVar[bool] = False

    def __init__(self, venue: Venue) -> None:
        super().__init__(venue)
        engine = venue.engine
        self.engine, self.streams, self.clock, self.settings = engine, venue.streams, venue.clock, venue.settings
        self.started_ms = venue.clock()
        self.markets_by_id: dict[str, Market] = {self.market_id(each): each for each in engine.markets.values()}
        self.ids: dict[str, str] = {market.symbol: name for name, market in self.markets_by_id.items()}
        self.tapes: dict[str, Tape] = {symbol: Tape() for symbol in engine.markets}
        for symbol, tape in self.tapes.items():
            for trade in engine.trades(symbol):
                tape.add(trade)
        self._numbers = {symbol: index for index, symbol in enumerate(engine.markets)}
        self._users: dict[str, int] = {}
        self._held: dict[str, dict[str, Balance]] = {}
        self._used_ids: dict[str, set[str]] = {}
        self._book_views: dict[str, BookView] = {}
        self.limiter = Limiter(venue.settings.weight_limit, 60, now_s=time.time)
        self._orders: dict[str, Window] = {}
        self._books = BookFeed(venue.settings.book_interval_s, self.on_book)

    # -- what an exchange says
    @abstractmethod
    def market_id(self, market: Market) -> str:
        """`BTCUSDT`, `BTC-USDT`, ... Called while the wire is being made."""

    @abstractmethod
    def authenticate(self, call: Call) -> ApiAccount:
        """Who signed the request; raises Refusal (UNKNOWN_KEY, BAD_SIGNATURE, CLOCK_SKEW, BAD_NONCE, ...)."""

    @abstractmethod
    def wrapped(self, value: Any) -> Any:
        """The envelope around what an endpoint answers; the value itself where there is none."""

    @abstractmethod
    def refused(self, code: Any, text: str) -> Any:
        """The body of a refusal."""

    # -- what the engine's events become (nothing, unless the wire says otherwise)
    def on_book(self, update: BookUpdate) -> None:
        """The levels of one book that changed within the last `book_interval_s`."""

    def on_level(self, level: BookLevel) -> None:
        """Every single change of a level, at once: for best-price streams."""

    def on_trade(self, trade: Trade) -> None:
        """A public trade; the tape has it already."""

    def on_order(self, event: OrderEvent) -> None:
        """An account's order changed."""

    def on_balances(self, event: BalanceChanged) -> None:
        """An account's balances changed."""

    # -- help for endpoints
    def market(self, name: str) -> Market:
        """The market with the exchange's id `name`; raises Refusal UNKNOWN_MARKET."""
        market = self.markets_by_id.get(name)
        if market is None:
            raise Refusal(Rejection.UNKNOWN_MARKET, name, name=name)
        return market

    def symbol_asked(self, call: Call, name: str) -> str | None:
        """The symbol of the market that the parameter names; None without one. Raises Refusal UNKNOWN_MARKET."""
        return self.market(call.text(name)).symbol if call.has(name) else None

    def markets_asked(self, call: Call, name: str) -> list[Market]:
        """The market that the parameter names, or all. Raises Refusal UNKNOWN_MARKET."""
        return [self.market(call.text(name))] if call.has(name) else list(self.engine.markets.values())

    def client_order_id(self, call: Call) -> str | None:
        """The id that a new order is given; raises Refusal BAD_CLIENT_ORDER_ID, or DUPLICATE_CLIENT_ORDER_ID for one
        that is used up (the engine refuses that of an open order)."""
        name = self.client_order_id_parameter
        word = call.optional(name)
        if word is not None and not self.client_order_ids.fullmatch(word):
            raise Refusal(Problem.BAD_CLIENT_ORDER_ID, word, name=name)
        if word is not None and word in self._used_ids.get(call.account_id, ()):
            raise Refusal(Rejection.DUPLICATE_CLIENT_ORDER_ID, word, name=name)
        return word

    def place(
        self,
        call: Call,
        market: Market,
        side: Side,
        type: OrderType,
        size: Decimal,
        *,
        is_cost: bool,
        force: TimeInForce = TimeInForce.GTC,
    ) -> Order:
        """A new order with the call's client order id and, unless it is a market order, its price.

        `is_cost`: the size is in quote. `force` counts for plain limit orders only. Raises Refusal or Rejected.
        """
        is_market = type is OrderType.MARKET
        return self.engine.place(
            call.account_id,
            symbol=market.symbol,
            side=side,
            type=type,
            price=None if is_market else call.decimal(self.price_parameter),
            amount=None if is_cost else size,
            quote_amount=size if is_cost else None,
            time_in_force=force if type is OrderType.LIMIT else TimeInForce.GTC,
            client_order_id=self.client_order_id(call),
            cancels_crossing=self.cancels_crossing,
        )

    def find_order(
        self, account_id: str, symbol: str | None, order_id: str | None, client_order_id: str | None
    ) -> Order:
        """The order that is meant; raises Refusal UNKNOWN_ORDER, also for an order id that can be none of ours."""
        number = None if order_id is None else self.engine_order_id(order_id)
        try:
            return self.engine.order(account_id, symbol, order_id=number, client_order_id=client_order_id)
        except Rejected as rejected:
            raise Refusal(rejected.rejection, rejected.detail, name=order_id or client_order_id or "") from None

    def cancel_order(
        self, account_id: str, symbol: str | None, order_id: str | None, client_order_id: str | None
    ) -> Order:
        """The canceled order; Refusal UNKNOWN_ORDER_ON_CANCEL or NOT_CANCELABLE."""
        number = None if order_id is None else self.engine_order_id(order_id, Problem.UNKNOWN_ORDER_ON_CANCEL)
        try:
            return self.engine.cancel(account_id, symbol, order_id=number, client_order_id=client_order_id)
        except Rejected as rejected:
            reasons: dict[Rejection, Reason] = {
                Rejection.UNKNOWN_ORDER: Problem.UNKNOWN_ORDER_ON_CANCEL,
                Rejection.ORDER_NOT_OPEN: Problem.NOT_CANCELABLE,
            }
            reason = reasons.get(rejected.rejection, rejected.rejection)
            raise Refusal(reason, rejected.detail, name=order_id or client_order_id or "") from None

    def order_id(self, number: int) -> str:
        """How the exchange writes the engine's order ids."""
        return str(number)

    def engine_order_id(self, text: str, reason: Reason = Rejection.UNKNOWN_ORDER) -> int:
        """The other way round; raises Refusal `reason` for a text that is no order id."""
        if not text.isascii() or not text.isdigit():
            raise Refusal(reason, text, name=text)
        return int(text)

    def trade_number(self, symbol: str, number: int) -> int:
        """A trade id that no other market has: the engine numbers each market's trades by themselves."""
        return number * len(self._numbers) + self._numbers[symbol]

    def user_number(self, account_id: str) -> int:
        """How an exchange with numbered users knows the account."""
        return self._users.setdefault(account_id, 1_000_001 + len(self._users))

    def best(self, symbol: str) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
        """(price, amount) of the best bid and of the best ask, zeros for an empty side."""
        book = self.engine.book(symbol)
        bid, ask = (next(iter(side.levels(1)), (Decimal(0), Decimal(0))) for side in (book.bids, book.asks))
        return bid, ask

    def last_price(self, symbol: str) -> Decimal | None:
        last = self.tapes[symbol].last
        return None if last is None else last.price

    def assets(self) -> list[str]:
        """Every asset of a market, each once, in the markets' order."""
        return list(
            dict.fromkeys(asset for market in self.engine.markets.values() for asset in (market.base, market.quote))
        )

    # -- help for streams of books of limited depth
    def book_view(self, topic: str, symbol: str, depth: int) -> BookView:
        """The book as the topic's subscribers know it; a new view for the first of them."""
        if not self.streams.wants(topic):
            self._book_views[topic] = BookView(self.engine.book(symbol), depth)
        return self._book_views[topic]

    def book_changes(self, topic: str) -> tuple[BookView, Levels, Levels] | None:
        """(view, bids, asks) to tell the topic's subscribers; None without any, or without a change for them."""
        if not self.streams.wants(topic):
            return None
        view = self._book_views[topic]
        bids, asks = view.changes()
        return (view, bids, asks) if bids or asks else None

    # -- help for streams of balances that say what changed
    def hold(self, account_id: str) -> None:
        """Remembers what an account has; to be called when someone subscribes to its balances."""
        self._held[account_id] = dict(self.engine.balances(account_id))

    def balance_changes(self, event: BalanceChanged) -> list[tuple[str, Balance, Balance]]:
        """(asset, balance now, balance before) since `hold` or the last call; the event's account must be held."""
        held = self._held[event.account_id]
        nothing = Balance(Decimal(0), Decimal(0))
        changes = [(asset, now, held.get(asset, nothing)) for asset, now in event.balances.items()]
        held.update(event.balances)
        return changes

    # -- REST
    def endpoint(self, request: ApiRequest) -> str:
        found = self.routes.find(request.method, request.path)
        return "unknown" if found is None else found[0].name

    def answer(self, request: ApiRequest) -> ApiReply:
        headers: dict[str, str] = {}
        try:
            value = self._carry_out(request, headers)
        except Refusal as refusal:
            return self.refusal(refusal, headers)
        except Spoken as spoken:
            return ApiReply.json(spoken.body, spoken.status, headers)
        return value if isinstance(value, ApiReply) else ApiReply.json(self.wrapped(value), 200, headers)

    def _carry_out(self, request: ApiRequest, headers: dict[str, str]) -> Any:
        found = self.routes.find(request.method, request.path)
        if found is None:
            raise Refusal(Problem.NO_ENDPOINT, f"{request.method} {request.path}", name=request.path)
        route, placeholders = found
        decision = self.limiter.take(route.weight)
        window = self.limiter.window
        headers.update(self.limit_headers(window.limit, max(0, window.limit - decision.used), decision.retry_after_s))
        if decision.verdict is not Verdict.ALLOWED:
            reason = Problem.RATE_LIMITED if decision.verdict is Verdict.LIMITED else Problem.BANNED
            raise Refusal(reason, retry_after_s=decision.retry_after_s)
        call = Call.read(request, placeholders)
        call.headers = headers
        if route.private:
            call.account = self.authenticate(call)
        if route.counts_as_order:
            self.count_order(call.account_id)
        try:
            return route.answer(self, call)
        except Rejected as rejected:
            raise Refusal(rejected.rejection, rejected.detail) from None

    def limit_headers(self, limit: int, left: int, retry_after_s: float) -> dict[str, str]:
        """What an answer's headers say of a limit: how much of it is left, and when there is more where none is."""
        return {}

    def count_order(self, account_id: str) -> None:
        """Counts a new order of the account; raises Refusal TOO_MANY_ORDERS over the limit."""
        window = self._orders.setdefault(account_id, Window(self.settings.order_limit, 10))
        now = time.time()
        if window.add(1, now) > window.limit:
            raise Refusal(Problem.TOO_MANY_ORDERS, retry_after_s=window.resets_in(now))

    def refusal(self, refusal: Refusal, headers: dict[str, str] | None = None) -> ApiReply:
        """The refusal in the exchange's words."""
        headers = {} if headers is None else headers
        words = self.words_for(refusal)
        if refusal.reason in _OVER_A_LIMIT and refusal.retry_after_s is not None:
            is_of_orders = refusal.reason is Problem.TOO_MANY_ORDERS
            limit = self.settings.order_limit if is_of_orders else self.limiter.window.limit
            headers.update(self.limit_headers(limit, 0, refusal.retry_after_s))
        if self.tells_retry_after and refusal.retry_after_s is not None and words.status in (418, 429, 503):
            headers["Retry-After"] = str(max(1, round(refusal.retry_after_s)))
        return ApiReply.json(self.refused(words.code, words.text), words.status, headers)

    def words_for(self, refusal: Refusal) -> Words:
        """The table's words with `{detail}` and `{name}` filled in."""
        words = self.words.get(refusal.reason) or self.words[Rejection.BAD_PARAMETERS]
        text = words.text.replace("{detail}", refusal.detail).replace("{name}", refusal.name)
        return Words(words.code, text, words.status)

    def fault_reply(self, rule: Rule, request: ApiRequest) -> ApiReply:
        if rule.fault is Fault.UNKNOWN_ORDER:
            is_query = self.endpoint(request).endswith("status")
            return self.refusal(Refusal(Rejection.UNKNOWN_ORDER if is_query else Problem.UNKNOWN_ORDER_ON_CANCEL))
        if rule.fault is Fault.BAN:
            self.limiter.ban(rule.retry_after_s)
        problem = _FAULTS.get(rule.fault, Problem.OVERLOADED) if isinstance(rule.fault, Fault) else Problem.OVERLOADED
        reply = self.refusal(Refusal(problem, retry_after_s=rule.retry_after_s))
        if problem is Problem.OVERLOADED:
            reply.status = rule.status
        return reply

    def public_parameters(self, parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
        return {name: value for name, value in parameters if name not in self.secret_parameters}

    @classmethod
    def recorded(cls, records: Iterable[Record]) -> Recording:
        raise ValueError(f"recordings of {cls.name} cannot be replayed; those of binance can")

    # -- streams
    def on_event(self, event: Event) -> None:
        if isinstance(event, BookLevel):
            self._books.add(event)
            self.on_level(event)
        elif isinstance(event, Traded):
            self.tapes[event.trade.symbol].add(event.trade)
            self.on_trade(event.trade)
        elif isinstance(event, OrderEvent):
            if self.uses_up_ids and event.kind is OrderEventKind.NEW and given_id(event.order):
                self._used_ids.setdefault(event.order.account_id, set()).add(event.order.client_order_id)
            self.on_order(event)
        else:
            self.on_balances(event)

    def publish(self, topic: str, channel: str, message: Any, *, spoiled: Any = None) -> None:
        """Sends a message to a topic's subscribers. `channel`: its kind for the fault switches (depth, trade, ticker,
        order, balance); `spoiled`: the same message with a wrong checksum, for the switch of that name."""
        if self.streams.wants(topic):
            wrong = None if spoiled is None else orjson.dumps(spoiled)
            self.streams.publish(topic, channel, orjson.dumps(message), spoiled=wrong)

    def expire_sessions(self) -> int:
        """Closes every private connection, after the exchange's last words (`last_words`)."""
        private = [session for session in self.streams.sessions if session.is_private]
        for session in private:
            words = self.last_words()
            if words is not None:
                session.send(orjson.dumps(words))
            session.close(1000)
        return len(private)

    def last_words(self) -> Any:
        """The message that tells a private connection that its session has run out; None for none."""
        return None

    def stop(self) -> None:
        self._books.stop()
