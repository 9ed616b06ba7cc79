"""What happened while a stream was down, when REST is down as well at the moment that it comes back."""

from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.sandbox import Fault


async def test_the_gap_of_a_stream_that_is_back_before_rest_is_filled_as_soon_as_rest_answers(bot, market):
    order_id = await bot.resting_buy("0.1", "59995")
    down = [
        bot.sandbox.faults.rest(name, Fault.ERROR_BEFORE, times=None) for name in ("order.*", "myTrades", "account")
    ]
    bot.sandbox.faults.disconnect_streams(public=False)
    market.market_sell("0.1")
    await bot.user_stream_up()
    await bot.until(lambda: down[0].injected >= 8, "more looks in vain than the reconnect of three streams asks for")
    for rule in down:
        bot.sandbox.faults.disarm(rule)
    await bot.event(MarketEvent.BuyOrderCompleted, of=order_id, patience_s=20)  # not the two minutes of the next poll
    assert bot.fills(order_id) == [("59995", "0.1")]
    await bot.settled()
