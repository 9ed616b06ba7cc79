"""Streams of candles, through the unmodified class of ccxt.pro: the candle in progress, after each trade in it."""

import asyncio
from decimal import Decimal
from typing import Any

import ccxt.pro
import pytest

from hummingbot_ccxt.sandbox import OrderType, Sandbox, Side

PATIENCE_S = 10.0


def trade(sandbox: Sandbox, price: str, amount: str) -> None:
    for account_id, side in (("maker", Side.SELL), ("taker", Side.BUY)):
        sandbox.engine.place(
            account_id,
            symbol="BTC/USDT",
            side=side,
            type=OrderType.LIMIT,
            price=Decimal(price),
            amount=Decimal(amount),
        )


async def subscribed(sandbox: Sandbox) -> None:
    streams = sandbox.streams
    assert streams is not None  # it runs
    while not any(word in each for word in ("kline", "candle", "ohlc") for each in streams.topics()):  # noqa: ASYNC110 - tells nobody
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("exchange", ["binance", "bybit", "gate", "kraken", "kucoin", "okx"])
async def test_the_candle_in_progress_is_told_after_each_trade(exchange: str) -> None:
    async with Sandbox(exchange, book_interval_s=0.01) as sandbox:
        for account_id in ("maker", "taker"):
            sandbox.engine.create_account(account_id, {"USDT": Decimal(10**9), "BTC": Decimal(100)})
        client: Any = getattr(ccxt.pro, exchange)({"enableRateLimit": False})
        client.urls, client.options["fetchMarkets"] = sandbox.rewrite(client.urls), {"types": ["spot"]}
        try:
            await client.load_markets()
            watching = asyncio.ensure_future(client.watch_ohlcv("BTC/USDT", "1d"))
            await asyncio.wait_for(subscribed(sandbox), PATIENCE_S)
            trade(sandbox, "50000", "0.5")
            first = list((await asyncio.wait_for(watching, PATIENCE_S))[-1])
            watching = asyncio.ensure_future(client.watch_ohlcv("BTC/USDT", "1d"))
            await asyncio.sleep(0)  # it waits by now
            trade(sandbox, "51000", "0.25")
            second = list((await asyncio.wait_for(watching, PATIENCE_S))[-1])
        finally:
            await client.close()

    volumes = [25_000, 37_750] if exchange == "gate" else [0.5, 0.75]  # ccxt reads Gate's `v`, which is in quote
    assert first[1:] == [50_000, 50_000, 50_000, 50_000, volumes[0]]
    assert second[1:] == [50_000, 51_000, 50_000, 51_000, volumes[1]]
    assert first[0] == second[0] == sandbox.clock() // 86_400_000 * 86_400_000
