"""A fill that stream and REST name by two ids is booked once; two fills that are alike are booked both."""

from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, TradeUpdate
from hummingbot.core.data_type.trade_fee import AddedToCostTradeFee

from hummingbot_ccxt.exchange import known_fills
from hummingbot_ccxt.exchange.known_fills import KnownFills


def fill(trade_id, amount="1", price="100", at=1000.0):
    return TradeUpdate(
        trade_id=trade_id,
        client_order_id="ours",
        exchange_order_id="7",
        trading_pair="BTC-USDT",
        fill_timestamp=at,
        fill_price=Decimal(price),
        fill_base_amount=Decimal(amount),
        fill_quote_amount=Decimal(amount) * Decimal(price),
        fee=AddedToCostTradeFee(),
    )


@pytest.fixture
def order():
    return InFlightOrder("ours", "BTC-USDT", OrderType.LIMIT, TradeType.BUY, Decimal(10), 1.0, Decimal(100), "7")


@pytest.fixture
def told():
    return []


@pytest.fixture
def known(told):
    return KnownFills(told.append)


def book(order, fills):
    for each in fills:
        order.update_with_trade_update(each)


def ids(fills):
    return [each.trade_id for each in fills]


def test_a_streamed_fill_is_not_booked_again_from_rest(known, order):
    book(order, [fill("s1")])
    assert known.unbooked(order, [fill("r1", at=1001.0)]) == []


def test_each_of_several_fills_that_are_alike_stands_for_one(known, order):
    book(order, [fill("s1"), fill("s2")])
    assert ids(known.unbooked(order, [fill("r1"), fill("r2"), fill("r3")])) == ["r3"]


def test_fills_with_the_ids_that_are_booked_are_all_handed_on(known, order):
    book(order, [fill("1")])
    assert ids(known.unbooked(order, [fill("1"), fill("2")])) == ["1", "2"]


@pytest.mark.parametrize("other", [{"amount": "2"}, {"price": "101"}, {"at": 1010.0}])
def test_a_fill_that_differs_is_another_one(known, order, other):
    book(order, [fill("s1")])
    assert ids(known.unbooked(order, [fill("r1", **other)])) == ["r1"]


def test_a_streamed_fill_that_rest_told_before_under_another_id_is_left_to_rest(known, order):
    book(order, known.unbooked(order, [fill("r1")]))
    assert known.may_be_booked(order, fill("s1", at=1000.4))
    assert not known.may_be_booked(order, fill("r1"))
    assert not known.may_be_booked(order, fill("s2", amount="3"))


def test_streams_alone_are_never_suspected(known, order):
    book(order, [fill("s1")])
    assert not known.may_be_booked(order, fill("s2"))


def test_it_is_told_once_and_not_before_it_cannot_be_lateness(known, order, told, monkeypatch):
    book(order, [fill("s1")])
    clock = iter([0.0, 0.0, 20.0, 20.0, 31.0, 31.0, 60.0, 60.0])
    monkeypatch.setattr(known_fills.time, "monotonic", lambda: next(clock))
    for heard in (0, 0, 1, 1):
        known.unbooked(order, [fill("r1")])
        assert len(told) == heard
    assert all(name in told[0] for name in ("s1", "r1"))


def test_no_more_orders_than_a_thousand_are_remembered(known):
    for number in range(1500):
        each = InFlightOrder(str(number), "BTC-USDT", OrderType.LIMIT, TradeType.BUY, Decimal(1), 1.0, Decimal(1), "7")
        known.unbooked(each, [fill(f"r{number}")])
    assert len(known._fetched) == 1000
