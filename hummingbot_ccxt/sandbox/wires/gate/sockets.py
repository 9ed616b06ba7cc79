"""Gate's WebSocket connection: one address for public and private channels, each private request signed by itself.

Source: gate.com/docs/developers/apiv4/ws/en, the section named at each function.
"""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson

from ...accounts import same_digest
from ...streams import Session
from ..connection import Bad, JsonSocket, user_topic

if TYPE_CHECKING:
    from .wire import GateWire

PRIVATE = ("spot.orders", "spot.usertrades", "spot.balances")
_BY_PAIR = ("spot.trades", "spot.tickers", "spot.book_ticker")
_GAP_S = 60


def unauthorised(label: str, message: str) -> Bad:
    return Bad(4, orjson.dumps({"label": label, "message": message}).decode() + "\n")


class GateSocket(JsonSocket):
    """`/ws/v4/`."""

    def __init__(self, wire: "GateWire") -> None:
        self.wire = wire
        self.connection_id = uuid4().hex[:16]

    def handle(self, session: Session, message: dict[str, Any]) -> None:
        channel, event = message.get("channel"), message.get("event")
        if channel == "spot.ping":  # "Application ping pong"
            pong = {"channel": "spot.pong", "event": "", "error": None, "result": None}
            session.send_json({**self.wire.times(), **pong})
            return
        if event not in ("subscribe", "unsubscribe"):
            raise Bad(1, "invalid event")
        topics = self._topics(str(channel), message)
        for topic in topics:
            if event == "subscribe" and topic in session.envelopes and topic.startswith("ob."):
                raise Bad(2, f"Alert sub {topic}")  # "Order Book V2": once for each connection
        self._answer(session, message, result={"status": "success"})
        for topic in topics:
            if event == "unsubscribe":
                self.wire.streams.unsubscribe(session, topic)
                continue
            session.is_private = session.is_private or channel in PRIVATE
            if topic.startswith("ob."):
                session.send_json(self.wire.whole_book(topic))
            elif channel == "spot.balances":
                self.wire.hold(topic.split(":")[1])
            self.wire.streams.subscribe(session, topic)

    def _answer(self, session: Session, message: dict[str, Any], **outcome: Any) -> None:
        answer = {**self.wire.times(), "conn_id": self.connection_id, "trace_id": uuid4().hex}
        answer |= {name: message[name] for name in ("id", "channel", "event", "payload") if name in message}
        session.send_json({**answer, **outcome})

    def refuse(self, session: Session, message: dict[str, Any], bad: Bad) -> None:
        """ "Error"."""
        self._answer(session, message, error={"code": bad.code, "message": bad.text}, result={"status": "fail"})

    def bad_frame(self, session: Session, text: str) -> None:
        error = {"code": 1, "message": "invalid request body"}
        session.send_json({**self.wire.times(), "channel": "", "event": "", "error": error})

    def _topics(self, channel: str, message: dict[str, Any]) -> list[str]:
        """What is asked for, by the names that the wire publishes to; raises Bad."""
        payload = message.get("payload") or []
        words = [str(word) for word in payload] if isinstance(payload, list) else []
        if channel in PRIVATE:
            account_id = self._signer(channel, message)
            wanted = ["!all"] if channel == "spot.balances" else [w if w == "!all" else self._pair(w) for w in words]
            return [user_topic(account_id, f"{channel}:{word}") for word in wanted]
        if channel == "spot.obu":
            return [self.wire.book_topic(word) for word in words]
        if channel == "spot.order_book_update":
            if len(words) != 2 or words[1] not in ("20ms", "100ms"):
                raise Bad(2, f"invalid payload: {words}")
            return [f"{channel}:{self._pair(words[0])}"]
        if channel == "spot.candlesticks":
            if len(words) != 2 or words[0] not in self.wire.intervals:
                raise Bad(2, f"invalid payload: {words}")
            return [f"{channel}:{words[0]}_{self._pair(words[1])}"]
        if channel in _BY_PAIR:
            return [f"{channel}:{self._pair(word)}" for word in words]
        raise Bad(2, f"unknown channel {channel}")

    def _pair(self, name: str) -> str:
        if name not in self.wire.markets_by_id:
            raise Bad(2, f"unknown currency pair: {name}")
        return name

    def _signer(self, channel: str, message: dict[str, Any]) -> str:
        """ "Authentication": HMAC-SHA512 of channel, event and time, in every private request."""
        auth, time_s = message.get("auth"), message.get("time")
        if not isinstance(auth, dict) or auth.get("method") != "api_key":
            raise unauthorised("INVALID_CREDENTIALS", "authentication is missing")
        if not isinstance(time_s, int) or abs(time_s - self.wire.clock() / 1000) > _GAP_S:
            raise unauthorised("REQUEST_EXPIRED", "gap between request Timestamp and server time exceeds 60")
        account = self.wire.venue.accounts.by_key(str(auth.get("KEY")))
        if account is None:
            raise unauthorised("INVALID_KEY", "Invalid key provided")
        wanted = self.wire.digest(account.secret, f"channel={channel}&event={message['event']}&time={time_s}")
        if not same_digest(str(auth.get("SIGN")), wanted):
            raise unauthorised("INVALID_SIGNATURE", "Signature mismatch")
        return account.account_id
