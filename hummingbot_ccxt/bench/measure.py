"""The conductor: has one connector after the other, ours and the native one in turn, take the same loads.

It gives samples only, a value for each round; `figures` makes ratios of them.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from hummingbot_ccxt.bench import plan as plans
from hummingbot_ccxt.bench.frames import market
from hummingbot_ccxt.bench.link import Peer
from hummingbot_ccxt.bench.plan import KINDS, Kind, Plan

type Samples = dict[str, dict[Kind, list[float]]]
"""Name of what was measured -> connector -> a value for each round."""
type Progress = Callable[[str], None]

_RESTING, _CROSSED = "50000", "59995"
"""Prices of buy orders below the best bid: one that stays, one that the venue is to fill."""
_SETTLED_S = 1.0
_PATIENCE_S = 420.0


async def measure(exchange: str, plan: Plan, progress: Progress) -> Samples:
    """All samples of an exchange. Raises PeerFailed where a process of the benchmark fails."""
    async with _Exchange.running(exchange, plan, progress) as measured:
        for number in range(plan.rounds):
            for kind in _in_turn(number):
                await measured.main(kind, f"round {number + 1} of {plan.rounds}")
            for kind in _in_turn(number):
                await measured.start(kind, f"round {number + 1} of {plan.rounds}")
        for number in range(plan.wide_rounds):
            of = f"round {number + 1} of {plan.wide_rounds}"
            for pairs in plan.pairs:
                for kind in _in_turn(number):
                    await measured.wide(kind, of, pairs, plans.DEPTH)
            for depth in plan.depths:
                for kind in _in_turn(number):
                    await measured.wide(kind, of, plans.PAIRS, depth)
        for kind in KINDS if plan.requests_s else ():
            await measured.count_requests(kind)
        return measured.samples


def _in_turn(number: int) -> Sequence[Kind]:
    """Who goes first changes with every round: what drifts then harms neither."""
    return KINDS if number % 2 == 0 else KINDS[::-1]


class _Exchange:
    """The two processes of an exchange, and what came out so far."""

    def __init__(self, exchange: str, plan: Plan, progress: Progress, venue: Peer, client: Peer) -> None:
        self._exchange = exchange
        self._plan = plan
        self._progress = progress
        self._venue = venue
        self._client = client
        self.samples: Samples = {}

    @classmethod
    @asynccontextmanager
    async def running(cls, exchange: str, plan: Plan, progress: Progress) -> AsyncIterator["_Exchange"]:
        async with AsyncExitStack() as stack:
            venue = await Peer.start(f"{exchange}'s venue", "hummingbot_ccxt.bench.venue")
            stack.push_async_callback(venue.stop)
            client = await Peer.start(f"{exchange}'s connectors", "hummingbot_ccxt.bench.client")
            stack.push_async_callback(client.stop)
            await asyncio.gather(venue.ask("begin", exchange=exchange), client.ask("begin"))
            yield cls(exchange, plan, progress, venue, client)

    # --- what is measured

    async def main(self, kind: Kind, of: str) -> None:
        """The load with 20 pairs in all its forms, memory, and orders."""
        plan = self._plan
        async with self._session(kind, of, plans.PAIRS, plans.DEPTH) as session:
            await session.settle()
            self._note("memory_mb", kind, await self._client.ask("memory"))
            await session.calm()
            await session.books(plans.LEVELS, note_latency=True)
            for levels in plans.OTHER_LEVELS:
                await session.books(levels)
            await session.trades()
            await session.burst()
            await session.orders(plan.orders)

    async def start(self, kind: Kind, of: str) -> None:
        """From construction to readiness, with the waits that Hummingbot makes."""
        async with self._session(kind, of, plans.START_PAIRS, plans.DEPTH, short_waits=False) as session:
            self._note("start_s", kind, session.start_s)

    async def wide(self, kind: Kind, of: str, pairs: int, depth: int) -> None:
        """The paced load with another number of pairs, or books of another depth."""
        async with self._session(kind, of, pairs, depth) as session:
            await session.settle()
            await session.calm()
            await session.books(plans.LEVELS)

    async def count_requests(self, kind: Kind) -> None:
        """Requests a minute, without and with an order a second."""
        async with self._session(kind, "requests", plans.PAIRS, plans.DEPTH) as session:
            await session.settle()
            await self._venue.ask("requests")
            await asyncio.sleep(self._plan.requests_s)
            self._note("requests_idle", kind, self._a_minute(await self._venue.ask("requests")))
            loop = asyncio.get_running_loop()
            end, placed = loop.time() + self._plan.requests_s, 0
            while loop.time() < end:
                order = await self._client.ask("order", price=_RESTING)
                await self._client.ask("cancel", id=order["id"])
                placed += 1
                await asyncio.sleep(max(0.0, min(1.0, end - loop.time())))
            counted = self._a_minute(await self._venue.ask("requests"))
            self._note("requests_trading", kind, counted)
            self._note("requests_an_order", kind, counted * self._plan.requests_s / 60 / placed)

    def _a_minute(self, counts: dict[str, int]) -> float:
        return sum(counts.values()) * 60 / self._plan.requests_s

    # --- a connector

    @asynccontextmanager
    async def _session(
        self, kind: Kind, of: str, pairs: int, depth: int, short_waits: bool = True
    ) -> AsyncIterator["_Session"]:
        self._progress(f"{self._exchange}: {of}, {kind}, {pairs} pairs, books of {depth} levels")
        admitted = await self._venue.ask("admit", depth=depth)
        built = await self._client.ask(
            "session",
            kind=kind,
            exchange=self._exchange,
            port=admitted["port"],
            account=admitted["account"],
            pairs=[market(number).symbol.replace("/", "-") for number in range(pairs)],
            short_waits=short_waits,
        )
        self._note("import_s", kind, built["import_s"])
        try:
            ready_s = await self._client.ask("ready", _PATIENCE_S)
            session = _Session(self._venue, self._client, self._plan, pairs, depth, built["construct_s"] + ready_s)
            yield session
        finally:
            with contextlib.suppress(Exception):  # what went wrong before is what counts
                await self._client.ask("end")
        for name, value in session.found:
            self._note(name, kind, value)

    def _note(self, name: str, kind: Kind, value: float) -> None:
        self.samples.setdefault(name, {each: [] for each in KINDS})[kind].append(value)


class _Session:
    """One running connector under load."""

    def __init__(self, venue: Peer, client: Peer, plan: Plan, pairs: int, depth: int, start_s: float) -> None:
        self._venue = venue
        self._client = client
        self._plan = plan
        self._pairs = pairs
        self._depth = depth
        self._idle = 0.0
        self.start_s = start_s
        self.found: list[tuple[str, float]] = []

    async def settle(self) -> None:
        """Return when changes of every book arrive: some native connectors are ready before they have subscribed."""
        async with asyncio.timeout(_PATIENCE_S):
            while (
                len(await self._venue.ask("keep_books", pairs=self._pairs, steps=self._pairs, levels=2)) < self._pairs
            ):
                await self._venue.ask("play", per_second=0)
                await asyncio.sleep(0.2)
            await self._venue.ask("play", per_second=0)
        await asyncio.sleep(_SETTLED_S)

    async def calm(self) -> None:
        """Find out what the process costs while nothing is sent."""
        self._idle = await self._client.ask("idle", seconds=self._plan.idle_s)
        self.found.append((f"idle_cpu/{self._pairs}p/{self._depth}d", self._idle))

    async def books(self, levels: int, note_latency: bool = False) -> None:
        """Paced changes of so many levels."""
        steps = max(1, round(self._plan.paced_s * plans.FRAMES_PER_S))
        await self._venue.ask("keep_books", pairs=self._pairs, steps=steps, levels=levels)
        played, finished = await self._play(plans.FRAMES_PER_S)
        name = f"book/{self._pairs}p/{levels}l/{self._depth}d"
        self.found += [(f"cpu_us/{name}", self._cpu_us(played, finished)), ("source_cpu", played["cpu_share"])]
        seen_at = _seen_at(played, finished, self._pairs)
        self.found.append((f"unseen/{name}", float(len(played["sent"]) - len(seen_at))))
        if note_latency:
            self._note_latency("book_latency", _latencies_us(played, seen_at))

    async def trades(self) -> None:
        """Paced public trades."""
        steps = max(1, round(self._plan.paced_s * plans.FRAMES_PER_S))
        await self._venue.ask("keep_trades", pairs=self._pairs, steps=steps)
        played, finished = await self._play(plans.FRAMES_PER_S, trades=True)
        self.found.append(("cpu_us/trade", self._cpu_us(played, finished)))
        seen = {number for number, _ in finished["seen"]}
        self.found.append(("unseen/trade", float(sum(number not in seen for number, _ in played["sent"]))))

    async def burst(self) -> None:
        """As many frames a second as the connector takes."""
        await self._venue.ask("keep_books", pairs=self._pairs, steps=self._plan.burst_frames, levels=plans.LEVELS)
        played, finished = await self._play(0)
        times = [at for _, at in finished["seen"]]
        if len(times) > 1:
            took_s = (max(times) - min(at for _, at in played["sent"])) / 1e9
            self.found.append(("burst_frames_per_s", len(played["sent"]) / took_s))
        seen_at = _seen_at(played, finished, self._pairs)
        self.found.append(("unseen/burst", float(len(played["sent"]) - len(seen_at))))

    async def orders(self, count: int) -> None:
        """Orders that are placed and cancelled, and orders that are filled."""
        placing, cancelling, filling = [], [], []
        for _ in range(count):
            order, arrived = await self._acted("order", "order.create", price=_RESTING)
            placing.append((arrived - order["at"]) / 1000)
            cancelled, arrived = await self._acted("cancel", "order.cancel", id=order["id"])
            cancelling.append((arrived - cancelled["at"]) / 1000)
            order = await self._client.ask("order", price=_CROSSED)
            written = await self._venue.ask("execute", client_order_id=order["id"])
            filling.append((await self._client.ask("filled", id=order["id"]) - written) / 1000)
        self._note_latency("order_latency", placing)
        self._note_latency("cancel_latency", cancelling)
        self._note_latency("fill_latency", filling)

    async def _acted(self, what: str, endpoint: str, **more: Any) -> tuple[dict[str, Any], int]:
        """The client's answer, and when its request began to arrive."""
        await self._venue.ask("arrivals", endpoint=endpoint)
        answer = await self._client.ask(what, **more)
        return answer, (await self._venue.ask("arrivals", endpoint=endpoint))[0]

    async def _play(self, per_second: float, trades: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        await self._client.ask("begin")
        played = await self._venue.ask("play", per_second=per_second)
        return played, await self._client.ask("finish", last=played["sent"][-1][0], trades=trades)

    def _cpu_us(self, played: dict[str, Any], finished: dict[str, Any]) -> float:
        return float(finished["cpu_s"] - self._idle * finished["wall_s"]) / len(played["sent"]) * 1e6

    def _note_latency(self, name: str, values_us: Sequence[float]) -> None:
        if values_us:
            self.found += [(f"{name}_us/p50", percentile(values_us, 50)), (f"{name}_us/p99", percentile(values_us, 99))]


def _seen_at(played: dict[str, Any], finished: dict[str, Any], pairs: int) -> dict[int, int]:
    """When each step's book held it, in nanoseconds; steps that never reached Hummingbot are left out.

    Changes of a book that wait together may reach it as one: with the later step, the earlier one is there. The pairs
    take turns, so that a step's number tells its pair.
    """
    waiting: dict[int, deque[int]] = {}
    for number, _ in played["sent"]:
        waiting.setdefault(number % pairs, deque()).append(number)
    found: dict[int, int] = {}
    for number, at in finished["seen"]:
        steps = waiting.get(number % pairs, deque())
        while steps and steps[0] <= number:
            found[steps.popleft()] = at
    return found


def _latencies_us(played: dict[str, Any], seen_at: dict[int, int]) -> list[float]:
    return [(seen_at[number] - at) / 1000 for number, at in played["sent"] if number in seen_at]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many per cent do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-len(ordered) * percent // 100) - 1))]
