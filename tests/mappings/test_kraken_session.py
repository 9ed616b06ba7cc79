"""Kraken's private streams need a token; ccxt goes on using one that the venue does not know any more."""

from decimal import Decimal

from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import Sandbox


async def test_a_token_that_ran_out_is_replaced_at_once_and_is_no_refused_key():
    async with Sandbox("kraken", participants=["BTC/USDT"], book_interval_s=0.02) as sandbox:
        account = sandbox.create_account({"USDT": Decimal(100_000)}, name="trader")
        with short_waits():
            async with running("ours", sandbox, account, ["BTC-USDT"]) as bot:
                known, topic = set(sandbox.wire.tokens.words()), f"user:{account.account_id}:v2:executions"
                await bot.until(lambda: sandbox.streams.wants(topic), "the stream")

                assert sandbox.faults.expire_sessions() > 0

                await bot.until(lambda: not sandbox.streams.wants(topic), "the end of the stream")
                await bot.until(lambda: sandbox.streams.wants(topic), "the stream again")
                assert not known & set(sandbox.wire.tokens.words())
                order_id = bot.buy("BTC-USDT", "0.01", "30000")
                await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
                sandbox.engine.cancel_all(account.account_id)
                await bot.event(MarketEvent.OrderCancelled, of=order_id, patience_s=10)
                assert not [text for text in bot.logged() if "refused" in text]
