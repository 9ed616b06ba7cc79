"""Kraken answers one request in three seconds: what many orders became is read from lists, not asked one by one."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.exchange import strays
from hummingbot_ccxt.rig.bot import Bot, running, short_waits
from hummingbot_ccxt.sandbox import Fault, OrderType, Sandbox, Side, StreamFault

PRICES = ("59000", "58000", "57000", "56000", "55000")


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    """With five resting orders, and a user stream that tells nothing from now on."""
    async with Sandbox("kraken", book_interval_s=0.02) as venue:
        venue.engine.create_account("others", {"BTC": Decimal(10), "USDT": Decimal(10**6)})
        for side, price in ((Side.BUY, 54_000), (Side.SELL, 61_000)):
            terms = {"symbol": "BTC/USDT", "type": OrderType.LIMIT, "amount": Decimal(1)}
            venue.engine.place("others", side=side, price=Decimal(price), **terms)
        account = venue.create_account({"USDT": Decimal(100_000)})
        with short_waits():
            async with running("ours", venue, account, ["BTC-USDT"]) as bot:
                bot.connector._venue.budget.rate *= 100  # what is asked is the question here, not how long it takes
                orders = [bot.buy("BTC-USDT", "0.01", price) for price in PRICES]
                await asyncio.gather(*(bot.event(MarketEvent.BuyOrderCreated, of=order_id) for order_id in orders))
                await bot.until(lambda: not bot.connector._life.lookups._looking, "nothing is looked for")
                for channel in ("order", "fill"):
                    venue.faults.stream(channel, StreamFault.DROP, times=None)
                venue.request_log.clear()
                yield bot


def sell(bot: Bot, amount: str) -> None:
    """Somebody sells at the market."""
    terms = {"symbol": "BTC/USDT", "side": Side.SELL, "type": OrderType.MARKET, "amount": Decimal(amount)}
    bot.sandbox.engine.place("others", **terms)


async def test_a_poll_asks_for_lists_and_tells_fills_and_ends_all_the_same(bot):
    first, second, third, fourth, fifth = bot.connector.in_flight_orders
    sell(bot, "0.014")  # all of the first order, a part of the second
    bot.sandbox.engine.cancel(bot.account.account_id, client_order_id=third)

    await bot.connector._update_order_status()

    await bot.event(MarketEvent.BuyOrderCompleted, of=first)
    await bot.event(MarketEvent.OrderCancelled, of=third)
    filled = [await bot.event(MarketEvent.OrderFilled, of=order_id) for order_id in (first, second)]
    assert [(e.price, e.amount) for e in filled] == [(59_000, Decimal("0.01")), (58_000, Decimal("0.004"))]
    assert set(bot.connector.in_flight_orders) == {second, fourth, fifth}
    counts = bot.sandbox.request_log.counts
    assert counts["openOrders"] > 0 < counts["allOrders"]
    assert counts["order.status"] < 3  # of the second, which is open, and of which a fill was missing


async def test_a_poll_asks_for_none_of_the_orders_of_which_there_is_no_news(bot):
    await bot.connector._update_order_status()
    counts = bot.sandbox.request_log.counts
    assert (counts["order.status"], counts["myTrades"]) == (0, 0)


async def test_two_polls_at_the_same_time_ask_for_no_order_that_lists_told_of(bot):
    """The end of one was taken for the other's, which then asked for every order, one by one (storms)."""
    sell(bot, "0.004")  # a part of the first order, which is asked for by itself, since it lacks a fill
    late = bot.sandbox.faults.rest("order.status", Fault.LATE_AFTER, delay_s=0.5)
    first = asyncio.ensure_future(bot.connector._update_order_status())
    await late.fired()
    await asyncio.gather(first, bot.connector._update_order_status())
    assert bot.sandbox.request_log.counts["order.status"] <= 2


async def test_a_poll_asks_for_no_order_that_a_look_up_found_meanwhile(bot):
    """On Kraken a poll can take minutes: it came to dozens of orders that look-ups had answered by then (storms)."""
    sell(bot, "0.004")
    first, *others = bot.connector.in_flight_orders.values()
    late = bot.sandbox.faults.rest("allOrders", Fault.LATE_AFTER, delay_s=0.5)
    bot.sandbox.engine.cancel(bot.account.account_id, client_order_id=others[0].client_order_id)
    bot.connector._life.lookups.look_for(others[-1], after_s=0.2)
    poll = asyncio.ensure_future(bot.connector._update_order_status())
    await late.fired()
    await bot.until(lambda: not bot.connector._life.lookups.is_looking_for(others[-1]), "the look-up's end")
    await poll
    asked = [each.parameters["txid"] for each in bot.sandbox.request_log.of("order.status")]
    assert sorted(asked) == sorted([others[-1].exchange_order_id, first.exchange_order_id])  # once each


async def test_orders_are_asked_for_one_by_one_where_the_lists_cannot_be_had(bot):
    for endpoint in ("openOrders", "allOrders"):
        bot.sandbox.faults.rest(endpoint, Fault.ERROR_BEFORE, times=None)
    await bot.connector._update_order_status()
    counts = bot.sandbox.request_log.counts
    assert counts["order.status"] == len(PRICES)
    assert counts["openOrders"] == 1 + 2  # after the first order, after the third, and then no more
    assert len(bot.connector.in_flight_orders) == len(PRICES)


@pytest.mark.parametrize("endpoint", ["openOrders", "allOrders"])
async def test_lists_that_were_not_answered_once_are_asked_again_before_each_order_is(bot, endpoint):
    others = [bot.buy("BTC-USDT", "0.01", str(50_000 + number)) for number in range(20)]
    await asyncio.gather(*(bot.event(MarketEvent.BuyOrderCreated, of=order_id) for order_id in others))
    bot.sandbox.engine.cancel(bot.account.account_id, client_order_id=others[0])
    bot.sandbox.faults.rest(endpoint, Fault.ERROR_BEFORE)
    await bot.connector._update_order_status()
    await bot.event(MarketEvent.OrderCancelled, of=others[0])
    assert bot.sandbox.request_log.counts["order.status"] == 1


async def test_many_orders_whose_cancellation_was_not_answered_are_found_on_lists(bot):
    bot.sandbox.faults.rest("order.cancel", Fault.ERROR_AFTER, times=None)
    for order_id in bot.connector.in_flight_orders:
        bot.connector.cancel("BTC-USDT", order_id)
    await bot.until(lambda: not bot.connector.in_flight_orders, "each is known to be cancelled", 20.0)
    assert len(bot.events(MarketEvent.OrderCancelled)) == len(PRICES)
    counts = bot.sandbox.request_log.counts
    assert counts["order.status"] + counts["openOrders"] + counts["allOrders"] <= len(PRICES) + 1


async def test_the_end_of_an_order_ends_the_request_for_it_that_waits_for_the_budget(bot):
    order = next(iter(bot.connector.in_flight_orders.values()))
    bot.sandbox.faults.clear()
    bot.connector._venue.budget.pause(60.0)
    bot.connector._life.lookups.look_for(order)
    bot.sandbox.engine.cancel(bot.account.account_id, client_order_id=order.client_order_id)
    await bot.event(MarketEvent.OrderCancelled, of=order.client_order_id)
    await bot.until(lambda: not bot.connector._life.lookups.is_looking_for(order), "the end of the look-up")


async def test_orders_that_were_given_up_share_the_lists_on_which_they_are_looked_for_once_more(bot, monkeypatch):
    """One after another, each with all pages of its own, they held up everything else for minutes (storms)."""
    monkeypatch.setattr(strays, "_LAST_LOOK_S", 1.0)
    venue = bot.connector._venue
    monkeypatch.setattr(venue, "mapping", dataclasses.replace(venue.mapping, order_deadline=None, order_settle_s=0.5))
    bot.sandbox.faults.rest("order.create", Fault.ERROR_BEFORE, times=len(PRICES))
    lost = [bot.buy("BTC-USDT", "0.01", price) for price in PRICES]
    await asyncio.gather(*(bot.event(MarketEvent.OrderFailure, of=order_id) for order_id in lost))
    bot.sandbox.request_log.clear()
    await bot.until(lambda: not bot.connector._life.strays._unseen, "the last look")
    counts = bot.sandbox.request_log.counts
    assert 0 < counts["allOrders"] <= 2
    assert counts["openOrders"] <= 4


async def test_an_order_does_not_wait_for_the_polls_that_came_before_it(bot):
    """One signed request after another, because of the nonces; but the order is the next one."""
    venue = bot.connector._venue
    venue.budget.capacity = venue.budget._tokens = 1000.0  # all may leave
    late = bot.sandbox.faults.rest("openOrders", Fault.LATE_AFTER, delay_s=0.3)
    polls = [asyncio.ensure_future(venue.call("fetch_open_orders")) for _ in range(5)]
    await late.fired()
    order_id = bot.buy("BTC-USDT", "0.01", "53000")
    await asyncio.gather(*polls)
    await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
    sent = [each.endpoint for each in bot.sandbox.request_log.requests]
    assert sent[sent.index("openOrders") :][:2] == ["openOrders", "order.create"]
