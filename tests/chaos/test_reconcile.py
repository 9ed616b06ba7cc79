"""What the comparison of venue, Hummingbot and connector finds at the end of a storm."""

import dataclasses
from decimal import Decimal

import pytest

from hummingbot_ccxt.chaos.facts import Believed, Filled, Told, VenueOrder
from hummingbot_ccxt.chaos.reconcile import compare

D = Decimal
FILL = Filled("a", D("100"), D("2"), D("0.2"), "USDT")
BOUGHT = VenueOrder("a", "buy", "BTC", "USDT", frozenset({"filled"}), D(2), [("t1", FILL)], D(100), D(2))
OPEN = VenueOrder("b", "sell", "BTC", "USDT", frozenset({"open"}), D(0), [])
START = {"USDT": D(1000), "BTC": D(5)}
END = {"USDT": (D("799.8"), D("799.8")), "BTC": (D(7), D(6))}


def told(**changes):
    well = Told(
        created=["a", "b"],
        ends=[("a", "filled")],
        fills=[("t1", FILL)],
        stored_fills={("a", "t1"): FILL},
        stored_orders={"a": "BuyOrderCompleted", "b": "SellOrderCreated"},
        stored_terms={"a": (D(100), D(2)), "b": (D(101), D(1))},
    )
    return dataclasses.replace(well, **changes)


def believed(**changes):
    return dataclasses.replace(Believed({"b": D(0)}, [], dict(END)), **changes)


def compared(told_so, believed_so, orders=(BOUGHT, OPEN), end=END):
    return compare(orders, told_so, believed_so, start=START, end=end)


def test_three_sources_that_agree_have_no_problem():
    assert compared(told(), believed()).problems() == []


@pytest.mark.parametrize(
    ("told_so", "believed_so", "kind"),
    [
        pytest.param(told(created=["b"]), believed(), "lost", id="an order that Hummingbot was never told of"),
        pytest.param(
            told(stored_orders={"b": "SellOrderCreated"}), believed(), "lost", id="an order that is not in the database"
        ),
        pytest.param(told(fills=[], stored_fills={}), believed(), "lost", id="a fill that was never told"),
        pytest.param(told(stored_fills={}), believed(), "lost", id="a fill that is not in the database"),
        pytest.param(told(fills=[("t1", FILL), ("t2", FILL)]), believed(), "duplicated", id="a fill told twice"),
        pytest.param(told(created=["a", "a", "b"]), believed(), "duplicated", id="an order told created twice"),
        pytest.param(told(ends=[("a", "filled")] * 2), believed(), "duplicated", id="an end told twice"),
        pytest.param(told(), believed(tracked={}), "orphaned", id="an open order that is not tracked"),
        pytest.param(told(), believed(tracked={"b": D(1)}), "wrong_state", id="another filled amount"),
        pytest.param(told(ends=[]), believed(), "wrong_state", id="an end that was never told"),
        pytest.param(told(ends=[("a", "canceled")]), believed(), "wrong_state", id="another end than the true one"),
        pytest.param(
            told(), believed(tracked={"a": D(2), "b": D(0)}), "wrong_state", id="a finished order that is still tracked"
        ),
        pytest.param(
            told(created=["a", "b", "c"]),
            believed(),
            "wrong_state",
            id="an order that the venue never had",
        ),
        pytest.param(
            told(stored_fills={("a", "t1"): FILL, ("a", "t2"): FILL}),
            believed(),
            "duplicated",
            id="a fill stored twice",
        ),
        pytest.param(
            told(stored_orders={"a": "BuyOrderCompleted", "b": "SellOrderCreated", "c": "BuyOrderCreated"}),
            believed(),
            "wrong_state",
            id="an order in the database that the venue never had",
        ),
        pytest.param(
            told(fills=[("t9", FILL)], stored_fills={("a", "t9"): FILL}),
            believed(),
            "wrong_state",
            id="a fill under another trade id than the venue's",
        ),
        pytest.param(
            told(stored_terms={"a": (D("100.1"), D(2))}), believed(), "wrong_state", id="another price of an order"
        ),
        pytest.param(
            told(stored_terms={"a": (D(100), D("2.1"))}), believed(), "wrong_state", id="another amount of an order"
        ),
    ],
)
def test_each_difference_is_counted_as_what_it_is(told_so, believed_so, kind):
    assert len(getattr(compared(told_so, believed_so), kind)) >= 1


@pytest.mark.parametrize(
    "fill",
    [
        pytest.param(dataclasses.replace(FILL, price=D("100.01")), id="price"),
        pytest.param(dataclasses.replace(FILL, amount=D("2.01")), id="amount"),
        pytest.param(dataclasses.replace(FILL, fee=D(0)), id="fee"),
        pytest.param(dataclasses.replace(FILL, fee_asset="BTC"), id="what the fee was paid in"),
    ],
)
def test_a_fill_that_differs_in_anything_is_one_lost_and_one_too_many(fill):
    found = compared(told(fills=[("t1", fill)]), believed())
    assert len(found.lost) == len(found.duplicated) == 1
    assert found.balance_difference


@pytest.mark.parametrize("field", ["price", "amount", "fee"])
def test_a_fill_that_differs_in_the_database_only_is_wrong(field):
    stored = dataclasses.replace(FILL, **{field: getattr(FILL, field) + D("0.001")})
    found = compared(told(stored_fills={("a", "t1"): stored}), believed())
    assert len(found.problems()) == len(found.wrong_state) == 1


def test_the_database_keeps_six_decimals_of_prices_and_amounts():
    fill = dataclasses.replace(FILL, price=D("100.00000049"), amount=D("2.00000099"))
    order = dataclasses.replace(BOUGHT, filled=fill.amount, trades=[("t1", fill)], price=fill.price, amount=fill.amount)
    assert not compared(told(fills=[("t1", fill)]), believed(), (order, OPEN)).wrong_state


def test_balances_differ_by_the_last_digit():
    assert compared(told(), believed(balances={**END, "BTC": (D("7.00000001"), D(6))})).balance_difference == {
        "BTC": D("1E-8")
    }


def test_either_word_for_the_end_of_a_market_buy_by_cost_is_true():
    by_cost = dataclasses.replace(BOUGHT, ends=frozenset({"filled", "canceled"}))
    stored = {"a": "OrderCancelled", "b": "SellOrderCreated"}
    said = told(ends=[("a", "canceled")], stored_orders=stored)
    assert compared(said, believed(), (by_cost, OPEN)).problems() == []
    assert compared(said, believed()).problems() != []
