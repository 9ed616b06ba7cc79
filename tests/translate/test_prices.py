"""Last prices."""

import copy
from decimal import Decimal

import pytest

from hummingbot_ccxt.translate.prices import last_price
from hummingbot_ccxt.translate.values import BadVenueData


@pytest.mark.parametrize(
    ("ticker", "price"),
    [
        pytest.param({"last": "100.50", "close": "99", "bid": "1", "ask": "2"}, "100.5", id="the last trade"),
        pytest.param({"last": None, "close": 99.5}, "99.5", id="the close, where there is no last"),
        pytest.param({"last": "0", "close": None, "bid": "100", "ask": "101"}, "100.5", id="the middle"),
        pytest.param({"bid": "100", "ask": None}, None, id="a bid alone"),
        pytest.param({"bid": "0", "ask": "101"}, None, id="an ask alone"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_the_last_price(ticker, price):
    before = copy.deepcopy(ticker)
    assert last_price(ticker) == (None if price is None else Decimal(price))
    assert ticker == before


@pytest.mark.parametrize("field", ["last", "close", "bid", "ask"])
@pytest.mark.parametrize("value", ["-1", "x", float("nan"), float("inf"), True, []])
def test_a_price_that_is_none_is_refused_by_name(field, value):
    with pytest.raises(BadVenueData) as caught:
        last_price({field: value})
    assert (caught.value.structure, caught.value.field) == ("ticker", field)


def test_a_ticker_that_is_no_dictionary_is_refused():
    with pytest.raises(BadVenueData, match="ticker is no dictionary"):
        last_price(None)
