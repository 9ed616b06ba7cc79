"""WebSocket connections as most exchanges have them: JSON objects either way, and topics of one account's own."""

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar

import orjson

from ..streams import Session


class Bad(Exception):
    """A frame that is refused, with the exchange's code and text."""

    def __init__(self, code: Any, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class JsonSocket:
    """One connection whose frames are JSON objects; `ping` texts and bad frames apart.

    A wire's socket overrides `handle` and, where that raises Bad, `refuse`. `pings` maps a whole text frame
    to its answer (OKX: `ping` -> `pong`).
    """

    is_limited: ClassVar[bool] = False
    pings: ClassVar[Mapping[str, str]] = {}
    patience_s: float | None = None  # who says nothing for so long is disconnected
    _patience: asyncio.TimerHandle | None = None

    def opened(self, session: Session) -> None:
        """What the exchange says first; nothing by default."""
        self._wait(session)

    def _wait(self, session: Session) -> None:
        if self._patience is not None:
            self._patience.cancel()
        if self.patience_s is not None:
            self._patience = asyncio.get_running_loop().call_later(self.patience_s, session.close)

    def received(self, session: Session, text: str) -> None:
        self._wait(session)
        answer = self.pings.get(text)
        if answer is not None:
            session.send(answer.encode())
            return
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            message = None
        if not isinstance(message, dict):
            self.bad_frame(session, text)
            return
        try:
            self.handle(session, message)
        except Bad as bad:
            self.refuse(session, message, bad)

    def handle(self, session: Session, message: dict[str, Any]) -> None:
        """One frame of the client's; raises Bad."""
        raise NotImplementedError

    def refuse(self, session: Session, message: dict[str, Any], bad: Bad) -> None:
        """The answer to a frame that is refused."""
        raise NotImplementedError

    def bad_frame(self, session: Session, text: str) -> None:
        """A frame that is no JSON object; ignored by default."""

    def closed(self, session: Session) -> None:
        """The connection is gone; `Streams` has forgotten its topics already."""
        if self._patience is not None:
            self._patience.cancel()


def user_topic(account_id: str, channel: str) -> str:
    """The topic of one account's private channel; never a name that a client could subscribe to by itself."""
    return f"user:{account_id}:{channel}"
