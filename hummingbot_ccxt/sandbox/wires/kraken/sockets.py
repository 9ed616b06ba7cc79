"""What both versions of Kraken's WebSocket share: heartbeats, and the tokens that open private channels.

Source: docs.kraken.com/api, "Spot Websockets Authentication", "Heartbeat".
"""

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...accounts import random_word
from ...streams import Session
from ..connection import JsonSocket

if TYPE_CHECKING:
    from .wire import KrakenWire

DEPTHS = (10, 25, 100, 500, 1000)
BEAT_S = 1.0
_FIRST_CONNECTION = 17_843_232_920_108_168_701  # as large as recorded ones: more than 63 bits


class KrakenSocket(JsonSocket):
    """One connection. Subscribed ones on which nothing else is said get a heartbeat every second."""

    _ids: Iterator[int] = itertools.count(_FIRST_CONNECTION)
    greeting: dict[str, Any]
    heartbeat: dict[str, Any]

    def __init__(self, wire: "KrakenWire") -> None:
        self.wire = wire
        self.connection_id = next(self._ids)
        self._timer: asyncio.TimerHandle | None = None

    def opened(self, session: Session) -> None:
        session.send_json(self.greeting)
        self._beat(session)

    def _beat(self, session: Session) -> None:
        if session.envelopes and session.silent_s >= BEAT_S:
            session.send_json(self.heartbeat)
        self._timer = asyncio.get_running_loop().call_later(BEAT_S / 2, self._beat, session)

    def closed(self, session: Session) -> None:
        self.wire.tokens.release(session)
        if self._timer is not None:
            self._timer.cancel()

    def admit(self, session: Session, token: Any) -> str | None:
        """The account that a token stands for, from now on this session's; None for a token that is none (any more)."""
        account_id = self.wire.tokens.use(session, str(token))
        if account_id is not None:
            session.is_private = True
        return account_id


@dataclass
class _Token:
    account_id: str
    made_at: float
    sessions: set[Session] = field(default_factory=set)


class Tokens:
    """ "Get Websockets Token": good for 15 minutes, and as long as a connection that was opened with it lasts."""

    def __init__(self, lifetime_s: float) -> None:
        self.lifetime_s = int(lifetime_s)
        self._tokens: dict[str, _Token] = {}

    def make(self, account_id: str) -> str:
        word = random_word(43)
        self._tokens[word] = _Token(account_id, time.monotonic())
        return word

    def use(self, session: Session, word: str) -> str | None:
        token = self._tokens.get(word)
        if token is None or (not token.sessions and time.monotonic() - token.made_at > self.lifetime_s):
            return None
        token.sessions.add(session)
        return token.account_id

    def release(self, session: Session) -> None:
        for token in self._tokens.values():
            token.sessions.discard(session)

    def expire(self) -> None:
        self._tokens.clear()

    def words(self) -> list[str]:
        return list(self._tokens)
