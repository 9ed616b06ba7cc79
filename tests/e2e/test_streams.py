"""Streams that break, fall silent, expire or skip a message: each fill once, states right, the book never wrong."""

import asyncio
import time

import pytest
from hummingbot.core.data_type.order_book_message import OrderBookMessageType
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.sandbox import StreamFault

CREATED, CANCELLED, FAILED = MarketEvent.BuyOrderCreated, MarketEvent.OrderCancelled, MarketEvent.OrderFailure
FILLED, COMPLETED = MarketEvent.OrderFilled, MarketEvent.BuyOrderCompleted


def stir(market, times=1, symbol="BTC/USDT"):
    """Changes on both sides of the book, far from the mid price: levels come, grow and go."""
    for number in range(times):
        step = number % 7
        market.bid(59_500 - step, "0.001", symbol)
        market.ask(60_500 + step, "0.002", symbol)
        market.cancel(market.bid(59_400 - step, "0.003", symbol))


async def test_fills_of_a_disconnected_moment_arrive_once_each(bot, market):
    filled = await bot.resting_buy("0.2", "59995")
    partly = await bot.resting_buy("0.3", "59994")
    open_still = await bot.resting_buy("0.1", "59000")
    bot.sandbox.faults.disconnect_streams()
    market.market_sell("0.3")
    stir(market, 20)
    await bot.event(COMPLETED, of=filled)
    await bot.event(FILLED, of=partly)
    assert bot.fills(filled) == [("59995", "0.2")]
    assert bot.fills(partly) == [("59994", "0.1")]
    assert set(bot.connector.in_flight_orders) == {partly, open_still}
    await bot.user_stream_up()
    market.market_sell("0.2")
    await bot.event(COMPLETED, of=partly)
    assert bot.fills(partly) == [("59994", "0.1"), ("59994", "0.2")]
    await bot.settled()
    await bot.book_right()


@pytest.mark.parametrize("times", [3])
async def test_streams_that_break_again_and_again_come_back_each_time(bot, market, times):
    order_id = await bot.resting_buy("0.5", "59995")
    for number in range(1, times + 1):
        bot.sandbox.faults.disconnect_streams(code=1001)
        market.market_sell("0.1")
        await bot.event(FILLED, of=order_id, number=number)
        await bot.user_stream_up()
        await bot.book_right()
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(CANCELLED, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", *["OrderFilled"] * times, "OrderCancelled"]
    await bot.settled()


async def test_an_order_cancelled_behind_our_back_during_a_disconnect_is_noticed(bot):
    order_id = await bot.resting_buy()
    bot.sandbox.faults.disconnect_streams(public=False)
    bot.sandbox.engine.cancel(bot.account.account_id, client_order_id=order_id)
    await bot.event(CANCELLED, of=order_id)
    await bot.settled()


async def test_streams_that_are_refused_for_a_while_are_tried_until_they_work(bot, market):
    order_id = await bot.resting_buy("0.1", "59995")
    bot.sandbox.faults.refuse_connections = True
    bot.sandbox.faults.disconnect_streams()
    market.market_sell("0.1")
    await bot.until(lambda: bot.logged("interrupted"), "a warning")
    bot.sandbox.faults.refuse_connections = False
    await bot.event(COMPLETED, of=order_id, patience_s=20)
    assert bot.fills(order_id) == [("59995", "0.1")]
    await bot.settled()
    await bot.book_right(patience_s=20)


async def test_streams_that_stay_open_and_say_nothing_are_replaced(start, market):
    bot = await start(heartbeat_s=0.2, stale_after_s=0.7)
    order_id = await bot.resting_buy("0.1", "59995")
    stalled = set(bot.sandbox.streams.sessions)
    bot.sandbox.faults.stall_streams()
    market.market_sell("0.1")
    stir(market, 20)
    await bot.event(COMPLETED, of=order_id)
    assert bot.fills(order_id) == [("59995", "0.1")]
    await bot.book_right()
    await bot.until(lambda: not stalled & bot.sandbox.streams.sessions, "the silent connections are closed")
    await bot.settled()


async def test_a_session_that_expires_is_opened_again_and_its_gap_filled(bot, market):
    order_id = await bot.resting_buy("0.2", "59995")
    assert bot.sandbox.faults.expire_sessions() > 0
    market.market_sell("0.1")
    await bot.event(FILLED, of=order_id)
    await bot.user_stream_up()
    market.market_sell("0.1")
    await bot.event(COMPLETED, of=order_id)
    assert bot.fills(order_id) == [("59995", "0.1"), ("59995", "0.1")]
    await bot.settled()


# --- the book


@pytest.fixture
def messages(bot):
    """What the order book source hands to Hummingbot from now on."""
    source, seen = bot.connector._orderbook_ds, []
    put = source._put

    def spy(message):
        seen.append(message)
        put(message)

    source._put = spy
    return seen


async def test_a_gap_in_the_sequence_ends_in_a_fresh_snapshot(bot, market, messages):
    gap = bot.sandbox.faults.stream("depth", StreamFault.DROP)
    market.bid("59991", "0.7")
    await gap.fired()
    assert messages == []
    for number in range(5):
        market.bid(59_000 + number, "0.1")
        await bot.sandbox.streams.flushed()
    await bot.until(lambda: messages, "a message")
    assert messages[0].type is OrderBookMessageType.SNAPSHOT  # no change was ever applied on top of the gap
    await bot.book_right()


async def test_messages_that_come_twice_or_out_of_order_never_make_a_wrong_book(bot, market):
    bot.sandbox.faults.stream("depth", StreamFault.DUPLICATE, times=None, probability=0.3)
    bot.sandbox.faults.stream("depth", StreamFault.REORDER, times=None, probability=0.3)
    for _ in range(30):
        stir(market, 3)
        await bot.sandbox.streams.flushed()
    bot.sandbox.faults.clear()
    stir(market)
    await bot.book_right()


async def test_the_book_is_the_engines_after_thousands_of_changes(bot, market, messages):
    book = bot.sandbox.engine.book("BTC/USDT")
    before = book.sequence
    while book.sequence - before < 4000:
        stir(market, 50)
        await bot.sandbox.streams.flushed()
    await bot.book_right()
    assert all(message.type is OrderBookMessageType.DIFF for message in messages)
    assert [m.update_id for m in messages] == sorted({m.update_id for m in messages})


async def test_a_book_whose_stream_falls_silent_without_a_word_is_noticed_and_replaced(start, market, monkeypatch):
    monkeypatch.setattr(constants, "QUIET_BOOK_S", 0.5)
    bot = await start()
    silent = bot.sandbox.faults.stream("depth", StreamFault.DROP, times=None)
    market.bid("59995", "0.1")  # the connection lives, the book's updates do not come
    await bot.until(lambda: bot.logged("had fallen silent"), "the silence is noticed")
    await bot.until(lambda: bot.book_of()[0][0] == (59995.0, 0.1), "the fresh book")
    bot.sandbox.faults.disarm(silent)
    await bot.book_right()


async def test_a_silent_book_is_noticed_although_its_best_prices_stand(start, market, monkeypatch):
    """Only the best prices were compared: what changed below them was not seen for as long as they stood (okx)."""
    monkeypatch.setattr(constants, "QUIET_BOOK_S", 0.5)
    bot = await start()
    bot.sandbox.faults.stream("depth", StreamFault.DROP, times=None)
    market.bid("59985", "0.1")
    await bot.until(lambda: bot.logged("had fallen silent"), "the silence is noticed")
    await bot.book_right()


async def test_a_wrong_book_that_has_to_wait_until_it_begins_anew_is_a_fresh_one_meanwhile(start, market):
    """After several gaps it stood wrong for half a minute (storm on kucoin)."""
    bot = await start()
    books = bot.connector._orderbook_ds
    lost = bot.sandbox.faults.stream("depth", StreamFault.DROP)
    market.bid("59995", "0.1")
    await lost.fired()
    assert bot.book_of() != bot.engine_book()
    books._begun_anew, books._anew_s = time.monotonic(), 5.0
    books.begin_anew("BTC/USDT", "one of its messages was lost")
    await bot.until(lambda: bot.book_of() == bot.engine_book(), "the fresh book", patience_s=2.0)
    assert not bot.logged("begins anew")
    await bot.until(lambda: bot.logged("begins anew"), "its turn")
    stir(market)
    await bot.book_right()


async def test_a_connection_that_is_closed_without_a_word_is_replaced(start, market):
    """As when the task that reads it ends: nobody would ever subscribe again."""
    bot = await start()
    connection = bot.connector._orderbook_ds._feeds["book"].connection_of("BTC/USDT")
    connection.receiving.cancel()
    await connection.connection.close()
    await bot.until(lambda: bot.logged("the stream of book was interrupted"), "it is noticed")
    stir(market)
    await bot.book_right()


async def test_a_book_begins_anew_although_it_was_to_on_a_connection_that_was_lost_meanwhile(start, market):
    bot = await start()
    books = bot.connector._orderbook_ds
    feed = books._feeds["book"]
    books._begun_anew, books._anew_s = time.monotonic(), 3.0
    books.begin_anew("BTC/USDT", "one of its messages was lost")
    before = feed.connection_of("BTC/USDT")
    bot.sandbox.faults.disconnect_streams()
    await bot.until(lambda: feed.connection_of("BTC/USDT") not in (None, before), "the next connection")
    await bot.until(lambda: feed.is_live("BTC/USDT"), "it is open")
    books.begin_anew("BTC/USDT", "one of its messages was lost again")
    await bot.until(lambda: bot.logged("begins anew: one of its messages was lost again"), "its turn", patience_s=6.0)
    stir(market)
    await bot.book_right()


async def test_a_book_whose_stream_does_not_come_back_is_kept_fresh(start, market, monkeypatch):
    monkeypatch.setattr(constants, "QUIET_BOOK_S", 0.5)
    bot = await start()
    bot.sandbox.faults.refuse_connections = True
    bot.sandbox.faults.disconnect_streams()
    await bot.until(lambda: bot.logged("the stream of book was interrupted"), "the stream is gone")
    for price in ("59995", "59996"):
        market.bid(price, "0.1")
        await bot.until(lambda: bot.book_of() == bot.engine_book(), "the fresh book", patience_s=5.0)
    bot.sandbox.faults.refuse_connections = False
    await bot.until(lambda: bot.connector._orderbook_ds._feeds["book"].is_live("BTC/USDT"), "the stream", patience_s=20)
    stir(market)
    await bot.book_right()


async def test_a_venue_whose_fresh_books_show_other_amounts_is_asked_once_and_left_alone(start, market, monkeypatch):
    """Some aggregate their streams, or cache what REST shows: levels that never agree tell nothing."""
    monkeypatch.setattr(constants, "QUIET_BOOK_S", 0.3)
    monkeypatch.setattr(constants, "BOOK_DELAY_S", 0.05)
    bot = await start()
    fetch = bot.client.fetch_order_book

    async def aggregated(*args, **kwargs):
        book = await fetch(*args, **kwargs)
        return {**book, "bids": [[price, amount * 2] for price, amount in book["bids"]]}

    monkeypatch.setattr(bot.client, "fetch_order_book", aggregated)
    bot.sandbox.request_log.clear()
    await bot.until(lambda: bot.logged("of BTC-USDT had fallen silent"), "it is tried once")
    asked = len(bot.requests("depth"))
    await bot.until(lambda: len(bot.requests("depth")) > asked + 8, "several verifications more")
    assert len(bot.logged("of BTC-USDT had fallen silent")) == 1
    assert len(bot.logged("of BTC-USDT begins anew")) == 1


@pytest.fixture(params=[True, False], ids=["verified", "not verified"])
def verified(request):
    """Whether the mapping has moving books verified; without it, these books stay wrong."""
    return request.param


async def test_a_lost_change_that_ccxt_does_not_notice_is_made_good_where_the_mapping_says_so(start, market, verified):
    bot = await start(**({"verify_book_s": 0.4} if verified else {}))
    client, lost = bot.client, []
    handle = client.handle_order_book_message

    def lose_one(connection, message, orderbook):
        """As a venue without sequence numbers loses a message: nothing is amiss with the ones that follow."""
        if lost:
            return handle(connection, message, orderbook)
        lost.append(message)
        orderbook["nonce"] = message["u"]
        return orderbook

    client.handle_order_book_message = lose_one
    market.bid("59995", "0.1")
    await bot.until(lambda: lost, "the change is lost")

    async def keep_moving():
        while True:
            stir(market)
            await asyncio.sleep(0.05)

    moving = asyncio.ensure_future(keep_moving())
    try:
        if verified:
            await bot.until(lambda: bot.logged("was wrong"), "it is noticed")
            await bot.until(lambda: bot.book_of()[0][0] == (59995.0, 0.1), "the fresh book")
        else:
            await asyncio.sleep(2)
    finally:
        moving.cancel()
    if verified:
        await bot.book_right()
        await asyncio.sleep(2)  # several verifications more
        assert len(bot.logged("the book of BTC-USDT was wrong")) == 1
        await bot.book_right()
    else:
        assert bot.book_of()[0][0] == (59990.0, 0.5)
        assert bot.book_of() != bot.engine_book()


async def test_a_gap_that_ccxt_was_told_to_ignore_is_made_good_where_the_mapping_says_so(start, market, verified):
    unchecked = {"watchOrderBook": {"checksum": False}}
    bot = await start(options=unchecked, **({"verify_book_s": 0.4} if verified else {}))
    gap = bot.sandbox.faults.stream("depth", StreamFault.DROP)
    market.bid("59995", "0.1")
    await gap.fired()
    stir(market, 5)
    if verified:
        await bot.until(lambda: bot.logged("was wrong"), "it is noticed")
        await bot.book_right()
    else:
        await asyncio.sleep(2)
        assert bot.book_of()[0][0] == (59990.0, 0.5)


async def test_a_right_book_that_moves_is_verified_and_left_alone(start, market):
    bot = await start(verify_book_s=0.2)
    bot.sandbox.request_log.clear()
    sessions = set(bot.sandbox.streams.sessions)
    step = 0
    while len(bot.requests("depth")) < 5:
        step += 1
        best = market.bid(str(59_991 + step % 9), "0.1")
        stir(market)
        await asyncio.sleep(0.05)
        market.cancel(best)
    assert not bot.logged("was wrong")
    assert sessions <= set(bot.sandbox.streams.sessions)
    await bot.book_right()


async def test_public_trades_reach_hummingbot_in_order_and_once(bot, market):
    from hummingbot.core.event.event_forwarder import SourceInfoEventForwarder
    from hummingbot.core.event.events import OrderBookEvent

    seen = []
    listener = SourceInfoEventForwarder(lambda tag, source, event: seen.append((event.price, event.amount, event.type)))
    bot.connector.get_order_book("BTC-USDT").add_listener(OrderBookEvent.TradeEvent, listener)
    bot.sandbox.faults.stream("trade", StreamFault.DUPLICATE, times=None)
    market.market_buy("0.1")
    market.market_sell("0.2")
    market.market_buy("0.3")
    await bot.until(lambda: len(seen) >= 3, "three trades")
    assert [(price, amount, kind.name) for price, amount, kind in seen] == [
        (60010.0, 0.1, "BUY"),
        (59990.0, 0.2, "SELL"),
        (60010.0, 0.3, "BUY"),
    ]


async def test_a_message_that_no_handler_can_digest_costs_nothing_but_itself(bot, market):
    bot.expected_errors = ["could not be handled"]
    order_id = await bot.resting_buy("0.2", "59995")
    bot.sandbox.request_log.clear()
    for session in list(bot.sandbox.streams.sessions):
        session.send(b"[]")  # ccxt's binance class adds "@arr" to None here
    market.market_sell("0.1")
    await bot.event(FILLED, of=order_id)
    await bot.until(lambda: bot.requests("order.status"), "the account is asked for what the message may have said")
    await bot.book_right()
    assert len(bot.logged("could not be handled")) == 1
    await bot.settled()
