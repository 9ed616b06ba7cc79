"""Run scenarios in processes of their own, several at once, and hand on each pair of recordings as it comes."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any

from hummingbot_ccxt.compare.book import Scenario
from hummingbot_ccxt.compare.facts import Recording
from hummingbot_ccxt.errors import HummingbotCcxtError

_LONGEST_LINE = 64 * 1024 * 1024
#: A process costs some seconds of importing, and then mostly waits.
AT_ONCE = 5 * (os.cpu_count() or 1)
#: Those that take longest come first, so that nothing is left over at the end: groups whose scenarios wait for polls,
#: and the exchange that allows fewest calls.
_SLOW_GROUPS = ("failures", "restarts", "refusals")
_SLOW_EXCHANGES = ("kraken",)


class WorkerFailed(HummingbotCcxtError):
    """A process that played scenarios ended before its time; the text says of which, and what it said last."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A scenario begins, with the native connector."""

    exchange: str
    scenario: str


@dataclass(frozen=True, slots=True)
class Done:
    """A scenario was played with both connectors."""

    native: Recording
    ours: Recording


_Heard = Begun | Done | Exception | None


def in_order_of_play(exchanges: Sequence[str], scenarios: Sequence[Scenario]) -> list[Begun]:
    """Every scenario on every exchange, what takes longest first."""
    whole = [(each, exchange) for each in scenarios for exchange in exchanges]
    whole.sort(key=lambda one: (one[0].group not in _SLOW_GROUPS, one[1] not in _SLOW_EXCHANGES))
    return [Begun(exchange, each.name) for each, exchange in whole]


async def run(
    exchanges: Sequence[str],
    scenarios: Sequence[Scenario],
    *,
    seed: int = 1,
    native: str | None = None,
    at_once: int = AT_ONCE,
) -> AsyncIterator[Begun | Done]:
    """Play every scenario on every exchange. `native`: `MODULE:CLASS` in place of Hummingbot's connector.

    Raises WorkerFailed; the other processes are then ended.
    """
    waiting = in_order_of_play(exchanges, scenarios)
    heard: asyncio.Queue[_Heard] = asyncio.Queue()

    async def work() -> None:
        end: Exception | None = None
        try:
            await _work(waiting, seed, native, heard)
        except Exception as error:
            end = error
        heard.put_nowait(end)

    workers = [asyncio.ensure_future(work()) for _ in range(min(at_once, len(waiting)))]
    left = len(workers)
    try:
        while left:
            message = await heard.get()
            if isinstance(message, Exception):
                raise message
            if message is None:
                left -= 1
            else:
                yield message
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def _work(waiting: list[Begun], seed: int, native: str | None, heard: "asyncio.Queue[_Heard]") -> None:
    """One process, which takes what waits, one after another, until nothing does."""
    with tempfile.TemporaryFile() as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hummingbot_ccxt.compare.worker", json.dumps({"seed": seed, "native": native}),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=said, limit=_LONGEST_LINE,
        )  # fmt: skip
        assert process.stdin is not None  # both are pipes
        assert process.stdout is not None
        try:
            while waiting:
                playing = waiting.pop(0)
                heard.put_nowait(playing)
                process.stdin.write(json.dumps(asdict(playing)).encode() + b"\n")
                answer = await process.stdout.readline()
                message: dict[str, Any] = json.loads(answer) if answer else {"error": await _end(process, said)}
                if "error" in message:
                    raise WorkerFailed(f"{playing.exchange}, {playing.scenario}: {message['error']}")
                heard.put_nowait(Done(Recording.from_json(message["native"]), Recording.from_json(message["ours"])))
            process.stdin.close()
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _end(process: asyncio.subprocess.Process, said: IO[bytes]) -> str:
    return f"the process ended with {await process.wait()}: {_last_line(said)}"


def _last_line(file: IO[bytes]) -> str:
    file.seek(0)
    lines = file.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
