"""How our ccxt clients read numbers, and how numbers go out to ccxt: no digit is lost on the way."""

from decimal import Decimal

_ALWAYS_EXACT = 15
"""Significant digits that survive text -> double -> text (IEEE 754)."""


def exact_number(value: str | float | int) -> float | str:
    """Return a number as a float whose text has the same value, or else as the text itself.

    ccxt's `number` setting is the function that parses numbers. `float` alone loses digits beyond the 17th; `str`
    alone breaks the streaming classes, which negate, compare and add prices
    (`ccxt/async_support/base/ws/order_book_side.py`); and ccxt reads a subclass of float as "no number"
    (`safe_string` in `ccxt/base/exchange.py` compares types exactly). Raises ValueError for what is no number.
    """
    number = float(value)
    if not isinstance(value, str) or len(value) <= _ALWAYS_EXACT or Decimal(repr(number)) == Decimal(value):
        return number
    return value
