"""OKX's WebSocket connections: public, private and business.

Source: okx.com/docs-v5/en, "Overview", WebSocket, and the channel named at each function.
"""

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

import orjson

from ...accounts import ApiAccount, hmac_sha256_base64
from ...engine import Market
from ...streams import Envelope, Session
from ..connection import JsonSocket, user_topic
from .endpoints import BARS
from .messages import account_message

if TYPE_CHECKING:
    from .wire import OkxWire

_SILENCE_S = 30.0
_LOGIN_WINDOW_S = 30
BOOKS = {"books": 400, "books5": 5, "bbo-tbt": 1}
#: Books as they change, for accounts of a high fee tier that have logged in. Nobody here is one.
_VIP_BOOKS = ("books-l2-tbt", "books50-l2-tbt")
_PRIVATE = ("account", "orders")


class OkxSocket(JsonSocket):
    """Each message tells the `arg` of its subscription; an operation's answer, the connection's id."""

    pings: ClassVar[dict[str, str]] = {"ping": "pong"}

    def __init__(self, wire: "OkxWire") -> None:
        self.wire = wire
        self._id = uuid4().hex[:8]

    def opened(self, session: Session) -> None:
        """ "Connect": ended when nothing has been pushed for 30 seconds; a ping brings a pong, and so prolongs it."""
        limit_s = self.wire.settings.silence_limit_s or _SILENCE_S
        session.end_when_silent(limit_s, 4004, b"No data received in 30s.")

    def handle(self, session: Session, message: dict[str, Any]) -> None:
        operation, arguments = message.get("op"), message.get("args")
        if not isinstance(arguments, list) or not all(isinstance(each, dict) for each in arguments):
            self.bad_frame(session, orjson.dumps(message).decode())
        elif operation == "login":
            self.log_in(session, arguments[0] if arguments else {})
        elif operation in ("subscribe", "unsubscribe"):
            for arg in arguments:
                self._change(session, str(operation), arg, message.get("id"))
        else:
            self.bad_frame(session, orjson.dumps(message).decode())

    def bad_frame(self, session: Session, text: str) -> None:
        self.refuse(session, "60012", f"Illegal request: {text}")

    def refuse(self, session: Session, code: str, text: str) -> None:
        session.send_json({"event": "error", "code": code, "msg": text, "connId": self._id})

    def log_in(self, session: Session, arg: dict[str, Any]) -> None:
        self.refuse(session, "60008", "Login is not supported for public channels.")

    def topic(self, session: Session, arg: dict[str, Any]) -> str | None:
        """The topic that a subscription means; None where there is no such channel here."""
        raise NotImplementedError

    def begin(self, session: Session, arg: dict[str, Any], envelope: Envelope) -> None:
        """What the exchange says first, before anything is published; nothing by default."""

    def _change(self, session: Session, operation: str, arg: dict[str, Any], request_id: Any) -> None:
        topic = self.topic(session, arg)
        if topic is None:
            told = ",".join(f"{name}:{value}" for name, value in arg.items())
            text = f"Wrong URL or {told} doesn't exist. Please use the correct URL, channel and parameters."
            self.refuse(session, "60018", text)
            return
        if not topic:
            return  # refused already
        answer = {"event": operation, "arg": arg, "connId": self._id}
        session.send_json(answer if request_id is None else {"id": str(request_id), **answer})
        if operation == "unsubscribe":
            self.wire.streams.unsubscribe(session, topic)
        elif topic not in session.envelopes:
            envelope = self.envelope(arg)
            self.begin(session, arg, envelope)
            self.wire.streams.subscribe(session, topic, envelope)

    def envelope(self, arg: dict[str, Any], more: bytes = b"") -> Envelope:
        return Envelope(b'{"arg":' + orjson.dumps(arg) + more + b',"data":', b"}")


class PublicSocket(OkxSocket):
    """`/ws/v5/public`, and `/ws/v5/business`, where the candles are."""

    def topic(self, session: Session, arg: dict[str, Any]) -> str | None:
        channel, market = arg.get("channel"), self._market(arg)
        if market is None or not isinstance(channel, str):
            return None
        if channel in _VIP_BOOKS:
            self.refuse(session, "60011", "Please log in")
            return ""
        is_known = channel in BOOKS or channel in ("trades", "trades-all", "tickers")
        is_candle = channel.startswith("candle") and channel.removeprefix("candle") in BARS
        return f"{channel}:{self.wire.market_id(market)}" if is_known or is_candle else None

    def envelope(self, arg: dict[str, Any], more: bytes = b"") -> Envelope:
        return super().envelope(arg, b',"action":"update"' if arg["channel"] == "books" else b"")

    def begin(self, session: Session, arg: dict[str, Any], envelope: Envelope) -> None:
        """Books, tickers and candles begin with what there is now."""
        channel, market = arg["channel"], self._market(arg)
        assert market is not None  # it has a topic
        if channel in BOOKS:
            first = self.wire.snapshot(market.symbol, channel)
            action = {"action": "snapshot"} if channel == "books" else {}
            session.send_json({"arg": arg, **action, "data": [first]})
        elif channel == "tickers":
            session.send_json({"arg": arg, "data": [self.wire.ticker(market)]})

    def _market(self, arg: dict[str, Any]) -> Market | None:
        return self.wire.markets_by_id.get(str(arg.get("instId")))


class PrivateSocket(OkxSocket):
    """`/ws/v5/private`: nothing before a log-in."""

    def __init__(self, wire: "OkxWire") -> None:
        super().__init__(wire)
        self._account: ApiAccount | None = None

    def log_in(self, session: Session, arg: dict[str, Any]) -> None:
        """ "Login": the signature is of the time stamp (seconds) and `GET/users/self/verify`."""
        wire, stamp = self.wire, str(arg.get("timestamp", ""))
        account = wire.venue.accounts.by_key(str(arg.get("apiKey")))
        if account is None:
            problem = "60005", "Invalid OK-ACCESS-KEY"
        elif arg.get("passphrase") != account.password:
            problem = "60024", "Wrong passphrase"
        elif not stamp.isdigit() or abs(int(stamp) - wire.clock() / 1000) > _LOGIN_WINDOW_S:
            problem = "60006", "Timestamp request expired"
        elif arg.get("sign") != hmac_sha256_base64(account.secret, f"{stamp}GET/users/self/verify"):
            problem = "60007", "Invalid sign"
        else:
            self._account, session.is_private = account, True
            session.send_json({"event": "login", "code": "0", "msg": "", "connId": self._id})
            return
        self.refuse(session, *problem)
        session.close(4001, b"Login failed.")

    def topic(self, session: Session, arg: dict[str, Any]) -> str | None:
        channel, name = arg.get("channel"), arg.get("instId")
        if self._account is None:
            self.refuse(session, "60011", "Please log in")
            return ""
        if channel not in _PRIVATE or not (name is None or name in self.wire.markets_by_id):
            return None
        if channel == "orders" and arg.get("instType") not in ("SPOT", "ANY"):
            return None
        return user_topic(self._account.account_id, str(channel) if name is None else f"{channel}:{name}")

    def envelope(self, arg: dict[str, Any], more: bytes = b"") -> Envelope:
        assert self._account is not None  # it has a topic
        event = b',"eventType":"event_update","curPage":1,"lastPage":true' if arg["channel"] == "account" else b""
        return super().envelope({**arg, "uid": self._account.account_id}, event)

    def begin(self, session: Session, arg: dict[str, Any], envelope: Envelope) -> None:
        """ "Account channel": first, all that is not zero; then, what changed."""
        if arg["channel"] != "account":
            return
        assert self._account is not None  # it has a topic
        held = self.wire.engine.balances(self._account.account_id)
        first = account_message({asset: each for asset, each in held.items() if each.total}, self.wire.clock())
        prefix = envelope.prefix.replace(b"event_update", b"snapshot")
        session.send(prefix + orjson.dumps([first]) + envelope.suffix)
