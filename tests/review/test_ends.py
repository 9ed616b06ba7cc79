"""How things end: an order once, a connector for good."""

from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.sandbox import Fault

CREATED, CANCELLED = MarketEvent.BuyOrderCreated, MarketEvent.OrderCancelled


async def test_a_cancellation_that_stream_and_answer_tell_in_the_same_moment_is_told_once(bot):
    orders = [bot.buy("0.001", str(58_000 - number)) for number in range(20)]
    for order_id in orders:
        await bot.event(CREATED, of=order_id)
    for order_id in orders:
        bot.connector.cancel("BTC-USDT", order_id)
    for order_id in orders:
        await bot.event(CANCELLED, of=order_id)
    await bot.settled()
    assert {tuple(bot.story(order_id)) for order_id in orders} == {("BuyOrderCreated", "OrderCancelled")}


async def test_a_stopped_connector_opens_no_connection_again_to_look_for_an_order(bots, bot):
    late = bot.sandbox.faults.rest("order.create", Fault.LATE_AFTER, delay_s=5)
    order_id = bot.buy("0.1", "59000")
    await late.fired()
    await bots.stop(bot)
    await bot.until(lambda: order_id not in bot.connector._placing, "the request has ended")
    assert bot.connector._life.lookups._looking == {}
    assert bot.client.session is None
