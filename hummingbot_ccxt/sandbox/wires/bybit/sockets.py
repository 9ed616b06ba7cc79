"""Bybit's WebSocket connections, public and private.

Source: bybit-exchange.github.io/docs/v5, the page named at each function.
"""

import itertools
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ...accounts import ApiAccount, hmac_sha256_hex, same_digest
from ...streams import Session
from ..connection import Bad, JsonSocket, user_topic
from .endpoints import INTERVALS

if TYPE_CHECKING:
    from .wire import BybitWire

DEPTHS = (1, 50, 200, 1000)
_BOOKS_AND_CANDLES = (*(f"orderbook.{depth}" for depth in DEPTHS), *(f"kline.{word}" for word in INTERVALS))
_PUBLIC = ("publicTrade", "tickers", *_BOOKS_AND_CANDLES)
_SILENCE_S = 600.0
_MOST_TOPICS = 10
_BAD_OPERATION = Bad(None, "error:invalid op")


class BybitSocket(JsonSocket):
    """ "Connect": operations `ping`, `auth`, `subscribe`, `unsubscribe`, each answered with its `req_id`."""

    _ids = itertools.count(1)

    def __init__(self, wire: "BybitWire") -> None:
        self.wire = wire
        self.connection_id = f"{uuid4()}-{next(self._ids)}"

    def opened(self, session: Session) -> None:
        """ "Connect": cut off after ten minutes without data or an answer to a ping."""
        session.end_when_silent(self.wire.settings.silence_limit_s or _SILENCE_S, 1000, b"")

    def handle(self, session: Session, message: dict[str, Any]) -> None:
        operation, arguments = message.get("op"), message.get("args") or []
        if operation == "ping":
            session.send_json(self.pong(message))
        elif operation == "auth":
            self.log_on(session, message)
        elif operation in ("subscribe", "unsubscribe") and isinstance(arguments, list):
            self.change(session, str(operation), [str(each) for each in arguments], message)
        else:
            raise _BAD_OPERATION

    def refuse(self, session: Session, message: dict[str, Any], bad: Bad) -> None:
        self.answer(session, message, success=False, text=bad.text)

    def answer(self, session: Session, message: dict[str, Any], *, success: bool = True, text: str = "") -> None:
        reply = {"success": success, "ret_msg": text, "conn_id": self.connection_id, "op": message.get("op", "")}
        session.send_json({**reply, "req_id": str(message["req_id"])} if "req_id" in message else reply)

    def pong(self, message: dict[str, Any]) -> dict[str, Any]:
        """ "How to Send the Heartbeat Packet": public connections answer `ping`, private ones `pong`."""
        reply = {"success": True, "ret_msg": "pong", "conn_id": self.connection_id, "op": "ping"}
        return {**reply, "req_id": str(message.get("req_id", ""))}

    def log_on(self, session: Session, message: dict[str, Any]) -> None:
        raise _BAD_OPERATION

    def change(self, session: Session, operation: str, topics: list[str], message: dict[str, Any]) -> None:
        """Subscribes or unsubscribes, and answers; raises Bad."""
        raise NotImplementedError


class PublicSocket(BybitSocket):
    """`/v5/public/spot`: ten topics in one request at most ("Connect", Public channel - Args limits)."""

    def change(self, session: Session, operation: str, topics: list[str], message: dict[str, Any]) -> None:
        if len(topics) > _MOST_TOPICS:
            raise Bad(None, "args size >10")  # so said to a client with more: nautilus_trader, pull request 1793
        for topic in topics:
            kind, _, name = topic.rpartition(".")
            if kind not in _PUBLIC or name not in self.wire.markets_by_id:
                raise Bad(None, f"error:handler not found,topic:{topic}")
            if operation == "subscribe" and topic in session.envelopes:
                raise Bad(None, f"error:already subscribed,topic:{topic}")
        self.answer(session, message, text="subscribe" if operation == "subscribe" else "")
        for topic in topics:
            if operation == "subscribe":
                self._begin(session, topic)
            else:
                self.wire.streams.unsubscribe(session, topic)

    def _begin(self, session: Session, topic: str) -> None:
        """Books and tickers begin with what there is now."""
        wire, (kind, *rest) = self.wire, topic.split(".")
        symbol = wire.markets_by_id[rest[-1]].symbol
        if kind == "orderbook":
            session.send_json(wire.whole_book(topic, symbol, int(rest[0])))
        elif kind == "tickers":
            session.send_json(wire.ticker_message(topic, symbol))
        wire.streams.subscribe(session, topic)


class PrivateSocket(BybitSocket):
    """`/v5/private`: nothing before a log-on."""

    def __init__(self, wire: "BybitWire") -> None:
        super().__init__(wire)
        self._account: ApiAccount | None = None

    def pong(self, message: dict[str, Any]) -> dict[str, Any]:
        reply = {"op": "pong", "args": [str(self.wire.clock())], "conn_id": self.connection_id}
        return {"req_id": str(message["req_id"]), **reply} if "req_id" in message else reply

    def log_on(self, session: Session, message: dict[str, Any]) -> None:
        """ "Authentication": [key, expiry in ms, HMAC-SHA256 of `GET/realtime` and the expiry]."""
        arguments = [str(each) for each in message.get("args") or []]
        key, expires, signature = arguments if len(arguments) == 3 else ("", "0", "")
        account = self.wire.venue.accounts.by_key(key)
        wanted = "" if account is None else hmac_sha256_hex(account.secret, f"GET/realtime{expires}")
        if account is None or not same_digest(signature, wanted):
            raise Bad(None, "error:USVC1111")
        if not expires.isdigit() or int(expires) <= self.wire.clock():
            raise Bad(None, "Params Error")
        self._account, session.is_private = account, True
        self.answer(session, message)

    def change(self, session: Session, operation: str, topics: list[str], message: dict[str, Any]) -> None:
        if self._account is None:
            raise Bad(None, "Request not authorized")
        if any(topic.partition(".")[0] not in ("order", "execution", "wallet") for topic in topics):
            raise Bad(None, f"error:handler not found,topic:{topics[0]}")
        for topic in topics:
            act = self.wire.streams.subscribe if operation == "subscribe" else self.wire.streams.unsubscribe
            act(session, user_topic(self._account.account_id, topic.partition(".")[0]))
        self.answer(session, message)
