"""Decimal arithmetic that raises where it would have to round.

Why not the ambient context: its default of 28 digits rounds silently, and a ledger that rounds does not balance. The
largest numbers here are price x amount x fee rate, far below 200 digits, so `EXACT` never raises in practice; if it
ever did, the trap says so instead of losing money.
"""

from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow

ZERO = Decimal(0)

EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])

#: A venue quotes no number outside 10**-30 .. 10**30; the bound keeps every product within `EXACT`'s digits.
_MAX_MAGNITUDE = 30


def is_usable(number: Decimal) -> bool:
    """True for a finite number above zero whose digits all lie between 10**-30 and 10**30."""
    if not number.is_finite() or number <= ZERO:
        return False
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_MAX_MAGNITUDE and number.adjusted() <= _MAX_MAGNITUDE


def is_multiple(number: Decimal, step: Decimal) -> bool:
    """True if `number` is a whole number of `step`s, exactly; both must be usable (see `is_usable`)."""
    return EXACT.remainder(number, step) == ZERO
