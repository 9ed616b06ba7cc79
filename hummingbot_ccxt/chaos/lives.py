"""The trader's process: its lives, each but the last ended by SIGKILL, and what was known at each end."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hummingbot_ccxt.bench.link import Peer
from hummingbot_ccxt.chaos.facts import Told
from hummingbot_ccxt.chaos.told import Stored, stored, told, unsaved

_START_S = 300.0


@dataclass(frozen=True, slots=True)
class Kill:
    """A SIGKILL, by the monotonic clock; `unsaved`: client order ids that Hummingbot could not have saved before it."""

    at: float
    unsaved: frozenset[str]


class Lives:
    """One trader after another, made by `chaos.trader.main` in the process `peer`."""

    def __init__(self, peer: Peer, folder: Path, seed: str, terms: Mapping[str, Any]) -> None:
        """`folder`: of Hummingbot's database and the events. `terms`: what every life begins with."""
        self._peer = peer
        self._folder = folder
        self._seed = seed
        self._terms = dict(terms)
        self._lives: list[tuple[Path, Stored | None]] = []
        self._pid = 0
        self._restarting: asyncio.Task[None] | None = None
        self.kills: list[Kill] = []

    async def begin(self) -> None:
        """Start a life, and wait until its connector is ready."""
        seed = f"{self._seed} life {len(self._lives) + 1}"
        self._pid = await self._peer.ask(
            "begin", patience_s=_START_S, folder=str(self._folder), seed=seed, **self._terms
        )
        self._lives.append((self._folder / f"events-{self._pid}.jsonl", None))

    async def ask(self, question: str, patience_s: float = 30.0, **more: Any) -> Any:
        """What the trader answers, the next one if it is dead."""
        await self.restarted()
        return await self._peer.ask(question, patience_s=patience_s, **more)

    async def kill(self, dead_s: float) -> None:
        """End the life and begin another `dead_s` later, without waiting here: what else is wrong ends in its time."""
        await self.restarted()
        self._restarting = asyncio.ensure_future(self._restart(dead_s))

    async def restarted(self) -> None:
        """Wait until a trader trades again that was killed."""
        if self._restarting is not None:
            await self._restarting
            self._restarting = None

    async def _restart(self, dead_s: float) -> None:
        at = time.monotonic()
        os.kill(self._pid, signal.SIGKILL)
        await self._peer.word("die")  # it can take no question any more
        path, _ = self._lives[-1]
        at_kill = self.stored()
        self._lives[-1] = (path, at_kill)
        self.kills.append(Kill(at, unsaved(path, at_kill) if path.exists() else frozenset()))
        await asyncio.sleep(dead_s)
        await self.begin()
        await self._peer.ask("go", orders=10**9)

    def stored(self) -> Stored:
        """What stands in Hummingbot's database now."""
        return stored(self._folder / "trades.sqlite")

    def told(self) -> Told:
        """What Hummingbot was told and kept, over all lives."""
        return told([(path, at_kill) for path, at_kill in self._lives if path.exists()], self.stored())

    async def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._restarting is not None:
            self._restarting.cancel()
            await asyncio.gather(self._restarting, return_exceptions=True)
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        await self._peer.stop()
