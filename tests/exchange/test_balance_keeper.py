"""Balances from stream and REST: the newer word wins; a total that comes alone is taken, and its rest asked for."""

from decimal import Decimal

import pytest

from hummingbot_ccxt.exchange.balance_keeper import BalanceKeeper
from hummingbot_ccxt.mapping import NO_QUIRKS


@pytest.fixture
def held():
    """(total, available), as Hummingbot holds them: 2 BTC, half of them in an order."""
    return {"BTC": Decimal(2)}, {"BTC": Decimal(1)}


@pytest.fixture
def keeper(held):
    return BalanceKeeper(*held, NO_QUIRKS)


def only(total):
    return {"BTC": {"total": total, "free": None, "used": None}}


def whole(total, free):
    return {"BTC": {"total": total, "free": free, "used": None}}


def test_a_total_that_comes_alone_is_taken_at_once_and_the_rest_asked_for(keeper, held):
    assert keeper.take_streamed(only("2.5")) == ({}, frozenset({"BTC"}))
    assert held == ({"BTC": Decimal("2.5")}, {"BTC": Decimal(1)})
    assert not keeper.holds_are_told


def test_no_more_is_available_than_there_is(keeper, held):
    keeper.take_streamed(only("0.4"))
    assert held == ({"BTC": Decimal("0.4")}, {"BTC": Decimal("0.4")})


def test_an_answer_that_a_total_overtook_still_says_what_is_available(keeper, held):
    with keeper.fetching() as fetch:
        keeper.take_streamed(only("2.5"))
        fetch.take(whole("2", "1.5"))
    assert held == ({"BTC": Decimal("2.5")}, {"BTC": Decimal("1.5")})


def test_an_answer_that_a_whole_message_overtook_says_nothing(keeper, held):
    with keeper.fetching() as fetch:
        keeper.take_streamed(whole("2.5", "2.5"))
        fetch.take(whole("2", "1.5"))
    assert held == ({"BTC": Decimal("2.5")}, {"BTC": Decimal("2.5")})
    assert keeper.holds_are_told


def test_a_total_that_is_known_says_nothing_that_must_be_asked_for(keeper, held):
    assert keeper.take_streamed(only("2")) == ({}, frozenset())
    assert held == ({"BTC": Decimal(2)}, {"BTC": Decimal(1)})


def test_a_total_that_changes_back_before_the_rest_was_fetched_is_asked_for(keeper):
    keeper.take_streamed(only("2.5"))
    keeper.take_streamed(only("2"))
    assert keeper.take_streamed(only("2")) == ({}, frozenset({"BTC"}))


@pytest.mark.parametrize(("answered", "lacks"), [("2.5", False), ("2", True)])
def test_an_answer_with_the_total_that_came_meanwhile_is_as_new_as_that(keeper, answered, lacks):
    with keeper.fetching() as fetch:
        keeper.take_streamed(only("2.5"))
        fetch.take(whole(answered, "1.5"))
    assert keeper.lacks_something is lacks
