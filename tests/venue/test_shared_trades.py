"""What many orders ask about at the same time is one request, where the venue's answer is the same for all."""

from decimal import Decimal

from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import Sandbox


async def test_a_poll_asks_once_for_the_trades_of_all_orders_where_they_are_the_accounts():
    """Kraken: each such request takes 6 s of what it allows."""
    with short_waits():
        async with Sandbox("kraken") as sandbox:
            account = sandbox.create_account({"USDT": Decimal(10_000)}, name="trader")
            async with running("ours", sandbox, account, ["BTC-USDT"]) as bot:
                for price in ("100", "101", "102"):
                    bot.buy("BTC-USDT", "0.1", price)
                await bot.until(lambda: len(bot.events(MarketEvent.BuyOrderCreated)) == 3, "three orders")
                orders = list(bot.connector.in_flight_orders.values())
                before = sandbox.request_log.counts["myTrades"]
                await bot.connector._update_orders_fills(orders)
                assert sandbox.request_log.counts["myTrades"] - before == 1
