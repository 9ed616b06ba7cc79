"""Streamed orders and own trades, their fields corrected from the venue's raw message as a mapping says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hummingbot_ccxt.translate.values import as_decimal

_FOLLOWING = {"filled": ("remaining", "cost")}
"""What ccxt works out from a field: wrong as well, where that is."""


def corrected(structure: Mapping[str, Any], fields: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """A copy of `structure` in which each of `fields` has its value from `info`, at the first place that holds one.

    Where `info` holds none, the field is None: ccxt's value is known to be wrong. "fee.cost" stands for `cost` in
    `fee`, and `fees` goes then, which ccxt fills with the same; "-fillFee" is fillFee with its sign turned.
    """
    info = structure.get("info")
    found = dict(structure)
    for field, places in fields.items():
        value = next((v for v in (_at(info, place) for place in places) if v is not None), None)
        outer, _, inner = field.partition(".")
        if inner:
            fee = found.get(outer)
            found[outer] = {**(fee if isinstance(fee, Mapping) else {}), inner: value}
            found.pop("fees", None)
        else:
            found[outer] = value
            found.update(dict.fromkeys(_FOLLOWING.get(outer, ())))
    return found


def _at(info: object, place: str) -> Any:
    """The value at "a.b" inside of `info`, its sign turned after a minus; None if there is none, or an empty text."""
    found = info
    for key in place.removeprefix("-").split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    if found in (None, ""):
        return None
    if not place.startswith("-"):
        return found
    number = as_decimal(found)
    return None if number is None else str(-number)
