"""What the wires of spot exchanges share: the order of checks, limits, refusals, faults, sessions.

A wire subclasses `SpotWire`: it gives its routes, its words for each refusal, how it signs, and what the engine's
events become on its streams. README.md, "Add a wire to the sandbox", goes through it step by step. What clients ask of
markets and orders is in `markets` and `trading`.
"""

import math
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

from ..accounts import ApiAccount
from ..engine import BalanceChanged, BookLevel, Event, OrderEvent, OrderEventKind, Rejected, Rejection, Trade, Traded
from ..faults import Fault, Rule
from ..feed import BookFeed, BookUpdate
from ..http import ApiReply, ApiRequest
from ..limits import Counts, Decision, Limit, Limiter, Per, Verdict, Window
from ..recording import Record
from ..replay import Recording
from .base import Settings, SocketHandler, Venue
from .rest import USUAL, Call, Problem, Reason, Refusal, Route, Routes, Spoken, Words
from .trading import SpotTrading

_FAULTS: Mapping[Fault, Problem] = {
    Fault.RATE_LIMIT: Problem.RATE_LIMITED,
    Fault.BAN: Problem.BANNED,
    Fault.MAINTENANCE: Problem.MAINTENANCE,
}
#: Which words a reason is told in where an exchange has none of its own; BAD_PARAMETERS where it is not here.
_MORE_GENERAL: Mapping[Reason, Reason] = {
    Problem.BANNED: Problem.RATE_LIMITED,
    Problem.TOO_MANY_ORDERS: Problem.RATE_LIMITED,
    Problem.NOT_CANCELABLE: Problem.UNKNOWN_ORDER_ON_CANCEL,
    Problem.UNKNOWN_ORDER_ON_CANCEL: Rejection.UNKNOWN_ORDER,
    Problem.BAD_CLIENT_ORDER_ID: Problem.BAD_PARAMETER,
    Rejection.BELOW_MIN_NOTIONAL: Rejection.BELOW_MIN_AMOUNT,
    Rejection.BAD_PARAMETERS: Problem.BAD_PARAMETER,
}


@dataclass(frozen=True, slots=True)
class ShutsOut:
    """An address that asks more than `most` times in `seconds`, whatever it asks for, is shut out for `for_s`."""

    most: float = math.inf
    seconds: float = 1.0
    for_s: float = 0.0


class SpotWire(SpotTrading):
    """See the module's docstring.

    `routes`: every REST endpoint. `words`: what the exchange says for each reason; for one that is missing, what it
    says for the more general one. `sockets`: who handles a WebSocket connection, by its path. `secret_parameters`:
    request parameters that no log may hold. `tells_retry_after`: whether an answer over the rate limit has the header
    Retry-After. `shuts_out`: which addresses nothing is answered to. `public_limit`, `private_limit`: of the endpoints
    whose routes name no other rate limit; None for none.
    """

    routes: ClassVar[Routes]
    words: ClassVar[Mapping[Reason, Words]]
    sockets: ClassVar[Mapping[str, Callable[[Any], SocketHandler]]] = {}
    secret_parameters: ClassVar[frozenset[str]] = frozenset()
    tells_retry_after: ClassVar[bool] = True
    shuts_out: ClassVar[ShutsOut] = ShutsOut()
    public_limit: Limit | None = None
    private_limit: Limit | None = None

    def __init__(self, venue: Venue) -> None:
        super().__init__(venue)
        self.limiter = self._limiter(venue.settings)
        self.counts = Counts(now_s=time.time, pace=venue.settings.limits_pace)
        self._orders: dict[str, Window] = {}
        self._books = BookFeed(venue.settings.book_interval_s, self.on_book)

    # -- what an exchange says
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
        call = Call.read(request, placeholders)
        call.headers = headers
        self._let_in(call)
        limit = self.limit_of(route)
        if limit is not None and limit.per is Per.ADDRESS:
            self._count(limit, route, call)
        if route.private:
            call.account = self.authenticate(call)
        if limit is not None and limit.per is not Per.ADDRESS:
            self._count(limit, route, call)
        if route.counts_as_order:
            self.count_order(call.account_id)
        try:
            return route.answer(self, call)
        except Rejected as rejected:
            raise Refusal(rejected.rejection, rejected.detail) from None

    # -- rate limits
    def _limiter(self, settings: Settings) -> Limiter:
        """Who stands at the door."""
        if settings.weight_limit is not None:
            return Limiter(settings.weight_limit, 60, now_s=time.time)
        rule, pace = self.shuts_out, settings.limits_pace
        return Limiter(rule.most, rule.seconds / pace, patience=0, ban_s=rule.for_s / pace, now_s=time.time)

    def limit_of(self, route: Route) -> Limit | None:
        """The exchange's own for the endpoint; None where it has none, or the settings put another in its place."""
        if self.settings.weight_limit is not None:
            return None
        usual = self.private_limit if route.private else self.public_limit
        return usual if route.limit is USUAL else route.limit

    def limit_headers(self, limit: int, left: int, retry_after_s: float) -> dict[str, str]:
        """What an answer's headers say of a limit: how much of it is left, and when there is more where none is."""
        return {}

    def _let_in(self, call: Call) -> None:
        """Raises Refusal BANNED for an address that is shut out, RATE_LIMITED over the settings' limit."""
        decision = self.limiter.take(1)
        if self.settings.weight_limit is not None:
            self._tell_limit(decision, call)
        if decision.verdict is not Verdict.ALLOWED:
            reason = Problem.RATE_LIMITED if decision.verdict is Verdict.LIMITED else Problem.BANNED
            raise Refusal(reason, retry_after_s=decision.retry_after_s)

    def _count(self, limit: Limit, route: Route, call: Call) -> None:
        """Raises Refusal RATE_LIMITED over the exchange's own limit."""
        whose: list[Any] = [None if limit.pool else route]
        if limit.per is not Per.ADDRESS:
            whose.append(call.account_id)
        if limit.per is Per.MARKET:
            first = call.body[0] if isinstance(call.body, list) and call.body else call.values
            whose.append(first.get(self.names.market) if isinstance(first, dict) else None)
        decision = self.counts.take(limit, route.weigh(call), *whose)
        self._tell_limit(decision, call)
        if decision.verdict is not Verdict.ALLOWED:
            raise Refusal(Problem.RATE_LIMITED, retry_after_s=decision.retry_after_s)

    def _tell_limit(self, decision: Decision, call: Call) -> None:
        call.headers.update(self.limit_headers(int(decision.limit), int(decision.left), decision.retry_after_s))

    def count_order(self, account_id: str) -> None:
        """Counts a new order of the account; raises Refusal TOO_MANY_ORDERS over the settings' limit."""
        if self.settings.order_limit is None:
            return
        window = self._orders.setdefault(account_id, Window(self.settings.order_limit, 10))
        now = time.time()
        if window.add(1, now) > window.limit:
            raise Refusal(Problem.TOO_MANY_ORDERS, retry_after_s=window.resets_in(now))

    def refusal(self, refusal: Refusal, headers: dict[str, str] | None = None, limit: float | None = None) -> ApiReply:
        """The refusal in the exchange's words; `limit`: the one that it is about, where no header tells it yet."""
        headers = {} if headers is None else headers
        words = self.words_for(refusal)
        if refusal.reason is Problem.TOO_MANY_ORDERS:
            limit = self.settings.order_limit
        if limit is not None and refusal.retry_after_s is not None:
            headers.update(self.limit_headers(int(limit), 0, refusal.retry_after_s))
        if self.tells_retry_after and refusal.retry_after_s is not None and words.status in (418, 429, 503):
            headers["Retry-After"] = str(max(1, round(refusal.retry_after_s)))
        return ApiReply.json(self.refused(words.code, words.text), words.status, headers)

    def words_for(self, refusal: Refusal) -> Words:
        """The table's words with `{detail}` and `{name}` filled in."""
        reason = refusal.reason
        while reason not in self.words:
            reason = _MORE_GENERAL.get(reason, Rejection.BAD_PARAMETERS)
        words = self.words[reason]
        text = words.text.replace("{detail}", refusal.detail).replace("{name}", refusal.name)
        return Words(words.code, text, words.status)

    def fault_reply(self, rule: Rule, request: ApiRequest) -> ApiReply:
        if rule.fault is Fault.UNKNOWN_ORDER:
            is_query = self.endpoint(request).endswith("status")
            return self.refusal(Refusal(Rejection.UNKNOWN_ORDER if is_query else Problem.UNKNOWN_ORDER_ON_CANCEL))
        if rule.fault is Fault.BAN:
            self.limiter.ban(rule.retry_after_s)
        problem = _FAULTS.get(rule.fault, Problem.OVERLOADED) if isinstance(rule.fault, Fault) else Problem.OVERLOADED
        reply = self.refusal(Refusal(problem, retry_after_s=rule.retry_after_s), limit=self._limit_told(request))
        if problem is Problem.OVERLOADED:
            reply.status = rule.status
        return reply

    def _limit_told(self, request: ApiRequest) -> float | None:
        """The limit that headers of an answer to the request would tell."""
        found = self.routes.find(request.method, request.path)
        limit = None if found is None else self.limit_of(found[0])
        return self.settings.weight_limit if limit is None else limit.most

    def public_parameters(self, parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
        return {name: value for name, value in parameters if name not in self.secret_parameters}

    @classmethod
    def recorded(cls, records: Iterable[Record]) -> Recording:
        raise ValueError(f"recordings of {cls.name} cannot be replayed; those of binance can")

    # -- streams
    def accept(self, host: str, path: str, query: str) -> SocketHandler | None:
        kind = self.sockets.get(path.rstrip("/"))
        return None if kind is None else kind(self)

    def on_event(self, event: Event) -> None:
        if isinstance(event, BookLevel):
            self._books.add(event)
            self.on_level(event)
        elif isinstance(event, Traded):
            self.tapes[event.trade.symbol].add(event.trade)
            self.on_trade(event.trade)
        elif isinstance(event, OrderEvent):
            if event.kind is OrderEventKind.NEW:
                self.use_up(event.order)
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
