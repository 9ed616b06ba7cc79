"""WebSocket connections on which an object names a channel, and every message repeats it: OKX's way, and Bitget's.

{"op": "subscribe", "args": [{"channel": "trades", "instId": "BTC-USDT"}]}
"""

from collections.abc import Container, Mapping
from typing import Any, ClassVar
from uuid import uuid4

import orjson

from ..accounts import ApiAccount, hmac_sha256_base64
from ..streams import RAW, Envelope, Session
from .connection import Bad, JsonSocket, user_topic
from .rest import Problem, Refusal, Words
from .spot import SpotWire

_LOG_IN_WINDOW_S = 30


class ChannelSocket(JsonSocket):
    """`words`: what the exchange says for each problem. `channels`: the names of those here. `log_in_signs`: what a
    log-in signs behind its time stamp; empty where nobody can log in."""

    pings: ClassVar[Mapping[str, str]] = {"ping": "pong"}
    words: ClassVar[Mapping[Problem, Words]]
    channels: ClassVar[Container[str]] = ()
    log_in_signs: ClassVar[str] = ""

    def __init__(self, wire: SpotWire) -> None:
        self.wire = wire
        self.connection_id = uuid4().hex[:8]
        self.account: ApiAccount | None = None
        if self.patience_s is not None:
            self.patience_s = wire.settings.silence_limit_s or self.patience_s

    @property
    def account_id(self) -> str:
        """Raises Refusal LOG_IN_FIRST."""
        if self.account is None:
            raise Refusal(Problem.LOG_IN_FIRST)
        return self.account.account_id

    # -- what an exchange says
    def is_channel(self, channel: str, arg: Mapping[str, Any]) -> bool:
        """Whether there is such a channel here."""
        return channel in self.channels

    def topic(self, arg: Mapping[str, Any]) -> str:
        """The topic that a subscription means, `channel:name`; raises Refusal NO_CHANNEL or LOG_IN_FIRST.

        Behind a log-in, it is the account's own, and its name may be `default`, for all markets.
        """
        account_id = self.account_id if self.log_in_signs else None
        channel, name = str(arg.get("channel")), str(arg.get("instId") or arg.get("coin") or "default")
        is_name = name in self.wire.markets_by_id or (name == "default" and account_id is not None)
        if not is_name or not self.is_channel(channel, arg):
            raise Refusal(Problem.NO_CHANNEL, ",".join(f"{key}:{value}" for key, value in arg.items()))
        return f"{channel}:{name}" if account_id is None else user_topic(account_id, f"{channel}:{name}")

    def envelope(self, arg: dict[str, Any]) -> Envelope:
        """What this client wants around the topic's messages."""
        return RAW

    def begin(self, session: Session, arg: dict[str, Any], topic: str) -> None:
        """What the exchange says first, before anything is published; nothing by default."""

    def confirm(self, session: Session, operation: str, arg: dict[str, Any], message: dict[str, Any]) -> None:
        """The answer to what was done."""
        raise NotImplementedError

    # -- a client's frames
    def handle(self, session: Session, message: dict[str, Any]) -> None:
        operation, arguments = message.get("op"), message.get("args")
        is_list = isinstance(arguments, list) and all(isinstance(each, dict) for each in arguments)
        if operation not in ("login", "subscribe", "unsubscribe") or not is_list:
            self.bad_frame(session, orjson.dumps(message).decode())
            return
        for arg in arguments or [{}]:
            try:
                if operation == "login":
                    self._log_in(session, arg, message)
                else:
                    self._change(session, operation, arg, message)
            except Refusal as refusal:
                told = {} if operation == "login" else {**message, "arg": arg}  # no answer repeats a key
                self.refuse(session, told, self._bad(Problem(refusal.reason), refusal.detail))
                if operation == "login" and self.log_in_signs:
                    session.close(4001, b"Login failed.")

    def bad_frame(self, session: Session, text: str) -> None:
        self.refuse(session, {}, self._bad(Problem.BAD_FRAME, text))

    def _bad(self, problem: Problem, detail: str) -> Bad:
        words = self.words[problem]
        return Bad(words.code, words.text.replace("{detail}", detail))

    def _log_in(self, session: Session, arg: dict[str, Any], message: dict[str, Any]) -> None:
        if not self.log_in_signs:
            raise Refusal(Problem.NO_LOG_IN)
        stamp, account = str(arg.get("timestamp", "")), self.wire.account_of(arg.get("apiKey"))
        if arg.get("passphrase") != account.password:
            raise Refusal(Problem.BAD_PASSPHRASE)
        if not stamp.isdigit() or abs(int(stamp) - self.wire.clock() / 1000) > _LOG_IN_WINDOW_S:
            raise Refusal(Problem.CLOCK_SKEW)
        right = hmac_sha256_base64(account.secret, stamp + self.log_in_signs)
        self.wire.check_signature(str(arg.get("sign")), right)
        self.account, session.is_private = account, True
        self.confirm(session, "login", arg, message)

    def _change(self, session: Session, operation: str, arg: dict[str, Any], message: dict[str, Any]) -> None:
        topic = self.topic(arg)
        self.confirm(session, operation, arg, message)
        if operation == "unsubscribe":
            self.wire.streams.unsubscribe(session, topic)
        elif topic not in session.envelopes:
            self.begin(session, arg, topic)
            self.wire.streams.subscribe(session, topic, self.envelope(arg))
