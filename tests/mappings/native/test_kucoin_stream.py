"""KuCoin's mapping on its wire: what the order and balance streams need, and what they do without."""

import asyncio
from decimal import Decimal

from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import Fault, Sandbox

FUNDS = {"USDT": Decimal(100_000)}


async def test_balances_are_streamed_although_they_cannot_be_fetched() -> None:
    async with Sandbox("kucoin", participants=["BTC-USDT"], book_interval_s=0.02) as venue:
        account = venue.create_account(FUNDS)
        rule = venue.faults.rest("balances", Fault.ERROR_BEFORE, times=None)
        topic = f"user:{account.account_id}:/account/balance"
        with short_waits():
            async with running("ours", venue, account, ["BTC-USDT"], ready=False) as bot:
                await bot.until(lambda: venue.streams.wants(topic), "the subscription to balances")
                async with asyncio.timeout(10):
                    await rule.fired()


async def test_a_canceled_order_asks_for_no_trades() -> None:
    async with Sandbox("kucoin", participants=["BTC-USDT"], book_interval_s=0.02) as venue:
        with short_waits():
            async with running("ours", venue, venue.create_account(FUNDS), ["BTC-USDT"]) as bot:
                order_id = bot.buy("BTC-USDT", "0.01", "50000")
                await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
                venue.faults.rest("myTrades", Fault.ERROR_BEFORE, times=None)
                bot.connector.cancel("BTC-USDT", order_id)
                await bot.event(MarketEvent.OrderCancelled, of=order_id)

    assert not venue.faults.injected
