"""An order's request is under way when `buy()` returns, and its events come afterwards."""

from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType
from hummingbot.core.event.event_forwarder import SourceInfoEventForwarder
from hummingbot.core.event.events import MarketEvent

PAIR = "BTC-USDT"


@pytest.fixture
def asked(exchange):
    """The requests that leave, from now on."""
    urls, fetch = [], exchange._venue.client.fetch

    def counted(url, *args, **more):
        urls.append(url)
        return fetch(url, *args, **more)

    exchange._venue.client.fetch = counted
    return urls


@pytest.fixture
def told(exchange):
    """The events of orders, from now on."""
    events = []
    forwarder = SourceInfoEventForwarder(lambda tag, source, event: events.append(event))
    for event in (MarketEvent.BuyOrderCreated, MarketEvent.OrderFailure):
        exchange.add_listener(event, forwarder)
    yield events
    exchange.remove_listener(MarketEvent.BuyOrderCreated, forwarder)  # listeners are held weakly


async def test_the_request_leaves_before_anything_else_is_done(exchange, asked, told, until):
    order_id = exchange.buy(PAIR, Decimal("0.01"), OrderType.LIMIT, Decimal(50000))
    assert [url.partition("/api/v3/")[2] for url in asked] == ["order"]
    assert exchange.in_flight_orders[order_id].exchange_order_id is None
    assert told == []
    await until(lambda: told, "the event")
    assert type(told[0]).__name__ == "BuyOrderCreatedEvent"
    assert told[0].order_id == order_id


@pytest.mark.parametrize(("amount", "order_type"), [("0.000001", OrderType.LIMIT), ("0.01", OrderType.AMM_SWAP)])
async def test_whoever_is_told_of_a_failure_knows_the_orders_id_by_then(
    exchange, asked, told, until, amount, order_type
):
    order_id = exchange.buy(PAIR, Decimal(amount), order_type, Decimal(50000))
    assert told == []
    await until(lambda: told, "the event")
    assert [event.order_id for event in told] == [order_id]
    assert asked == []
