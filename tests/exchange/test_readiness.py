"""One request that fails does not keep a connector from being ready, and none that says nothing is taken for news."""

import time
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.rig.bot import Bot, running, short_waits
from hummingbot_ccxt.sandbox import Fault, OrderType, Sandbox, Side

PAIR, SYMBOL = "BTC-USDT", "BTC/USDT"
SOON_S = 15.0
"""Hummingbot's next poll comes after 120 s while the streams stand. ccxt's class is imported meanwhile."""


@pytest_asyncio.fixture
async def venue() -> AsyncIterator[Sandbox]:
    async with Sandbox("binance") as sandbox:
        sandbox.engine.create_account("others", {"BTC": Decimal(100), "USDT": Decimal(10**7)})
        for side, price in ((Side.BUY, 59_000), (Side.SELL, 61_000)):
            sandbox.engine.place(
                "others", symbol=SYMBOL, side=side, type=OrderType.LIMIT, price=Decimal(price), amount=Decimal(1)
            )
        yield sandbox


ANSWERS = [
    pytest.param(Fault.ERROR_BEFORE, {"status": 503}, id="503"),
    pytest.param(Fault.RATE_LIMIT, {"retry_after_s": 1}, id="429"),
    pytest.param(Fault.MALFORMED_JSON, {}, id="JSON that breaks off"),
    pytest.param(Fault.HTML_BEFORE, {"status": 200}, id="a proxy's page, 200"),
]


@pytest.mark.parametrize(("fault", "terms"), ANSWERS)
async def test_balances_that_do_not_come_at_first_are_asked_for_again_soon(venue: Sandbox, fault, terms) -> None:
    account = venue.create_account({"USDT": Decimal(1000)}, name="trader")
    rule = venue.faults.rest("account", fault, times=2, **terms)
    with short_waits():
        async with running("ours", venue, account, [PAIR], ready=False) as bot:
            await bot.until(lambda: rule.injected == 2, "both requests that fail", 30)
            began = time.monotonic()
            await bot.until(lambda: bot.connector.ready, "ready", 130)
            assert time.monotonic() - began < SOON_S
            assert bot.balances() == {"USDT": (Decimal(1000), Decimal(1000))}


@pytest_asyncio.fixture
async def bot(venue: Sandbox) -> AsyncIterator[Bot]:
    account = venue.create_account({"USDT": Decimal(1000)}, name="trader")
    with short_waits():
        async with running("ours", venue, account, [PAIR]) as bot:
            yield bot


@pytest.mark.parametrize(("fault", "terms"), ANSWERS)
async def test_an_answer_that_is_none_leaves_the_balances_as_they_are(bot: Bot, fault, terms) -> None:
    rule = bot.sandbox.faults.rest("account", fault, **terms)
    await bot.connector._update_all_balances()
    assert rule.injected == 1
    assert bot.balances() == {"USDT": (Decimal(1000), Decimal(1000))}


async def test_few_quiet_books_that_begin_with_a_change_do_not_keep_it_waiting_as_many_do(monkeypatch) -> None:
    """On KuCoin ccxt asks for a book when something in it changes; there nothing does."""
    monkeypatch.setattr(constants, "MISSING_BOOK_S", 1e6)
    monkeypatch.setattr(constants, "FIRST_BOOK_S", 1e6)
    async with Sandbox("kucoin") as venue:
        account = venue.create_account({"USDT": Decimal(1000)}, name="trader")
        with short_waits():
            async with running("ours", venue, account, [PAIR, "ETH-USDT"], ready=False) as bot:
                await bot.until(lambda: bot.connector.ready, "ready", 2 * SOON_S)
