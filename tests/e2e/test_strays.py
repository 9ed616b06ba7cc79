"""An order that was given up and turns up at the venue after all: cancelled, and what was filled of it is booked."""

from decimal import Decimal

import pytest
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.exchange import strays
from hummingbot_ccxt.sandbox import Fault, OrderType, Side, StreamFault
from hummingbot_ccxt.sandbox.engine import OrderStatus

FAILED = MarketEvent.OrderFailure
SETTLE_S = 0.8


@pytest.fixture
async def bot(start, monkeypatch):
    """A connector that believes that an order arrives within 0.8 s or not at all."""
    monkeypatch.setattr(strays, "_LAST_LOOK_S", 4.0)
    bot = await start(order_settle_s=SETTLE_S)
    bot.client.timeout = 600  # from now on: the start of a connector takes longer on a busy machine
    return bot


async def given_up(bot, price="59000"):
    """An order on its way to the venue for longer than that, and told as failed."""
    bot.expected_errors.append("was told as failed, and is open at the venue after all")
    bot.sandbox.faults.rest("order.create", Fault.LATE_BEFORE, delay_s=4.0)
    order_id = bot.buy("0.1", price)
    await bot.event(FAILED, of=order_id)
    assert bot.venue_orders() == []
    return order_id


async def cancelled_at_the_venue(bot, order_id):
    def is_cancelled():
        return any(o.client_order_id == order_id and o.status is OrderStatus.CANCELED for o in bot.venue_orders())

    await bot.until(is_cancelled, "the order's cancellation")


async def test_the_stream_tells_of_it_and_it_is_cancelled(bot):
    order_id = await given_up(bot)
    await cancelled_at_the_venue(bot, order_id)
    assert bot.story(order_id) == ["OrderFailure"]
    assert bot.logged(f"order {order_id} (BTC-USDT) was told as failed, and is open at the venue after all")
    await bot.settled()


async def test_where_no_stream_tells_of_it_it_is_found_among_the_open_orders(bot):
    bot.sandbox.faults.stream("order", StreamFault.DROP, times=None)
    order_id = await given_up(bot)
    await cancelled_at_the_venue(bot, order_id)
    assert bot.story(order_id) == ["OrderFailure"]


async def test_it_is_cancelled_although_the_first_attempts_fail(bot):
    rule = bot.sandbox.faults.rest("order.cancel", Fault.ERROR_BEFORE, times=2, status=503)
    order_id = await given_up(bot)
    await cancelled_at_the_venue(bot, order_id)
    assert rule.injected == 2


async def test_what_was_filled_of_it_is_booked_once(bot, market):
    bot.sandbox.faults.rest("order.cancel", Fault.ERROR_BEFORE, times=1, status=503)
    order_id = await given_up(bot, "59995")  # ahead of all others
    await bot.until(lambda: bot.requests("order.cancel"), "a first attempt to cancel it")
    market.market_sell("0.04")
    await cancelled_at_the_venue(bot, order_id)
    await bot.until(lambda: bot.fills(order_id), "its fill")
    assert bot.fills(order_id) == [("59995", "0.04")]
    assert bot.venue_order(order_id).filled == Decimal("0.04")
    await bot.settled()


async def test_one_that_was_filled_before_anybody_saw_it_is_booked_as_well(bot, market):
    """It is on no list of open orders, and a silent stream told nothing of it (storm on okx, seed 756534-2)."""
    bot.expected_errors.append("was told as failed, and had been taken by the venue after all")
    lost = [bot.sandbox.faults.stream(kind, StreamFault.DROP, times=None) for kind in ("order", "balance")]
    order_id = await given_up(bot, "59995")
    await bot.until(bot.venue_orders, "it arrives")
    market.market_sell("0.1")
    await bot.until(lambda: bot.fills(order_id), "its fill")
    assert bot.fills(order_id) == [("59995", "0.1")]
    assert bot.requests("order.cancel") == []
    for rule in lost:
        bot.sandbox.faults.disarm(rule)


async def test_an_order_that_is_alike_but_not_ours_is_left_alone(bot):
    bot.sandbox.faults.rest("order.create", Fault.ERROR_BEFORE, status=503)
    order_id = bot.buy("0.1", "59000")
    await bot.event(FAILED, of=order_id)
    by_hand = bot.sandbox.engine.place(
        bot.account.account_id,
        symbol="BTC/USDT",
        side=Side.BUY,
        type=OrderType.LIMIT,
        price=Decimal(59000),
        amount=Decimal("0.1"),
    )
    asked = len(bot.requests("openOrders"))
    await bot.until(lambda: len(bot.requests("openOrders")) > asked, "the last look")
    await bot.until(lambda: bot.connector._life.strays._looking.done(), "its end")
    assert by_hand.is_open
