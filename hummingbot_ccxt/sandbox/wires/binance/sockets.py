"""Connections to Binance's stream hosts: raw and combined market streams, and listen keys.

Source: "WebSocket Streams" (web-socket-streams.md), "Live Subscribing/Unsubscribing to streams" and "Error Messages".
"""

from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import parse_qs, unquote

import orjson

from ...streams import RAW, Envelope, Session
from .user_streams import USER_TOPIC

if TYPE_CHECKING:
    from .wire import BinanceWire


class MarketSocket:
    """One connection to `/ws`, `/ws/<stream>`, `/ws/<listenKey>` or `/stream?streams=<stream>/<stream>`."""

    is_limited: ClassVar[bool] = True  # "Websocket Limits": 5 incoming messages per second

    def __init__(self, wire: "BinanceWire", names: list[str], *, combined: bool) -> None:
        self._wire = wire
        self._names = names
        self._combined = combined

    @classmethod
    def open(cls, wire: "BinanceWire", path: str, query: str) -> Self | None:
        """The connection that this address means, None for none."""
        if path == "/stream" or path.startswith("/stream/"):
            streams = parse_qs(query).get("streams", [""])[0]
            return cls(wire, [name for name in streams.split("/") if name], combined=True)
        if path == "/ws" or path.startswith("/ws/"):
            return cls(wire, [unquote(name) for name in path.split("/")[2:] if name], combined=False)
        return None

    def opened(self, session: Session) -> None:
        for name in self._names:
            self._subscribe(session, name)

    def received(self, session: Session, text: str) -> None:
        try:
            request = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            place = f"line {error.lineno} column {error.colno}"
            session.send(_error(3, f"Invalid JSON: expected value at {place}", None))
            return
        if not isinstance(request, dict):
            session.send(_error(2, "Invalid request: expected an object", None))
            return
        method, parameters, request_id = request.get("method"), request.get("params"), request.get("id")
        if not isinstance(request_id, int | str | None) or isinstance(request_id, bool):
            session.send(_error(2, "Invalid request: request ID must be an unsigned integer", None))
        elif method in ("SUBSCRIBE", "UNSUBSCRIBE"):
            self._change(session, method, parameters, request_id)
        elif method == "LIST_SUBSCRIPTIONS":
            session.send(_result(_names(session), request_id))
        elif method in ("SET_PROPERTY", "GET_PROPERTY"):
            self._property(session, method, parameters, request_id)
        else:
            text = (
                f"Invalid request: unknown variant {method}, expected one of SUBSCRIBE, UNSUBSCRIBE, "
                "LIST_SUBSCRIPTIONS, SET_PROPERTY, GET_PROPERTY"
            )
            session.send(_error(2, text, request_id))

    def closed(self, session: Session) -> None:
        return

    def _change(self, session: Session, method: str, parameters: Any, request_id: Any) -> None:
        if not isinstance(parameters, list) or not all(isinstance(each, str) for each in parameters):
            session.send(_error(2, "Invalid request: params must be an array of strings", request_id))
            return
        limit = self._wire.venue.settings.stream_limit
        if method == "SUBSCRIBE" and len({*session.envelopes, *parameters}) > limit:
            session.send(_error(2, f"Invalid request: the limit of {limit} streams is exceeded", request_id))
            return
        session.send(_result(None, request_id))
        for name in parameters:
            if method == "SUBSCRIBE":
                self._subscribe(session, name)
            else:
                self._wire.venue.streams.unsubscribe(session, name)

    def _subscribe(self, session: Session, name: str) -> None:
        envelope = self._envelope(name)
        if not self._wire.users.attach_listen_key(session, name, envelope):
            self._wire.market_streams.subscribe(session, name, envelope)

    def _envelope(self, name: str) -> Envelope:
        return Envelope(b'{"stream":' + orjson.dumps(name) + b',"data":', b"}") if self._combined else RAW

    def _property(self, session: Session, method: str, parameters: Any, request_id: Any) -> None:
        """The only property is `combined`."""
        if not isinstance(parameters, list) or not parameters or parameters[0] != "combined":
            session.send(_error(0, "Unknown property", request_id))
        elif method == "GET_PROPERTY":
            session.send(_result(self._combined, request_id))
        elif len(parameters) != 2 or not isinstance(parameters[1], bool):
            session.send(_error(1, "Invalid value type: expected Boolean", request_id))
        else:
            self._combined = parameters[1]
            for name in _names(session):
                self._wire.venue.streams.subscribe(session, name, self._envelope(name))
            session.send(_result(None, request_id))


def _names(session: Session) -> list[str]:
    """The market streams of a connection."""
    return [topic for topic in session.envelopes if not topic.startswith(USER_TOPIC)]


def _result(value: Any, request_id: Any) -> bytes:
    return orjson.dumps({"result": value, "id": request_id})


def _error(code: int, text: str, request_id: Any) -> bytes:
    return orjson.dumps({"error": {"code": code, "msg": text}, "id": request_id})
