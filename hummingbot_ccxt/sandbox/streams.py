"""WebSocket sessions: bounded queues of frames, and who has subscribed to what.

A frame is encoded once per topic and envelope, however many sessions get it.
"""

import asyncio
import contextlib
import socket
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from .faults import Faults, StreamFault

_PING = object()


@dataclass(frozen=True, slots=True)
class _Close:
    code: int
    reason: bytes = b""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a session wants around a topic's payload: `{"stream":...,"data":` and `}`, or nothing on raw streams."""

    prefix: bytes = b""
    suffix: bytes = b""


RAW = Envelope()


class Session:
    """One WebSocket connection as the wires see it.

    `send` never blocks: frames wait in a queue, and a client that reads so slowly that `queue_limit` of them pile up is
    disconnected, as exchanges do. `is_private` once it carries a user's own data.
    """

    def __init__(
        self,
        web_socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        *,
        url: str,
        queue_limit: int,
        ping_interval_s: float,
        pong_timeout_s: float,
        on_sent: Callable[["Session", bytes], None] | None = None,
    ) -> None:
        self.url = url
        self.is_private = False
        self.envelopes: dict[str, Envelope] = {}  # topic -> how this session wants it
        self._web_socket = web_socket
        self._transport = transport
        self._queue: deque[bytes | object] = deque()
        self._queue_limit = queue_limit
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._not_before = 0.0
        self._ping_interval_s = ping_interval_s
        self._pong_timeout_s = pong_timeout_s
        self._loop = asyncio.get_running_loop()
        self._last_pong = self._loop.time()
        self._ping_timer = self._loop.call_later(ping_interval_s, self._queue_ping)
        self._silence_timer: asyncio.TimerHandle | None = None
        self._last_sent = self._loop.time()
        self._on_sent = on_sent

    # -- towards the client
    def send(self, frame: bytes) -> None:
        """Queues a text frame."""
        if len(self._queue) >= self._queue_limit:
            self.abort()
            return
        self._put(frame)

    def send_json(self, message: Any) -> None:
        """Queues a message, encoded."""
        self.send(orjson.dumps(message))

    def close(self, code: int = 1000, reason: bytes = b"") -> None:
        """Closes properly, after what is queued."""
        self._put(_Close(code, reason))

    def abort(self) -> None:
        """Drops the connection with a TCP reset; nothing that is queued gets out."""
        self._queue.clear()
        reset_connection(self._transport)

    def stall(self) -> None:
        self._flowing.clear()

    def resume(self) -> None:
        self._flowing.set()

    def delay(self, seconds: float) -> None:
        """What is queued from now on leaves no sooner than in `seconds`."""
        self._not_before = max(self._not_before, self._loop.time() + seconds)

    def end_when_silent(self, limit_s: float, code: int, reason: bytes) -> None:
        """Closes the connection once nothing, not even an answer to a ping, has been sent on it for `limit_s`."""
        left = self._last_sent + limit_s - self._loop.time()
        if left <= 0:
            self.close(code, reason)
            return
        self._silence_timer = self._loop.call_later(left, self.end_when_silent, limit_s, code, reason)

    @property
    def silent_s(self) -> float:
        """Seconds since the last message was sent."""
        return self._loop.time() - self._last_sent

    @property
    def is_stalled(self) -> bool:
        return not self._flowing.is_set()

    async def flushed(self) -> None:
        """Returns when everything queued so far is handed to the socket."""
        await self._idle.wait()

    # -- for the server
    async def write(self) -> None:
        """Sends what is queued, until cancelled or the connection is gone."""
        with contextlib.suppress(ConnectionError, RuntimeError):  # aiohttp raises either for a socket that closes
            while True:
                await self._wake.wait()
                while self._queue:
                    await self._flowing.wait()
                    if (wait := self._not_before - self._loop.time()) > 0:
                        await asyncio.sleep(wait)
                        continue
                    if not self._queue:
                        break
                    if not await self._write(self._queue.popleft()):
                        return
                self._wake.clear()
                self._idle.set()

    async def _write(self, item: bytes | object) -> bool:
        if isinstance(item, bytes):
            await self._web_socket.send_frame(item, WSMsgType.TEXT)
            self._last_sent = self._loop.time()
            if self._on_sent is not None:
                self._on_sent(self, item)
        elif isinstance(item, _Close):
            await self._web_socket.close(code=item.code, message=item.reason)
            return False
        else:
            await self._web_socket.ping(str(int(self._loop.time() * 1000)).encode())
        return True

    async def pong(self, payload: bytes) -> None:
        if not self.is_stalled:
            with contextlib.suppress(ConnectionError, RuntimeError):
                await self._web_socket.pong(payload)

    def got_pong(self) -> None:
        self._last_pong = self._loop.time()

    def dispose(self) -> None:
        self._ping_timer.cancel()
        if self._silence_timer is not None:
            self._silence_timer.cancel()
        self._idle.set()

    def _put(self, item: bytes | object) -> None:
        self._queue.append(item)
        self._idle.clear()
        self._wake.set()

    def _queue_ping(self) -> None:
        if self._loop.time() - self._last_pong > self._pong_timeout_s + self._ping_interval_s:
            self.abort()
            return
        self._put(_PING)
        self._ping_timer = self._loop.call_later(self._ping_interval_s, self._queue_ping)


class Streams:
    """All sessions of a venue, and the topics that each has subscribed to."""

    REORDER_PATIENCE_S = 1.0  # a message held back for its successor leaves alone when none comes

    def __init__(self, faults: Faults) -> None:
        """To be made in the event loop that serves the sessions."""
        self._loop = asyncio.get_running_loop()
        self._faults = faults
        self.sessions: set[Session] = set()
        self._topics: dict[str, dict[Session, Envelope]] = {}
        self._held: dict[str, tuple[bytes, asyncio.TimerHandle]] = {}

    def subscribe(self, session: Session, topic: str, envelope: Envelope = RAW) -> None:
        """From the next `publish` on; subscribing again only changes the envelope."""
        session.envelopes[topic] = envelope
        self._topics.setdefault(topic, {})[session] = envelope

    def unsubscribe(self, session: Session, topic: str) -> None:
        session.envelopes.pop(topic, None)
        subscribers = self._topics.get(topic)
        if subscribers is not None:
            subscribers.pop(session, None)
            if not subscribers:
                del self._topics[topic]

    def forget(self, session: Session) -> None:
        for topic in list(session.envelopes):
            self.unsubscribe(session, topic)
        self.sessions.discard(session)
        session.dispose()

    def wants(self, topic: str) -> bool:
        """Whether anyone listens, so that nothing is encoded for nobody."""
        return topic in self._topics

    def topics(self) -> list[str]:
        return list(self._topics)

    def subscribers(self, topic: str) -> list[Session]:
        return list(self._topics.get(topic, ()))

    def publish(self, topic: str, channel: str, payload: bytes, *, spoiled: bytes | None = None) -> None:
        """Sends `payload` to the topic's subscribers; `channel` names its kind, for the fault switches.

        `spoiled`: the payload with a wrong checksum, where the message carries one.
        """
        subscribers = self._topics.get(topic)
        if not subscribers:
            return
        rule = self._faults.take_stream(channel, has_checksum=spoiled is not None)
        if rule is not None:
            if rule.fault is StreamFault.WRONG_CHECKSUM:
                payload = spoiled or payload
            if rule.fault is StreamFault.DROP:
                return
            if rule.fault is StreamFault.REORDER and topic not in self._held:
                timer = self._loop.call_later(self.REORDER_PATIENCE_S, self._release, topic)
                self._held[topic] = (payload, timer)
                return
            if rule.fault is StreamFault.DELAY:
                for session in subscribers:
                    session.delay(rule.delay_s)
            if rule.fault is StreamFault.DUPLICATE:
                self._deliver(subscribers, payload)
        self._deliver(subscribers, payload)
        if topic in self._held:
            self._release(topic)

    def _release(self, topic: str) -> None:
        payload, timer = self._held.pop(topic)
        timer.cancel()
        self._deliver(self._topics.get(topic, {}), payload)

    def _deliver(self, subscribers: dict[Session, Envelope], payload: bytes) -> None:
        frames: dict[Envelope, bytes] = {}
        for session, envelope in list(subscribers.items()):
            frame = frames.get(envelope)
            if frame is None:
                frame = frames[envelope] = envelope.prefix + payload + envelope.suffix
            session.send(frame)

    async def flushed(self) -> None:
        """Returns when everything published so far is handed to the sockets that take it."""
        await asyncio.sleep(0)  # what listeners put off until the operation is over
        for session in list(self.sessions):
            if not session.is_stalled:
                await session.flushed()

    # -- switches (see faults.StreamControl)
    def disconnect(self, *, private: bool, public: bool, code: int | None) -> int:
        chosen = self._chosen(private, public)
        for session in chosen:
            session.abort() if code is None else session.close(code)
        return len(chosen)

    def stall(self, *, private: bool, public: bool) -> int:
        chosen = self._chosen(private, public)
        for session in chosen:
            session.stall()
        return len(chosen)

    def resume(self) -> None:
        for session in self.sessions:
            session.resume()

    def _chosen(self, private: bool, public: bool) -> list[Session]:
        return [each for each in self.sessions if (private if each.is_private else public)]


def reset_connection(transport: asyncio.Transport | None) -> None:
    """Ends a connection so that the client sees a reset, not an orderly end."""
    if transport is None or transport.is_closing():
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
