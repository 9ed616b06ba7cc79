"""Fields of streamed orders and trades that ccxt reads wrongly, read from the venue's raw message instead."""

import copy
from decimal import Decimal

import pytest
from hummingbot.core.data_type.trade_fee import TokenAmount

from hummingbot_ccxt.translate.corrections import corrected
from hummingbot_ccxt.translate.fees import paid_fees
from hummingbot_ccxt.translate.orders import filled_amount

ORDER = {"id": "1", "amount": 10, "filled": 4, "remaining": 6, "cost": 8, "info": {"l": "4", "z": "7", "x": {"y": "9"}}}
TRADE = {
    "id": "1",
    "fee": {"cost": -0.5, "currency": None},
    "fees": [{"cost": -0.5, "currency": None}],
    "info": {"fillFee": "-0.5", "fillFeeCcy": "ETH"},
}


@pytest.mark.parametrize(
    ("places", "filled"),
    [
        pytest.param(("z",), 7, id="where the mapping says"),
        pytest.param(("n", "x.y"), 9, id="at the first place that holds it, also inside of another"),
    ],
)
def test_an_orders_filled_amount_is_the_venues_own(places, filled):
    order = corrected(ORDER, {"filled": places})
    assert filled_amount(order) == filled
    assert (order["remaining"], order["cost"]) == (None, None)  # ccxt works them out from its own


def test_where_the_message_does_not_say_nothing_is_known_rather_than_something_wrong():
    assert filled_amount(corrected(ORDER, {"filled": ("n",)})) is None
    assert filled_amount(corrected({**ORDER, "info": None}, {"filled": ("z",)})) is None


def test_the_sign_of_a_fee_is_turned_and_its_token_named():
    trade = corrected(TRADE, {"fee.cost": ("-fillFee",), "fee.currency": ("fillFeeCcy",)})
    assert paid_fees(trade) == [TokenAmount("ETH", Decimal("0.5"))]


def test_a_fee_that_the_message_leaves_out_is_none():
    bare = {**TRADE, "info": {"fillFee": "", "fillFeeCcy": ""}}
    assert paid_fees(corrected(bare, {"fee.cost": ("-fillFee",), "fee.currency": ("fillFeeCcy",)})) == []


def test_what_is_corrected_stays_as_it_was():
    before = copy.deepcopy((ORDER, TRADE))
    corrected(ORDER, {"filled": ("z",)})
    corrected(TRADE, {"fee.cost": ("-fillFee",)})
    assert before == (ORDER, TRADE)
