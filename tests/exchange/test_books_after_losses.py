"""On every wire, books come back after connections that are lost again right after they were replaced.

In a storm Kraken's books stood still for two minutes after its public connection had gone twice within 1.2 s.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from hummingbot_ccxt.rig.bot import Bot, running, short_waits
from hummingbot_ccxt.sandbox import OrderType, Sandbox, Side
from hummingbot_ccxt.sandbox.sandbox import WIRES

PAIRS = ("BTC-USDT", "ETH-USDT")
SOON_S = 10.0


@asynccontextmanager
async def busy(venue: Sandbox) -> AsyncIterator[None]:
    """Both markets go on changing."""

    async def go_on() -> None:
        number = 0
        while True:
            number += 1
            for symbol, base in (("BTC/USDT", 50_000), ("ETH/USDT", 2_000)):
                for side, price in ((Side.BUY, base - number % 50), (Side.SELL, base + 100 + number % 50)):
                    terms = {"price": Decimal(price), "amount": Decimal(1)}
                    venue.engine.place("others", symbol=symbol, side=side, type=OrderType.LIMIT, **terms)
            await asyncio.sleep(0.05)

    venue.engine.create_account("others", dict.fromkeys(("BTC", "ETH", "USDT"), Decimal(10**9)))
    task = asyncio.ensure_future(go_on())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("exchange", sorted(WIRES))
async def test_books_come_back_however_soon_the_connection_is_lost_again(exchange: str) -> None:
    async with Sandbox(exchange, book_interval_s=0.05) as venue:
        account = venue.create_account({"USDT": Decimal(1000)}, name="trader")
        async with busy(venue):
            with short_waits():
                async with running("ours", venue, account, list(PAIRS)) as bot:
                    for delays in ((0.0, 0.02), (0.1, 0.3), (0.6, 0.05), (1.2, 0.0)):
                        for delay in delays:
                            lose(venue)
                            await bot.until(lambda: public(venue), "a new connection", SOON_S)
                            await asyncio.sleep(delay)
                        lose(venue)
                        await all_move(bot)


def public(venue: Sandbox) -> list:
    """The connections with books; Gate's carry the account's data as well."""
    sessions = list(venue.streams.sessions)
    return [session for session in sessions if not session.is_private] or sessions


def lose(venue: Sandbox) -> None:
    for session in public(venue):
        session.abort()


async def all_move(bot: Bot) -> None:
    """Each book hears of changes again: from its stream, since one that stands still is not fetched so soon."""
    source = bot.connector._orderbook_ds
    for pair in PAIRS:
        symbol, changes = pair.replace("-", "/"), set()

        def moves(symbol: str = symbol, changes: set[float] = changes) -> bool:
            changes.add(source._last_change.get(symbol, 0.0))
            return source._feeds["book"].is_live(symbol) and symbol not in source._missing and len(changes) > 3

        await bot.until(moves, f"changes of the book of {pair}", SOON_S)
