"""Requests that must leave one after another, the most urgent first."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hummingbot_ccxt.venue.budget import Priority


class Turns:
    """A lock whose next holder is the most urgent of those who wait, and of these the first.

    Where nonces only grow, signed requests are answered one by one: without it an order waited behind every poll that
    had come before it, each for as long as the venue takes to answer.
    """

    def __init__(self) -> None:
        self._taken = False
        self._waiting: list[tuple[Priority, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    @asynccontextmanager
    async def turn(self, priority: Priority) -> AsyncIterator[None]:
        """Wait for the turn; it ends with the block."""
        await self._begin(priority)
        try:
            yield
        finally:
            self._end()

    async def _begin(self, priority: Priority) -> None:
        if not self._taken:
            self._taken = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._end()  # it had come, and is given on unused
            raise

    def _end(self) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._taken = False
