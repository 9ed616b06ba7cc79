"""Whether a connection lives is judged by this machine's clock, whatever the venue's says."""

import time
from decimal import Decimal
from typing import Any

import pytest

from hummingbot_ccxt.rig.bot import running
from hummingbot_ccxt.sandbox import Sandbox

KEEP_ALIVE_MS = 300


def soon(connector: Any) -> None:
    """Pings come soon after one another, and two that are missed are too many."""
    client = connector._venue.client
    client.streaming = {**client.streaming, "keepAlive": KEEP_ALIVE_MS}


# On KuCoin the server says how often it wants to be pinged.
@pytest.mark.parametrize("exchange", ["binance", "bitget", "bybit", "gate", "kraken", "okx"])
async def test_a_venue_whose_clock_is_behind_does_not_cost_its_connections(exchange: str) -> None:
    """Many of ccxt's classes note by `self.milliseconds()`, the venue's clock with us, when a pong came."""
    async with Sandbox(exchange) as sandbox:
        sandbox.faults.set_clock(skew_ms=-30_000)
        account = sandbox.create_account({"USDT": Decimal(1000)})
        async with running("ours", sandbox, account, ["BTC-USDT"], prepare=soon) as bot:
            connection = bot.connector._orderbook_ds._feeds["book"].connection_of("BTC/USDT")
            assert connection.keepAlive == KEEP_ALIVE_MS
            assert bot.connector._venue.client.milliseconds() < time.time() * 1000 - 25_000

            def is_over() -> bool:
                return connection.closed() or time.time() * 1000 - connection.connectionEstablished > 7 * KEEP_ALIVE_MS

            await bot.until(is_over, "seven pings")
            assert not connection.closed()
