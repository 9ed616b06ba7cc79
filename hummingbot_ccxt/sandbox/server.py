"""The venue's HTTP and WebSocket server on loopback: takes requests apart, lets faults strike, answers by the wire."""

import asyncio
import contextlib
import logging
import socket
import time
from collections import Counter, deque
from collections.abc import Callable

from aiohttp import WSMsgType, web

from .faults import Fault, Outage, Rule
from .http import ApiReply, ApiRequest, LoggedRequest, RoundTrip
from .limits import Window
from .recording import Recorder
from .streams import Session, reset_connection
from .wires.base import SocketHandler, Wire

_PAGE = b"<html><head><title>%d</title></head><body><center><h1>%d</h1></center></body></html>"
_NO_ANSWER = frozenset({Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.RESET_BEFORE, Fault.RESET_AFTER})
_ACTED_UPON = frozenset(
    {
        Fault.TIMEOUT_AFTER, Fault.LATE_BEFORE, Fault.LATE_AFTER, Fault.RESET_AFTER, Fault.RESET_MIDWAY,
        Fault.ERROR_AFTER, Fault.HTML_AFTER, Fault.MALFORMED_JSON, Fault.EVENTS_FIRST, Fault.MEANWHILE,
    }
)  # fmt: skip
_SAYS_NOTHING = frozenset({Fault.ERROR_AFTER, Fault.HTML_AFTER, Fault.MALFORMED_JSON})
"""Of what was done: the answer came, and the client knows as little as before."""


class _Unserved(asyncio.Protocol):
    """A connection that nobody serves: it is reset at once, or, given a place to be kept in, never answered."""

    def __init__(self, kept: set[asyncio.Transport] | None) -> None:
        self._kept = kept
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if self._kept is None:
            reset_connection(transport)
            return
        self._transport = transport
        self._kept.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._kept is not None and self._transport is not None:
            self._kept.discard(self._transport)


class RequestLog:
    """The last requests, and how many there were for each endpoint; `under_way`: the one that is carried out now."""

    def __init__(self, size: int = 10_000) -> None:
        self.requests: deque[LoggedRequest] = deque(maxlen=size)
        self.counts: Counter[str] = Counter()
        self.under_way: RoundTrip | None = None

    def add(self, request: LoggedRequest) -> None:
        self.requests.append(request)
        self.counts[request.endpoint] += 1

    def of(self, endpoint: str) -> list[LoggedRequest]:
        return [each for each in self.requests if each.endpoint == endpoint]

    def clear(self) -> None:
        self.requests.clear()
        self.counts.clear()


class VenueServer:
    """One wire behind one port of 127.0.0.1. The original host is the first segment of every path."""

    def __init__(self, wire: Wire, log: RequestLog, recorder: Recorder | None = None) -> None:
        self._wire = wire
        self._venue = wire.venue
        self._log = log
        self._recorder = recorder
        self._stopped = asyncio.Event()
        self._server: web.Server | None = None
        self._listener: asyncio.Server | None = None
        self._connections = Window(self._venue.settings.connection_limit, 300)
        self._logger = logging.getLogger(__name__)
        self._outage: Outage | None = None
        self._back = asyncio.Event()
        self._back.set()
        self._mute: set[asyncio.Transport] = set()
        self._held_port: socket.socket | None = None
        self._opening: asyncio.Future[None] | None = None
        self.port = 0

    async def start(self, port: int) -> None:
        """Listens on `port`, 0 for a free one; OSError where the port is taken."""
        self._server = web.Server(self._handle, access_log=None)
        await self._listen(port)

    async def _listen(self, port: int) -> None:
        self._listener = await asyncio.get_running_loop().create_server(self._connected, "127.0.0.1", port)
        self.port = self._listener.sockets[0].getsockname()[1]

    def _connected(self) -> asyncio.BaseProtocol:
        """What serves a new connection."""
        assert self._server is not None
        if self._outage in (Outage.RESET, Outage.SILENT):
            return _Unserved(self._mute if self._outage is Outage.SILENT else None)
        return self._server()

    # -- the venue is away
    def begin_outage(self, kind: Outage) -> None:
        """See `Outage`."""
        assert self._server is not None
        if self._outage is Outage.SILENT:
            self._end_silence()
        self._outage = kind
        self._back.clear()
        if kind is Outage.SILENT:
            self._venue.streams.stall(private=True, public=True)
        else:
            for connection in self._server.connections:
                reset_connection(connection.transport)
        if kind is Outage.REFUSED:
            self._close_door()
        elif self._held_port is not None:
            self._open_door()

    def end_outage(self) -> asyncio.Future[None]:
        """Serve again; done when somebody listens."""
        if self._outage is Outage.SILENT:
            self._end_silence()
        self._outage = None
        self._back.set()
        if self._held_port is not None:
            self._open_door()
        if self._opening is None:
            self._opening = asyncio.get_running_loop().create_future()
            self._opening.set_result(None)
        return self._opening

    def _end_silence(self) -> None:
        """What has got no answer so far gets none any more."""
        for transport in list(self._mute):
            reset_connection(transport)
        for session in list(self._venue.streams.sessions):
            if session.is_stalled:
                session.abort()
        self._back.set()  # requests on connections that stood before

    def _close_door(self) -> None:
        """Stop listening. The port is kept meanwhile, lest the system gives it to a connection as its own."""
        if self._opening is not None and not self._opening.done():
            self._opening.add_done_callback(lambda _: self._close_door())
            return
        if self._listener is None or self._held_port is not None or self._outage is not Outage.REFUSED:
            return
        self._listener.close()
        self._held_port = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._held_port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held_port.bind(("127.0.0.1", self.port))  # without listening: the system refuses connections

    def _open_door(self) -> None:
        assert self._held_port is not None
        self._held_port.close()
        self._held_port = None
        self._opening = asyncio.ensure_future(self._listen(self.port))

    async def stop(self) -> None:
        """Ends every connection; requests that were never answered get a reset."""
        self._stopped.set()
        self._back.set()
        if self._held_port is not None:
            self._held_port.close()
        self._outage = None
        if self._opening is not None:
            await self._opening
        for transport in list(self._mute):
            reset_connection(transport)
        if self._listener is not None:
            self._listener.close()
        for session in list(self._venue.streams.sessions):
            session.abort()
        if self._server is not None:
            self._server.pre_shutdown()  # idle connections end at once, those in use when they are done
            await self._server.shutdown(0.1)
        self._wire.stop()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._outage is Outage.SILENT:  # on a connection that stood before
            await self._back.wait()
            reset_connection(request.transport)
            return web.Response(status=500)
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._socket(request)
        raw_path = request._message.path  # literally as sent: signatures cover it
        body = (await request.read()).decode("utf-8", "replace") if request.body_exists else ""
        return await self._rest(request, ApiRequest.parse(request.method, raw_path, body, request.headers))

    # -- REST
    async def _rest(self, request: web.BaseRequest, asked: ApiRequest) -> web.StreamResponse:
        endpoint = self._wire.endpoint(asked)
        faults = self._venue.faults
        rule = Rule("*", Fault.MAINTENANCE) if faults.maintenance else faults.take_rest(endpoint)
        trip = RoundTrip(time.monotonic())
        try:
            reply = await self._reply(request, asked, rule, trip)
        except Exception:
            # A mistake of ours must look like one of the venue, and still be found by whoever reads the log.
            self._logger.exception("The sandbox failed to answer %s %s", asked.method, asked.path)
            reply = self._wire.fault_reply(Rule(endpoint, Fault.ERROR_AFTER, status=500), asked)
        parameters = self._wire.public_parameters(asked.parameters.items())
        status = None if reply is None else reply.status
        self._log.add(LoggedRequest(self._venue.clock(), asked.method, asked.path, endpoint, parameters, status))
        if reply is None:
            return web.Response(status=500)  # nobody gets it, the connection is reset
        if self._recorder is not None:
            self._recorder.rest(asked, parameters, reply)
        if rule is not None and rule.fault is Fault.RESET_MIDWAY:
            return await self._half(request, reply)
        response = web.Response(
            status=reply.status, body=reply.body, headers=reply.headers, content_type=reply.content_type
        )
        with contextlib.suppress(ConnectionError):  # nobody is there any more
            await response.prepare(request)
            await response.write_eof()  # here rather than by aiohttp afterwards, so that it is known when it was
            if rule is None or rule.fault not in _SAYS_NOTHING:
                trip.told_at = time.monotonic()
        return response

    def _answer(self, asked: ApiRequest, trip: RoundTrip) -> ApiReply:
        """The wire's, with a note of whose request the engine is at work on."""
        self._log.under_way = trip
        try:
            return self._wire.answer(asked)
        finally:
            self._log.under_way = None

    async def _reply(
        self, request: web.BaseRequest, asked: ApiRequest, rule: Rule | None, trip: RoundTrip
    ) -> ApiReply | None:
        """The answer as `rule` leaves it; None where there is none and the connection is gone."""
        if rule is None:
            return self._answer(asked, trip)
        fault = rule.fault
        assert isinstance(fault, Fault)
        if fault is Fault.LATE_BEFORE:
            await asyncio.sleep(rule.delay_s)
        if fault is Fault.MEANWHILE and rule.before is not None:
            rule.before(asked)
        reply = self._answer(asked, trip) if fault in _ACTED_UPON else self._wire.fault_reply(rule, asked)
        if fault in _NO_ANSWER:
            if fault in (Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER):
                await self._hold()
            reset_connection(request.transport)
            return None
        if fault in (Fault.HTML_BEFORE, Fault.HTML_AFTER):
            return ApiReply(rule.status, _PAGE % (rule.status, rule.status), content_type="text/html")
        if fault is Fault.ERROR_AFTER:
            return self._wire.fault_reply(rule, asked)
        if fault is Fault.MALFORMED_JSON:
            return ApiReply(200, reply.body[: max(1, len(reply.body) * 2 // 3)], reply.headers)
        if fault is Fault.EVENTS_FIRST:
            await self._venue.streams.flushed()
            await asyncio.sleep(rule.delay_s)
        if fault is Fault.LATE_AFTER:
            await asyncio.sleep(rule.delay_s)
        return reply

    async def _hold(self) -> None:
        """As long as a request without answer stays open: until the venue stops, or its patience ends."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), self._venue.settings.hold_s)

    async def _half(self, request: web.BaseRequest, reply: ApiReply) -> web.StreamResponse:
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        response.content_type = reply.content_type
        response.content_length = len(reply.body)
        await response.prepare(request)
        await response.write(reply.body[: len(reply.body) // 2])
        await asyncio.sleep(0.02)  # so that the half gets out before the reset overtakes it
        reset_connection(request.transport)
        return response

    # -- WebSocket
    async def _socket(self, request: web.BaseRequest) -> web.StreamResponse:
        location, _, query = request._message.path.partition("?")
        host, _, path = location.removeprefix("/").partition("/")
        faults = self._venue.faults
        refused = faults.refuse_connections or faults.maintenance
        if refused or self._connections.add(1, time.time()) > self._connections.limit:
            return web.Response(status=503 if refused else 429)
        handler = self._wire.accept(host, "/" + path, query)
        if handler is None:
            return web.Response(status=404, text=f"nothing at {host}/{path}\n")
        web_socket = web.WebSocketResponse(autoping=False, compress=False, timeout=1.0)
        await web_socket.prepare(request)
        settings = self._venue.settings
        session = Session(
            web_socket,
            request.transport,
            url=f"wss://{host}/{path}" + (f"?{query}" if query else ""),
            queue_limit=settings.queue_limit,
            ping_interval_s=settings.ping_interval_s,
            pong_timeout_s=settings.pong_timeout_s,
            on_sent=self._on_frame("recv"),
        )
        self._venue.streams.sessions.add(session)
        writer = asyncio.create_task(session.write())
        if self._recorder is not None:
            self._recorder.connect(session.url)
        try:
            handler.opened(session)
            await self._read(web_socket, session, handler)
        finally:
            writer.cancel()
            self._venue.streams.forget(session)
            handler.closed(session)
        return web_socket

    async def _read(self, web_socket: web.WebSocketResponse, session: Session, handler: SocketHandler) -> None:
        """Hands each text frame to the protocol until the connection ends."""
        second = Window(self._venue.settings.message_limit_per_s, 1)
        loop = asyncio.get_running_loop()
        on_frame = self._on_frame("sent")
        async for message in web_socket:
            if message.type is WSMsgType.PING:
                await session.pong(message.data)
            elif message.type is WSMsgType.PONG:
                session.got_pong()
            elif message.type is WSMsgType.TEXT:
                if on_frame is not None:
                    on_frame(session, message.data.encode())
                if handler.is_limited and second.add(1, loop.time()) > second.limit:
                    await web_socket.close(code=1008, message=b"Too many requests")
                    return
                handler.received(session, message.data)

    def _on_frame(self, direction: str) -> Callable[[Session, bytes], None] | None:
        recorder = self._recorder
        if recorder is None:
            return None
        return lambda session, frame: recorder.frame(session.url, direction, frame)
