"""How our ccxt clients read numbers, and how numbers go out to ccxt: no digit is lost on the way."""

import re
from decimal import Decimal

ALWAYS_EXACT = 15
"""Significant digits that survive text -> double -> text (IEEE 754)."""

_LONG_INTEGER = re.compile(r"[:\[,]\s*\d{19,}")
_DIGITS = bytes(ord("0") if ord("0") <= each <= ord("9") else ord(" ") for each in range(256))
_MANY_DIGITS = b"0" * 19


def has_long_integer(text: str) -> bool:
    """Tell whether a JSON text has an integer of 19 digits or more: beyond 64 bits, orjson makes a float of it.

    Looked for in every message, so first by a search that takes a fifth of the expression's time.
    """
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return _LONG_INTEGER.search(text) is not None
    return _MANY_DIGITS in raw.translate(_DIGITS) and _LONG_INTEGER.search(text) is not None


def exact_number(value: str | float | int) -> float | str:
    """Return a number as a float whose text has the same value, or else as the text itself.

    ccxt's `number` setting is the function that parses numbers. `float` alone loses digits beyond the 17th; `str`
    alone breaks the streaming classes, which negate, compare and add prices
    (`ccxt/async_support/base/ws/order_book_side.py`); and ccxt reads a subclass of float as "no number"
    (`safe_string` in `ccxt/base/exchange.py` compares types exactly). Raises ValueError for what is no number.
    """
    number = float(value)
    if not isinstance(value, str) or len(value) <= ALWAYS_EXACT or Decimal(repr(number)) == Decimal(value):
        return number
    return value
