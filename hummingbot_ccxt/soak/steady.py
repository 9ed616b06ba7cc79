"""Steady trading for some minutes, at life's own pace, while what the trader's process uses is sampled."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hummingbot_ccxt.chaos.facts import Result
from hummingbot_ccxt.chaos.storm import Plan, Storm
from hummingbot_ccxt.soak.trend import Trend, Verdict, trend

_ALLOCATED = {"held_mb": 1.0, "malloc_mb": 1.0, "blocks": 10_000.0}
NOTHING = {"memory_mb": 1.0, **_ALLOCATED, "tasks": 1.0, "sockets": 1.0, "handles": 1.0, "cpu_percent": 1.0}
"""Up to how much an hour counts as no growth: what a connector that runs for a week would not be the worse for. Ten
thousand of Python's blocks are a megabyte, at 90 bytes each, which is their mean."""
_RATE, _WARM_RATE = 5.0, 14.0
"""Actions of the trader in a second, a good half of them orders."""
_WARM_UP, _WARM_ORDERS, _CALMED_S = 1 / 3, 1_200, 35.0
"""The warm-up, in which caches fill: a share of the time, and not before ccxt's cache of 1,000 orders is full; then so
long until Hummingbot, which keeps finished orders for 30 s, holds no more of them than it will."""
_LOOKS = 5
"""Counting what is kept takes memory by itself: 5 MB at its first two times, which were taken for growth once."""
_RECONNECT_S = 60.0


@dataclass(slots=True)
class Soaked:
    """What came of it: samples by name, in the order of `at_s`, seconds since the beginning; none of the warm-up."""

    result: Result
    warm_up_s: float = 0.0
    at_s: list[float] = field(default_factory=list)
    samples: dict[str, list[float]] = field(default_factory=dict)
    kept: dict[str, list[float]] = field(default_factory=dict)
    """How many things are in each container that hangs on the connector (`soak.kept`), 0 where it was too small."""

    def trends(self) -> dict[str, Trend]:
        """Of each figure that was sampled often enough."""
        found = {name: trend(self.at_s, values) for name, values in self.samples.items()}
        return {name: each for name, each in found.items() if each is not None}

    def verdicts(self) -> dict[str, Verdict]:
        """Of each figure that may not grow.

        Where neither what is allocated grows, nor what was taken from the system to allocate it from, resident memory
        only comes to fill that: of what a warm connector holds, some megabytes were never written to, and each page is
        resident from its first use on (1.2 megabytes an hour, on binance).
        """
        trends = self.trends()
        found = {
            name: trends[name].verdict(nothing) if name in trends else Verdict.INCONCLUSIVE
            for name, nothing in NOTHING.items()
        }
        if all(found[name] is Verdict.STEADY for name in _ALLOCATED):
            found["memory_mb"] = Verdict.STEADY
        return found

    def verdict(self) -> Verdict:
        """Of all together: growth if anything grows, steady only if everything is."""
        found = set(self.verdicts().values())
        if Verdict.GROWTH in found:
            return Verdict.GROWTH
        return Verdict.INCONCLUSIVE if Verdict.INCONCLUSIVE in found or self.result.failure else Verdict.STEADY

    def minutes_needed(self) -> float | None:
        """How many minutes of soaking would tell, at least, what this one did not; None if it told all."""
        trends = self.trends()
        open_ones = [name for name, verdict in self.verdicts().items() if verdict is Verdict.INCONCLUSIVE]
        if not open_ones:
            return None
        none_yet = Trend(0.0, 0.0, 0.0)
        hours = max(trends.get(name, none_yet).hours_needed(NOTHING[name]) for name in open_ones)
        return hours * 60 / (1 - _WARM_UP)

    def grown(self) -> dict[str, Trend]:
        """What the connector keeps that surely became more, the quickest first: where a memory's growth comes from."""
        found = {name: trend(self.at_s, counts) for name, counts in self.kept.items()}
        surely = {name: each for name, each in found.items() if each is not None and each.slope - each.margin > 0}
        return dict(sorted(surely.items(), key=lambda item: -item[1].slope))

    def problems(self) -> list[str]:
        """One line each; none if nothing surely grows and nothing got lost."""
        trends = self.trends()
        grown = [
            f"{name} grows by {trends[name].slope:.2f} +- {trends[name].margin:.2f} an hour"
            for name, verdict in self.verdicts().items()
            if verdict is Verdict.GROWTH
        ]
        return grown + self.result.problems()


class Soak(Storm):
    """A storm without weather: all streams are dropped once a minute, as venues do now and then."""

    module = "hummingbot_ccxt.soak.trader"

    def __init__(self, plan: Plan, minutes: float, say: Callable[[str], None]) -> None:
        super().__init__(plan, say)
        self._minutes = minutes
        self.soaked = Soaked(self.result)

    async def _storm(self) -> None:
        self._began = began = time.monotonic()
        whole_s = self._minutes * 60
        self._crowd.go()
        self._say("warming up")
        await self._ask("act_at", rate=_WARM_RATE)
        await self._ask("go", orders=10**9)
        while time.monotonic() - began < _WARM_UP * whole_s or len(self._ledger.orders) < _WARM_ORDERS:
            await asyncio.sleep(5.0)
            await self._ask("measure")  # which fails where the trader's process is gone
        await self._ask("act_at", rate=_RATE)
        await asyncio.sleep(_CALMED_S)
        for _ in range(_LOOKS):
            await self._ask("measure")
            await self._ask("kept")
        self.soaked.warm_up_s = time.monotonic() - began
        self._say(f"warm after {self.soaked.warm_up_s / 60:.1f} min, {len(self._ledger.orders)} orders")
        await self._sample(began, (1 - _WARM_UP) * whole_s)

    async def _sample(self, began: float, lasts_s: float) -> None:
        pause_s = max(1.0, min(10.0, lasts_s / 60))
        before, at_s = await self._ask("measure"), time.monotonic() - began
        dropped_s, end_s = at_s, at_s + lasts_s
        while at_s < end_s:
            await asyncio.sleep(pause_s)
            used = await self._ask("measure")
            now_s = time.monotonic() - began
            used["cpu_percent"] = 100 * (used["cpu_s"] - before["cpu_s"]) / (now_s - at_s)
            self._keep(now_s, used, await self._ask("kept"))
            before, at_s = used, now_s
            if at_s - dropped_s >= _RECONNECT_S:
                dropped_s = at_s
                self._sandbox.faults.disconnect_streams()

    def _keep(self, at_s: float, used: dict[str, float], kept: dict[str, int]) -> None:
        soaked = self.soaked
        soaked.at_s.append(at_s)
        for name in kept:
            soaked.kept.setdefault(name, [0.0] * (len(soaked.at_s) - 1))
        for name, counts in soaked.kept.items():
            counts.append(float(kept.get(name, 0)))
        for name, value in used.items():
            if name != "cpu_s":
                self.soaked.samples.setdefault(name, []).append(value)
        self._say(
            f"{at_s / 60:5.1f} min, {len(self._ledger.orders)} orders: {used['memory_mb']:.1f} MB, "
            f"{used['tasks']:.0f} tasks, {used['sockets']:.0f} sockets, {used['handles']:.0f} handles, "
            f"{used['cpu_percent']:.1f} % CPU"
        )


async def soak(exchange: str, minutes: float, seed: int, say: Callable[[str], None]) -> Soaked:
    """Trade steadily for so long; what was used meanwhile, and whether anything got lost."""
    plan = Plan(exchange, "ours", f"{seed} soak", orders=0, troubles=(), pace=1.0, rate=_RATE, patience_s=60.0)
    storm = Soak(plan, minutes, say)
    await storm.run()
    return storm.soaked
