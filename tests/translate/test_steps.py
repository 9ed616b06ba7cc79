"""Steps of markets of which ccxt states none: the mapping's, and those that the venue's own numbers show."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot_ccxt.mapping import Steps, SymbolRules
from hummingbot_ccxt.translate.markets import DECIMAL_PLACES, SIGNIFICANT_DIGITS, TICK_SIZE, trading_rule
from hummingbot_ccxt.translate.steps import finer, lacks_steps, shown_steps, with_largest_order, with_steps
from hummingbot_ccxt.translate.values import BadVenueData

MARKET = {"symbol": "BTC/JPY", "precision": {"price": None, "amount": None}, "limits": {"amount": {"min": None}}}
STEPS = Steps(price=Decimal(1), amount=Decimal("0.0001"), min_amount=Decimal("0.001"), min_cost=Decimal(500))


def filled(market, steps=STEPS, mode=TICK_SIZE):
    return with_steps(market, steps, precision_mode=mode)


def test_a_rule_forms_of_the_steps_that_ccxt_does_not_state():
    rule = trading_rule(filled(MARKET), trading_pair="BTC-JPY", precision_mode=TICK_SIZE)
    assert rule.min_price_increment == Decimal(1)
    assert rule.min_base_amount_increment == Decimal("0.0001")
    assert rule.min_order_size == Decimal("0.001")
    assert rule.min_notional_size == Decimal(500)


def test_what_ccxt_states_goes_first():
    stated = {**MARKET, "precision": {"price": "0.5", "amount": "0.1"}, "limits": {"amount": {"min": "2"}}}
    completed = filled(stated)
    assert completed["precision"] == {"price": "0.5", "amount": "0.1"}
    assert completed["limits"]["amount"] == {"min": "2"}


@pytest.mark.parametrize("wrong", ["text", [], 5, {"price": "many", "amount": -1}])
def test_a_wrong_precision_is_not_repaired_but_left_to_be_told(wrong):
    market = {**MARKET, "precision": wrong}
    assert filled(market)["precision"] == wrong
    assert not lacks_steps(market)


@pytest.mark.parametrize("missing", [{}, {"precision": None}, {"precision": {"price": "1"}}, {"precision": {}}])
def test_a_market_without_a_step_lacks_one(missing):
    assert lacks_steps({"symbol": "BTC/JPY", **missing})
    assert not lacks_steps(filled({"symbol": "BTC/JPY", **missing}))


def test_the_market_is_not_changed():
    filled(MARKET)
    assert MARKET["precision"] == {"price": None, "amount": None}
    assert MARKET["limits"] == {"amount": {"min": None}}


@pytest.mark.parametrize(
    ("mode", "precision"),
    [
        pytest.param(DECIMAL_PLACES, {"price": 0, "amount": 4}, id="decimal places count digits"),
        pytest.param(SIGNIFICANT_DIGITS, {"price": None, "amount": 4}, id="no price step in significant digits"),
    ],
)
def test_steps_are_told_in_the_classes_own_precision_mode(mode, precision):
    assert filled(MARKET, mode=mode)["precision"] == precision


def test_a_step_that_is_no_power_of_ten_cannot_be_told_in_decimal_places():
    steps = Steps(price=Decimal("0.5"), amount=Decimal("0.01"))
    assert filled(MARKET, steps, DECIMAL_PLACES)["precision"] == {"price": None, "amount": 2}


LARGEST = SymbolRules(max_amount="max_size")


@pytest.mark.parametrize(
    ("entry", "largest"),
    [
        pytest.param({"max_size": "200"}, Decimal(200), id="stated"),
        pytest.param({"max_size": None}, None, id="null is no limit"),
        pytest.param({"max_size": ""}, None, id="empty is no limit"),
        pytest.param({}, None, id="not stated"),
        pytest.param(None, None, id="no entry"),
    ],
)
def test_the_largest_order_is_taken_from_the_venues_own_entry(entry, largest):
    market = {**filled(MARKET), "info": entry}
    rule = trading_rule(with_largest_order(market, LARGEST), trading_pair="BTC-JPY", precision_mode=TICK_SIZE)
    no_limit = trading_rule(market, trading_pair="BTC-JPY", precision_mode=TICK_SIZE).max_order_size
    assert rule.max_order_size == (no_limit if largest is None else largest)
    assert rule.min_order_size == Decimal("0.001")


def test_what_ccxt_states_of_the_largest_order_goes_first():
    market = {"limits": {"amount": {"max": 5}}, "info": {"max_size": "200"}}
    assert with_largest_order(market, LARGEST)["limits"]["amount"] == {"max": 5}


def test_a_largest_order_that_is_no_number_is_told():
    market = with_largest_order({**filled(MARKET), "info": {"max_size": "many"}}, LARGEST)
    with pytest.raises(BadVenueData, match=r"market\.limits\.amount"):
        trading_rule(market, trading_pair="BTC-JPY", precision_mode=TICK_SIZE)


@pytest.mark.parametrize("limits", ["text", [], {"amount": "text"}])
def test_wrong_limits_are_not_repaired_but_left_to_be_told(limits):
    market = {"limits": limits, "info": {"max_size": "200"}}
    assert with_largest_order(market, LARGEST) == market


def test_steps_are_the_last_digits_that_the_venue_shows():
    rows = [["5201000", "0.5"], ["5200500.5", "0.0123"], [5199000, 1], ["5198000", "2"], ["5197000", "0.10"]]
    assert shown_steps(rows) == Steps(price=Decimal("0.1"), amount=Decimal("0.0001"))


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="an empty book"),
        pytest.param([["100", "1"]] * 20, id="one price again and again"),
        pytest.param([["100", "1"], [None, "1"], ["x", "1"], ["-5", "1"], ["0", "1"], ["7", "0"]], id="no numbers"),
    ],
)
def test_too_few_prices_tell_nothing(rows):
    assert shown_steps(rows) is None


def test_amounts_with_absurdly_many_digits_are_sums_and_count_eight():
    """Seen in ccxt's own sample of bit2c's trades (4.5.90, bit2c.py, fetch_trades)."""
    rows = [[price, "0.0389527820303982335802581029"] for price in range(100, 110)]
    assert shown_steps(rows) == Steps(price=Decimal(1), amount=Decimal("1e-8"))


def test_the_finest_that_was_ever_shown_counts():
    coarse, fine = Steps(price=Decimal(1), amount=Decimal("0.01")), Steps(price=Decimal("0.1"), amount=Decimal("0.1"))
    assert finer(coarse, fine) == Steps(price=Decimal("0.1"), amount=Decimal("0.01"))
    assert finer(coarse, None) == coarse


@given(st.lists(st.integers(1, 10**9), min_size=5, max_size=40, unique=True), st.integers(0, 10))
def test_every_price_that_was_shown_is_a_whole_number_of_steps(numbers, places):
    prices = [Decimal(number).scaleb(-places) for number in numbers]
    steps = shown_steps([[price, Decimal(1)] for price in prices])
    assert steps is not None
    assert all(price % steps.price == 0 for price in prices)
