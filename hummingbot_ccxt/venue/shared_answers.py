"""One answer for all who want it at the same time: look-ups of many orders ask for one list, not each for its own.

After an outage dozens of orders may be looked for at once, and each asks for the same lists of its symbol. Asked one by
one they used up the rate budget for minutes (binance: 60 orders took 170 s, kraken far longer).
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any


class SharedAnswers:
    """Requests by key. Who asks while a request is under way waits for the next one, with all others who do.

    So nobody gets an answer to a request that had left before he asked: it may be older than what he asks about.
    """

    def __init__(self) -> None:
        self._next: dict[Hashable, _Asked] = {}
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}

    async def get(self, key: Hashable, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Return what `ask` gives, or the same for the same key that somebody else asks next; raise what it raises."""
        asked = self._next.get(key)
        if asked is None:
            asked = self._next[key] = _Asked(asyncio.ensure_future(self._ask(key, ask)))
        asked.waiting += 1
        try:
            return await asyncio.shield(asked.task)
        finally:
            asked.waiting -= 1
            if not asked.waiting and not asked.task.done():
                asked.task.cancel()  # nobody wants it any more
                if self._next.get(key) is asked:
                    del self._next[key]

    async def _ask(self, key: Hashable, ask: Callable[[], Awaitable[Any]]) -> Any:
        before = self._under_way.get(key)
        if before is not None:
            await asyncio.wait([before])
        self._next.pop(key, None)
        task = asyncio.current_task()
        assert task is not None
        self._under_way[key] = task
        try:
            return await ask()
        finally:
            if self._under_way.get(key) is task:
                del self._under_way[key]


class _Asked:
    """A request that did not leave yet, or is under way, and how many wait for it."""

    def __init__(self, task: "asyncio.Task[Any]") -> None:
        self.task = task
        self.waiting = 0
