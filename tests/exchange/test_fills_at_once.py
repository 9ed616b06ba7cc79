"""A fill is booked where ccxt stores it, and still never ahead of what came before it."""

import asyncio
import dataclasses
import time
from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType

PAIR, CLIENT_ORDER_ID = "BTC-USDT", "HBOT-1"
NOW_MS = int(time.time() * 1000)
ORDER = {
    "id": "7", "clientOrderId": CLIENT_ORDER_ID, "symbol": "BTC/USDT", "status": "open", "side": "buy", "type": "limit",
    "price": 50000.0, "amount": 2.0, "filled": 0.0, "remaining": 2.0, "cost": 0.0, "average": None,
    "timestamp": NOW_MS, "lastUpdateTimestamp": NOW_MS, "info": {"X": "NEW"},
}  # fmt: skip
FILL = {
    "id": "11", "order": "7", "symbol": "BTC/USDT", "side": "buy", "price": 50000.0, "amount": 0.5, "cost": 25000.0,
    "timestamp": NOW_MS, "takerOrMaker": "maker", "fee": {"cost": 0.0005, "currency": "BTC"}, "info": {},
}  # fmt: skip


@pytest.fixture
async def trading(exchange, running):
    """A connector with one open order, whose user stream listener waits for events."""
    exchange.start_tracking_order(
        CLIENT_ORDER_ID, "7", PAIR, TradeType.BUY, Decimal(50000), Decimal(2), OrderType.LIMIT
    )
    source = exchange._user_stream_tracker.data_source
    source._output = exchange._user_stream_tracker.user_stream
    source._kinds = frozenset(source.streamed_kinds())  # as when it listens
    running(exchange._user_stream_event_listener())
    await asyncio.sleep(0)
    return exchange


def fills(exchange):
    return list(exchange.in_flight_orders[CLIENT_ORDER_ID].order_fills)


async def test_a_fill_is_booked_before_the_next_turn_of_the_event_loop(trading):
    trading.on_fill(FILL)
    assert fills(trading) == ["11"]


async def test_a_fill_that_comes_twice_is_booked_once(trading, until):
    trading.on_fill(FILL)
    trading.on_order(ORDER)
    trading.on_fill(FILL)
    await until(trading._user_stream_tracker.user_stream.empty, "an empty queue")
    assert trading.in_flight_orders[CLIENT_ORDER_ID].executed_amount_base == Decimal("0.5")


async def test_a_fill_waits_for_the_order_update_that_came_before_it(trading, until):
    trading.on_order(ORDER)
    trading.on_fill(FILL)
    assert fills(trading) == []
    await until(lambda: fills(trading) == ["11"], "the fill")


async def test_a_fill_of_an_order_that_is_not_known_yet_waits_on_the_queue(trading):
    trading.on_fill({**FILL, "order": "8"})
    assert fills(trading) == []
    assert trading._user_stream_tracker.user_stream.qsize() == 1


async def test_a_fill_that_the_order_stream_tells_is_left_out_where_fills_are_not_streamed(trading):
    trading._user_stream_tracker.data_source._kinds = frozenset({"orders"})
    trading.on_fill(FILL)
    assert fills(trading) == []
    assert trading._user_stream_tracker.user_stream.empty()


async def test_nothing_is_booked_at_once_while_nobody_listens(exchange):
    exchange.start_tracking_order(
        CLIENT_ORDER_ID, "7", PAIR, TradeType.BUY, Decimal(50000), Decimal(2), OrderType.LIMIT
    )
    source = exchange._user_stream_tracker.data_source
    source._output = exchange._user_stream_tracker.user_stream
    source._kinds = frozenset(source.streamed_kinds())
    exchange.on_fill(FILL)
    assert fills(exchange) == []


@pytest.fixture
def fills_are_fetched(trading):
    """The connector where no stream tells of fills; the requests that leave."""
    trading._venue.mapping = dataclasses.replace(trading._venue.mapping, polled=frozenset({"fills"}))
    trading._user_stream_tracker.data_source._kinds = frozenset({"orders"})
    trading._life.fills.streams_every = False
    asked, call = [], trading._venue.call

    def counted(method, *args, **more):
        asked.append(method)
        return call(method, *args, **more)

    trading._venue.call = counted
    return asked


async def test_fills_that_an_update_tells_of_are_asked_for_before_anything_else_is_done(trading, fills_are_fetched):
    trading.on_order({**ORDER, "filled": 0.5, "remaining": 1.5})
    assert fills_are_fetched == ["fetch_order_trades"]


async def test_fills_that_an_update_tells_of_are_asked_for_once(trading, fills_are_fetched, until):
    async def answer(id, symbol, *args, **more):
        await asyncio.sleep(0)
        return [FILL]

    trading._venue.client.fetch_order_trades = answer
    trading.on_order({**ORDER, "filled": 0.5, "remaining": 1.5})
    await until(lambda: fills(trading) == ["11"], "the fill")
    await until(lambda: not trading._life._settling._tasks, "the end of what was begun")
    assert fills_are_fetched == ["fetch_order_trades"]


@pytest.mark.parametrize(
    "changes", [{"filled": 0.0}, {"filled": None, "remaining": None}, {"filled": "x"}, {"id": "8"}]
)
async def test_nothing_is_asked_for_when_an_update_tells_of_no_fill(trading, fills_are_fetched, changes):
    trading.on_order({**ORDER, "clientOrderId": None, "filled": 0.5, **changes})
    assert fills_are_fetched == []
