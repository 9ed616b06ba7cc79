"""Everything that goes wrong in a storm, as a table: what it is called, how it is armed, how it ends."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hummingbot_ccxt.chaos.crowd import Crowd
from hummingbot_ccxt.sandbox import Fault, Outage, Rule, Sandbox, StreamFault
from hummingbot_ccxt.sandbox.limits import Verdict

TEN_MINUTES_S = 600.0
_RESTING, _WAIT_FOR_ORDERS_S = 10, 5.0
"""So many orders are to rest during an outage, and so long it is put off for them."""


@dataclass
class Scene:
    """What a trouble acts on. `ask`: the trader's process; `kill`: end it with SIGKILL and start another."""

    sandbox: Sandbox
    crowd: Crowd
    random: random.Random
    pace: float
    ask: Callable[..., Awaitable[Any]]
    kill: Callable[[], Awaitable[None]]
    longest_outage_s: float
    resting: Callable[[], int]
    """How many orders of the trader's are open."""
    outage: Outage | None = None
    """The last one."""
    struck: Counter[str] = field(default_factory=Counter)
    rules: dict[str, list[Rule]] = field(default_factory=dict)

    def armed(self, name: str, rule: Rule) -> None:
        """Keep a rule until its trouble ends."""
        self.rules.setdefault(name, []).append(rule)

    def disarm(self, name: str) -> None:
        """Take a trouble's rules out, and count what they did."""
        for rule in self.rules.pop(name, ()):
            self.sandbox.faults.disarm(rule)
            self.struck[name] += rule.injected


Act = Callable[[Scene, str], Awaitable[None]]


async def _nothing(scene: Scene, name: str) -> None:
    return


async def _disarm(scene: Scene, name: str) -> None:
    scene.disarm(name)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of fault.

    `begin` arms it, `again` strikes once more half-way, `end` takes it away. `lasts_s`: how long it takes at pace 1
    to show, 0 for whatever the episode lasts. `needs_checksum`: only wires whose book messages carry one.
    """

    name: str
    what: str
    begin: Act
    end: Act = _disarm
    again: Act = _nothing
    lasts_s: float = 0.0
    needs_checksum: bool = False
    needs_private_stream: bool = False


async def _serve_out(scene: Scene, name: str) -> None:
    """A ban is over when it ends, not when there is no new one."""
    scene.disarm(name)
    limiter = getattr(scene.sandbox.wire, "limiter", None)
    decision = None if limiter is None else limiter.take(0)
    if decision is not None and decision.verdict is Verdict.BANNED:
        await asyncio.sleep(decision.retry_after_s)


def _on_requests(
    name: str,
    what: str,
    endpoints: str | Sequence[str],
    faults: Sequence[tuple[Fault, dict[str, Any]]],
    probability: float,
    lasts_s: float = 0.0,
    end: Act = _disarm,
) -> Trouble:
    """A trouble of REST requests: each that matches is struck with `probability`, by one of `faults` in turn."""
    names = (endpoints,) if isinstance(endpoints, str) else endpoints

    async def begin(scene: Scene, trouble: str) -> None:
        for endpoint in names:
            for fault, terms in faults:
                share = probability / len(faults)
                rule = scene.sandbox.faults.rest(endpoint, fault, times=None, probability=share, **terms)
                scene.armed(trouble, rule)

    return Trouble(name, what, begin, end, lasts_s=lasts_s)


def _on_frames(
    name: str, what: str, channels: Sequence[str], fault: StreamFault, probability: float, **terms: Any
) -> Trouble:
    """A trouble of streamed messages."""

    async def begin(scene: Scene, trouble: str) -> None:
        for channel in channels:
            rule = scene.sandbox.faults.stream(channel, fault, times=None, probability=probability, **terms)
            scene.armed(trouble, rule)

    return Trouble(name, what, begin, needs_checksum=fault is StreamFault.WRONG_CHECKSUM)


# --- those that are more than a rule


_WHICH_STREAMS = ((True, True), (True, False), (False, True))
"""(private, public)"""


async def _drop_streams(scene: Scene, name: str) -> None:
    private, public = scene.random.choice(_WHICH_STREAMS)
    code = scene.random.choice([None, None, 1000, 1001, 1006, 1011])
    code = None if code == 1006 else code  # 1006 is never sent: it means that the connection broke
    scene.struck[name] += scene.sandbox.faults.disconnect_streams(private=private, public=public, code=code)


async def _stall(scene: Scene, name: str) -> None:
    private, public = scene.random.choice(_WHICH_STREAMS)
    scene.struck[name] += scene.sandbox.faults.stall_streams(private=private, public=public)


async def _resume(scene: Scene, name: str) -> None:
    scene.sandbox.faults.resume_streams()


async def _maintain(scene: Scene, name: str) -> None:
    scene.sandbox.faults.maintenance = True
    scene.struck[name] += 1
    scene.sandbox.faults.disconnect_streams()


async def _open_again(scene: Scene, name: str) -> None:
    scene.sandbox.faults.maintenance = False


async def _leave_orders(scene: Scene, name: str) -> None:
    """Go away once there are orders that rest meanwhile."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_WAIT_FOR_ORDERS_S):
            while scene.resting() < _RESTING:  # noqa: ASYNC110 -- the orders of another process
                await asyncio.sleep(0.05)
    await _go_away(scene, name)


async def _go_away(scene: Scene, name: str) -> None:
    """Be away in one way, and half-way through in another, as outages go; which ones is up to the seed."""
    kinds = [kind for kind in Outage if kind is not scene.outage]
    scene.outage = scene.random.choice(kinds)
    scene.sandbox.faults.begin_outage(scene.outage)
    scene.struck[name] += 1


async def _come_back(scene: Scene, name: str) -> None:
    back = scene.sandbox.faults.end_outage()
    if back is not None:
        await back


async def _lose_names(scene: Scene, name: str) -> None:
    await scene.ask("dns", failing=True)
    scene.sandbox.faults.disconnect_streams()


async def _find_names(scene: Scene, name: str) -> None:
    before = scene.struck[f"{name} so far"]
    failed = await scene.ask("dns", failing=False)
    scene.struck[name] += max(0, failed - before) or failed
    scene.struck[f"{name} so far"] = failed


async def _expire(scene: Scene, name: str) -> None:
    scene.struck[name] += scene.sandbox.faults.expire_sessions()


async def _skew(scene: Scene, name: str) -> None:
    scene.sandbox.faults.set_clock(skew_ms=scene.random.choice([-1, 1]) * scene.random.uniform(8_000, 30_000))
    scene.struck[name] += 1


async def _drift(scene: Scene, name: str) -> None:
    scene.sandbox.faults.set_clock(drift_ms_per_s=scene.random.choice([-1, 1]) * 400.0 * scene.pace)
    scene.struck[name] += 1


async def _right_clock(scene: Scene, name: str) -> None:
    scene.sandbox.faults.set_clock()


async def _fill_while_cancelling(scene: Scene, name: str) -> None:
    def fill(asked: Any) -> None:
        scene.crowd.hit_named(f"{asked.path}?{asked.query} {asked.body}", share=scene.random.choice([0.4, 1.0]))

    rule = scene.sandbox.faults.rest("order.cancel", Fault.MEANWHILE, times=None, probability=0.6, before=fill)
    scene.armed(name, rule)


async def _kill(scene: Scene, name: str) -> None:
    scene.struck[name] += 1
    await scene.kill()


_ORDERS = ("order.create", "order.cancel", "order.status")
_PRIVATE = ("order", "fill", "balance")

TROUBLES: dict[str, Trouble] = {
    trouble.name: trouble
    for trouble in (
        Trouble("stream dropped", "WebSockets end, by a reset or a close frame", _drop_streams, again=_drop_streams),
        Trouble(
            "stream silent", "WebSockets, private or public or both, stay open and say nothing", _stall, _resume,
            lasts_s=45.0,
        ),
        _on_frames("frames delayed", "messages come late", ("*",), StreamFault.DELAY, 0.1, delay_s=0.3),
        _on_frames("frames twice", "messages come twice", ("*",), StreamFault.DUPLICATE, 0.3),
        _on_frames("frames reordered", "messages change places", ("*",), StreamFault.REORDER, 0.2),
        _on_frames("book gap", "a message of the book is missing", ("depth",), StreamFault.DROP, 0.1),
        _on_frames("wrong checksum", "a book's checksum is wrong", ("depth",), StreamFault.WRONG_CHECKSUM, 0.1),
        _on_frames("balances missing", "balance updates do not come", ("balance",), StreamFault.DROP, 0.7),
        _on_requests("time-out before", "no answer, and nothing done", _ORDERS, [(Fault.TIMEOUT_BEFORE, {})], 0.25),
        _on_requests("time-out after", "no answer, and all done", _ORDERS, [(Fault.TIMEOUT_AFTER, {})], 0.25),
        _on_requests(
            "late arrival", "carried out after the client gave up", ("order.create", "order.cancel"),
            [(Fault.LATE_BEFORE, {"delay_s": 1.3})], 0.2,
        ),
        _on_requests(
            "reset", "the connection breaks before, in the middle of or after the answer", "*",
            [(Fault.RESET_BEFORE, {}), (Fault.RESET_MIDWAY, {}), (Fault.RESET_AFTER, {})], 0.4,
        ),
        _on_requests(
            "5xx before", "the server fails, nothing done", "*",
            [(Fault.ERROR_BEFORE, {"status": status}) for status in (500, 502, 503, 504)], 0.4,
        ),
        _on_requests(
            "5xx after", "the server fails, all done", "*",
            [(Fault.ERROR_AFTER, {"status": status}) for status in (500, 502, 503, 504)], 0.4,
        ),
        _on_requests(
            "429", "too many requests, told in the venue's words", "*", [(Fault.RATE_LIMIT, {"retry_after_s": 1})], 0.1
        ),
        _on_requests("418", "banned for a second", "*", [(Fault.BAN, {"retry_after_s": 1})], 0.02, end=_serve_out),
        _on_requests(
            "ban", "banned for some seconds", "*", [(Fault.BAN, {"retry_after_s": 4})], 0.01, 40.0, _serve_out
        ),
        _on_requests("malformed JSON", "answers break off", "*", [(Fault.MALFORMED_JSON, {})], 0.3),
        _on_requests(
            "HTML", "a web page instead of JSON", "*",
            [(fault, {"status": status}) for fault in (Fault.HTML_BEFORE, Fault.HTML_AFTER) for status in (200, 502)],
            0.3,
        ),
        _on_requests(
            "events first", "fills are told before the order is acknowledged", "order.create",
            [(Fault.EVENTS_FIRST, {"delay_s": 0.3})], 0.6,
        ),
        _on_requests(
            "unknown order", "a cancellation is told that there is no such order", "order.cancel",
            [(Fault.UNKNOWN_ORDER, {})], 0.5,
        ),
        Trouble("fill during cancel", "an order is filled while it is cancelled", _fill_while_cancelling),
        Trouble("maintenance", "the venue is in maintenance", _maintain, _open_again, lasts_s=20.0),
        Trouble("DNS failure", "no name resolves, no new connection", _lose_names, _find_names, lasts_s=20.0),
        Trouble("session expired", "listen keys and sessions run out", _expire, again=_expire),
        Trouble("clock skew", "the clocks differ by up to 30 s", _skew, _right_clock),
        Trouble("clock drift", "the clocks drift apart", _drift, _right_clock, lasts_s=30.0),
        Trouble("killed", "SIGKILL, then a start from Hummingbot's saved state", _nothing, again=_kill),
        Trouble(
            "outage",
            "ten minutes without the venue, with resting orders: it refuses connections, resets them, is silent or in "
            "maintenance, one after another",
            _leave_orders, _come_back, again=_go_away, lasts_s=TEN_MINUTES_S,
        ),
    )
}  # fmt: skip
