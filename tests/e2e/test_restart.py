"""Stopped with open orders and started again: what happened meanwhile arrives, once."""

import pytest
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.sandbox import Fault

CREATED, CANCELLED, FAILED = MarketEvent.BuyOrderCreated, MarketEvent.OrderCancelled, MarketEvent.OrderFailure
FILLED, COMPLETED = MarketEvent.OrderFilled, MarketEvent.BuyOrderCompleted


@pytest.fixture
def restart(bots, account):
    """Stops a connector, lets something happen at the venue, and starts another from the saved state."""

    async def stop_and_start(bot, meanwhile, **settings):
        states = bot.connector.tracking_states
        await bots.stop(bot)
        meanwhile()
        return await bots.start(account, states=states, **settings)

    return stop_and_start


async def test_fills_of_the_time_between_arrive_once(bot, market, restart):
    filled = await bot.resting_buy("0.3", "59995")
    market.market_sell("0.1")
    await bot.event(FILLED, of=filled)
    partly = await bot.resting_buy("0.3", "59994")
    untouched = await bot.resting_buy("0.1", "59000")
    again = await restart(bot, lambda: market.market_sell("0.3"))
    await again.event(COMPLETED, of=filled)
    await again.event(FILLED, of=partly)
    assert bot.fills() == [("59995", "0.1")]
    assert sorted(again.fills()) == [("59994", "0.1"), ("59995", "0.2")]
    assert again.story(filled) == ["OrderFilled", "BuyOrderCompleted"]
    assert set(again.connector.in_flight_orders) == {partly, untouched}
    market.market_sell("0.2")
    await again.event(COMPLETED, of=partly)
    again.connector.cancel("BTC-USDT", untouched)
    await again.event(CANCELLED, of=untouched)
    await again.until(lambda: again.balances() == again.ledger())
    assert again.fills(partly) == [("59994", "0.1"), ("59994", "0.2")]


async def test_an_order_cancelled_meanwhile_is_told_as_cancelled_with_its_fill(bot, market, restart):
    order_id = await bot.resting_buy("0.3", "59995")

    def meanwhile():
        market.market_sell("0.1")
        bot.sandbox.engine.cancel(bot.account.account_id, client_order_id=order_id)

    again = await restart(bot, meanwhile)
    await again.event(CANCELLED, of=order_id)
    assert again.story() == ["OrderFilled", "OrderCancelled"]


async def test_an_order_stopped_while_its_answer_was_out_is_found_after_the_restart(bot, restart):
    late = bot.sandbox.faults.rest("order.create", Fault.LATE_AFTER, delay_s=0.5)
    order_id = bot.buy("0.1", "59000")
    await late.fired()
    again = await restart(bot, lambda: None, order_settle_s=1.0)
    await again.until(lambda: again.order(order_id).exchange_order_id, "the venue's id of the order")
    again.connector.cancel("BTC-USDT", order_id)
    await again.event(CANCELLED, of=order_id)


async def test_an_order_that_never_left_before_the_stop_fails_after_the_restart(bot, restart):
    lost = bot.sandbox.faults.rest("order.create", Fault.TIMEOUT_BEFORE)
    order_id = bot.buy("0.1", "59000")
    await lost.fired()
    again = await restart(bot, lambda: None, order_settle_s=1.0)
    await again.event(FAILED, of=order_id)
    assert again.connector.in_flight_orders == {}
