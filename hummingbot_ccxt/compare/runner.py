"""One scenario with one connector, on a venue of its own -> its recording."""

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from hummingbot_ccxt.compare.book import Scenario
from hummingbot_ccxt.compare.facts import Kind, Recording
from hummingbot_ccxt.compare.scene import Scene
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.rig.bot import DidNotHappen, short_waits
from hummingbot_ccxt.sandbox import Sandbox

_LONGEST_S = 180.0
_LAST_WORDS_S = 2.0


async def record(
    scenario: Scenario,
    exchange: str,
    kind: Kind,
    *,
    seed: int = 1,
    native_kind: type | None = None,
    ours_kind: type | None = None,
) -> Recording:
    """Everything that the scenario showed. An error within it is a fact like others: `scenario/outcome`.

    Raises what the sandbox raises for an exchange without a wire, and NoNative.
    """
    recording = Recording(exchange, scenario.name, kind)
    began, running = time.monotonic(), asyncio.all_tasks()
    settings: dict[str, Any] = {"book_interval_s": 0.02, **scenario.venue}
    with short_waits(), _logging():
        async with Sandbox(exchange, seed=seed, **settings) as sandbox:
            scene = Scene(scenario, sandbox, recording, seed=seed, native_kind=native_kind, ours_kind=ours_kind)
            scene.others.fill_book()
            await asyncio.sleep(2 * settings["book_interval_s"])  # the connector finds a venue at rest
            try:
                outcome = await _outcome(scene)
            finally:
                await scene.stop()
            recording.add("scenario/outcome", outcome, "played to its end")
            sandbox.engine.audit()
    await _end(asyncio.all_tasks() - running)
    recording.seconds = round(time.monotonic() - began, 2)
    return recording


async def _outcome(scene: Scene) -> str:
    try:
        async with asyncio.timeout(_LONGEST_S):
            if scene.scenario.starts:
                await scene.start()
            await scene.scenario.play(scene)
        outcome = "played to its end"
    except DidNotHappen as error:
        outcome = f"stopped: {str(error).partition(';')[0]}"
    except TimeoutError:
        outcome = f"stopped after {_LONGEST_S:g} s"
    except HummingbotCcxtError:  # the connector cannot be built at all: nothing to compare
        raise
    except Exception as error:  # what a connector's own methods raise is something that it shows
        outcome = f"stopped: {type(error).__name__}: {error}"
    await scene.finish()
    return scene.names.in_text(outcome)


async def _end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """End what a stopped connector left running: it would speak up in the next recording."""
    left = set(tasks)
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=_LAST_WORDS_S)


@contextmanager
def _logging() -> Iterator[None]:
    """Within, the connector's side logs from WARNING on, whatever level the process has set for all."""
    loggers = [logging.getLogger(name) for name in ("hummingbot", "hummingbot_ccxt")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
