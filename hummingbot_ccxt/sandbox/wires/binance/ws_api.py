"""Binance's WebSocket API: the REST endpoints as methods of one connection, sessions, and the user data stream.

Source: Binance Spot API documentation, "WebSocket API" (web-socket-api.md): "Request format", "Response format",
"SIGNED request security", "Session Authentication", "User Data Stream requests".
"""

import itertools
import json
from typing import TYPE_CHECKING, Any, ClassVar

import orjson

from ...accounts import ApiAccount
from ...streams import Envelope, Session
from . import rest_account, rest_market, rest_trade
from .call import Call
from .endpoint import Endpoint, Endpoints, Security
from .errors import BinanceError

if TYPE_CHECKING:
    from .wire import BinanceWire

_REST: Endpoints = {**rest_market.ENDPOINTS, **rest_trade.ENDPOINTS, **rest_account.ENDPOINTS}

#: Method -> the REST endpoint with the same parameters and the same result.
METHODS = {
    "ping": ("GET", "/api/v3/ping"),
    "time": ("GET", "/api/v3/time"),
    "exchangeInfo": ("GET", "/api/v3/exchangeInfo"),
    "depth": ("GET", "/api/v3/depth"),
    "trades.recent": ("GET", "/api/v3/trades"),
    "trades.historical": ("GET", "/api/v3/historicalTrades"),
    "trades.aggregate": ("GET", "/api/v3/aggTrades"),
    "klines": ("GET", "/api/v3/klines"),
    "uiKlines": ("GET", "/api/v3/uiKlines"),
    "avgPrice": ("GET", "/api/v3/avgPrice"),
    "ticker.24hr": ("GET", "/api/v3/ticker/24hr"),
    "ticker.price": ("GET", "/api/v3/ticker/price"),
    "ticker.book": ("GET", "/api/v3/ticker/bookTicker"),
    "order.place": ("POST", "/api/v3/order"),
    "order.test": ("POST", "/api/v3/order/test"),
    "order.status": ("GET", "/api/v3/order"),
    "order.cancel": ("DELETE", "/api/v3/order"),
    "order.cancelReplace": ("POST", "/api/v3/order/cancelReplace"),
    "openOrders.status": ("GET", "/api/v3/openOrders"),
    "openOrders.cancelAll": ("DELETE", "/api/v3/openOrders"),
    "allOrders": ("GET", "/api/v3/allOrders"),
    "myTrades": ("GET", "/api/v3/myTrades"),
    "account.status": ("GET", "/api/v3/account"),
    "account.commission": ("GET", "/api/v3/account/commission"),
    "account.rateLimits.orders": ("GET", "/api/v3/rateLimit/order"),
    "userDataStream.start": ("POST", "/api/v3/userDataStream"),
    "userDataStream.ping": ("PUT", "/api/v3/userDataStream"),
    "userDataStream.stop": ("DELETE", "/api/v3/userDataStream"),
}


class ApiSocket:
    """One connection to `/ws-api/v3`."""

    is_limited: ClassVar[bool] = False  # requests are limited by their weight

    def __init__(self, wire: "BinanceWire") -> None:
        self._wire = wire
        self._session: Session | None = None
        self._account: ApiAccount | None = None  # after session.logon
        self._logged_on_ms: int | None = None
        self._connected_ms = wire.venue.clock()
        self._subscriptions: dict[int, ApiAccount] = {}
        self._ids = itertools.count()
        self._own_methods = {
            "session.logon": self._log_on,
            "session.status": lambda call: self._session_status(),
            "session.logout": self._log_out,
            "session.subscriptions": lambda call: [{"subscriptionId": each} for each in self._subscriptions],
            "userDataStream.subscribe": self._subscribe,
            "userDataStream.subscribe.signature": self._subscribe_signed,
            "userDataStream.unsubscribe": self._unsubscribe,
        }

    def opened(self, session: Session) -> None:
        self._session = session
        self._wire.users.subscribers.add(self)

    def closed(self, session: Session) -> None:
        self._wire.users.subscribers.discard(self)

    def received(self, session: Session, text: str) -> None:
        request_id: Any = None
        show_limits = True
        try:
            request = _parse(text)
            request_id = request.get("id")
            method, parameters = _checked(request)
            show_limits = parameters.get("returnRateLimits") != "false"
            call = self._wire.call(parameters, self._account)
            answer: dict[str, Any] = {"id": request_id, "status": 200, "result": self._answer(method, call)}
        except BinanceError as error:
            answer = {"id": request_id, "status": error.status, "error": error.body}
            if error.retry_after_s is not None:
                answer["error"]["data"] = {
                    "serverTime": self._wire.venue.clock(),
                    "retryAfter": self._wire.venue.clock() + int(error.retry_after_s * 1000),
                }
        if show_limits:
            weight = self._wire.rate_limits()[0]
            answer["rateLimits"] = [{**weight, "count": self._wire.used_weight()}]
        session.send(orjson.dumps(answer))

    def terminate(self) -> int:
        """ "Event stream terminated" on every subscription of this connection."""
        count = len(self._subscriptions)
        for number, account in list(self._subscriptions.items()):
            event = {"e": "eventStreamTerminated", "E": self._wire.venue.clock()}
            if self._session is not None:
                self._session.send(orjson.dumps({"subscriptionId": number, "event": event}))
            self._end(number, account)
        return count

    # -- methods
    def _answer(self, method: str, call: Call) -> Any:
        own = self._own_methods.get(method)
        if own is not None:
            self._wire.take_weight(2)
            return own(call)
        if method not in METHODS:
            raise BinanceError(-1000, f"Unknown method '{method}'.")
        endpoint = _REST[METHODS[method]]
        self._wire.take_weight(endpoint.weigh(call))
        self._authenticate(endpoint, call)
        if endpoint.counts_as_order:
            self._wire.take_order(call.account_id)
        return endpoint.answer(self._wire, call)

    def _authenticate(self, endpoint: Endpoint, call: Call) -> None:
        """By the request's own key and signature, or by those of `session.logon`."""
        if endpoint.security is Security.NONE:
            return
        if endpoint.security is Security.KEY:
            call.account = self._account if not call.has("apiKey") else self._wire.account_of(call.text("apiKey"))
            if call.account is None:
                raise BinanceError(-2014, "API-key format invalid.", 401)
        elif self._account is not None and not call.has("signature"):
            call.text("timestamp")
        else:
            self._verify(call)

    def _verify(self, call: Call) -> None:
        """ "SIGNED request security": the signature covers all other parameters, sorted by name."""
        call.account = self._wire.account_of(call.text("apiKey"))
        signed = "&".join(f"{name}={value}" for name, value in sorted(call.parameters.items()) if name != "signature")
        self._wire.verify(call, signed)

    def _log_on(self, call: Call) -> Any:
        """ "Log in with API key"; Binance takes Ed25519 keys only here, the venue HMAC ones."""
        self._verify(call)
        self._account, self._logged_on_ms = call.account, self._wire.venue.clock()
        return self._session_status()

    def _log_out(self, call: Call) -> Any:
        self._account = self._logged_on_ms = None
        return self._session_status()

    def _session_status(self) -> Any:
        return {
            "apiKey": self._account.api_key if self._account else None,
            "authorizedSince": self._logged_on_ms,
            "connectedSince": self._connected_ms,
            "returnRateLimits": True,
            "serverTime": self._wire.venue.clock(),
            "userDataStream": bool(self._subscriptions),
        }

    def _subscribe(self, call: Call) -> Any:
        if self._account is None:
            raise BinanceError(-1099, "Not found, authenticated, or authorized", 401)
        return self._start(self._account)

    def _subscribe_signed(self, call: Call) -> Any:
        self._verify(call)
        assert call.account is not None
        return self._start(call.account)

    def _start(self, account: ApiAccount) -> Any:
        if account in self._subscriptions.values():
            raise BinanceError(-2035, "Subscription already exists for this account on this connection.")
        assert self._session is not None
        number = next(self._ids)
        self._subscriptions[number] = account
        self._session.is_private = True
        envelope = Envelope(b'{"subscriptionId":%d,"event":' % number, b"}")
        self._wire.venue.streams.subscribe(self._session, self._wire.users.topic(account.account_id), envelope)
        return {"subscriptionId": number}

    def _unsubscribe(self, call: Call) -> Any:
        number = call.integer("subscriptionId")
        for each in list(self._subscriptions) if number is None else [number]:
            account = self._subscriptions.get(each)
            if account is None:
                raise BinanceError(-2036, "Subscription not found.")
            self._end(each, account)
        return {}

    def _end(self, number: int, account: ApiAccount) -> None:
        del self._subscriptions[number]
        if self._session is not None:
            self._wire.venue.streams.unsubscribe(self._session, self._wire.users.topic(account.account_id))


def _parse(text: str) -> dict[str, Any]:
    """A JSON object, or -1135. Number tokens stay as they are written: signatures cover them."""
    try:
        request = json.loads(text, parse_float=str)
    except ValueError:
        request = None
    if not isinstance(request, dict):
        raise BinanceError(-1135, "Invalid JSON: an object is expected.")
    return request


def _checked(request: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Method and parameters of a request, or -1000."""
    method, parameters = request.get("method"), request.get("params", {})
    if not isinstance(method, str):
        raise BinanceError(-1000, "Invalid request: 'method' is missing.")
    if not isinstance(parameters, dict):
        raise BinanceError(-1000, "Invalid request: 'params' must be an object.")
    return method, {name: _literal(value) for name, value in parameters.items()}


def _literal(value: Any) -> str:
    """A parameter as the signature sees it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, separators=(",", ":"))
    return str(value)
