"""Many pairs at once, and pairs that come and go while the connector runs."""

import time
from decimal import Decimal

import pytest
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.sandbox import ApiAccount, Market, Sandbox

PAIRS = 50


def many_markets():
    return [
        Market(
            base=f"C{number:02}",
            quote="USDT",
            tick_size=Decimal("0.01"),
            lot_size=Decimal("0.0001"),
            min_amount=Decimal("0.0001"),
            max_amount=Decimal(9000),
            min_notional=Decimal(5),
        )
        for number in range(PAIRS)
    ]


class TestFiftyPairs:
    @pytest.fixture
    async def sandbox(self):
        async with Sandbox("binance", markets=many_markets(), book_interval_s=0.02) as sandbox:
            yield sandbox

    @pytest.fixture
    def market(self, sandbox, account: ApiAccount):
        from tests.e2e.conftest import Counterparty

        return Counterparty(sandbox)

    async def test_all_books_are_right_on_few_connections(self, sandbox, bots, account, market, monkeypatch):
        for number in range(PAIRS):
            market.make_book(f"C{number:02}/USDT", mid=1000 + number, levels=10)
        pairs = tuple(f"C{number:02}-USDT" for number in range(PAIRS))
        bot = await bots.start(account, pairs=pairs, ready=False)
        bot.connector._venue.budget.rate = bot.connector._venue.budget.capacity = 1000.0  # the venue is ours
        began = time.monotonic()
        await bot.until(lambda: bot.connector.ready, "ready", 30)
        assert time.monotonic() - began < 15
        for _ in range(20):
            for number in range(PAIRS):
                symbol = f"C{number:02}/USDT"
                market.bid(900 + number, "0.5", symbol)
                market.cancel(market.ask(1100 + number, "0.25", symbol))
                market.market_buy("0.1", symbol)
            await sandbox.streams.flushed()
        for pair in pairs:
            await bot.book_right(pair)
        assert len([each for each in sandbox.streams.sessions if not each.is_private]) <= 2
        assert len(bot.private_sessions()) == 1


def topics(bot, market_id):
    return [topic for topic in bot.sandbox.streams.topics() if topic.startswith(market_id)]


async def test_a_pair_added_at_run_time_streams_and_one_removed_ends_at_the_venue(bot, market):
    market.make_book("ETH/USDT", mid=3000, levels=5)
    assert await bot.connector.add_trading_pair("ETH-USDT")
    await bot.book_right("ETH-USDT")
    market.bid(2995, "1", "ETH/USDT")
    await bot.book_right("ETH-USDT")
    await bot.until(lambda: len(topics(bot, "ethusdt@")) == 2, "book and trades")
    assert await bot.connector.remove_trading_pair("ETH-USDT")
    await bot.until(lambda: topics(bot, "ethusdt@") == [], "the venue's streams end")
    assert "ETH-USDT" not in bot.connector.order_books
    market.bid(59_991, "0.1")
    await bot.book_right("BTC-USDT")  # the others live on


async def test_a_pair_can_be_added_again_after_it_was_removed(bot, market):
    market.make_book("ETH/USDT", mid=3000, levels=5)
    for _ in range(2):
        assert await bot.connector.add_trading_pair("ETH-USDT")
        market.bid(2994, "1", "ETH/USDT")
        await bot.book_right("ETH-USDT")
        assert await bot.connector.remove_trading_pair("ETH-USDT")
        await bot.until(lambda: topics(bot, "ethusdt@") == [], "the venue's streams end")


async def test_a_removed_pair_stays_removed_after_a_reconnect(bot, market):
    market.make_book("ETH/USDT", mid=3000, levels=5)
    await bot.connector.add_trading_pair("ETH-USDT")
    await bot.connector.remove_trading_pair("ETH-USDT")
    bot.sandbox.faults.disconnect_streams(private=False)
    await bot.until(lambda: topics(bot, "btcusdt@depth"), "the other's stream is back")
    market.bid(59_991, "0.1")
    await bot.book_right("BTC-USDT")
    assert topics(bot, "ethusdt@") == []


async def test_a_pair_that_the_venue_does_not_have_is_refused(bot):
    bot.expected_errors = ["NOPE"]
    assert not await bot.connector.add_trading_pair("NOPE-USDT")


async def test_a_fill_of_somebody_elses_order_with_the_same_number_on_another_market_is_not_booked(start, market):
    market.make_book("ETH/USDT", 3000)
    bot = await start(pairs=("BTC-USDT", "ETH-USDT"))
    order_id = await bot.resting_buy("0.1", "59995")
    fill = {
        "id": "77",
        "order": bot.order(order_id).exchange_order_id,
        "symbol": "ETH/USDT",
        "side": "buy",
        "price": 3000.0,
        "amount": 0.05,
        "timestamp": 1_700_000_000_000,
        "info": {},
    }
    bot.connector.on_fill(fill)
    market.market_sell("0.1")
    await bot.event(MarketEvent.BuyOrderCompleted, of=order_id)
    assert bot.fills(order_id) == [("59995", "0.1")]
