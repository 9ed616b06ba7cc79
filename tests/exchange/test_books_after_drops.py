"""Kraken's public connection is lost again soon after it came back: at each moment, every book comes back with it.

ccxt sends one message a second, so that a connection may end before its second subscription was sent.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from itertools import count, pairwise

import pytest
import pytest_asyncio

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.rig.bot import Bot, running, short_waits
from hummingbot_ccxt.sandbox import Fault, OrderType, Sandbox, Side, StreamFault
from hummingbot_ccxt.sandbox.streams import Session
from hummingbot_ccxt.venue.budget import Priority

MIDDLES = {"BTC-USDT": 60_000, "ETH-USDT": 3_000}
SOON_S = 6.0
amounts = count(1)


@pytest_asyncio.fixture
async def bot() -> AsyncIterator[Bot]:
    """With two books that change all the time."""
    async with Sandbox("kraken", book_interval_s=0.02) as sandbox:
        sandbox.engine.create_account("others", dict.fromkeys(("BTC", "ETH", "USDT"), Decimal(10**9)))
        for pair in MIDDLES:
            for steps in range(10, 30):
                quote(sandbox, pair, -steps)
                quote(sandbox, pair, steps)
        account = sandbox.create_account({"USDT": Decimal(1000)})
        with short_waits():
            async with running("ours", sandbox, account, list(MIDDLES)) as bot:
                moving = asyncio.ensure_future(move(sandbox))
                await bot.until(lambda: follows(bot), "the books")
                bot.moving = moving
                yield bot
                moving.cancel()


def quote(sandbox: Sandbox, pair: str, steps: int) -> int:
    """So many steps above or below the middle, of an amount that was never there before; the order's id."""
    side = Side.BUY if steps < 0 else Side.SELL
    terms = {"price": Decimal(MIDDLES[pair] + steps), "amount": Decimal(next(amounts)) / 1000}
    return sandbox.engine.place("others", symbol=symbol(pair), side=side, type=OrderType.LIMIT, **terms).id


async def move(sandbox: Sandbox) -> None:
    """Best bids go up and down: no book of a moment ago is right."""
    while True:
        for steps in range(-9, 0):
            placed = [quote(sandbox, pair, steps) for pair in MIDDLES]
            await asyncio.sleep(0.05)
            for each in placed:
                sandbox.engine.cancel("others", order_id=each)


def symbol(pair: str) -> str:
    return pair.replace("-", "/")


def follows(bot: Bot) -> bool:
    return all(bot.book(pair)[0][:1] == bot.venue_book(pair)[0][:1] for pair in MIDDLES)


def public(bot: Bot) -> list[Session]:
    return [each for each in bot.sandbox.streams.sessions if not each.is_private]


async def every_book_follows(bot: Bot) -> None:
    """Each at five moments: no book that is fetched now and then."""
    began = time.monotonic()
    for _ in range(5):
        await bot.until(lambda: follows(bot), "the venue's books", began + SOON_S - time.monotonic())
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("beside", ["nothing else", "lost messages", "markets that do not come"])
async def test_every_book_comes_back_whenever_a_connection_is_lost_again(bot: Bot, beside: str) -> None:
    sandbox = bot.sandbox
    if beside == "markets that do not come":
        sandbox.faults.rest("markets", Fault.LATE_BEFORE, times=None, delay_s=60.0)
        bot.connector._markets_loaded_at = -1e9
        reloading = asyncio.ensure_future(bot.connector._update_trading_rules())
        await asyncio.sleep(0.2)
    for after_s in (0.0, 0.05, 0.15, 0.4, 0.8, 1.1, 1.4):
        if beside == "lost messages":
            sandbox.faults.stream("depth", StreamFault.WRONG_CHECKSUM)
            sandbox.faults.stream("depth", StreamFault.DROP)
        (lost,) = public(bot)
        lost.abort()
        await bot.until(lambda lost=lost: set(public(bot)) - {lost}, "the next connection")
        await asyncio.sleep(after_s)
        for again in public(bot):
            again.abort()
        await bot.until(lambda again=again: set(public(bot)) - {again}, "the one after that")
        await every_book_follows(bot)
    if beside == "markets that do not come":
        reloading.cancel()


async def test_a_connection_that_cannot_be_read_is_replaced_at_once(bot: Bot) -> None:
    connection = bot.connector._orderbook_ds._feeds["book"].connection_of("BTC/USDT")

    async def fail() -> None:
        raise RuntimeError("it cannot be read")

    connection.receive = fail
    await every_book_follows(bot)


def unsubscribe(bot: Bot, pair: str) -> None:
    """The venue forgets a subscription, and does not say so."""
    for session in public(bot):
        for topic in [each for each in session.envelopes if "book" in each and symbol(pair) in each]:
            bot.sandbox.streams.unsubscribe(session, topic)


@pytest.mark.parametrize("waiting", [0, 60])
async def test_a_busy_book_that_falls_silent_is_noticed_when_a_silent_connection_would_be(
    bot: Bot, waiting: int
) -> None:
    """Long before one that seldom changes, on a connection that stands, and however many look-ups wait."""
    venue = bot.connector._venue
    asked = [asyncio.ensure_future(venue.call("fetch_balance", priority=Priority.LOOKUP)) for _ in range(waiting)]
    venue.stale_after_s = 2.0
    source = bot.connector._orderbook_ds
    await bot.until(lambda: source._quiet_s("ETH/USDT") < 4.0, "it is busy")
    source._verified.update(dict.fromkeys(map(symbol, MIDDLES), time.monotonic()))  # as it is once a minute
    unsubscribe(bot, "ETH-USDT")
    await bot.until(lambda: any("of ETH-USDT had fallen silent" in line for line in bot.logged()), "it is noticed", 15)
    await every_book_follows(bot)
    assert not waiting or not all(each.done() for each in asked)
    assert constants.QUIET_BOOK_S > 30
    for each in asked:
        each.cancel()


async def test_a_busy_book_that_becomes_quiet_is_compared_ever_more_seldom(bot: Bot) -> None:
    bot.connector._venue.stale_after_s = 0.4
    await bot.until(lambda: bot.connector._orderbook_ds._quiet_s("BTC/USDT") < 4.0, "it is busy")
    bot.moving.cancel()
    connection = bot.connector._orderbook_ds._feeds["book"].connection_of("BTC/USDT")
    bot.sandbox.request_log.clear()

    def asked_at() -> list[int]:
        asked = bot.sandbox.request_log.of("depth")
        return [each.time_ms for each in asked if each.parameters["pair"].startswith(("XBT", "XXBT"))]

    await bot.until(lambda: len(asked_at()) >= 4, "some comparisons", 30)
    waits = [later - earlier for earlier, later in pairwise(asked_at())]
    assert all(later > 1.5 * earlier for earlier, later in pairwise(waits)), waits
    assert bot.connector._orderbook_ds._feeds["book"].connection_of("BTC/USDT") is connection
    assert not [line for line in bot.logged() if "silent" in line]
