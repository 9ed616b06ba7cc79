"""A command that is told to end takes along the processes that it started."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from hummingbot_ccxt import cli

COMMANDS = [
    pytest.param(["compare", "binance", "--scenario", "outage"], 1, id="compare"),
    pytest.param(["chaos", "--exchange", "binance", "--orders", "5000"], 2, id="chaos"),
    pytest.param(["bench", "--exchange", "binance"], 2, id="bench"),
]
"""With how many generations of processes each has."""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="which processes a process started, Linux tells")
@pytest.mark.parametrize(("arguments", "generations"), COMMANDS)
async def test_a_command_that_is_terminated_leaves_no_process_behind(arguments, generations, tmp_path):
    command = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hummingbot_ccxt", *arguments, cwd=tmp_path,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        started = await _sooner_or_later(lambda: _started_by(command.pid, generations))
        command.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(command.wait(), 20) == cli.INTERRUPTED
        await _sooner_or_later(lambda: not any(_is_there(each) for each in started))
    finally:
        if command.returncode is None:
            command.kill()


async def _sooner_or_later(true, patience_s=30.0):
    async with asyncio.timeout(patience_s):
        while not (value := true()):  # noqa: ASYNC110 -- of another process's processes no event tells
            await asyncio.sleep(0.05)
        return value


def _started_by(pid, generations):
    """All that it and its own started, once there are so many generations of them."""
    found, newest = [], [pid]
    for _ in range(generations):
        newest = [int(each) for parent in newest for each in _children(parent)]
        if not newest:
            return []
        found += newest
    return found


def _children(pid):
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:  # it ended meanwhile
        return []


def _is_there(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:1]
    except FileNotFoundError:
        return False
