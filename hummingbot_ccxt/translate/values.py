"""Checked reading of single values out of ccxt's unified structures.

Numbers arrive as `float`, or as `str` where a float would lose digits (venue/numbers.py); classes that build a
structure by hand hand on `int`, `Decimal` or None as well. Whatever is none of these is refused here, so that no NaN,
no infinity and no text ever reaches a book, a balance or an order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from hummingbot_ccxt.errors import HummingbotCcxtError

_SHOWN_CHARACTERS = 80
_LONGEST_NUMBER = 100  # characters; the longest seen is a 36-character amount with 18 decimals
_LARGEST_EXPONENT = 40  # 1e40 is above any supply of any token, 1e-40 below any unit of one
EARLIEST_MS = 1_230_768_000_000  # 2009-01-01: before it no venue traded, so the unit is wrong (seconds)
LATEST_MS = 4_102_444_800_000  # 2100-01-01: after it the unit is wrong (micro- or nanoseconds)
_NUMBERS = (str, float, int, Decimal)
_SMALLEST_USUAL, _LARGEST_USUAL = 1e-39, 1e39
"""Floats between them need no closer look; well within `_LARGEST_EXPONENT`."""
# What is left of an integer that a JSON parser read as a float: 1.2e+26 (ccxt_hazards.md, item 13). Python always
# writes the plus; without it "1234e567" is an id in hexadecimal.
_DAMAGED_ID = re.compile(r"\d+(\.\d+)?e\+\d+|nan|inf", re.IGNORECASE)


class BadVenueData(HummingbotCcxtError):
    """A venue, or ccxt in its name, handed us a structure that we refuse to act on.

    `structure` is ccxt's name for it ("market", "ticker", "book", "trade", "order", "balance", "fees"), `field` the key
    at fault ("" for the whole of it), `value` what stood there. The text names all three, long values cut.
    The caller skips the message, logs the text once and goes on.
    """

    def __init__(self, structure: str, field: str, value: object, reason: str) -> None:
        self.structure = structure
        self.field = field
        self.value = value
        self.reason = reason
        place = f"{structure}.{field}" if field else structure
        super().__init__(f"{place} {reason}: {_shown(value)}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.structure, self.field, self.value, self.reason)


def required_structure(data: object, structure: str) -> Mapping[str, Any]:
    """`data` itself, once it is known to be a dictionary."""
    if type(data) is not dict and not isinstance(data, Mapping):
        raise BadVenueData(structure, "", data, "is no dictionary")
    return data


def as_decimal(value: object) -> Decimal | None:
    """`value` as a Decimal, exactly as it was written; None if it is no finite number of a plausible size.

    Takes str, int, float (by its shortest text, never by its binary value) and Decimal. A zero is always plain 0.
    """
    if type(value) is float and _SMALLEST_USUAL < value < _LARGEST_USUAL:  # nearly all
        return Decimal(repr(value))
    if not isinstance(value, _NUMBERS):
        return None
    try:
        text = str(value)  # of a bool, which is an int, "True": no number
        if len(text) > _LONGEST_NUMBER or "_" in text:
            return None
        number = Decimal(text)
    except (ValueError, InvalidOperation):  # ValueError: an int with more digits than Python is willing to write
        return None
    if not number.is_finite():
        return None
    if not number:
        return Decimal(0)
    return number if abs(number.adjusted()) <= _LARGEST_EXPONENT else None


def required_decimal(
    data: Mapping[str, Any], field: str, structure: str, *, positive: bool = False, non_negative: bool = False
) -> Decimal:
    """The number at `field`. Raises BadVenueData if it is missing, no finite number, or outside the asked-for range."""
    number = optional_decimal(data, field, structure, positive=positive, non_negative=non_negative)
    if number is None:
        raise BadVenueData(structure, field, None, "is missing")
    return number


def optional_decimal(
    data: Mapping[str, Any], field: str, structure: str, *, positive: bool = False, non_negative: bool = False
) -> Decimal | None:
    """The number at `field`, None if there is none. Raises BadVenueData for anything but the asked-for number."""
    value = data.get(field)
    if value is None:
        return None
    number = as_decimal(value)
    if number is None:
        raise BadVenueData(structure, field, value, "is no number")
    if positive and number <= 0:
        raise BadVenueData(structure, field, value, "is not above zero")
    if non_negative and number < 0:
        raise BadVenueData(structure, field, value, "is negative")
    return number


def required_str(data: Mapping[str, Any], field: str, structure: str) -> str:
    """The text or id at `field`. Raises BadVenueData if it is missing, empty, or an id that was read as a float."""
    text = optional_str(data, field, structure)
    if text is None:
        raise BadVenueData(structure, field, data.get(field), "is missing")
    return text


def optional_str(data: Mapping[str, Any], field: str, structure: str) -> str | None:
    """The text or id at `field`, None if there is none or it is empty; an integer id becomes its digits.

    Raises BadVenueData for any other type, and for a number that lost its digits on the way ("1.2e+26"): two different
    ids may read the same.
    """
    value = data.get(field)
    text = value if type(value) is str else as_text(value)
    if value is None or text == "":
        return None
    if text is None:
        raise BadVenueData(structure, field, value, "is no text")
    if ("+" in text or len(text) == len("nan")) and _DAMAGED_ID.fullmatch(text):  # few ids are looked at closer
        raise BadVenueData(structure, field, value, "is a number that lost its digits")
    return text


def as_text(value: object) -> str | None:
    """A text as it is, an integer as its digits; None for anything else, and for an integer of absurd length."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**_LONGEST_NUMBER:
        return str(value)
    return value if isinstance(value, str) else None


def required_ms(data: Mapping[str, Any], field: str, structure: str) -> int:
    """The Unix time in milliseconds at `field`. Raises BadVenueData if it is missing or implausible."""
    time_ms = optional_ms(data, field, structure)
    if time_ms is None:
        raise BadVenueData(structure, field, data.get(field), "is missing")
    return time_ms


def optional_ms(data: Mapping[str, Any], field: str, structure: str) -> int | None:
    """The Unix time in milliseconds at `field`; None if it is missing or 0, which venues write for "never".

    Raises BadVenueData for what is no number, and for times outside 2009 to 2100: those are in another unit.
    """
    value = data.get(field)
    if type(value) is int and EARLIEST_MS <= value <= LATEST_MS:  # nearly all
        return value
    number = optional_decimal(data, field, structure)
    if not number:
        return None
    if not EARLIEST_MS <= number <= LATEST_MS:
        raise BadVenueData(structure, field, data.get(field), "is no time in milliseconds")
    return int(number)


def _shown(value: object) -> str:
    """`repr(value)`, cut: a message may carry megabytes, and its text goes into a log line."""
    try:
        text = repr(value)
    except Exception:  # an int beyond Python's digit limit, or a hostile __repr__
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}... ({len(text)} characters)"
