"""Text of values such that two runs can be compared: what must differ between them is taken out, nothing else."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

PLAUSIBLE = "set, plausible"
_SLACK_S = 3600.0
_TEXT_LENGTH = 220
_NO_IDS = frozenset({"", "none", "null", "nan", "unknown"})
_MASKS = (
    (re.compile(r"(?:https?|wss?)://[^\s'\",)]+"), "<address>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<address>"),
    (re.compile(r"0x[0-9a-f]+"), "<id>"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{20,}\b"), "<id>"),
    (re.compile(r"\d+\.\d+(?:[eE][+-]?\d+)?"), "<n>"),
    (re.compile(r"\b(?=\w*\d)\w{16,}\b"), "<id>"),
    (re.compile(r"\b\d{6,}\b"), "<n>"),
)


def number(value: Any) -> str:
    """A number's value: `0.10` and `Decimal('1E-1')` are both `0.1`; None is `none`."""
    if value is None:
        return "none"
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite():
        return str(exact)
    if exact == exact.to_integral_value():
        return f"{exact.to_integral_value():f}" if exact else "0"
    return f"{exact.normalize():f}"


def rounded(value: Decimal, places: int = 8) -> str:
    """A balance, to the digits that every exchange writes."""
    return number(round(value, places))


def moment(value: Any, now_s: float) -> str:
    """A time stamp in seconds: plausible (within an hour of the run), or what is wrong with it."""
    if value is None:
        return "not set"
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return f"no number: {value!r}"
    if math.isnan(seconds):
        return "NaN"
    if abs(seconds - now_s) < _SLACK_S:
        return PLAUSIBLE
    if abs(seconds / 1000 - now_s) < _SLACK_S:
        return "in milliseconds"
    return f"implausible: {'before' if seconds < now_s else 'after'} the run"


#: Lines of Hummingbot's base class that end in the exception's own text, which is each connector's.
_REASON = re.compile(
    r"^(Failed to update balances\. Error:|Failed to fetch trade updates for order \S+( \S+)?\. Error:"
    r"|Error fetching status update for the active order [^:]+:|Order \S+( \S+)? has failed\.) .*$"
)


@dataclass
class Names:
    """Ids that differ from run to run, by order of appearance; an id that is no id (None, "UNKNOWN") stays as it is."""

    orders: dict[str, str] = field(default_factory=dict)
    """Client order id -> the scenario's name of the order."""
    exchange_ids: dict[str, str] = field(default_factory=dict)
    trade_ids: dict[str, str] = field(default_factory=dict)

    def order(self, client_order_id: Any) -> str:
        return self.orders.get(str(client_order_id), f"unknown order {_no_id(client_order_id) or ''}".strip())

    def exchange_id(self, exchange_order_id: Any) -> str:
        return _appearance(self.exchange_ids, exchange_order_id, "exchange order")

    def trade_id(self, trade_id: Any) -> str:
        return _appearance(self.trade_ids, trade_id, "trade")

    def in_text(self, text: str, more: Mapping[str, str] | None = None) -> str:
        """A log line without what differs: ids, addresses, long numbers, decimals; one line, at most 220 characters."""
        known = {**(more or {}), **{key: f"<{label}>" for key, label in self.orders.items()}}
        known |= {key: f"<{label}>" for key, label in self.exchange_ids.items() if len(key) > 3}
        for word in sorted(known, key=len, reverse=True):
            text = text.replace(word, known[word])
        text = _REASON.sub(r"\1 <the error>", " ".join(text.split()))
        for pattern, mask in _MASKS:
            text = pattern.sub(mask, text)
        return text if len(text) <= _TEXT_LENGTH else text[:_TEXT_LENGTH] + "…"


def _no_id(value: Any) -> str | None:
    """The text of what is no id; None for one that may be. Kraken's need not hold a digit."""
    text = str(value)
    return repr(text) if text.strip().lower() in _NO_IDS else None


def _appearance(known: dict[str, str], value: Any, what: str) -> str:
    no_id = _no_id(value)
    if no_id is not None:
        return f"no id: {no_id}"
    return known.setdefault(str(value), f"{what} {len(known) + 1}")
