"""Values as text that two runs can share: what must differ is taken out, nothing else."""

from decimal import Decimal

import pytest

from hummingbot_ccxt.compare.normal import PLAUSIBLE, Names, moment, number


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.10", "0.1"), (Decimal("1E-1"), "0.1"), (1e3, "1000"), (Decimal("-0"), "0"), (None, "none"), ("NaN", "NaN")],
)
def test_a_number_is_its_value(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1_700_000_000.5, PLAUSIBLE),
        (1_700_000_000_500, "in milliseconds"),
        (1_600_000_000, "implausible: before the run"),
        (None, "not set"),
        (float("nan"), "NaN"),
        ("soon", "no number: 'soon'"),
    ],
)
def test_a_time_is_plausible_or_what_is_wrong_with_it(value, text):
    assert moment(value, 1_700_000_010) == text


def test_ids_are_told_by_their_order_of_appearance():
    names = Names()
    assert [names.trade_id(each) for each in ("TIHZLO-GYXUR-EZWTCT", 17, "TIHZLO-GYXUR-EZWTCT")] == [
        "trade 1",
        "trade 2",
        "trade 1",
    ]


@pytest.mark.parametrize("value", [None, "", "None", "UNKNOWN", float("nan")])
def test_what_is_no_id_stays_as_it_is(value):
    assert Names().exchange_id(value) == f"no id: {str(value)!r}"


def test_a_log_line_loses_ids_addresses_and_long_numbers_only():
    names = Names(orders={"HBOT123": "the order"})
    line = "order HBOT123\n failed at http://127.0.0.1:8080/x with 1234567 and 12: 0.25"
    assert names.in_text(line) == "order <the order> failed at <address> with <n> and 12: <n>"
