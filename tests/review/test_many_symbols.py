"""Many symbols on one connection: what a venue's limit on messages, and ccxt's count of subscriptions, make of them."""

import asyncio
from decimal import Decimal
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue.client import Credentials, build_client
from hummingbot_ccxt.venue.streams import Feed, Streams
from hummingbot_ccxt.venue.tap import current_feed

SYMBOLS = [f"C{number:02}/USDT" for number in range(50)]


async def test_symbols_that_a_lost_connection_fails_one_by_one_go_out_in_one_subscription_again():
    asked: asyncio.Queue[list[str]] = asyncio.Queue()
    connection = Mock(connected=asyncio.get_running_loop().create_future())
    streams = Streams()

    async def watch(symbols):
        streams.subscribed(current_feed.get(), connection, [f"orderbook:{symbol}" for symbol in symbols])
        asked.put_nowait(symbols)
        await asyncio.Event().wait()

    feed = streams.add(Feed("book", watch, together=100, stale_after_s=10.0))
    for symbol in SYMBOLS:
        feed.add(symbol)
    running = asyncio.ensure_future(feed.run())
    async with asyncio.timeout(5):
        assert await asked.get() == SYMBOLS
        for symbol in SYMBOLS:  # as ccxt does: each message hash first, the connection last
            streams.rejected(connection, f"orderbook:{symbol}", ConnectionError("reset"))
        streams.lost(connection, ConnectionError("reset"))
        assert await asked.get() == SYMBOLS
    running.cancel()


@pytest.mark.parametrize("exchange", ["binance", "binanceus"])
async def test_pairs_that_come_and_go_for_ever_never_use_up_ccxts_count_of_subscriptions(exchange):
    client = build_client(
        exchange,
        credentials=Credentials({}),
        mapping=load_mapping(exchange),
        settings=ExchangeSettings(),
        tap=SimpleNamespace(order=None, fill=None, trade=None),
        share_pct=Decimal(100),
        venue_time=lambda: 0.0,
    )
    # ccxt adds the size of each new combination of symbols, and never takes one off.
    assert {client.stream("spot", f"multipleOrderbook::{number}", 50) for number in range(1000)} == {"0"}
