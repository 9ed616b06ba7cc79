"""A market's steps and limits where ccxt states none: from the mapping, or from what the venue itself shows.

Source: ccxt manual, "Precision and limits". Whether a step is missing is judged as `translate.markets` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from hummingbot_ccxt.mapping import Steps, SymbolRules
from hummingbot_ccxt.translate.markets import SIGNIFICANT_DIGITS, TICK_SIZE
from hummingbot_ccxt.translate.values import as_decimal

FEWEST_SHOWN: Final = 5
"""Of how many prices, and sizes, the digits are believed."""
_MOST_PRICE_DIGITS: Final = 12
_MOST_AMOUNT_DIGITS: Final = 8  # a satoshi; bit2c shows sums with 28 digits, which no order may have


def with_steps(market: Mapping[str, Any], steps: Steps, *, precision_mode: int) -> dict[str, Any]:
    """A copy of ccxt's `market` in which `steps` fill in what ccxt does not state; what it states stays, wrong or not.

    Limits are filled in in any precision mode. A step that is no power of ten cannot be said in decimal places, and no
    price step in significant digits: it is left out there.
    """
    filled = dict(market)
    precision, limits = market.get("precision"), market.get("limits")
    if precision is None or isinstance(precision, Mapping):
        stated = {"price": _as_ccxt(steps.price, "price", precision_mode)}
        stated["amount"] = _as_ccxt(steps.amount, "amount", precision_mode)
        filled["precision"] = _filled(precision, stated)
    if limits is None or isinstance(limits, Mapping):
        filled["limits"] = dict(limits or {})
        for which, least in (("amount", steps.min_amount), ("cost", steps.min_cost)):
            bounds = filled["limits"].get(which)
            if least is not None and (bounds is None or isinstance(bounds, Mapping)):
                filled["limits"][which] = _filled(bounds, {"min": str(least)})
    return filled


def with_largest_order(market: Mapping[str, Any], rules: SymbolRules) -> Mapping[str, Any]:
    """The market with the size of the largest order from the venue's own entry, where the rules name its field.

    What ccxt states stays, wrong or not; so does a market whose entry has no such field, or none in it: no limit.
    """
    info, limits = market.get("info"), market.get("limits")
    if rules.max_amount is None or not isinstance(info, Mapping) or info.get(rules.max_amount) in (None, ""):
        return market
    bounds = limits.get("amount") if isinstance(limits, Mapping) else None
    if not all(each is None or isinstance(each, Mapping) for each in (limits, bounds)):
        return market
    return {**market, "limits": {**(limits or {}), "amount": _filled(bounds, {"max": info[rules.max_amount]})}}


def lacks_steps(market: Mapping[str, Any]) -> bool:
    """Whether ccxt states no price or no amount step of `market`; one that is no number is stated, wrongly."""
    precision = market.get("precision")
    if precision is None:
        return True
    return isinstance(precision, Mapping) and any(precision.get(which) is None for which in ("price", "amount"))


def shown_steps(levels: Iterable[Any]) -> Steps | None:
    """The steps that the digits of these [price, amount, ...] rows show; None if there are too few of them to tell.

    A step is the last digit of the number with the most. The venue's own is that one or a finer one, both of which it
    takes; or a coarser one that digits do not show (5 instead of 1): then it refuses the order, and no money is lost.
    """
    prices, amounts = set(), set()
    for row in levels:
        price, amount = (as_decimal(value) for value in row[:2])
        if price and amount and price > 0 and amount > 0:
            prices.add(price)
            amounts.add(amount)
    if len(prices) < FEWEST_SHOWN:
        return None
    return Steps(price=_last_digit(prices, _MOST_PRICE_DIGITS), amount=_last_digit(amounts, _MOST_AMOUNT_DIGITS))


def finer(one: Steps, other: Steps | None) -> Steps:
    """The finer of both, step by step: what a venue has shown once it takes."""
    if other is None:
        return one
    steps = {which: [s for s in (getattr(one, which), getattr(other, which)) if s] for which in ("price", "amount")}
    return Steps(price=min(steps["price"], default=None), amount=min(steps["amount"], default=None))


def _last_digit(numbers: Iterable[Decimal], most: int) -> Decimal:
    return Decimal(1).scaleb(-min(most, max(_decimals(number) for number in numbers)))


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _as_ccxt(step: Decimal | None, which: str, precision_mode: int) -> object:
    """`step` as ccxt would state it in this precision mode; None where it cannot."""
    if step is None or (which == "price" and precision_mode == SIGNIFICANT_DIGITS):
        return None
    if precision_mode == TICK_SIZE:
        return str(step)
    return -step.adjusted() if step.normalize().as_tuple().digits == (1,) else None


def _filled(stated: Mapping[str, Any] | None, otherwise: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: value for name, value in (stated or {}).items() if value is not None}
    return {**(stated or {}), **{name: value for name, value in otherwise.items() if value is not None}, **known}
