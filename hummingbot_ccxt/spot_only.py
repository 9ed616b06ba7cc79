"""What a parameter of an order looks like that borrows, or trades anything but spot: it is refused, whoever set it."""

import re
from collections.abc import Mapping
from typing import Any

_SEPARATORS = re.compile(r"[-_ ]")

_SWITCHES = frozenset(
    {
        "allowborrow",
        "allowmargin",
        "autoborrow",
        "autoborrowrepay",
        "autolend",
        "autoloan",
        "autoloanandrepay",
        "autorepay",
        "borrow",
        "isisolated",
        "isleverage",
        "ismargin",
        "margin",
        "margintrading",
        "portfoliomargin",
        "usemargin",
    }
)
_MODES = frozenset(
    {"defaultmarginmode", "loantype", "marginmode", "margintype", "mgnmode", "sideeffecttype", "spotmargin", "tdmode"}
)
_LEVERAGES = frozenset({"lev", "lever", "leverage", "leverrate"})
_KINDS = frozenset(
    {
        "account",
        "accountcategory",
        "accounttype",
        "biztype",
        "category",
        "defaulttype",
        "insttype",
        "market",
        "markettype",
        "producttype",
        "source",
        "tradetype",
        "type",
        "wallet",
        "wallettype",
    }
)
"""Names of fields in lower case, without `-` and `_`. A switch may be off, a mode one of `_HARMLESS`, a leverage 1; the
last ones name many things, among them what an order trades with."""

_OFF = frozenset({"", "0", "false", "no", "none", "off"})
_HARMLESS = _OFF | {"cash", "noncollateral", "nosideeffect", "normal", "spot", "spotisolated"}
_NOT_SPOT = re.compile(
    r"(cross(ed)?|isolated|leverage?|futures?|swap|contract|perp(etual)?|options?|delivery|linear|inverse"
    r"|.*margin.*|(usdt|usdc|coin|susdt|susdc|scoin)futures)"
)


def borrowing_in(params: Any) -> tuple[str, Any] | None:
    """Return the first parameter, and its value, that borrows or leaves spot, in tables and lists inside too."""
    if isinstance(params, Mapping):
        for name, value in params.items():
            if isinstance(value, Mapping | list | tuple):
                found = borrowing_in(value)
                if found is not None:
                    return f"{name}.{found[0]}", found[1]
            elif _is_not_spot(_plain(name), _plain(value)):
                return str(name), value
    elif isinstance(params, list | tuple):
        for each in params:
            found = borrowing_in(each)
            if found is not None:
                return found
    return None


def _plain(text: object) -> str:
    return _SEPARATORS.sub("", str(text)).lower()


def _is_not_spot(name: str, value: str) -> bool:
    if name in _SWITCHES:
        return value not in _OFF
    if name in _MODES:
        return value not in _HARMLESS
    if name in _LEVERAGES:
        return value not in _OFF and value not in ("1", "1.0")
    return name in _KINDS and _NOT_SPOT.fullmatch(value) is not None
