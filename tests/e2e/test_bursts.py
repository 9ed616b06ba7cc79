"""A thousand updates in one turn of the event loop: a thousand at Hummingbot, in order, exactly once.

A loop of `await watch_*` loses most of them (ccxt resolves one future for all that it handles between two calls); the
plain ccxt class stands beside the connector here to show it.
"""

import asyncio
from decimal import Decimal

import pytest
from hummingbot.core.event.event_forwarder import SourceInfoEventForwarder
from hummingbot.core.event.events import MarketEvent, OrderBookEvent

from hummingbot_ccxt.venue.loading import exchange_class

BURST = 1000
LOT = Decimal("0.0001")


@pytest.fixture
def queued(bot):
    """What reaches Hummingbot's queue of user events from now on, in order."""
    source, events = bot.connector._user_stream_tracker.data_source, []
    put = source._put

    def spy(kind, data):
        events.append((kind, data))
        put(kind, data)

    source._put = spy
    return events


@pytest.fixture
async def plain(bot):
    """The plain ccxt class on the same account, as most people use it: `while True: await watch_...()`."""
    plain_class, _ = exchange_class("binance")
    exchange = plain_class({"apiKey": bot.account.api_key, "secret": bot.account.secret, "newUpdates": True})
    exchange.urls = bot.sandbox.rewrite(exchange.urls)
    exchange.options["fetchMarkets"] = {"types": ["spot"]}
    exchange.options["fetchCurrencies"] = exchange.options["fetchMargins"] = False
    await exchange.load_markets()
    tasks = []

    def count(method, *args):
        seen = []

        async def loop():
            while True:
                seen.extend(await getattr(exchange, method)(*args))

        tasks.append(asyncio.ensure_future(loop()))
        return seen

    yield count
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await exchange.close()


async def test_a_burst_of_fills_arrives_whole_and_in_order(bot, market, queued, plain):
    await bot.until(lambda: bot.private_sessions())
    seen_by_plain = plain("watch_orders")
    topic = f"user:{bot.account.account_id}"
    await bot.until(lambda: len(bot.sandbox.streams.subscribers(topic)) == 2, "the plain client's stream")
    order_id = await bot.resting_buy(str(LOT * BURST), "59995")
    del queued[:]
    for _ in range(BURST):
        market.market_sell(str(LOT))
    trade_ids = [str(fill.id) for fill in bot.sandbox.engine.fills(bot.account.account_id)]
    assert len(trade_ids) == BURST
    await bot.event(MarketEvent.BuyOrderCompleted, of=order_id, patience_s=30)
    # Fills are booked ahead of the orders' updates, which go ccxt's way.
    await bot.until(lambda: sum(kind == "order" for kind, _ in queued) >= BURST, "the order's updates", 30)
    waited = [data["id"] for kind, data in queued if kind == "fill"]  # one that nothing was ahead of was booked at once
    assert waited == [each for each in trade_ids if each in waited]
    told = [Decimal(str(data["filled"])) for kind, data in queued if kind == "order" and data["filled"]]
    assert told == [LOT * number for number in range(1, BURST + 1)]
    assert [event.exchange_trade_id for event in bot.events(MarketEvent.OrderFilled, of=order_id)] == trade_ids
    assert bot.story(order_id) == ["BuyOrderCreated", *["OrderFilled"] * BURST, "BuyOrderCompleted"]
    assert len({order["filled"] for order in seen_by_plain}) < BURST / 2  # the same burst, awaited
    await bot.settled()


async def test_a_burst_of_order_updates_arrives_whole_and_in_order(bot, queued):
    engine, account_id = bot.sandbox.engine, bot.account.account_id
    from hummingbot_ccxt.sandbox import OrderType, Side

    placed = []
    for number in range(BURST // 2):
        order = engine.place(
            account_id,
            symbol="BTC/USDT",
            side=Side.BUY,
            type=OrderType.LIMIT,
            price=Decimal(50_000),
            amount=LOT,
            client_order_id=f"burst-{number}",
        )
        engine.cancel(account_id, order_id=order.id)
        placed.append(str(order.id))
    await bot.until(lambda: sum(kind == "order" for kind, _ in queued) >= BURST, "the burst", 30)
    told = [(data["id"], data["status"]) for kind, data in queued if kind == "order"]
    assert told == [(each, status) for each in placed for status in ("open", "canceled")]


async def test_a_burst_of_balances_ends_with_the_ledgers(bot, queued):
    for number in range(1, BURST + 1):
        bot.sandbox.deposit(bot.account, "USDT", Decimal(number) / 100)
    await bot.settled()
    balances = [data for kind, data in queued if kind == "balance"]
    assert len(balances) >= BURST
    assert Decimal(str(balances[-1]["USDT"]["free"])) == Decimal("105005")


async def test_a_burst_of_public_trades_arrives_whole_and_in_order(bot, market):
    market.bid("59995", str(LOT * BURST * 10))
    ids = []
    listener = SourceInfoEventForwarder(lambda tag, source, event: ids.append(event.trade_id))
    bot.connector.get_order_book("BTC-USDT").add_listener(OrderBookEvent.TradeEvent, listener)
    for number in range(BURST):
        market.market_sell(str(LOT * (1 + number % 3)))
    await bot.until(lambda: len(ids) >= BURST, "the burst", 30)
    assert [str(each) for each in ids] == [str(trade.id) for trade in bot.sandbox.engine.trades("BTC/USDT")]
    await bot.book_right()
