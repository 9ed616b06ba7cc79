"""A run of the fuzzer: draw an input, feed it, keep it as a new seed if it reached new lines, note what was broken."""

import asyncio
import json
import random
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hummingbot_ccxt.fuzz.coverage import Coverage
from hummingbot_ccxt.fuzz.frames import Seed
from hummingbot_ccxt.fuzz.limit import Hung, TimeLimit
from hummingbot_ccxt.fuzz.mutation import JSON_JUNK, PYTHON_JUNK, Mutator, spoil_text
from hummingbot_ccxt.fuzz.recorded import recorded_messages
from hummingbot_ccxt.fuzz.streams import Unplugged, unplugged
from hummingbot_ccxt.fuzz.translators import TARGETS, Broken, Target, unchanged, written

_KEPT = 3_000
_BROKEN_TEXTS = 0.03
_BOOKS_EVERY = 50
_PURITY_EVERY = 20
_OURS = re.compile(r"/hummingbot_ccxt/(?!fuzz/|rig/|sandbox/)|/ccxt/(pro|async_support|base)/")


@dataclass
class Violation:
    """An input that broke a promise. `input`: a frame as text, or the `repr` of a structure."""

    target: str
    promise: str
    input: str
    count: int = 1


@dataclass
class Tally:
    """What became of the inputs of one target."""

    inputs: int = 0
    refused: int = 0
    seeds: int = 0
    lines: int = 0
    """How many lines of code ran for the first time."""


@dataclass
class Report:
    """What a run found."""

    seed: int
    inputs: int = 0
    refused: int = 0
    seconds: float = 0.0
    hung: bool = False
    """Whether an input did not come to its end, so that the run did not either."""
    targets: dict[str, Tally] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    def note(self, target: str, error: BaseException, given: Any) -> None:
        """Note a broken promise, once for each kind."""
        promise = str(error) if isinstance(error, Broken) else f"{type(error).__name__} escaped: {error}"
        kind = re.sub(r"[\d.e+-]+", "#", promise)[:120]
        shown = _shown(given)
        alike = [
            v for v in self.violations if v.target == target and re.sub(r"[\d.e+-]+", "#", v.promise)[:120] == kind
        ]
        if alike:
            alike[0].count += 1
            if len(shown) < len(alike[0].input):
                alike[0].promise, alike[0].input = promise[:1000], shown
        else:
            self.violations.append(Violation(target, promise[:1000], shown))

    def as_json(self) -> str:
        """Return it all as JSON text."""
        return json.dumps(asdict(self), indent=2)


@dataclass(frozen=True)
class Plan:
    """What a run shall do. `progress` is called now and then with the report so far."""

    inputs: int
    seed: int
    exchanges: Sequence[str]
    recordings: Path | None = None
    frames: float = 0.5
    """Which part of the inputs goes to the stream handlers, the rest to the translators."""
    progress: Callable[[Report], None] = lambda _: None
    limit_s: float = 20.0
    """How long one input may take: thousands of times longer than any does on a machine that has other work."""


async def fuzz(plan: Plan) -> Report:
    """Feed all translators, then the stream handlers of each exchange."""
    report = Report(plan.seed)
    began = time.monotonic()
    frames = int(plan.inputs * plan.frames) if plan.exchanges else 0
    rest = plan.inputs - frames
    limit = TimeLimit(plan.limit_s, lambda text: print(f"seed {plan.seed}: {text}", file=sys.stderr, flush=True))
    with limit.watching(), Coverage(lambda file: _OURS.search(file) is not None) as coverage, suppress(Hung):
        for number, target in enumerate(TARGETS):
            share = rest // len(TARGETS) + (number < rest % len(TARGETS))
            await _translator(target, share, _Run(plan, report, coverage, limit))
        for number, exchange in enumerate(plan.exchanges):
            share = frames // len(plan.exchanges) + (number < frames % len(plan.exchanges))
            async with unplugged(exchange) as fed:
                if plan.recordings is not None:
                    fed.add_recorded(recorded_messages(plan.recordings, exchange))
                await _handlers(fed, share, _Run(plan, report, coverage, limit))
            report.seconds = time.monotonic() - began
            plan.progress(report)
    report.seconds = time.monotonic() - began
    return report


@dataclass(frozen=True)
class _Run:
    """What every campaign of a run works with."""

    plan: Plan
    report: Report
    coverage: Coverage
    limit: TimeLimit


def _shown(given: Any) -> str:
    """An input as it is shown: a frame's text, a structure's `repr`."""
    given = given[1] if isinstance(given, tuple) else given
    return given if isinstance(given, str) else written(given)


async def _translator(target: Target, inputs: int, run: _Run) -> None:
    source = random.Random(f"{run.plan.seed} {target.name}")
    mutator = Mutator(source, PYTHON_JUNK)

    async def feed(structure: Any) -> bool:
        same = unchanged(structure) if source.random() * _PURITY_EVERY < 1 else None
        taken = target.feed(structure)
        if same is not None and not same(structure):
            raise Broken("it changed its input")
        return taken

    def draw(seeds: Sequence[Any]) -> tuple[Any, Any]:
        structure = mutator.spoil(source.choice(seeds), source.choice(seeds))
        return structure, structure

    await _campaign(f"translator: {target.name}", list(target.samples), draw, feed, inputs, run)


async def _handlers(fed: Unplugged, inputs: int, run: _Run) -> None:
    source = random.Random(f"{run.plan.seed} {fed.exchange}")
    mutator = Mutator(source, JSON_JUNK)
    name = f"streams: {fed.exchange}"
    fine = await _pristine(fed, run)
    fed_so_far = 0

    def draw(seeds: Sequence[Seed]) -> tuple[tuple[Seed, str], Seed]:
        seed, donor = source.choice(seeds), source.choice(seeds)
        if source.random() < _BROKEN_TEXTS:
            return (seed, spoil_text(source, json.dumps(seed.message))), seed
        message = mutator.spoil(seed.message, donor.message)
        return (seed, json.dumps(message)), Seed(seed.connection, message, seed.books, seed.subscriptions)

    async def feed(given: tuple[Seed, str]) -> bool:
        nonlocal fed_so_far
        fed_so_far += 1
        taken = await fed.feed(*given)
        if fed_so_far % _BOOKS_EVERY == 0:
            fed.check_books()
        return taken

    await _campaign(name, list(fed.seeds), draw, feed, inputs, run)
    for check in (fed.check_books, fed.check_loops, fed.check_log):
        try:
            check()
        except Broken as broken:
            run.report.note(name, broken, "all of the inputs, in their order")
    again = await _pristine(fed, run)
    if again != fine:
        run.report.note(
            name, Broken(f"of its own messages {fine} went through before, {again} now"), "all of the inputs"
        )


async def _pristine(fed: Unplugged, run: _Run) -> int:
    """Feed the seeds as they are; return how much went through to Hummingbot."""
    before = fed.applied
    for seed in fed.seeds:
        text = json.dumps(seed.message)
        async with _limited(f"streams: {fed.exchange}", text, run):
            await fed.feed(seed, text)
    return fed.applied - before


@asynccontextmanager
async def _limited(name: str, given: Any, run: _Run) -> AsyncIterator[None]:
    """Within, an input is fed. Raises Hung, after a note of the input, where that takes too long."""
    seconds = run.plan.limit_s
    try:
        with run.limit.input(lambda: f"{name} hangs: {_shown(given)}"):
            async with asyncio.timeout(seconds):
                yield
    except (Hung, TimeoutError):  # what it left behind is no state to go on from
        run.report.note(name, Broken(f"it did not come to its end in {seconds:g} s"), given)
        run.report.hung = True
        raise Hung from None


async def _campaign[Given, Kept](
    name: str,
    seeds: list[Kept],
    draw: Callable[[Sequence[Kept]], tuple[Given, Kept]],
    feed: Callable[[Given], Awaitable[bool]],
    inputs: int,
    run: _Run,
) -> None:
    plan, report, coverage = run.plan, run.report, run.coverage
    tally = report.targets.setdefault(name, Tally())
    began = coverage.lines
    for number in range(inputs):
        given, kept = draw(seeds)
        lines = coverage.lines
        try:
            async with _limited(name, given, run):
                taken = await feed(given)
            tally.refused += not taken
            report.refused += not taken
        except Exception as error:
            report.note(name, error, given)
        tally.inputs += 1
        report.inputs += 1
        if coverage.lines > lines and len(seeds) < _KEPT:
            seeds.append(kept)
        if number % 1000 == 999:
            plan.progress(report)
    tally.seeds, tally.lines = len(seeds), coverage.lines - began
