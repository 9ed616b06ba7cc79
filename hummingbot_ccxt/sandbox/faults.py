"""The venue's switches: everything that goes wrong between a client and an exchange, on demand and as data.

    faults.rest("order.create", Fault.TIMEOUT_AFTER, times=1)       # the order is taken, the answer never comes
    faults.stream("depth", StreamFault.DROP, times=1)               # a gap in the book's sequence
    faults.disconnect_streams(public=False)                         # the private connections die, now
    faults.set_clock(skew_ms=30_000)                                # the venue's clock is half a minute ahead
    faults.begin_outage(Outage.REFUSED)                             # nobody listens at the venue's port

A rule that matches fires at most `times` times, each time with `probability` (drawn from the sandbox's seed).
`injected` counts what fired; `await rule.fired()` waits for it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from typing import Protocol

from .clock import VenueClock
from .http import ApiRequest


class Fault(Enum):
    """What can happen to one REST request. `BEFORE`: the venue has not acted on it; `AFTER`: it has."""

    TIMEOUT_BEFORE = "timeout_before"  # no answer, the request is lost
    TIMEOUT_AFTER = "timeout_after"  # no answer, the request was carried out
    LATE_BEFORE = "late_before"  # carried out and answered `delay_s` later
    LATE_AFTER = "late_after"  # carried out at once, answered `delay_s` later
    RESET_BEFORE = "reset_before"  # TCP reset
    RESET_AFTER = "reset_after"
    RESET_MIDWAY = "reset_midway"  # carried out; half of the answer, then a TCP reset
    ERROR_BEFORE = "error_before"  # HTTP `status`, 503 unless told otherwise
    ERROR_AFTER = "error_after"
    HTML_BEFORE = "html_before"  # HTTP `status` with a web page, as proxies answer
    HTML_AFTER = "html_after"
    MALFORMED_JSON = "malformed_json"  # carried out; status 200, but the answer's text breaks off
    RATE_LIMIT = "rate_limit"  # too many requests: the exchange's status, words and headers for `retry_after_s`
    BAN = "ban"  # the same for who is shut out (Binance: 418), for this request and all that follow
    MAINTENANCE = "maintenance"  # the venue's own words for it
    UNKNOWN_ORDER = "unknown_order"  # "no such order", although there is one
    MEANWHILE = "meanwhile"  # something happens at the venue, the rule's `before`; then all goes well
    EVENTS_FIRST = "events_first"  # the streams report the outcome, `delay_s` later the answer arrives


class StreamFault(Enum):
    """What can happen to one message of a stream, for all its subscribers alike."""

    DROP = "drop"
    DELAY = "delay"  # this and all that follows on the connection comes `delay_s` later
    DUPLICATE = "duplicate"
    REORDER = "reorder"  # changes places with the next one of the same stream
    WRONG_CHECKSUM = "wrong_checksum"  # of a book; strikes only messages that carry a checksum


class Outage(Enum):
    """How a venue is away altogether: what becomes of each request, and of each WebSocket connection, old or new."""

    REFUSED = "refused"  # nobody listens: connection refused; those that stand are reset
    RESET = "reset"  # new connections are reset as soon as they are made, and so are those that stand
    SILENT = "silent"  # connections are made and stay open, and nothing ever comes back
    MAINTENANCE = "maintenance"  # `maintenance`, and those that stand are reset


@dataclass(eq=False)
class Rule:
    """One armed switch; see the module's docstring. `skip`: so many matches pass unharmed first."""

    target: str
    fault: Fault | StreamFault
    times: int | None = None
    probability: float = 1.0
    skip: int = 0
    delay_s: float = 0.05
    status: int = 503
    retry_after_s: int = 1
    before: Callable[[ApiRequest], None] | None = None
    injected: int = 0
    _fired: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def is_armed(self) -> bool:
        return self.times is None or self.injected < self.times

    async def fired(self) -> None:
        """Returns once the rule has been injected for the first time."""
        await self._fired.wait()


class StreamControl(Protocol):
    """What the switches need of the streams; `streams.Streams` is it."""

    def disconnect(self, *, private: bool, public: bool, code: int | None) -> int: ...
    def stall(self, *, private: bool, public: bool) -> int: ...
    def resume(self) -> None: ...


class Door(Protocol):
    """What the switches need of the server; `server.VenueServer` is it."""

    def begin_outage(self, kind: Outage) -> None: ...
    def end_outage(self) -> asyncio.Future[None]: ...


class Faults:
    """All switches of one venue; harmless until one is set."""

    def __init__(self, clock: VenueClock, seed: int = 1) -> None:
        self._clock = clock
        self._random = random.Random(seed)
        self._rest: list[Rule] = []
        self._stream: list[Rule] = []
        self._streams: StreamControl | None = None
        self._expire: Callable[[], int] | None = None
        self._door: Door | None = None
        self.refuse_connections = False  # new WebSocket connections get a 503
        self.maintenance = False  # every REST request gets the venue's maintenance answer, every connection is refused
        self.injected: Counter[tuple[str, str]] = Counter()  # (endpoint or channel, fault's value) -> how often

    # -- arming
    def rest(
        self,
        endpoint: str,
        fault: Fault,
        *,
        times: int | None = 1,
        probability: float = 1.0,
        skip: int = 0,
        delay_s: float = 0.05,
        status: int = 503,
        retry_after_s: int = 1,
        before: Callable[[ApiRequest], None] | None = None,
    ) -> Rule:
        """Arms `fault` for REST requests; `endpoint` is a name as in the request log, `*` and `order.*` work too.

        `before`, with MEANWHILE: what happens at the venue just before it carries the request out, a fill for example.
        """
        rule = Rule(endpoint, fault, times, probability, skip, delay_s, status, retry_after_s, before)
        self._rest.append(rule)
        return rule

    def stream(
        self,
        channel: str,
        fault: StreamFault,
        *,
        times: int | None = 1,
        probability: float = 1.0,
        skip: int = 0,
        delay_s: float = 0.05,
    ) -> Rule:
        """Arms `fault` for messages; `channel`: depth, trade, ticker, kline, bookTicker, order, balance, or a pattern.

        `stream("depth", DROP)` leaves a gap in the book's sequence, `stream("balance", DROP, times=None)` suppresses
        balance updates altogether.
        """
        rule = Rule(channel, fault, times, probability, skip, delay_s)
        self._stream.append(rule)
        return rule

    def disarm(self, rule: Rule) -> None:
        """Takes one rule out; a rule that is not armed (any more) is no error."""
        for rules in (self._rest, self._stream):
            if rule in rules:
                rules.remove(rule)

    def clear(self) -> None:
        """The venue works again: no rules, no stall, no maintenance, the clock right. Counts stay."""
        self._rest.clear()
        self._stream.clear()
        self.refuse_connections = False
        self.end_outage()
        self._clock.set()
        self.resume_streams()

    # -- switches that act at once
    def set_clock(self, skew_ms: float = 0.0, drift_ms_per_s: float = 0.0) -> None:
        self._clock.set(skew_ms, drift_ms_per_s)

    def disconnect_streams(self, *, private: bool = True, public: bool = True, code: int | None = None) -> int:
        """Ends WebSocket connections: by a TCP reset, or properly where a close `code` is given. How many."""
        return self._control().disconnect(private=private, public=public, code=code)

    def stall_streams(self, *, private: bool = True, public: bool = True) -> int:
        """Connections stay open and say nothing, not even a pong; messages wait until `resume_streams`."""
        return self._control().stall(private=private, public=public)

    def resume_streams(self) -> None:
        if self._streams is not None:
            self._streams.resume()

    def begin_outage(self, kind: Outage) -> None:
        """The venue is away from now on, in this way; in place of another one, if there is one."""
        if self._door is None:
            raise RuntimeError("the sandbox is not started")
        self.maintenance = kind is Outage.MAINTENANCE
        self._door.begin_outage(kind)

    def end_outage(self) -> asyncio.Future[None] | None:
        """It is back, as soon as what is returned is done; maintenance is over at once. Without an outage no error."""
        self.maintenance = False
        return None if self._door is None else self._door.end_outage()

    def expire_sessions(self) -> int:
        """Every user stream's session or listen key expires, with the message that the venue sends then. How many."""
        if self._expire is None:
            raise RuntimeError("the sandbox is not started")
        return self._expire()

    # -- for the server
    def bind(self, streams: StreamControl, expire: Callable[[], int], door: Door) -> None:
        self._streams, self._expire, self._door = streams, expire, door

    def take_rest(self, endpoint: str) -> Rule | None:
        """The rule that strikes this request, already counted, or None."""
        return self._take(self._rest, endpoint)

    def take_stream(self, channel: str, *, has_checksum: bool = False) -> Rule | None:
        """The same for one message of a stream; a wrong checksum strikes only where there is one."""
        if not self._stream:
            return None
        rules = self._stream
        if not has_checksum:
            rules = [rule for rule in rules if rule.fault is not StreamFault.WRONG_CHECKSUM]
        return self._take(rules, channel)

    def _take(self, rules: list[Rule], name: str) -> Rule | None:
        for rule in rules:
            if not rule.is_armed or not fnmatchcase(name, rule.target):
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            if rule.probability < 1.0 and self._random.random() >= rule.probability:
                continue
            rule.injected += 1
            self.injected[name, rule.fault.value] += 1
            rule._fired.set()
            return rule
        return None

    def _control(self) -> StreamControl:
        if self._streams is None:
            raise RuntimeError("the sandbox is not started")
        return self._streams
