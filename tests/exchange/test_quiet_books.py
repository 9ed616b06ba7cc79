"""Quiet books of which REST shows other levels: wrong ones begin anew, but not where a venue always shows others."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.rig.bot import Bot, running, short_waits
from hummingbot_ccxt.sandbox import Fault, OrderType, Sandbox, Side, StreamFault

PAIRS = {"BTC-USDT": 60_000, "ETH-USDT": 3_000, "ETH-BTC": Decimal("0.05")}
amounts = count(1)


@pytest_asyncio.fixture
async def bot(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """With three books that are quiet from now on, whatever happens."""
    monkeypatch.setattr(constants, "BOOK_DELAY_S", 0.05)
    async with Sandbox("binance", book_interval_s=0.01) as sandbox:
        sandbox.engine.create_account("others", dict.fromkeys(("BTC", "ETH", "USDT"), Decimal(10**9)))
        for pair in PAIRS:
            for percent in (98, 99, 101, 102):
                quote(sandbox, pair, percent)
        account = sandbox.create_account({"USDT": Decimal(1000)})
        with short_waits():
            async with running("ours", sandbox, account, list(PAIRS)) as bot:
                for pair in PAIRS:
                    await bot.until(lambda pair=pair: bot.book(pair) == bot.venue_book(pair), f"the book of {pair}")
                sandbox.faults.stream("depth", StreamFault.DROP, times=None)
                monkeypatch.setattr(constants, "QUIET_BOOK_S", 0.0)
                yield bot


def quote(sandbox: Sandbox, pair: str, percent: int) -> None:
    """One more order there, of the best prices or behind."""
    side = Side.BUY if percent < 100 else Side.SELL
    terms = {"price": PAIRS[pair] * Decimal(percent) / 100, "amount": Decimal(next(amounts))}
    sandbox.engine.place("others", symbol=pair.replace("-", "/"), side=side, type=OrderType.LIMIT, **terms)


async def verified(bot: Bot) -> list[str]:
    """The pairs whose books begin anew after each was compared once with a fresh one."""
    source = bot.connector._orderbook_ds
    told = len(bot.logged())
    for pair in PAIRS:
        await source._verify_book(source._feeds["book"], pair.replace("-", "/"))
    await asyncio.sleep(0)
    return [pair for pair in PAIRS if any(f"the book of {pair} had fallen" in line for line in bot.logged()[told:])]


async def test_a_quiet_book_that_is_right_stays(bot: Bot) -> None:
    assert await verified(bot) == []


async def test_a_level_that_got_lost_behind_the_best_ones_is_noticed_where_levels_once_agreed(bot: Bot) -> None:
    assert await verified(bot) == []
    quote(bot.sandbox, "ETH-BTC", 98)
    assert await verified(bot) == ["ETH-BTC"]


async def test_one_book_alone_is_tried_where_levels_never_agreed(bot: Bot) -> None:
    """Each one that begins anew costs all books of its connection a moment."""

    def show_another(request: Any) -> None:
        for pair in PAIRS:
            quote(bot.sandbox, pair, 98)

    bot.sandbox.faults.rest("depth", Fault.MEANWHILE, times=None, before=show_another)
    assert await verified(bot) == ["BTC-USDT"]
    assert await verified(bot) == []
