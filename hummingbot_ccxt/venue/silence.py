"""For how long a venue wants no requests, as the headers of an answer say: `Retry-After`, or one of its own."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from hummingbot_ccxt.translate.values import as_decimal

LONGEST_PAUSE_S = 3600.0
"""Whatever a venue asks for, it is tried again after an hour."""
_USUAL = "retry-after"
_IN_SECONDS = {"s": 1.0, "at_s": 1.0, "ms": 0.001, "at_ms": 0.001}


def wanted_silence_s(headers: Mapping[str, Any], own: Mapping[str, str], now_s: float) -> float | None:
    """Seconds from now on, None where no header tells. `own`: the venue's headers and units, as a mapping has them.

    `now_s`: the venue's clock, for headers that name a time. A negative wait, or one that is no number, tells nothing.
    """
    units = {_USUAL: "s", **{name.lower(): unit for name, unit in own.items()}}
    waits = [
        wait
        for name, value in headers.items()
        if name.lower() in units and (wait := _wait_s(str(value).strip(), units[name.lower()], now_s)) is not None
    ]
    return max(waits, default=None)


def _wait_s(value: str, unit: str, now_s: float) -> float | None:
    number = as_decimal(value)
    if number is not None:
        told = float(number) * _IN_SECONDS[unit]
        wait = told - now_s if unit.startswith("at_") else told
    elif unit == "s":
        try:
            wait = parsedate_to_datetime(value).timestamp() - now_s  # RFC 9110: a number, or a date
        except ValueError:
            return None
    else:
        return None
    return wait if wait >= 0 else None
