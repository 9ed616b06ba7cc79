"""Books and public trades. Checklist: section "Order Book Data Source".

Two things differ from a native source, and so do the assertions: taps translate a message before it is queued, so that
a bad one costs a log line and not an exception in the listeners; and whole books travel in the queue of changes, which
keeps the order (`get_new_order_book` says why).
"""

import asyncio
import logging
from decimal import Decimal
from unittest.mock import AsyncMock

import pytest
from hummingbot.core.data_type.common import TradeType
from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.data_type.order_book_message import OrderBookMessageType

from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
from hummingbot_ccxt.sandbox import Fault, OrderType, Side, StreamFault
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError

PAIR, SYMBOL = "BTC-USDT", "BTC/USDT"
PATIENCE_S = 10.0


@pytest.fixture
def source(exchange):
    return exchange._orderbook_ds


@pytest.fixture
def subscribed(source, sandbox, market, running, until):
    """Books and trades stream, and Hummingbot has its first book: returns that book and the queues of messages."""

    async def subscribe():
        task = running(source.listen_for_subscriptions())
        book = await source.get_new_order_book(PAIR)
        await until(lambda: all(feed.is_live(SYMBOL) for feed in source._feeds.values()), "the streams")
        await until(lambda: subscriptions(sandbox) >= {"btcusdt@trade", "btcusdt@depth@100ms"}, "the subscriptions")
        diffs, trades = asyncio.Queue(), asyncio.Queue()
        running(source.listen_for_order_book_diffs(asyncio.get_running_loop(), diffs))
        running(source.listen_for_trades(asyncio.get_running_loop(), trades))
        return task, book, diffs, trades

    return subscribe


def subscriptions(sandbox):
    """Which streams the venue sends; ccxt's URLs also name one called `0`, which is none."""
    return {topic for session in sandbox.streams.sessions for topic in session.envelopes if "@" in topic}


async def next_of(queue):
    return await asyncio.wait_for(queue.get(), PATIENCE_S)


def levels(rows):
    return [(row.price, row.amount) for row in rows]


def messages(caplog, level):
    return [r.getMessage() for r in caplog.records if r.levelno == level and r.name.startswith("hummingbot")]


# --- REST: trading pairs


async def test_fetch_trading_pairs(connect, sandbox):
    pairs = await connect().all_trading_pairs()
    assert sorted(pairs) == sorted(symbol.replace("/", "-") for symbol in sandbox.engine.markets)


async def test_fetch_trading_pairs_exception_raised(connect, sandbox):
    sandbox.faults.rest("exchangeInfo", Fault.ERROR_BEFORE, times=None)
    assert await connect().all_trading_pairs() == []


# --- REST: last traded prices


async def test_get_last_traded_prices(source, market, sandbox):
    assert await source.get_last_traded_prices([PAIR]) == {PAIR: 60000.0}


async def test_get_last_traded_prices_of_several_pairs_takes_one_request(source, market, sandbox):
    for price, side in ((3000, market.ask), (3000, market.bid)):
        side(str(price), "1", "ETH/USDT")
    sandbox.request_log.clear()
    assert await source.get_last_traded_prices([PAIR, "ETH-USDT"]) == {PAIR: 60000.0, "ETH-USDT": 3000.0}
    assert sum(sandbox.request_log.counts.values()) == 1


# --- REST: snapshots


async def test_get_snapshot(source, market):
    message = await source._order_book_snapshot(PAIR)
    assert message.type is OrderBookMessageType.SNAPSHOT
    assert message.trading_pair == PAIR
    assert sorted(levels(message.bids)) == [(59980.0, 0.25), (59990.0, 0.5)]
    assert sorted(levels(message.asks)) == [(60010.0, 0.5), (60020.0, 0.75)]


async def test_get_snapshot_raises(source, sandbox):
    sandbox.faults.rest("depth", Fault.ERROR_BEFORE)
    with pytest.raises(VenueError) as caught:
        await source._order_book_snapshot(PAIR)
    assert caught.value.outcome is Outcome.UNKNOWN


async def test_a_later_snapshot_has_a_higher_update_id(source, market):
    first, second = [await source._order_book_snapshot(PAIR) for _ in range(2)]
    assert second.update_id > first.update_id


async def test_get_new_order_book(source, market):
    book = await source.get_new_order_book(PAIR)
    assert isinstance(book, OrderBook)
    assert [(row.price, row.amount) for row in book.bid_entries()] == [(59990.0, 0.5), (59980.0, 0.25)]
    assert [(row.price, row.amount) for row in book.ask_entries()] == [(60010.0, 0.5), (60020.0, 0.75)]


async def test_get_new_order_book_outlasts_an_outage(source, market, sandbox, monkeypatch):
    monkeypatch.setattr(source, "_sleep", AsyncMock())
    sandbox.faults.rest("depth", Fault.ERROR_BEFORE, times=3)
    book = await source.get_new_order_book(PAIR)
    assert book.get_price(True) == 60010.0
    assert source._sleep.await_count == 3


# --- WebSocket: subscriptions


async def test_listen_for_subscriptions_subscribes_to_trades_and_order_diffs(subscribed, sandbox):
    await subscribed()
    assert subscriptions(sandbox) == {"btcusdt@trade", "btcusdt@depth@100ms"}


async def test_listen_for_subscriptions_sends_ping_message_before_ping_interval_finishes(
    exchange, source, subscribed, until
):
    exchange._venue.client.streaming = {**exchange._venue.client.streaming, "keepAlive": 50}
    await subscribed()
    connection = source._feeds["book"]._states[SYMBOL].connection
    first = await until(lambda: connection.lastPong, "a pong of the venue to a ping of ours")
    await until(lambda: connection.lastPong > first, "another one")
    assert not connection.closed()


async def test_listen_for_subscriptions_raises_cancel_exception(subscribed):
    task, *_ = await subscribed()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_listen_for_subscriptions_logs_exception_details(subscribed, sandbox, until, caplog):
    """A lost connection is told once a stream, and both streams come back by themselves."""
    caplog.set_level(logging.INFO)
    _, _, diffs, _ = await subscribed()
    sandbox.faults.disconnect_streams()
    await until(lambda: len([t for t in messages(caplog, logging.INFO) if "is back for 1 symbols" in t]) == 2, "both")
    told = messages(caplog, logging.WARNING)
    assert sorted(text.split(" was interrupted")[0] for text in told) == [
        "ccxt_binance: the stream of book",
        "ccxt_binance: the stream of trades",
    ]
    assert (await next_of(diffs)).type is OrderBookMessageType.SNAPSHOT  # the gap ends in a whole book


async def test_subscribing_to_a_pair_while_running(exchange, source, subscribed, sandbox, until):
    await subscribed()
    assert await source.subscribe_to_trading_pair("ETH-USDT") is True
    await until(lambda: subscriptions(sandbox) >= {"ethusdt@trade", "ethusdt@depth@100ms"}, "the new subscriptions")


async def test_subscribing_to_a_pair_that_the_venue_does_not_have(source, subscribed):
    await subscribed()
    assert await source.subscribe_to_trading_pair("NO-SUCH") is False


async def test_leaving_a_pair_while_running(source, subscribed, sandbox, market, until):
    _, _, diffs, _ = await subscribed()
    assert await source.unsubscribe_from_trading_pair(PAIR) is True
    await until(lambda: not subscriptions(sandbox), "the subscriptions are gone")
    assert [feed.keys for feed in source._feeds.values()] == [[], []]  # nor do they come back after a loss
    market.bid("50000", "1")
    assert await source.unsubscribe_from_trading_pair(PAIR) is False
    assert diffs.empty()


# --- WebSocket: trades


async def test_listen_for_trades_successful(subscribed, sandbox, market):
    _, _, _, trades = await subscribed()
    terms = {"side": Side.SELL, "type": OrderType.MARKET, "amount": Decimal("0.2")}
    sandbox.engine.place(market.account_id, symbol=SYMBOL, **terms)
    message = await next_of(trades)
    assert message.type is OrderBookMessageType.TRADE
    assert message.trading_pair == PAIR
    assert (float(message.content["price"]), float(message.content["amount"])) == (59990.0, 0.2)
    assert message.content["trade_type"] == float(TradeType.SELL.value)


async def test_a_public_trade_that_is_told_twice_arrives_once(subscribed, sandbox, market):
    _, _, _, trades = await subscribed()
    sandbox.faults.stream("trade", StreamFault.DUPLICATE)
    market.bid("60010", "0.1")
    market.bid("60010", "0.2")
    assert [float((await next_of(trades)).content["amount"]) for _ in range(2)] == [0.1, 0.2]
    assert trades.empty()


async def test_listen_for_trades_cancelled_error(source):
    queue = AsyncMock()
    queue.get.side_effect = asyncio.CancelledError
    source._message_queue[source._trade_messages_queue_key] = queue
    with pytest.raises(asyncio.CancelledError):
        await source.listen_for_trades(asyncio.get_running_loop(), asyncio.Queue())


async def test_listen_for_trades_logs_exception(source, subscribed, market, caplog):
    """A trade without a price is skipped with one line that names exchange, structure and field; the next arrives."""
    _, _, _, trades = await subscribed()
    good = {"symbol": SYMBOL, "id": "1", "price": 60000.0, "amount": 1.0, "side": "buy"}
    good["timestamp"] = source._venue.client.milliseconds()
    source.on_trade({**good, "price": None})
    source.on_trade({**good, "price": None, "id": "2"})
    source.on_trade(good)
    assert (await next_of(trades)).trade_id == "1"
    assert messages(caplog, logging.WARNING) == [
        "ccxt_binance: skipped a trade of BTC-USDT: trade.price is missing: None (seen 1 times)"
    ]


# --- WebSocket: changes of the book


async def test_listen_for_order_book_diffs_successful(subscribed, market):
    _, _, diffs, _ = await subscribed()
    market.bid("59985", "0.3")
    message = await next_of(diffs)
    assert message.type is OrderBookMessageType.DIFF
    assert message.trading_pair == PAIR
    assert (levels(message.bids), levels(message.asks)) == ([(59985.0, 0.3)], [])


async def test_a_level_that_is_gone_is_a_change_to_zero(subscribed, market):
    order = market.bid("59985", "0.3")
    _, _, diffs, _ = await subscribed()
    market.cancel(order)
    assert levels((await next_of(diffs)).bids) == [(59985.0, 0.0)]


async def test_update_ids_of_changes_rise_from_that_of_the_first_book(subscribed, market):
    _, book, diffs, _ = await subscribed()
    market.bid("59985", "0.3")
    first = await next_of(diffs)
    market.bid("59986", "0.3")
    second = await next_of(diffs)
    assert book.snapshot_uid < first.update_id < second.update_id


async def test_listen_for_order_book_diffs_cancelled(source):
    queue = AsyncMock()
    queue.get.side_effect = asyncio.CancelledError
    source._message_queue[source._diff_messages_queue_key] = queue
    with pytest.raises(asyncio.CancelledError):
        await source.listen_for_order_book_diffs(asyncio.get_running_loop(), asyncio.Queue())


async def test_listen_for_order_book_diffs_logs_exception(source, subscribed, market, caplog):
    """A level without an amount makes the book unsure: one log line, and a whole book in the place of the change."""
    _, _, diffs, _ = await subscribed()
    book = source._venue.client.orderbooks[SYMBOL]
    book["bids"].storeArray([59970.0, float("nan")])
    source.on_book(book)
    told = messages(caplog, logging.WARNING)
    assert told[0].startswith("ccxt_binance: skipped an update of BTC-USDT: book.bids has a row that is no level")
    book["bids"].storeArray([59970.0, 0.0])
    source.on_book(book)
    message = await next_of(diffs)
    assert message.type is OrderBookMessageType.SNAPSHOT
    assert sorted(levels(message.bids)) == [(59980.0, 0.25), (59990.0, 0.5)]


# --- whole books


async def test_listen_for_order_book_snapshots_successful(subscribed, sandbox, market):
    """A gap in the venue's sequence ends in a whole book; it comes in order, among the changes."""
    _, _, diffs, _ = await subscribed()
    gap = sandbox.faults.stream("depth", StreamFault.DROP)
    market.bid("59981", "0.1")
    await gap.fired()
    market.bid("59982", "0.2")
    message = await next_of(diffs)
    while message.type is not OrderBookMessageType.SNAPSHOT:
        assert 59981.0 not in [row.price for row in message.bids]
        message = await next_of(diffs)
    assert sorted(levels(message.bids)) == [(59980.0, 0.25), (59981.0, 0.1), (59982.0, 0.2), (59990.0, 0.5)]


async def test_listen_for_order_book_snapshots_cancelled_when_fetching_snapshot(source, running):
    task = running(source.listen_for_order_book_snapshots(asyncio.get_running_loop(), asyncio.Queue()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_listen_for_order_book_snapshots_log_exception(connect, sandbox, market, running, until, caplog):
    """Polled books, as on a venue without streams: a failed poll is told once, and polling goes on."""
    exchange = connect()
    exchange.poll_interval_s = 0.02
    exchange._venue.client.has["watchOrderBook"] = exchange._venue.client.has["watchOrderBookForSymbols"] = False
    source = exchange._orderbook_ds
    await source.get_new_order_book(PAIR)
    fault = sandbox.faults.rest("depth", Fault.ERROR_BEFORE, times=3)
    running(source.listen_for_subscriptions())
    diffs = asyncio.Queue()
    running(source.listen_for_order_book_diffs(asyncio.get_running_loop(), diffs))
    message = await next_of(diffs)
    assert message.type is OrderBookMessageType.SNAPSHOT
    assert fault.injected == 3
    assert len([text for text in messages(caplog, logging.WARNING) if "polling BTC-USDT failed" in text]) == 1


async def test_the_hourly_reset_of_hummingbot_asks_for_nothing(source, sandbox):
    """Streamed books are watched by themselves; native sources fetch them all again every hour."""
    sandbox.request_log.clear()
    await source._request_order_book_snapshots(asyncio.Queue())
    assert not sandbox.request_log.requests


async def test_the_connector_reads_its_books_from_this_source():
    from hummingbot_ccxt.exchange.ccxt_api_order_book_data_source import CcxtAPIOrderBookDataSource

    exchange = CcxtExchange(domain="binance", trading_pairs=[PAIR])
    assert isinstance(exchange.order_book_tracker.data_source, CcxtAPIOrderBookDataSource)


async def test_a_book_is_not_asked_for_again_while_requests_wait_for_their_turn(source, exchange, running, monkeypatch):
    monkeypatch.setattr("hummingbot_ccxt.exchange.ccxt_constants.FIRST_BOOK_S", 0.01)
    budget = exchange._venue.budget
    await asyncio.wait_for(source._wait_for_first_change(SYMBOL), PATIENCE_S)  # nothing waits: no book is on its way
    budget.pause(60.0)
    request = running(budget.acquire(1, Priority.POLL))
    await asyncio.sleep(0)
    assert budget.is_backed_up
    waiting = running(source._wait_for_first_change(SYMBOL))
    await asyncio.wait([waiting], timeout=0.2)
    assert not waiting.done()
    request.cancel()
    await asyncio.wait_for(waiting, PATIENCE_S)
    assert not budget.is_backed_up
