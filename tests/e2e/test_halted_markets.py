"""A market that the venue halts while orders rest there: they can be cancelled, asked for, and their fills booked."""

from typing import Any

from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.sandbox import StreamFault


async def halt(bot: Any, symbol: str) -> None:
    """Let the venue say that the market takes no orders, and the connector hear of it as it does twice an hour."""
    fetch_markets = bot.client.fetch_markets

    async def halted(*args: Any) -> Any:
        markets = await fetch_markets(*args)
        return [{**market, "active": market["active"] and market["symbol"] != symbol} for market in markets]

    bot.client.fetch_markets = halted
    bot.connector._markets_loaded_at = float("-inf")
    await bot.connector._update_trading_rules()


async def test_its_orders_can_be_cancelled(bot) -> None:
    order_id = await bot.resting_buy()
    await halt(bot, "BTC/USDT")
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(MarketEvent.OrderCancelled, of=order_id)


async def test_a_fill_that_the_stream_swallowed_is_found_by_the_poll(bot, market) -> None:
    order_id = await bot.resting_buy("0.1", "59995")
    await halt(bot, "BTC/USDT")
    bot.sandbox.faults.stream("order", StreamFault.DROP, times=1)
    market.market_sell("0.1")
    await bot.until(lambda: bot.venue_order(order_id).filled == bot.order(order_id).amount)
    await bot.connector._update_order_status()
    await bot.event(MarketEvent.BuyOrderCompleted, of=order_id)


async def test_new_orders_are_not_taken_there(bot) -> None:
    bot.expected_errors.append("BTC-USDT")
    await halt(bot, "BTC/USDT")
    assert "BTC-USDT" not in bot.connector.trading_rules
    order_id = bot.buy("0.1", "59000")
    await bot.event(MarketEvent.OrderFailure, of=order_id)
    assert not bot.venue_orders()


async def test_polls_by_lists_go_on_for_the_orders_of_other_markets(start, market) -> None:
    market.make_book("ETH/USDT", 3000)
    bot = await start(pairs=("BTC-USDT", "ETH-USDT"), lists_first=True)
    others = [bot.buy("0.1", price, pair="ETH-USDT") for price in ("2900", "2910", "2950")]
    here = await bot.resting_buy()
    for order_id in others:
        await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
    await halt(bot, "BTC/USDT")
    bot.sandbox.faults.stream("order", StreamFault.DROP, times=None)
    for order_id in (others[0], here):
        bot.sandbox.engine.cancel(bot.account.account_id, client_order_id=order_id)
    await bot.connector._update_order_status()
    await bot.event(MarketEvent.OrderCancelled, of=others[0])
    await bot.event(MarketEvent.OrderCancelled, of=here)
