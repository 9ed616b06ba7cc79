"""One order is found among open, finished and lost ones as Hummingbot's own tracker finds it."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hummingbot.connector.client_order_tracker import ClientOrderTracker
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, TradeUpdate
from hummingbot.core.data_type.trade_fee import AddedToCostTradeFee
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.exchange.ccxt_order_tracker import CcxtOrderTracker

KINDS = ("open", "finished", "lost")


def order(client_order_id, exchange_order_id):
    return InFlightOrder(
        client_order_id=client_order_id,
        exchange_order_id=exchange_order_id,
        trading_pair="BTC-USDT",
        order_type=OrderType.LIMIT,
        trade_type=TradeType.BUY,
        amount=Decimal(2),
        price=Decimal(50000),
        creation_timestamp=1.0,
    )


def tracking(kind):
    """A tracker of that kind with one order of each sort, and what it tells."""
    told = []
    tell = SimpleNamespace(current_timestamp=2.0, trigger_event=lambda tag, event: told.append((tag, event)))
    tracker = kind(connector=tell)
    tracker._in_flight_orders["open"] = order("open", "1")
    tracker._cached_orders["finished"] = order("finished", "2")
    tracker._lost_orders["lost"] = order("lost", "3")
    return tracker, told


@pytest.mark.parametrize("kind", [*KINDS, "unknown"])
def test_an_order_is_found_by_either_id_wherever_it_is(kind):
    tracker, _ = tracking(CcxtOrderTracker)
    found = tracker.fillable(kind)
    assert found is tracker.all_fillable_orders.get(kind)
    exchange_order_id = None if found is None else found.exchange_order_id
    assert tracker.fillable_at_venue(str(exchange_order_id)) is found


def test_an_id_that_is_in_several_places_means_the_order_that_hummingbot_takes():
    tracker, _ = tracking(CcxtOrderTracker)
    for orders in (tracker._in_flight_orders, tracker._cached_orders, tracker._lost_orders):
        orders["twice"] = order("twice", "4")
        assert tracker.fillable("twice") is tracker.all_fillable_orders["twice"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_order_of_another_pair_with_the_same_number_is_not_taken_for_it(kind):
    tracker, _ = tracking(CcxtOrderTracker)
    found = tracker.fillable(kind)
    assert tracker.fillable_at_venue(found.exchange_order_id, "ETH-USDT") is None
    assert tracker.fillable_at_venue(found.exchange_order_id, "BTC-USDT") is found


@pytest.mark.parametrize("kind", [*KINDS, "unknown"])
def test_a_fill_has_the_events_of_hummingbots_tracker_and_is_booked_once(kind):
    fill = TradeUpdate(
        trade_id="9",
        client_order_id=kind,
        exchange_order_id="5",
        trading_pair="BTC-USDT",
        fill_timestamp=3.0,
        fill_price=Decimal(50000),
        fill_base_amount=Decimal("0.5"),
        fill_quote_amount=Decimal(25000),
        fee=AddedToCostTradeFee(),
    )
    heard = []
    for tracker, told in (tracking(ClientOrderTracker), tracking(CcxtOrderTracker)):
        tracker.process_trade_update(fill)
        tracker.process_trade_update(fill)
        heard.append(told)
    assert heard[0] == heard[1]
    assert [tag for tag, _ in heard[1]] == [MarketEvent.OrderFilled] * (kind != "unknown")
