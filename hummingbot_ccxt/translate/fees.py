"""ccxt's fee structures -> Hummingbot's. Source: ccxt manual, "Fees", "Fee structure"."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from hummingbot.core.data_type.trade_fee import TokenAmount

from hummingbot_ccxt.mapping import NO_QUIRKS, ExchangeMapping
from hummingbot_ccxt.translate.values import (
    BadVenueData,
    optional_decimal,
    optional_str,
    required_structure,
)

_FEE: Final = "fee"


class MakerTaker(NamedTuple):
    """Fee rates as fractions of the traded value: 0.001 is 0.1 %; negative is a rebate."""

    maker: Decimal
    taker: Decimal


def paid_fees(
    trade: Mapping[str, Any], mapping: ExchangeMapping = NO_QUIRKS, *, default_token: str | None = None
) -> list[TokenAmount]:
    """The fees that one ccxt trade or order names, one amount per token: positive is paid, negative is a rebate.

    Reads `fees` if it holds any, else `fee`; ccxt fills both with the same, and leaves out some where the mapping names
    the venue's own list of them (`fee_list`). A fee without a cost, or with a cost of
    0, is none. One without a currency (coinbase over REST) is in `default_token`.
    Raises BadVenueData for a cost that is no number, and for a cost in no currency where there is no default.
    """
    required_structure(trade, "trade")
    entries = _several(trade, mapping) or trade.get("fees") or trade.get("fee")
    if not entries:
        return []
    amounts: dict[str, Decimal] = {}
    for entry in entries if isinstance(entries, (list, tuple)) else [entries]:
        if entry is None:
            continue
        cost = optional_decimal(required_structure(entry, _FEE), "cost", _FEE)
        if not cost:
            continue
        code = optional_str(entry, "currency", _FEE)
        token = mapping.symbols.token(code) if code is not None else default_token
        if token is None:
            raise BadVenueData(_FEE, "currency", None, "is missing")
        amounts[token] = amounts.get(token, Decimal(0)) + cost
    return [TokenAmount(token=token, amount=amount) for token, amount in amounts.items() if amount]


def _several(trade: Mapping[str, Any], mapping: ExchangeMapping) -> list[Any]:
    """The fees in the venue's own list, where it holds more than the one that ccxt reads."""
    info = trade.get("info")
    if not mapping.fee_list or not isinstance(info, Mapping):
        return []
    name, currency, cost = mapping.fee_list
    listed = info.get(name)
    if not isinstance(listed, list) or len(listed) < 2:
        return []
    return [
        {"currency": each.get(currency), "cost": each.get(cost)} if isinstance(each, Mapping) else each
        for each in listed
    ]


def trading_fees(fetched: Mapping[str, Any], symbols_to_pairs: Mapping[str, str]) -> dict[str, MakerTaker]:
    """The account's fee rates per trading pair, from `fetch_trading_fees`: {symbol: {"maker": ..., "taker": ...}}.

    Symbols that are not in `symbols_to_pairs`, and entries without both rates, are left out.
    Raises BadVenueData if a rate is no number, or is 1 or more: then it is a percentage and no fraction.
    """
    required_structure(fetched, "fees")
    rates: dict[str, MakerTaker] = {}
    for symbol, trading_pair in symbols_to_pairs.items():
        entry = fetched.get(symbol)
        if entry is None:
            continue
        structure = f"fees.{symbol}"
        required_structure(entry, structure)
        maker, taker = _rate(entry, "maker", structure), _rate(entry, "taker", structure)
        if maker is not None and taker is not None:
            rates[trading_pair] = MakerTaker(maker=maker, taker=taker)
    return rates


def _rate(entry: Mapping[str, Any], field: str, structure: str) -> Decimal | None:
    rate = optional_decimal(entry, field, structure)
    if rate is not None and abs(rate) >= 1:
        raise BadVenueData(structure, field, entry[field], "is no fraction")
    return rate
