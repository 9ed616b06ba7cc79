"""What fuzzing has found: the inputs, as they were drawn or shortened, and what happens to them now."""

import json
from decimal import Decimal

import pytest
from hummingbot.core.data_type.trade_fee import TradeFeeSchema

from hummingbot_ccxt.fuzz import streams
from hummingbot_ccxt.fuzz.mutation import replaced
from hummingbot_ccxt.fuzz.structures import ORDER, TRADE
from hummingbot_ccxt.fuzz.translators import tracked_order
from hummingbot_ccxt.translate.books import change_rows
from hummingbot_ccxt.translate.fills import derived_trade_update, trade_update
from hummingbot_ccxt.translate.values import BadVenueData

SCHEMA = TradeFeeSchema()


@pytest.mark.parametrize("amount", [10**20, "1e30", 1e25])
def test_an_amount_that_hummingbots_arithmetic_cannot_hold_is_no_fill(amount):
    """`InFlightOrder.check_filled_condition` rounds to 8 decimals in 28 digits: InvalidOperation, from the listener."""
    with pytest.raises(BadVenueData, match=r"trade\.amount is too large"):
        trade_update({**TRADE, "amount": amount}, tracked_order(), fee_schema=SCHEMA)
    with pytest.raises(BadVenueData, match=r"order\.filled is too large"):
        derived_trade_update({**ORDER, "filled": amount}, tracked_order(), fee_schema=SCHEMA, now=1.0)


def test_the_largest_amount_that_is_a_fill_can_be_booked():
    order = tracked_order()
    assert order.update_with_trade_update(trade_update({**TRADE, "amount": "1e19"}, order, fee_schema=SCHEMA))


async def test_a_fill_of_gates_stream_that_is_too_large_is_skipped_and_logged():
    """As it was found; the exception came out of Hummingbot's tracker, in the loop that reads the user stream."""
    async with streams.unplugged("gate") as fed:
        for seed in fed.seeds:
            if seed.message.get("channel") == "spot.usertrades" and seed.message.get("event") == "update":
                large = replaced(seed.message, ("result", 0, "amount"), 10**30)
                assert await fed.feed(seed, json.dumps(seed.message))
                await fed.feed(seed, json.dumps(large))
        assert any("amount" in kind for kind in fed.connector._skips)


@pytest.mark.parametrize(
    ("bids", "asks"),
    [
        pytest.param({100.0: 10**400}, {}, id="an integer that no float can hold"),
        pytest.param({100.0: True, 99.0: 10**5000}, {}, id="the sum of integers, which is less than infinity"),
        pytest.param({10**400: 1.0}, {}, id="such a price"),
        pytest.param({Decimal("NaN"): 1.0}, {}, id="a Decimal that is no number, which cannot be compared"),
        pytest.param({}, {101.0: Decimal("sNaN")}, id="one that raises whatever is done to it"),
    ],
)
def test_changed_levels_that_are_no_floats_are_refused(bids, asks):
    """They raised OverflowError or InvalidOperation, or got through to Hummingbot's book, which raised."""
    with pytest.raises(BadVenueData, match=r"book\.(bids|asks) has a row that is no level"):
        change_rows(bids, asks, 7)
