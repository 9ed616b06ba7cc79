"""What is fetched soon after somebody wants it, once for all who do at the same time."""

import asyncio
from collections.abc import Awaitable, Callable


class FetchedSoon:
    """A request that leaves once for all who want it before, and once more for those who want it meanwhile.

    `fetch` makes it, and returns True where it is to be made again. `gather_s`: for how long others who want it are
    waited for before it leaves.
    """

    def __init__(self, fetch: Callable[[], Awaitable[bool]], gather_s: float = 0.0) -> None:
        self._fetch = fetch
        self._gather_s = gather_s
        self._again = False
        self._under_way: asyncio.Task[None] | None = None

    def want(self) -> None:
        """Have it fetched, without waiting here."""
        self._again = True
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.ensure_future(self._fetch_until_nobody_wants_it())

    def cancel(self) -> None:
        """Give up what is under way."""
        if self._under_way is not None:
            self._under_way.cancel()

    async def _fetch_until_nobody_wants_it(self) -> None:
        while self._again:
            await asyncio.sleep(self._gather_s)
            self._again = False
            if await self._fetch():
                self._again = True
