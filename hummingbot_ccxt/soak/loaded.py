"""The process under load: one connector with many pairs, or several connectors, and what they make of it.

python -m hummingbot_ccxt.soak.loaded
"""

import asyncio
import time
from contextlib import AsyncExitStack
from decimal import Decimal
from functools import partial
from typing import Any

from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.bench.link import Handler, own_output, serve
from hummingbot_ccxt.rig.bot import Bot, running, short_waits
from hummingbot_ccxt.sandbox import ApiAccount, Sandbox
from hummingbot_ccxt.soak.use import use

_LEVELS = 5


class Loaded:
    """What is asked of it, answered."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._bots: list[Bot] = []
        self._late_s: list[float] = []
        self._lagging: asyncio.Task[None] | None = None

    def handlers(self) -> dict[str, Handler]:
        """By name."""
        return {"begin": self.begin, "measure": self.measure, "books": self.books, "orders": self.orders}

    async def begin(
        self, exchange: str, port: int, credentials: list[dict[str, str]], pairs: list[str]
    ) -> dict[str, float]:
        """Start a connector for each of the accounts; the seconds until all are ready."""
        began = time.monotonic()
        venue = Sandbox(exchange, port=port)  # never started: it stands for the one in the other process
        self._stack.enter_context(short_waits())
        for each in credentials:
            bot = await self._stack.enter_async_context(running("ours", venue, ApiAccount(**each), pairs, ready=False))
            self._bots.append(bot)
        for bot in self._bots:
            await bot.until(partial(getattr, bot.connector, "ready"), "ready", 300.0)
        self._lagging = asyncio.ensure_future(self._watch_the_loop())
        return {"ready_s": time.monotonic() - began}

    async def _watch_the_loop(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.01)
            self._late_s.append(time.monotonic() - began - 0.01)

    async def measure(self) -> dict[str, Any]:
        """What is used, and how late the event loop was since the last time, in seconds."""
        late, self._late_s = sorted(self._late_s) or [0.0], []
        return {**use(), "late_p99_s": late[int(0.99 * len(late))], "late_most_s": late[-1], "at": time.monotonic()}

    async def books(self) -> list[dict[str, Any]]:
        """The top of each connector's books."""
        return [
            {pair: [side[:_LEVELS] for side in bot.book(pair)] for pair in bot.connector.order_books}
            for bot in self._bots
        ]

    async def orders(self, number: int, pair: str, amount: str, price: str) -> list[float]:
        """Place orders with each connector, one after another; seconds until each was created, sorted."""
        took = []
        for _ in range(number):
            for bot in self._bots:
                began = time.monotonic()
                order_id = bot.buy(pair, Decimal(amount), Decimal(price))
                await bot.event(MarketEvent.BuyOrderCreated, of=order_id, patience_s=30.0)
                took.append(time.monotonic() - began)
                bot.connector.cancel(pair, order_id)
        return sorted(took)


def main() -> None:
    """Answer."""
    answers = own_output()
    asyncio.run(serve(Loaded().handlers(), answers))


if __name__ == "__main__":
    main()
