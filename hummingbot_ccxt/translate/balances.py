"""ccxt's balance structure -> what the account holds. Source: ccxt manual, "Balance structure"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from hummingbot_ccxt.mapping import NO_QUIRKS, ExchangeMapping
from hummingbot_ccxt.translate.values import BadVenueData, optional_decimal, required_structure

_BALANCE: Final = "balance"
_NOT_ASSETS: Final = frozenset({"info", "timestamp", "datetime", "free", "used", "total", "debt"})
# Venues round total, free and used each on their own, to 8 decimals where they round at all.
_ROUNDING: Final = Decimal("1e-7")
_RELATIVE_ROUNDING: Final = Decimal("1e-9")


@dataclass(frozen=True, kw_only=True)
class Balances:
    """What one message says about the account.

    `complete`: token -> (total, available), both at least 0. `incomplete`: the tokens whose entry says too little, or
    contradicts itself; they must be asked for again. `totals`: what is held of the incomplete ones that say nothing
    else (Kraken's stream). `unreadable`: the incomplete ones whose entry is no balance at all, with what is wrong, for
    the log.
    """

    complete: Mapping[str, tuple[Decimal, Decimal]]
    incomplete: frozenset[str]
    totals: Mapping[str, Decimal]
    unreadable: Mapping[str, BadVenueData]


def balances(balance: Mapping[str, Any], mapping: ExchangeMapping = NO_QUIRKS) -> Balances:
    """What `balance` says, token by token; one bad entry spoils no other.

    An entry needs two of total, free and used; the third one follows. An entry with one only is incomplete: binance's
    `balanceUpdate` leaves just `free`, which is a change and no amount if no snapshot came before (ccxt_hazards.md,
    28). So is one that does not add up, or that is negative (borrowed), which Hummingbot cannot hold.
    Raises BadVenueData if `balance` is no dictionary.
    """
    required_structure(balance, _BALANCE)
    complete: dict[str, tuple[Decimal, Decimal]] = {}
    incomplete: set[str] = set()
    totals: dict[str, Decimal] = {}
    unreadable: dict[str, BadVenueData] = {}
    for code, entry in balance.items():
        if not isinstance(code, str) or code in _NOT_ASSETS:
            continue
        token = mapping.symbols.token(code)
        try:
            told = _told(required_structure(entry, f"{_BALANCE}.{code}"), f"{_BALANCE}.{code}")
        except BadVenueData as err:
            incomplete.add(token)
            unreadable[token] = err
            continue
        amounts = _amounts(*told)
        if amounts is not None:
            complete[token] = amounts
            continue
        incomplete.add(token)
        total, free, used = told
        if total is not None and total >= 0 and free is used is None:
            totals[token] = total
    return Balances(complete=complete, incomplete=frozenset(incomplete), totals=totals, unreadable=unreadable)


def _told(entry: Mapping[str, Any], structure: str) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """(total, free, used) of one asset, as far as they are told."""
    return (
        optional_decimal(entry, "total", structure),
        optional_decimal(entry, "free", structure),
        optional_decimal(entry, "used", structure),
    )


def _amounts(total: Decimal | None, free: Decimal | None, used: Decimal | None) -> tuple[Decimal, Decimal] | None:
    """(total, available) of one asset; None if too little is said, or it contradicts itself."""
    if total is None and free is not None and used is not None:
        total = free + used
    elif free is None and total is not None and used is not None:
        free = total - used
    elif used is None and total is not None and free is not None:
        used = total - free
    if total is None or free is None or used is None or min(total, free, used) < 0:
        return None
    if abs(total - free - used) > max(_ROUNDING, total * _RELATIVE_ROUNDING):
        return None
    return total, free
