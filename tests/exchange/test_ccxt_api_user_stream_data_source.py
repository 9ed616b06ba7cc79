"""The account's orders, fills and balances. Checklist: section "User Stream Data Source"."""

import asyncio
import logging
import time
from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType as HummingbotOrderType
from hummingbot.core.data_type.common import TradeType

from hummingbot_ccxt.exchange.ccxt_api_user_stream_data_source import UserEvent
from hummingbot_ccxt.sandbox import OrderType, Side
from hummingbot_ccxt.venue import streams
from hummingbot_ccxt.venue.streams import ACCOUNT

PATIENCE_S = 10.0


@pytest.fixture
def source(exchange):
    return exchange._user_stream_tracker.data_source


@pytest.fixture
def listening(source, running, until):
    """The account's streams are subscribed: returns the task and the queue of events."""

    async def listen():
        events = asyncio.Queue()
        task = running(source.listen_for_user_stream(events))
        await until(lambda: len(source._feeds) == 3, "three feeds")
        await until(lambda: all(f._states[ACCOUNT].live_on is not None for f in source._feeds), "the streams")
        return task, events

    return listen


async def next_of(queue):
    return await asyncio.wait_for(queue.get(), PATIENCE_S)


def place(sandbox, account, price="50000", amount="0.1", **terms):
    return sandbox.engine.place(
        account.account_id,
        **{"symbol": "BTC/USDT", "side": Side.BUY, "type": OrderType.LIMIT, "client_order_id": "mine", **terms},
        price=Decimal(price),
        amount=Decimal(amount),
    )


def messages(caplog, level):
    return [r.getMessage() for r in caplog.records if r.levelno == level and r.name.startswith("hummingbot")]


# --- subscribing


async def test_listen_for_user_stream_subscribes_to_orders_and_balances_events(source, listening, sandbox, account):
    await listening()
    assert source.streamed_kinds() == ["orders", "fills", "balance"]
    assert [feed.kind for feed in source._feeds] == ["orders", "fills", "balance"]
    assert len(sandbox.streams.subscribers(f"user:{account.account_id}")) == 1  # one connection carries all three


async def test_listen_for_user_stream_auth(listening, sandbox, account):
    """ccxt.pro logs in by itself: the venue checked its signature before it made the session private."""
    await listening()
    (session,) = sandbox.streams.subscribers(f"user:{account.account_id}")
    assert session.is_private


async def test_listen_for_user_stream_auth_failed_throws_exception(connect, running, until, caplog):
    """A wrong secret is told to the user once, as an error without the key, and tried again a minute later."""
    exchange = connect(ccxt_secret="not the account's secret")
    await exchange._update_trading_rules()
    source = exchange._user_stream_tracker.data_source
    running(source.listen_for_user_stream(asyncio.Queue()))
    told = await until(lambda: messages(caplog, logging.ERROR), "the error")
    assert "refused the credentials (" in told[0]
    assert "Trying again every minute." in told[0]
    assert not [text for text in told if exchange._credentials.values()["apiKey"] in text]
    due_in_s = [f._states[ACCOUNT].due - time.monotonic() for f in source._feeds if f._states[ACCOUNT].due is not None]
    assert min(due_in_s) > streams._AUTHENTICATION_RETRY_S / 2 - 5
    assert source.last_recv_time == 0 or not source._feeds[0].is_live(ACCOUNT)


# --- what arrives


async def test_listen_for_user_stream_successful(listening, sandbox, account, market):
    """An order that rests, then is filled: each of the venue's updates becomes one event, in the venue's order."""
    _, events = await listening()
    order = place(sandbox, account)
    placed = [await next_of(events) for _ in range(2)]
    assert [event.kind for event in placed] == ["order", "balance"]
    assert (placed[0].data["id"], placed[0].data["status"]) == (str(order.id), "open")
    assert (placed[1].data["USDT"]["free"], placed[1].data["USDT"]["used"]) == (95000.0, 5000.0)

    sandbox.engine.place(
        market.account_id, symbol="BTC/USDT", side=Side.SELL, type=OrderType.MARKET, amount=Decimal("1.1")
    )
    filled = [await next_of(events) for _ in range(3)]
    assert [event.kind for event in filled] == ["fill", "order", "balance"]
    fill = filled[0].data
    assert (fill["order"], fill["price"], fill["amount"]) == (str(order.id), 50000.0, 0.1)
    assert filled[1].data["status"] == "closed"
    assert filled[2].data["BTC"]["total"] == 2.0999
    assert events.empty()


@pytest.mark.parametrize("kind", ["orders", "fills", "balance"])
async def test_what_a_finished_order_changed_before_the_balances_were_streamed_is_asked_for(
    exchange, source, listening, kind
):
    """Streams come up one after another: an order may come and go after the first fetch and before that of balances."""
    exchange.start_tracking_order(
        "mine", "7", "BTC-USDT", TradeType.BUY, Decimal(50000), Decimal(2), HummingbotOrderType.LIMIT
    )
    exchange.stop_tracking_order("mine")
    _, events = await listening()
    brought = [events.get_nowait() for _ in range(events.qsize())]
    assert brought == [UserEvent("resync", {})]

    feed = next(feed for feed in source._feeds if feed.kind == kind)
    source._feed_events(kind, feed).live((ACCOUNT,), False)
    assert events.qsize() == (kind == "balance")


async def test_a_balance_event_keeps_its_figures_when_ccxt_changes_its_own(source, listening):
    _, events = await listening()
    held = {"USDT": {"free": 1.0, "used": 0.0, "total": 1.0}}
    source.on_balance(held)
    held["USDT"]["free"] = 2.0
    assert (await next_of(events)).data == {"USDT": {"free": 1.0, "used": 0.0, "total": 1.0}}


async def test_listen_for_user_stream_does_not_queue_pong_payload(exchange, source, listening, until):
    exchange._venue.client.streaming = {**exchange._venue.client.streaming, "keepAlive": 30}
    _, events = await listening()
    connection = source._feeds[0]._states[ACCOUNT].connection
    first = await until(lambda: connection.lastPong, "a pong")
    await until(lambda: connection.lastPong > first, "another pong")
    assert events.empty()


async def test_listen_for_user_stream_iter_message_throws_exception(
    exchange, source, listening, sandbox, account, caplog
):
    """A message that ccxt's handler cannot take costs that message and one log line; what follows still arrives."""
    _, events = await listening()
    (session,) = sandbox.streams.subscribers(f"user:{account.account_id}")
    session.send(b'{"subscriptionId":0,"event":{"e":"executionReport","s":7,"i":[],"x":"TRADE","l":{},"L":{}}}')
    session.send(b"{ this is no JSON")
    place(sandbox, account)
    kinds = [(await next_of(events)).kind for _ in range(2)]
    while "balance" not in kinds:
        kinds.append((await next_of(events)).kind)
    assert kinds[-2:] == ["order", "balance"]
    assert [text for text in messages(caplog, logging.WARNING) if "ccxt_binance: skipped a stream message" in text]


# --- signs of life


async def test_last_recv_time(source, listening, sandbox, account):
    assert source.last_recv_time == 0
    _, events = await listening()
    place(sandbox, account)
    await next_of(events)
    assert source.last_recv_time == pytest.approx(time.time(), abs=2)


async def test_last_recv_time_does_not_advance_while_the_venue_is_silent(source, listening, sandbox):
    await listening()
    sandbox.faults.stall_streams()
    before = source.last_recv_time
    await asyncio.sleep(0.1)
    assert source.last_recv_time == before


async def test_last_recv_time_advances_with_pongs(exchange, source, listening, until):
    exchange._venue.client.streaming = {**exchange._venue.client.streaming, "keepAlive": 30}
    await listening()
    before = source.last_recv_time
    await until(lambda: source.last_recv_time > before, "a later sign of life")


async def test_without_private_streams_the_last_answer_to_a_poll_counts(connect):
    exchange = connect()
    for method in ("watchOrders", "watchMyTrades", "watchBalance"):
        exchange._venue.client.has[method] = False
    source = exchange._user_stream_tracker.data_source
    assert (source.streamed_kinds(), source.last_recv_time) == ([], 0)
    await exchange._update_balances()
    assert source.last_recv_time == pytest.approx(time.time(), abs=2)


# --- pings, losses, the end


async def test_listen_for_user_stream_sends_ping_message_before_ping_interval_finishes(
    exchange, source, listening, until
):
    exchange._venue.client.streaming = {**exchange._venue.client.streaming, "keepAlive": 30}
    await listening()
    connection = source._feeds[0]._states[ACCOUNT].connection
    first = await until(lambda: connection.lastPong, "a pong of the venue to a ping of ours")
    assert first <= time.time() * 1000
    assert not connection.closed()


async def test_listen_for_user_stream_raises_cancelled_exception(listening):
    task, _ = await listening()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_listen_for_user_stream_logs_error_and_subscribes_again(listening, sandbox, account, caplog):
    """After a loss comes "resync", upon which the connector fetches what it missed; then updates as before."""
    _, events = await listening()
    sandbox.faults.disconnect_streams()
    assert await next_of(events) == UserEvent("resync", {})
    told = [text for text in messages(caplog, logging.WARNING) if "was interrupted" in text]
    assert sorted(text.split(" was interrupted")[0] for text in told) == [
        f"ccxt_binance: the stream of {kind}" for kind in ("balance", "fills", "orders")
    ]
    place(sandbox, account)
    kinds = []
    while "order" not in kinds:
        kinds.append((await next_of(events)).kind)
    assert set(kinds) <= {"resync", "balance", "order"}


async def test_nothing_is_queued_once_nobody_listens(source, listening):
    task, events = await listening()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    source.on_order({"id": "1"})
    assert events.empty()
