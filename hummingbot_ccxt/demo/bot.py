"""Hummingbot itself, run through its own command line in a home of its own, as a child of this process."""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self

from hummingbot_ccxt.demo.home import Home
from hummingbot_ccxt.demo.records import read_status
from hummingbot_ccxt.errors import HummingbotCcxtError

STRATEGY = "pure_market_making"
NAME = "demo"
"""Of the strategy's file, hence of Hummingbot's database and log."""
_START_S = 180.0
_STOP_S = 45.0  # Hummingbot gives its cancellations 20 s
_SNAPSHOT_S = 10.0
_LOOK_S = 0.2


class BotFailed(HummingbotCcxtError):
    """Hummingbot ended, or did not do what was asked; the text ends with what it said last."""


class Bot:
    """Hummingbot's command line (`python -m hummingbot.cli.main`), and the engine that its `deploy` becomes.

    `deploy --foreground` turns into the headless engine without a new process, so the bot is a child of ours, in a
    session of its own: Ctrl-C in the terminal reaches us only, and we stop it as Hummingbot's `stop` does.
    Leaving the context stops what still runs.
    """

    def __init__(self, home: Home, connector: str) -> None:
        self.home = home
        self.connector = connector
        self._environment = home.environment() | {"HBOT_PASSWORD": secrets.token_urlsafe(18)}
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def connect(self, keys: Mapping[str, str]) -> None:
        """Hummingbot's `connect`: the keys, by the names of Hummingbot's fields, go into its encrypted store."""
        process = await self._run("connect", self.connector, "--keys-stdin", stdin=asyncio.subprocess.PIPE)
        await process.communicate(json.dumps(dict(keys)).encode())
        if process.returncode:
            raise BotFailed(f"Hummingbot's `connect {self.connector}` ended with {process.returncode}{self._said()}")

    async def start(self, settings: Mapping[str, str]) -> None:
        """Hummingbot's `deploy`: make the strategy's configuration, run it, and return once the strategy runs."""
        pairs = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        self._process = await self._run("deploy", STRATEGY, "--name", NAME, "--foreground", *pairs)
        deadline = time.monotonic() + _START_S
        while not (read_status(self.home.status).get("engine") or {}).get("strategy_running"):
            self.check()
            if time.monotonic() > deadline:
                raise BotFailed(f"Hummingbot did not start within {_START_S:g} s{self._said()}")
            await asyncio.sleep(_LOOK_S)

    def check(self) -> None:
        """Raises BotFailed if Hummingbot has ended."""
        if self._process is not None and self._process.returncode is not None:
            raise BotFailed(f"Hummingbot ended with {self._process.returncode}{self._said()}")

    async def reported_balances(self) -> dict[str, Decimal]:
        """What the connector says it holds, from a fresh status snapshot (what `status` asks for, by SIGUSR1).

        The snapshot holds binary floats; each is read as the shortest decimal that it stands for, which is the
        connector's own number as long as that has no more than fifteen digits.
        """
        self.check()
        assert self._process is not None
        asked = Decimal(str(time.time()))
        self._process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + _SNAPSHOT_S
        while (status := read_status(self.home.status)).get("updated_at", 0) < asked:
            self.check()
            if time.monotonic() > deadline:
                raise BotFailed(f"Hummingbot gave no status within {_SNAPSHOT_S:g} s{self._said()}")
            await asyncio.sleep(_LOOK_S)
        balances: Mapping[str, Any] = (status.get("balances") or {}).get(self.connector) or {}
        return {asset: Decimal(amount) for asset, amount in balances.items()}

    async def stop(self) -> bool:
        """Stop as Hummingbot's `stop` does: SIGTERM, upon which it cancels its orders. False if it had to be killed."""
        process = self._process
        if process is None or process.returncode is not None:
            return True
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(_STOP_S):
                await process.wait()
        except TimeoutError:
            self.kill()
            await process.wait()
            return False
        return process.returncode != -signal.SIGKILL

    def kill(self) -> None:
        """End everything that belongs to the bot, at once."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _run(self, *words: str, stdin: int = asyncio.subprocess.DEVNULL) -> asyncio.subprocess.Process:
        with self.home.output.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "hummingbot.cli.main", *words,
                cwd=self.home.root, env=self._environment, start_new_session=True,
                stdin=stdin, stdout=output, stderr=output,
            )  # fmt: skip
        return self._process

    def _said(self) -> str:
        """The last lines of what Hummingbot said, and where the rest is."""
        words: list[str] = []
        for path in (self.home.output, self.home.log(NAME)):
            with contextlib.suppress(OSError):
                words += path.read_text(encoding="utf-8", errors="replace").splitlines()[-6:]
        return ":\n  " + "\n  ".join(words) if words else ""
