"""An order tells the venue until when it may be taken, so that one which is given up cannot turn up later."""

import dataclasses
from collections.abc import AsyncIterator
from decimal import Decimal
from functools import partial

import pytest
import pytest_asyncio
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.rig.bot import Bot, running, short_waits
from hummingbot_ccxt.sandbox import Fault, OrderType, Sandbox, Side, StreamFault
from hummingbot_ccxt.sandbox.http import ApiRequest

PAIR = "BTC-USDT"
DEADLINE_S, SETTLE_S, PATIENCE_S = 1.7, 1.9, 0.5
IN_TIME_S, LATE_S = 0.6, 2.0
"""An answer is waited for half a second, and the order looked for 1.9 s from then on. Kraken tells whole seconds of its
time, so that deadlines of ours may be a second early there."""


@pytest_asyncio.fixture(params=["gate", "kraken", "okx"])
async def bot(request: pytest.FixtureRequest) -> AsyncIterator[Bot]:
    async with Sandbox(request.param, book_interval_s=0.02) as sandbox:
        sandbox.engine.create_account("others", {"BTC": Decimal(10), "USDT": Decimal(10**6)})
        for side, price in ((Side.BUY, 59_000), (Side.SELL, 61_000)):
            terms = {"type": OrderType.LIMIT, "price": Decimal(price), "amount": Decimal(1)}
            sandbox.engine.place("others", symbol="BTC/USDT", side=side, **terms)
        account = sandbox.create_account({"USDT": Decimal(200_000)}, name="trader")
        with short_waits():
            async with running("ours", sandbox, account, [PAIR]) as bot:
                yield bot


def make_shorter(bot: Bot) -> None:
    venue = bot.connector._venue
    venue.client.timeout = int(PATIENCE_S * 1000)
    deadline = dataclasses.replace(venue.mapping.order_deadline, after_s=DEADLINE_S)
    venue.mapping = venue.client.parts.mapping = dataclasses.replace(
        venue.mapping, order_deadline=deadline, order_settle_s=SETTLE_S
    )


async def test_an_order_that_arrives_too_late_is_not_taken(bot: Bot) -> None:
    """Its look-up ends after it arrived: were it taken, it would be found, and told as created."""
    make_shorter(bot)
    rule = bot.sandbox.faults.rest("order.create", Fault.LATE_BEFORE, delay_s=LATE_S)
    order_id = bot.buy(PAIR, "0.1", "50000")
    await rule.fired()
    await bot.event(MarketEvent.OrderFailure, of=order_id)
    assert bot.story(order_id) == ["OrderFailure"]
    assert not bot.sandbox.engine.orders(bot.account.account_id)


@pytest.mark.parametrize("bot", ["gate", "okx"], indirect=True)
async def test_an_order_that_arrives_in_time_is_taken(bot: Bot) -> None:
    """Although nobody waits for its answer any more. On Kraken the first question for it voids it by its nonce."""
    make_shorter(bot)
    bot.sandbox.faults.rest("order.create", Fault.LATE_BEFORE, delay_s=IN_TIME_S)
    order_id = bot.buy(PAIR, "0.1", "50000")
    await bot.event(MarketEvent.BuyOrderCreated, of=order_id)


@pytest.mark.parametrize("bot", ["gate", "okx"], indirect=True)
async def test_an_answer_counts_as_of_when_it_was_asked_for(bot: Bot) -> None:
    """Asked before the order came, which it did in time, and answered when it could not have come any more."""
    make_shorter(bot)
    rule = bot.sandbox.faults.rest("order.create", Fault.LATE_BEFORE, delay_s=1.3)
    bot.sandbox.faults.stream("*", StreamFault.DROP, times=None)  # none tells of it
    bot.sandbox.faults.rest("openOrders", Fault.LATE_AFTER, delay_s=SETTLE_S + 0.5)
    order_id = bot.buy(PAIR, "0.1", "50000")
    await rule.fired()
    bot.connector._venue.client.timeout = 10_000  # of what is asked from now on
    await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated"]


@pytest.mark.parametrize("skew_ms", [90_000, -90_000], ids=["ahead", "behind"])
async def test_a_clock_that_went_wrong_costs_no_order(bot: Bot, skew_ms: float) -> None:
    """The venue's is not where it was: the order is refused as too old or too early, and placed by the right time."""
    bot.sandbox.faults.set_clock(skew_ms=skew_ms)
    order_id = bot.buy(PAIR, "0.1", "50000")
    await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
    assert len(bot.sandbox.engine.orders(bot.account.account_id)) == 1


async def test_only_orders_have_a_deadline(bot: Bot) -> None:
    asked: dict[str, ApiRequest] = {}
    for endpoint in ("order.create", "order.cancel"):
        bot.sandbox.faults.rest(endpoint, Fault.MEANWHILE, before=partial(asked.__setitem__, endpoint))
    order_id = bot.buy(PAIR, "0.1", "50000")
    await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
    bot.connector.cancel(PAIR, order_id)
    await bot.event(MarketEvent.OrderCancelled, of=order_id)
    deadline = bot.connector._venue.mapping.order_deadline
    name = deadline.header or deadline.param
    assert {endpoint: name in {**each.headers, **each.parameters} for endpoint, each in asked.items()} == {
        "order.create": True,
        "order.cancel": False,
    }
