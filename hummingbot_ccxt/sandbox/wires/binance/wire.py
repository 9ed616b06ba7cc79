"""Binance's spot REST API: routing, security, rate limits, and the state that REST and streams share.

Source: Binance Spot API documentation, "REST API" (rest-api.md): "Limits", "Endpoint security type", "SIGNED endpoint
security", "Timing security"; codes from "Errors".
"""

import itertools
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

from ...accounts import ApiAccount, hmac_sha256_hex, same_digest
from ...engine import BookLevel, Event, Market, Traded
from ...faults import Fault, Rule
from ...http import ApiReply, ApiRequest
from ...limits import Limiter, Verdict, Window
from ...recording import Record
from ...replay import Recording
from ...tape import Tape
from ..base import SocketHandler, Venue, Wire
from . import errors, messages, recorded, rest_account, rest_market, rest_trade
from .call import Call, market_id
from .endpoint import Endpoint, Endpoints, Security
from .errors import BinanceError
from .market_streams import MarketStreams
from .sockets import MarketSocket
from .user_streams import UserStreams
from .ws_api import ApiSocket

ENDPOINTS: Endpoints = {**rest_market.ENDPOINTS, **rest_trade.ENDPOINTS, **rest_account.ENDPOINTS}

_SECRET_PARAMETERS = frozenset({"signature", "apiKey", "listenKey", "listenToken"})
_SIGNATURE = re.compile(r"(?:^|&)signature=[^&]*")
_DEFAULT_WINDOW_MS = 5_000
_MOST_WINDOW_MS = 60_000
_AHEAD_MS = 1_000
_DAY_S = 86_400
_WEIGHT_A_MINUTE = 6_000  # as GET /api/v3/exchangeInfo tells; the window stays as it is where time is made short
_ORDERS_IN_TEN_SECONDS = 100
_ORDERS_A_DAY = 200_000


class BinanceWire(Wire):
    """See the module's docstring; `market_streams`, `user_streams` and `ws_api` speak the WebSocket side."""

    name = "binance"

    def __init__(self, venue: Venue) -> None:
        super().__init__(venue)
        self.started_ms = venue.clock()
        self.markets_by_id: dict[str, Market] = {market_id(each): each for each in venue.engine.markets.values()}
        self._ids = {market.symbol: name for name, market in self.markets_by_id.items()}
        self._tapes = {symbol: Tape() for symbol in venue.engine.markets}
        for symbol, tape in self._tapes.items():
            for trade in venue.engine.trades(symbol):
                tape.add(trade)
        self._uids: dict[str, int] = {}
        settings = venue.settings
        self._weight_limit = settings.weight_limit or int(_WEIGHT_A_MINUTE * settings.limits_pace)
        self._order_limit = settings.order_limit or int(_ORDERS_IN_TEN_SECONDS * settings.limits_pace)
        self._uid_counter = itertools.count(350_000_001)
        self.limiter = Limiter(self._weight_limit, 60, now_s=self._now_s)
        self._orders: dict[str, tuple[Window, Window]] = {}
        self.market_streams = MarketStreams(self)
        self.users = UserStreams(self)

    @classmethod
    def recorded(cls, records: Iterable[Record]) -> Recording:
        return recorded.read(records)

    # -- what the endpoints need
    def market_id(self, symbol: str) -> str:
        """`BTC/USDT` -> `BTCUSDT`."""
        return self._ids[symbol]

    def tape(self, symbol: str) -> Tape:
        return self._tapes[symbol]

    def assets(self) -> list[str]:
        """Every asset of a market, each once, in the markets' order."""
        found = itertools.chain.from_iterable((each.base, each.quote) for each in self.markets_by_id.values())
        return list(dict.fromkeys(found))

    def uid(self, account_id: str) -> int:
        if account_id not in self._uids:
            self._uids[account_id] = next(self._uid_counter)
        return self._uids[account_id]

    def call(self, parameters: Mapping[str, str], account: ApiAccount | None) -> Call:
        return Call(parameters, self.markets_by_id, account)

    def rate_limits(self) -> list[dict[str, Any]]:
        return messages.rate_limits(self._weight_limit, self._order_limit, self.venue.settings.raw_request_limit)

    def used_weight(self) -> int:
        return int(self.limiter.window.used(self._now_s()))

    def order_counts(self, account_id: str) -> list[dict[str, Any]]:
        limits = [each for each in self.rate_limits() if each["rateLimitType"] == "ORDERS"]
        now = self._now_s()
        windows = self._order_windows(account_id)
        return [{**limit, "count": window.used(now)} for limit, window in zip(limits, windows, strict=True)]

    def day_ticker(self, market: Market, *, mini: bool) -> dict[str, Any]:
        tape, book, now = self._tapes[market.symbol], self.venue.engine.book(market.symbol), self.venue.clock()
        return messages.day_ticker(market, tape.window(now), tape.price_before(now), book.bids, book.asks, mini=mini)

    # -- REST
    def endpoint(self, request: ApiRequest) -> str:
        found = self._find(request)
        return "unknown" if found is None else found.name

    def answer(self, request: ApiRequest) -> ApiReply:
        endpoint = self._find(request)
        if endpoint is None:
            text = {"timestamp": self.venue.clock(), "status": 404, "error": "Not Found", "path": request.path}
            return ApiReply.json(text, 404)
        headers: dict[str, str] = {}
        try:
            value = self._carry_out(endpoint, request, headers)
        except BinanceError as error:
            return self._refusal(error, headers)
        return ApiReply.json(value, 200, headers)

    def _carry_out(self, endpoint: Endpoint, request: ApiRequest, headers: dict[str, str]) -> Any:
        call = self.call(request.parameters, None)
        self.take_weight(endpoint.weigh(call), headers)
        if endpoint.security is not Security.NONE:
            call.account = self.account_of(request.headers.get("X-MBX-APIKEY", ""))
        if endpoint.security is Security.SIGNED:
            signed = _SIGNATURE.sub("", request.query) + _SIGNATURE.sub("", request.body)
            self.verify(call, signed)
        if endpoint.counts_as_order:
            self.take_order(call.account_id, headers)
        return endpoint.answer(self, call)

    def take_weight(self, weight: int, headers: dict[str, str] | None = None) -> None:
        """Counts the request; raises -1003 with 429 over the limit, with 418 for a client that goes on."""
        decision = self.limiter.take(weight)
        if headers is not None:
            headers["X-MBX-USED-WEIGHT"] = headers["X-MBX-USED-WEIGHT-1M"] = str(decision.used)
        if decision.verdict is Verdict.LIMITED:
            raise errors.too_much_weight(self._weight_limit, decision.retry_after_s)
        if decision.verdict is Verdict.BANNED:
            until = self.venue.clock() + int(decision.retry_after_s * 1000)
            raise errors.banned(until, decision.retry_after_s)

    def account_of(self, api_key: str) -> ApiAccount:
        """-2014 without a key that could be one, -2015 for one that is unknown."""
        if not re.fullmatch(r"[A-Za-z0-9]{16,}", api_key, re.ASCII):
            raise BinanceError(-2014, "API-key format invalid.", 401)
        account = self.venue.accounts.by_key(api_key)
        if account is None:
            raise BinanceError(-2015, "Invalid API-key, IP, or permissions for action.", 401)
        return account

    def verify(self, call: Call, signed: str) -> None:
        """Checks timestamp, receive window and the HMAC-SHA256 signature over `signed`."""
        account = call.account
        assert account is not None
        call.text("timestamp")
        timestamp, signature = call.integer("timestamp"), call.text("signature")
        window = call.decimal("recvWindow")
        if window is not None and window > _MOST_WINDOW_MS:
            raise BinanceError(-1131, "recvWindow must be less than 60000")
        if not same_digest(signature, hmac_sha256_hex(account.secret, signed)):
            raise BinanceError(-1022, "Signature for this request is not valid.")
        assert timestamp is not None
        now = self.venue.clock()
        if timestamp >= now + _AHEAD_MS:
            raise BinanceError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
        if now - timestamp > (_DEFAULT_WINDOW_MS if window is None else window):
            raise BinanceError(-1021, "Timestamp for this request is outside of the recvWindow.")

    def take_order(self, account_id: str, headers: dict[str, str] | None = None) -> None:
        """Counts a new order; raises -1015 over the account's limit."""
        now = self._now_s()
        for window, interval, header in zip(
            self._order_windows(account_id), ("10 SECOND", "1 DAY"), ("10S", "1D"), strict=True
        ):
            used = window.add(1, now)
            if headers is not None:
                headers[f"X-MBX-ORDER-COUNT-{header}"] = str(used)
            if used > window.limit:
                raise errors.too_many_orders(int(window.limit), interval, window.resets_in(now))

    def fault_reply(self, rule: Rule, request: ApiRequest) -> ApiReply:
        return self._refusal(self._fault_error(rule, request), {})

    def _fault_error(self, rule: Rule, request: ApiRequest) -> BinanceError:
        """ "HTTP Return Codes" and "Errors": 5xx means that the outcome is unknown."""
        if rule.fault is Fault.RATE_LIMIT:
            return errors.too_much_weight(self._weight_limit, rule.retry_after_s)
        if rule.fault is Fault.BAN:
            self.limiter.ban(rule.retry_after_s)
            return errors.banned(self.venue.clock() + rule.retry_after_s * 1000, rule.retry_after_s)
        if rule.fault is Fault.MAINTENANCE:
            return BinanceError(-1016, "This service is no longer available.", 503)
        if rule.fault is Fault.UNKNOWN_ORDER:
            return errors.no_such_order() if request.method == "GET" else errors.unknown_order()
        if rule.status == 503:
            return BinanceError(-1000, "Unknown error, please check your request or try again later.", 503)
        if rule.status == 504:
            text = "Timeout waiting for response from backend server. Send status unknown; execution status unknown."
            return BinanceError(-1007, text, 504)
        return BinanceError(-1001, "Internal error; unable to process your request. Please try again.", rule.status)

    def _refusal(self, error: BinanceError, headers: dict[str, str]) -> ApiReply:
        if error.retry_after_s is not None:
            headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
        return ApiReply.json(error.body, error.status, headers)

    def _find(self, request: ApiRequest) -> Endpoint | None:
        return ENDPOINTS.get((request.method, request.path))

    def _order_windows(self, account_id: str) -> tuple[Window, Window]:
        if account_id not in self._orders:
            self._orders[account_id] = (Window(self._order_limit, 10), Window(_ORDERS_A_DAY, _DAY_S))
        return self._orders[account_id]

    def _now_s(self) -> float:
        """The time for rate limits, which a clock that is set wrong on purpose must not disturb."""
        return time.time()

    # -- streams
    def accept(self, host: str, path: str, query: str) -> SocketHandler | None:
        if host.startswith("ws-api."):
            return ApiSocket(self) if path == "/ws-api/v3" else None
        if "stream." not in host:
            return None
        return MarketSocket.open(self, path, query)

    def on_event(self, event: Event) -> None:
        if isinstance(event, BookLevel):
            self.market_streams.on_level(event)
        elif isinstance(event, Traded):
            self._tapes[event.trade.symbol].add(event.trade)
            self.market_streams.on_trade(event.trade)
        else:
            self.users.on_event(event)

    def expire_sessions(self) -> int:
        return self.users.expire_all()

    def public_parameters(self, parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
        return {name: value for name, value in parameters if name not in _SECRET_PARAMETERS}

    def secrets(self) -> list[str]:
        return self.users.listen_keys()

    def stop(self) -> None:
        self.market_streams.stop()
        self.users.stop()
