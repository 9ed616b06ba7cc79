"""An order that the venue took, and does not know any more, is given up by Hummingbot's count of denials."""

import asyncio
import dataclasses
from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import OrderState

PAIR, CLIENT_ORDER_ID = "BTC-USDT", "HBOT-1"


@pytest.fixture
def order(exchange, monkeypatch):
    """A new one, of which the venue knows nothing."""
    from hummingbot_ccxt.exchange import ccxt_constants as constants

    monkeypatch.setattr(constants, "FIRST_LOOK_S", 0.05)
    monkeypatch.setattr(exchange._venue, "mapping", dataclasses.replace(exchange._venue.mapping, order_settle_s=1.0))
    exchange.start_tracking_order(
        CLIENT_ORDER_ID, "999999", PAIR, TradeType.BUY, Decimal(50000), Decimal("0.01"), OrderType.LIMIT
    )
    order = exchange.in_flight_orders[CLIENT_ORDER_ID]
    order.current_state = OrderState.OPEN
    return order


async def test_one_cancellation_is_enough_for_a_new_order_to_be_given_up(exchange, order, until):
    """Its look-up ended with the settling time, half counted: more cancellations, or polls, had to count the rest."""
    assert await exchange._execute_order_cancel(order) is None
    await until(lambda: not exchange._life.lookups.is_looking_for(order), "the end of the look-up")
    assert exchange.in_flight_orders == {}
    assert order.current_state is OrderState.FAILED
    assert list(exchange.order_tracker.lost_orders) == [CLIENT_ORDER_ID]  # still looked after by Hummingbot


async def test_denials_within_the_settling_time_are_not_counted(exchange, order, sandbox, until):
    await exchange._execute_order_cancel(order)
    await until(lambda: sandbox.request_log.counts["order.status"] >= 3, "three denials")
    assert exchange.order_tracker._order_not_found_records[CLIENT_ORDER_ID] == 1  # that of the cancellation


async def test_cancellations_alone_never_give_up_an_order(exchange, order):
    """Kraken calls a filled order unknown, look-ups ended with Hummingbot's network, and four orders were told as
    failed that had been filled (storm on kraken, seed 874929-6)."""
    for _ in range(6):
        assert await exchange._execute_order_cancel(order) is None
        exchange._life.stop()
        await asyncio.sleep(0)
        exchange._life.start()
    assert exchange.order_tracker._order_not_found_records[CLIENT_ORDER_ID] == 1
    assert list(exchange.in_flight_orders) == [CLIENT_ORDER_ID]
