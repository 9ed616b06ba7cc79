"""OKX's WebSocket connections: public, private and business.

Source: okx.com/docs-v5/en, "Overview", WebSocket, and the channel named at each function.
"""

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import orjson

from ...streams import Envelope, Session
from ..channels import ChannelSocket
from ..connection import Bad
from ..rest import Problem, Refusal, Words
from .endpoints import BARS
from .messages import account_message

if TYPE_CHECKING:
    from .wire import OkxWire

_SILENCE_S = 30.0
BOOKS = {"books": 400, "books5": 5, "bbo-tbt": 1}
#: Books as they change, for accounts of a high fee tier that have logged in. Nobody here is one.
_VIP_BOOKS = ("books-l2-tbt", "books50-l2-tbt")
_CANDLES = tuple(f"candle{bar}" for bar in BARS)


class OkxSocket(ChannelSocket):
    """Each message tells the `arg` of its subscription; an operation's answer, the connection's id."""

    wire: "OkxWire"
    words: ClassVar[Mapping[Problem, Words]] = {
        Problem.BAD_FRAME: Words("60012", "Illegal request: {detail}"),
        Problem.NO_CHANNEL: Words(
            "60018", "Wrong URL or {detail} doesn't exist. Please use the correct URL, channel and parameters."
        ),
        Problem.LOG_IN_FIRST: Words("60011", "Please log in"),
        Problem.NO_LOG_IN: Words("60008", "Login is not supported for public channels."),
        Problem.UNKNOWN_KEY: Words("60005", "Invalid OK-ACCESS-KEY"),
        Problem.BAD_PASSPHRASE: Words("60024", "Wrong passphrase"),
        Problem.CLOCK_SKEW: Words("60006", "Timestamp request expired"),
        Problem.BAD_SIGNATURE: Words("60007", "Invalid sign"),
    }

    def opened(self, session: Session) -> None:
        """ "Connect": ended when nothing has been pushed for 30 seconds; a ping brings a pong, and so prolongs it."""
        limit_s = self.wire.settings.silence_limit_s or _SILENCE_S
        session.end_when_silent(limit_s, 4004, b"No data received in 30s.")

    def confirm(self, session: Session, operation: str, arg: dict[str, Any], message: dict[str, Any]) -> None:
        done = {"code": "0", "msg": ""} if operation == "login" else {"arg": arg}
        request_id = {} if message.get("id") is None else {"id": str(message["id"])}
        session.send_json({**request_id, "event": operation, **done, "connId": self.connection_id})

    def refuse(self, session: Session, message: dict[str, Any], bad: Bad) -> None:
        session.send_json({"event": "error", "code": bad.code, "msg": bad.text, "connId": self.connection_id})

    def wrapped(self, arg: dict[str, Any], more: bytes = b"") -> Envelope:
        return Envelope(b'{"arg":' + orjson.dumps(arg) + more + b',"data":', b"}")


class PublicSocket(OkxSocket):
    """`/ws/v5/public`, and `/ws/v5/business`, where the candles are."""

    channels: ClassVar[Container[str]] = (*BOOKS, *_VIP_BOOKS, "trades", "trades-all", "tickers", *_CANDLES)

    def topic(self, arg: Mapping[str, Any]) -> str:
        topic = super().topic(arg)
        if arg["channel"] in _VIP_BOOKS:
            raise Refusal(Problem.LOG_IN_FIRST)
        return topic

    def envelope(self, arg: dict[str, Any]) -> Envelope:
        return self.wrapped(arg, b',"action":"update"' if arg["channel"] == "books" else b"")

    def begin(self, session: Session, arg: dict[str, Any], topic: str) -> None:
        """Books and tickers begin with what there is now."""
        channel, market = arg["channel"], self.wire.markets_by_id[arg["instId"]]
        if channel in BOOKS:
            first = self.wire.snapshot(market.symbol, channel)
            action = {"action": "snapshot"} if channel == "books" else {}
            session.send_json({"arg": arg, **action, "data": [first]})
        elif channel == "tickers":
            session.send_json({"arg": arg, "data": [self.wire.ticker(market)]})


class PrivateSocket(OkxSocket):
    """`/ws/v5/private`: nothing before a log-in ("Login")."""

    log_in_signs = "GET/users/self/verify"

    def is_channel(self, channel: str, arg: Mapping[str, Any]) -> bool:
        return channel == "account" or (channel == "orders" and arg.get("instType") in ("SPOT", "ANY"))

    def envelope(self, arg: dict[str, Any], event: str = "event_update") -> Envelope:
        page = f',"eventType":"{event}","curPage":1,"lastPage":true' if arg["channel"] == "account" else ""
        return self.wrapped({**arg, "uid": self.account_id}, page.encode())

    def begin(self, session: Session, arg: dict[str, Any], topic: str) -> None:
        """ "Account channel": first, all that is not zero; then, what changed."""
        if arg["channel"] == "account":
            first = account_message(self.wire.held(self.account_id), self.wire.clock())
            around = self.envelope(arg, "snapshot")
            session.send(around.prefix + orjson.dumps([first]) + around.suffix)
