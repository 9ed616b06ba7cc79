"""A start while many look-ups want the few calls that Kraken allows: streams log on all the same."""

import asyncio
from decimal import Decimal

from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import Sandbox
from hummingbot_ccxt.venue.budget import Priority


async def test_private_streams_come_up_again_however_many_look_ups_wait():
    async with Sandbox("kraken", weight_limit=100_000) as sandbox:
        account = sandbox.create_account({"USDT": Decimal(100_000)}, name="trader")
        with short_waits():
            async with running("ours", sandbox, account, ["BTC-USDT"]) as bot:
                venue, topic = bot.connector._venue, f"user:{account.account_id}:v2:executions"
                await bot.until(lambda: sandbox.streams.wants(topic), "the stream")
                asked = [
                    asyncio.ensure_future(venue.call("fetch_balance", priority=Priority.LOOKUP)) for _ in range(60)
                ]
                venue.client.options.pop("authenticated", None)
                sandbox.faults.expire_sessions()  # a new token is asked for over REST
                await bot.until(lambda: not sandbox.streams.wants(topic), "the end of the stream")
                await bot.until(lambda: sandbox.streams.wants(topic), "the stream again", 15.0)
                assert not all(each.done() for each in asked)
                for each in asked:
                    each.cancel()
