"""Run scenarios in processes of their own, several at once, and hand on each pair of recordings as it comes."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from hummingbot_ccxt.compare.book import Scenario
from hummingbot_ccxt.compare.facts import Recording
from hummingbot_ccxt.errors import HummingbotCcxtError

#: A process costs some seconds of importing, and then mostly waits: scenarios are dealt out in hands of this many.
_HAND = 12
_LONGEST_LINE = 64 * 1024 * 1024
AT_ONCE = 3 * (os.cpu_count() or 1)


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


@dataclass(frozen=True, slots=True)
class _Hand:
    exchange: str
    scenarios: tuple[str, ...]


def hands(exchanges: Sequence[str], scenarios: Sequence[Scenario]) -> list[_Hand]:
    """What each process plays: scenarios of one exchange, in the order of the book, all exchanges' first ones first."""
    names = [each.name for each in scenarios]
    parts = [tuple(names[start : start + _HAND]) for start in range(0, len(names), _HAND)]
    return [_Hand(exchange, part) for part in parts for exchange in exchanges]


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
    waiting = hands(exchanges, scenarios)
    heard: asyncio.Queue[_Heard] = asyncio.Queue()

    async def work() -> None:
        end: Exception | None = None
        try:
            while waiting:
                await _play(waiting.pop(0), seed, native, heard)
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


async def _play(hand: _Hand, seed: int, native: str | None, heard: "asyncio.Queue[_Heard]") -> None:
    order = {"exchange": hand.exchange, "seed": seed, "scenarios": hand.scenarios, "native": native}
    with tempfile.TemporaryFile() as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hummingbot_ccxt.compare.worker", json.dumps(order),
            stdout=asyncio.subprocess.PIPE, stderr=said, stdin=asyncio.subprocess.DEVNULL, limit=_LONGEST_LINE,
        )  # fmt: skip
        assert process.stdout is not None  # it is a pipe
        playing = hand.scenarios[0]
        try:
            async for line in process.stdout:
                message: dict[str, Any] = json.loads(line)
                if "error" in message:
                    raise WorkerFailed(f"{hand.exchange}, {playing}: {message['error']}")
                if "begin" in message:
                    playing = message["begin"]
                    heard.put_nowait(Begun(hand.exchange, playing))
                else:
                    heard.put_nowait(Done(Recording.from_json(message["native"]), Recording.from_json(message["ours"])))
            status = await process.wait()
            if status:
                raise WorkerFailed(f"{hand.exchange}, {playing}: the process ended with {status}: {_last_line(said)}")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _last_line(file: IO[bytes]) -> str:
    file.seek(0)
    lines = file.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
