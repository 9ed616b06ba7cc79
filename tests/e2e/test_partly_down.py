"""What works while a part of the venue does not: one endpoint, one stream, one pair."""

import asyncio
import time
from typing import Any

import pytest
from ccxt.base.errors import ExchangeError
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.sandbox import Fault
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError


async def reloading(bot: Any, fault: Fault, **terms: Any) -> "asyncio.Task[None]":
    """The markets are asked for anew, as twice an hour, and the venue does not answer."""
    bot.sandbox.faults.rest("exchangeInfo", fault, **terms)
    bot.connector._markets_loaded_at = float("-inf")
    task = asyncio.ensure_future(bot.connector._update_trading_rules())
    await bot.until(lambda: bot.sandbox.faults.injected["exchangeInfo", fault.value])
    return task


async def test_orders_and_cancels_do_not_wait_for_a_reload_of_the_markets(bot) -> None:
    order_id = await bot.resting_buy()
    bot.client.timeout = 10_000
    reload = await reloading(bot, Fault.LATE_BEFORE, delay_s=6.0)
    another = bot.buy("0.1", "58000")
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(MarketEvent.BuyOrderCreated, of=another, patience_s=3.0)
    await bot.event(MarketEvent.OrderCancelled, of=order_id, patience_s=3.0)
    assert not reload.done()
    reload.cancel()


async def test_who_waits_for_the_markets_goes_on_when_another_who_does_is_cancelled(bot) -> None:
    """ccxt has one task for both, which ends with the first; a poll that took that for its own end would be gone."""
    bot.client.timeout = 10_000
    bot.sandbox.faults.rest("exchangeInfo", Fault.TIMEOUT_BEFORE)
    one, other = (asyncio.ensure_future(bot.connector._venue.markets(reload=True)) for _ in range(2))
    await bot.until(lambda: bot.sandbox.faults.injected["exchangeInfo", Fault.TIMEOUT_BEFORE.value])
    one.cancel()
    with pytest.raises(VenueError) as caught:
        await other
    assert caught.value.outcome is Outcome.UNKNOWN
    assert one.cancelled()
    assert await bot.connector._venue.markets(reload=True)


async def test_streams_come_back_while_a_reload_of_the_markets_hangs(bot) -> None:
    bot.client.timeout = 10_000
    reload = await reloading(bot, Fault.TIMEOUT_BEFORE, times=None)
    topic = f"user:{bot.account.account_id}"
    for session in list(bot.sandbox.streams.sessions):
        session.abort()
    await bot.until(lambda: not bot.sandbox.streams.subscribers(topic))
    await bot.until(lambda: bot.sandbox.streams.subscribers(topic), "the user stream", 5.0)
    assert not reload.done()
    reload.cancel()


async def test_the_account_is_polled_often_while_one_of_its_streams_is_down(bot) -> None:
    assert bot.connector._get_poll_interval(time.time()) == bot.connector.LONG_POLL_INTERVAL
    feeds = bot.connector._user_stream_tracker.data_source._feeds

    async def refused(_: Any) -> None:
        raise ExchangeError("the channel is closed")

    for feed in feeds:
        if feed.kind == "orders":
            feed.watch = refused
            feed.resubscribe("", "the channel is closed")
    await bot.until(lambda: bot.connector._get_poll_interval(time.time()) == bot.connector.SHORT_POLL_INTERVAL)
    assert any(feed.is_live("") for feed in feeds)  # and they receive: by them alone, all would be well


@pytest.mark.parametrize("status", [403, 503])
async def test_first_books_are_asked_for_until_the_venue_gives_them(
    bots, account, market, sandbox, monkeypatch, status
):
    monkeypatch.setattr(constants, "FIRST_BOOK_S", 0.5)
    market.make_book("ETH/USDT", 3000)
    sandbox.faults.rest("depth", Fault.HTML_BEFORE, times=8, status=status)
    bot = await bots.start(account, pairs=("BTC-USDT", "ETH-USDT"), ready=False)
    bot.expected_errors.append("Unexpected error")
    await bot.until(lambda: bot.connector.order_book_tracker.ready, "all books", 30.0)
    await bot.book_right("ETH-USDT")


async def test_a_pair_whose_book_is_refused_does_not_keep_others_from_theirs(
    bots, account, market, monkeypatch
) -> None:
    market.make_book("ETH/USDT", 3000)
    monkeypatch.setattr(constants, "FIRST_BOOK_S", 0.5)
    bot = await bots.start(account, pairs=("BTC-USDT", "ETH-USDT"), ready=False)
    bot.expected_errors.append("There is no book of ETH-USDT")
    real = bot.connector._orderbook_ds._order_book_snapshot

    async def snapshot(trading_pair: str) -> Any:
        if trading_pair == "ETH-USDT":
            await bot.client.load_markets()
            await bot.connector._venue.call("fetch_order_book", "NO/SUCH")  # the venue, or ccxt, refuses it for good
        return await real(trading_pair)

    bot.connector._orderbook_ds._order_book_snapshot = snapshot
    await bot.until(lambda: bot.logged("There is no book of ETH-USDT"), "a word about it", 20.0)
    await bot.until(lambda: "BTC-USDT" in bot.connector.order_books, "the other book", 20.0)
    await bot.book_right("BTC-USDT")
