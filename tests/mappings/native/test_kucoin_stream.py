"""KuCoin's mapping on its wire: what the streams need and do without, and fills, which are fetched."""

import asyncio
from decimal import Decimal

from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import Fault, OrderType, Sandbox, Side

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


async def test_an_order_has_all_of_its_fills_however_many_they_are() -> None:
    """Also where more than a page of them are of one millisecond."""
    async with Sandbox("kucoin", book_interval_s=0.02) as venue:
        venue.engine.create_account("others", {"BTC": Decimal(10), "USDT": Decimal(10**6)})
        terms = {"symbol": "BTC/USDT", "type": OrderType.LIMIT, "amount": Decimal("0.01")}
        venue.engine.place("others", side=Side.BUY, price=Decimal(59_000), **terms)
        for step in range(150):
            venue.engine.place("others", side=Side.SELL, price=Decimal(60_000 + step), **terms)
        account = venue.create_account(FUNDS)
        with short_waits():
            async with running("ours", venue, account, ["BTC-USDT"]) as bot:
                order_id = bot.buy("BTC-USDT", "1.5", "61000")
                await bot.event(MarketEvent.BuyOrderCompleted, of=order_id)

                told = bot.events(MarketEvent.OrderFilled, of=order_id)
        fills = venue.engine.fills(account.account_id)

    assert [(e.price, e.amount) for e in told] == [(f.price, f.amount) for f in fills]
    assert len({e.exchange_trade_id for e in told}) == 150


async def test_a_fill_is_told_with_its_fee_which_the_stream_of_orders_does_not_know() -> None:
    """ccxt makes trades of that stream's messages too; booked as they come, each was free of a fee (storm)."""
    async with Sandbox("kucoin", participants=["BTC-USDT"], book_interval_s=0.02) as venue:
        account = venue.create_account(FUNDS)
        venue.engine.create_account("others", {"BTC": Decimal(10)})
        with short_waits():
            async with running("ours", venue, account, ["BTC-USDT"]) as bot:
                order_id = bot.buy("BTC-USDT", "0.01", "59999.9")
                await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
                down = venue.faults.rest("myTrades", Fault.ERROR_BEFORE, times=None)
                terms = {"symbol": "BTC/USDT", "side": Side.SELL, "type": OrderType.MARKET}
                while not venue.engine.fills(account.account_id):
                    venue.engine.place("others", amount=Decimal("0.01"), **terms)
                async with asyncio.timeout(10):
                    await down.fired()
                assert bot.events(MarketEvent.OrderFilled) == []
                venue.faults.disarm(down)
                filled = await bot.event(MarketEvent.OrderFilled, of=order_id)
        fill = venue.engine.fills(account.account_id)[0]

    assert fill.fee > 0
    assert [(each.token, each.amount) for each in filled.trade_fee.flat_fees] == [(fill.fee_asset, fill.fee)]
