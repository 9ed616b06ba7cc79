"""A venue whose streamed fills bear other ids than those over REST, which nothing told us: each is booked once."""

from decimal import Decimal

import pytest
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.sandbox import StreamFault

OTHER_ON_THE_STREAM = {"trade_id_field": ("T+t",)}
"""Both names are Binance's for a streamed fill; over REST neither exists, and the id is ccxt's."""


async def test_what_the_stream_told_is_not_booked_again_by_polls(start, market) -> None:
    bot = await start(**OTHER_ON_THE_STREAM)
    order_id = await bot.resting_buy("0.1", "59995")
    for _ in range(2):
        market.market_sell("0.02")
    await bot.event(MarketEvent.OrderFilled, of=order_id, number=2)
    for _ in range(2):
        await bot.connector._update_orders_fills([bot.order(order_id)])
    assert bot.fills(order_id) == [("59995", "0.02")] * 2
    market.market_sell("0.06")
    await bot.event(MarketEvent.BuyOrderCompleted, of=order_id)
    assert bot.order(order_id).executed_amount_base == Decimal("0.1")


async def test_what_a_poll_told_is_not_booked_again_from_the_stream(start, market, monkeypatch) -> None:
    monkeypatch.setattr(constants, "TRADES_DELAY_S", 0.2)
    bot = await start(**OTHER_ON_THE_STREAM)
    order_id = await bot.resting_buy("0.1", "59995")
    bot.sandbox.faults.stream("order", StreamFault.DELAY, times=1, delay_s=1.0)
    market.market_sell("0.02")
    await bot.connector._update_orders_fills([bot.order(order_id)])
    assert bot.fills(order_id) == [("59995", "0.02")]
    market.market_sell("0.08")
    await bot.event(MarketEvent.BuyOrderCompleted, of=order_id)
    assert bot.fills(order_id) == [("59995", "0.02"), ("59995", "0.08")]


@pytest.mark.parametrize("missed", [1, 2])
async def test_fills_that_are_alike_and_of_which_the_stream_told_some_are_all_booked(start, market, missed) -> None:
    bot = await start(**OTHER_ON_THE_STREAM)
    order_id = await bot.resting_buy("0.1", "59995")
    market.market_sell("0.02")
    await bot.event(MarketEvent.OrderFilled, of=order_id)
    bot.sandbox.faults.stream("order", StreamFault.DROP, times=missed)
    for _ in range(missed):
        market.market_sell("0.02")
    await bot.until(lambda: bot.venue_order(order_id).filled == Decimal("0.02") * (1 + missed))
    await bot.connector._update_orders_fills([bot.order(order_id)])
    assert bot.fills(order_id) == [("59995", "0.02")] * (1 + missed)
