"""Single values: what is a number, an id, a time, and what is refused with a text that names it."""

import copy
import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.translate.values import (
    BadVenueData,
    as_decimal,
    optional_decimal,
    optional_ms,
    optional_str,
    required_decimal,
    required_ms,
    required_str,
    required_structure,
)


class KeepsDigits(float):
    """A float whose text is what the venue wrote."""

    def __str__(self):
        return "0.10"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        pytest.param("0.10", "0.10", id="a text keeps its digits"),
        pytest.param(
            "123456789012.123456789012345678", "123456789012.123456789012345678", id="more digits than a float"
        ),
        pytest.param(0.1, "0.1", id="a float is its shortest text, not its binary value"),
        pytest.param(KeepsDigits(0.1), "0.10", id="a float that remembers its text"),
        pytest.param(7, "7", id="an integer"),
        pytest.param(Decimal("1e-8"), "1E-8", id="a Decimal"),
        pytest.param("1.6E-7", "1.6E-7", id="an exponent"),
        pytest.param("-0.5", "-0.5", id="a negative number"),
        pytest.param("0.00000000", "0", id="a zero is plain"),
        pytest.param(-0.0, "0", id="a zero has no sign"),
        pytest.param("0E-400", "0", id="a zero has no exponent"),
    ],
)
def test_a_number_becomes_the_decimal_that_was_written(value, number):
    assert str(as_decimal(value)) == number


@pytest.mark.parametrize(
    "value",
    [
        float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"),
        "nan", "Infinity", "", " ", "abc", "1,5", "1_000", "0x10", True, False, [], ["1"], {}, b"1", 1j, None,
        "1e999999", "1e-999999", 5e-324, 10**5000, "9" * 101,
    ],
    ids=lambda value: repr(value)[:20] if not (isinstance(value, int) and value > 10**4000) else "too many digits",
)  # fmt: skip
def test_whatever_else_is_no_number(value):
    assert as_decimal(value) is None


@given(st.one_of(st.text(), st.floats(), st.integers(), st.decimals(allow_nan=True), st.binary(), st.booleans()))
def test_a_number_is_always_finite_and_of_a_plausible_size(value):
    number = as_decimal(value)
    assert number is None or (number.is_finite() and abs(number.adjusted()) <= 40)


def test_a_missing_required_number_is_refused_by_name():
    with pytest.raises(BadVenueData) as caught:
        required_decimal({"price": None}, "price", "trade")
    assert (caught.value.structure, caught.value.field, caught.value.value) == ("trade", "price", None)
    assert str(caught.value) == "trade.price is missing: None"


def test_a_missing_optional_number_is_none():
    assert optional_decimal({}, "price", "trade") is None


def test_an_optional_number_that_is_none_is_refused_by_name():
    with pytest.raises(BadVenueData, match=r"trade\.price is no number: 'NaN'"):
        optional_decimal({"price": "NaN"}, "price", "trade")


@pytest.mark.parametrize(("value", "fits"), [("1", True), ("0", False), ("-1", False)])
def test_a_positive_number_is_above_zero(value, fits):
    if fits:
        assert required_decimal({"price": value}, "price", "trade", positive=True) == Decimal(value)
    else:
        with pytest.raises(BadVenueData, match="is not above zero"):
            required_decimal({"price": value}, "price", "trade", positive=True)


@pytest.mark.parametrize(("value", "fits"), [("1", True), ("0", True), ("-1", False)])
def test_a_non_negative_number_may_be_zero(value, fits):
    if fits:
        assert required_decimal({"filled": value}, "filled", "order", non_negative=True) == Decimal(value)
    else:
        with pytest.raises(BadVenueData, match="is negative"):
            required_decimal({"filled": value}, "filled", "order", non_negative=True)


@pytest.mark.parametrize(
    ("value", "text"), [("28457", "28457"), (28457, "28457"), (-1, "-1"), ("", None), (None, None)]
)
def test_an_id_is_a_text_or_an_integer(value, text):
    assert optional_str({"id": value}, "id", "trade") == text


@pytest.mark.parametrize(
    "value", ["1.2345e+26", "1E+26", str(1e26), 1.0, 1e26, float("nan"), "nan", True, [], {}, b"1", 10**200]
)
def test_an_id_that_may_have_lost_its_digits_is_refused(value):
    with pytest.raises(BadVenueData) as caught:
        required_str({"id": value}, "id", "trade")
    assert caught.value.field == "id"


@pytest.mark.parametrize("value", ["1e", "e1", "1234e567", "0x1e9", "nano-1", "infra"])
def test_an_id_with_an_e_in_it_is_an_id(value):
    assert required_str({"id": value}, "id", "trade") == value


def test_a_missing_id_is_refused():
    with pytest.raises(BadVenueData, match=r"trade\.id is missing"):
        required_str({"id": ""}, "id", "trade")


@pytest.mark.parametrize("value", [1709654401000, "1709654401000", 1709654401000.0])
def test_a_time_is_in_milliseconds(value):
    assert required_ms({"timestamp": value}, "timestamp", "trade") == 1709654401000


@pytest.mark.parametrize("value", [None, 0, "0"])
def test_no_time_is_none(value):
    assert optional_ms({"timestamp": value}, "timestamp", "order") is None
    with pytest.raises(BadVenueData, match="is missing"):
        required_ms({"timestamp": value}, "timestamp", "order")


@pytest.mark.parametrize(
    "value", [1709654401, 1709654401000000, -1, "yesterday", float("nan"), True], ids=lambda value: str(value)
)
def test_a_time_in_another_unit_is_refused(value):
    with pytest.raises(BadVenueData):
        optional_ms({"timestamp": value}, "timestamp", "order")


def test_a_structure_that_is_no_dictionary_is_refused():
    with pytest.raises(BadVenueData, match=r"order is no dictionary: \[\]"):
        required_structure([], "order")


def test_a_long_value_is_cut_in_the_text_and_kept_in_the_attribute():
    value = "x" * 1_000_000
    error = BadVenueData("trade", "id", value, "is no text")
    assert len(str(error)) < 200
    assert error.value is value


def test_a_value_that_cannot_be_written_is_named_by_its_type():
    assert "<int>" in str(BadVenueData("trade", "id", 10**5000, "is no text"))


def test_the_error_is_ours_and_survives_copying():
    error = BadVenueData("trade", "id", 1.5, "is no text")
    assert isinstance(error, HummingbotCcxtError)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (str(twin), twin.structure, twin.field, twin.value) == (str(error), "trade", "id", 1.5)
