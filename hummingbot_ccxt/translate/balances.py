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
    contradicts itself; they must be asked for again. `unreadable`: the incomplete ones whose entry is no balance at
    all, with what is wrong, for the log.
    """

    complete: Mapping[str, tuple[Decimal, Decimal]]
    incomplete: frozenset[str]
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
    unreadable: dict[str, BadVenueData] = {}
    for code, entry in balance.items():
        if not isinstance(code, str) or code in _NOT_ASSETS:
            continue
        token = mapping.symbols.token(code)
        try:
            amounts = _amounts(required_structure(entry, f"{_BALANCE}.{code}"), f"{_BALANCE}.{code}")
        except BadVenueData as err:
            amounts = None
            unreadable[token] = err
        if amounts is None:
            incomplete.add(token)
        else:
            complete[token] = amounts
    return Balances(complete=complete, incomplete=frozenset(incomplete), unreadable=unreadable)


def _amounts(entry: Mapping[str, Any], structure: str) -> tuple[Decimal, Decimal] | None:
    """(total, available) of one asset; None if the entry says too little or contradicts itself."""
    total = optional_decimal(entry, "total", structure)
    free = optional_decimal(entry, "free", structure)
    used = optional_decimal(entry, "used", structure)
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
