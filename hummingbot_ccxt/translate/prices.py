"""ccxt's ticker -> the last price. Source: ccxt manual, "Ticker structure"."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from hummingbot_ccxt.translate.values import optional_decimal, required_structure

_TICKER: Final = "ticker"


def last_price(ticker: Mapping[str, Any]) -> Decimal | None:
    """The price of the last trade, in quote per base; else the middle of bid and ask; None if the ticker has neither.

    A price of 0 is none: venues write it for a market that has not traded yet.
    Raises BadVenueData for a price that is no number, or negative.
    """
    required_structure(ticker, _TICKER)
    for field in ("last", "close"):
        price = optional_decimal(ticker, field, _TICKER, non_negative=True)
        if price:
            return price
    bid = optional_decimal(ticker, "bid", _TICKER, non_negative=True)
    ask = optional_decimal(ticker, "ask", _TICKER, non_negative=True)
    return (bid + ask) / 2 if bid and ask else None
