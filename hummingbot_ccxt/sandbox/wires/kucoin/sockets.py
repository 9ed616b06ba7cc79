"""KuCoin's WebSocket connections, public and private, to the address and with the token of a `bullet` request.

Source: kucoin.com/docs-new, "Websocket API Introduction", and the page named at each function.
"""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ...streams import Session
from ..connection import Bad, JsonSocket, user_topic

if TYPE_CHECKING:
    from .wire import KucoinWire

BY_MARKET = (
    "/market/level2", "/market/match", "/market/ticker", "/market/snapshot", "/market/candles",
    "/spotMarket/level2Depth5", "/spotMarket/level2Depth50",
)  # fmt: skip
ORDER_TOPICS = ("/spotMarket/tradeOrders", "/spotMarket/tradeOrdersV2")
PRIVATE = (*ORDER_TOPICS, "/account/balance")


class KucoinSocket(JsonSocket):
    """`account_id`: whose private topics the token opens; "" for a public token, None for one that is not good."""

    def __init__(self, wire: "KucoinWire", account_id: str | None, connection_id: str) -> None:
        self.wire = wire
        self._account_id = account_id
        self._connection_id = connection_id or uuid4().hex[:10]
        self.patience_s = sum(wire.heartbeat_s())  # "Ping": `pingInterval` and `pingTimeout` together

    def opened(self, session: Session) -> None:
        if self._account_id is None:
            self.refuse(session, {}, Bad(401, "token is expired"))
            session.close()
            return
        session.is_private = bool(self._account_id)
        session.send_json({"id": self._connection_id, "type": "welcome"})
        super().opened(session)

    def handle(self, session: Session, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "ping":
            now = {"timestamp": self.wire.clock() * 1000}
            session.send_json({"id": message.get("id", ""), "type": "pong", **now})
        elif kind in ("subscribe", "unsubscribe"):
            self._change(session, str(kind), str(message.get("topic", "")))
            if message.get("response"):
                session.send_json({"id": message.get("id", ""), "type": "ack"})
        else:
            raise Bad(415, "type is not supported")

    def refuse(self, session: Session, message: dict[str, Any], bad: Bad) -> None:
        session.send_json({"id": message.get("id", ""), "type": "error", "code": bad.code, "data": bad.text})

    def _change(self, session: Session, kind: str, topic: str) -> None:
        act = self.wire.streams.subscribe if kind == "subscribe" else self.wire.streams.unsubscribe
        for name in self._names(topic):
            act(session, name)

    def _names(self, topic: str) -> list[str]:
        """What `topic` asks for, by the names that the wire publishes to; raises Bad."""
        prefix, _, markets = topic.partition(":")
        if topic in PRIVATE:
            if not self._account_id:
                raise Bad(403, "private channel needs a private token")
            if topic == "/account/balance":
                self.wire.hold(self._account_id)
            return [user_topic(self._account_id, topic)]
        names = markets.split(",")
        is_candles = prefix == "/market/candles"
        split = [name.rpartition("_")[::2] if is_candles else (name, "") for name in names]
        unknown = [
            name
            for name, interval in split
            if name not in self.wire.markets_by_id or (is_candles and interval not in self.wire.intervals)
        ]
        if prefix not in BY_MARKET or unknown:
            raise Bad(404, f"topic {topic} is not found")
        if len(names) > 100:
            raise Bad(400, "exceed max symbols count of a topic")
        return [f"{prefix}:{name}" for name in names]
