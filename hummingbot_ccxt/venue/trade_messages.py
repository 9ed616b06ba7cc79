"""How the streamed messages of some venues tell of trades, from `usual_trades.toml`, which says what it means."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

PUBLIC_FIELDS: Final = ("id", "symbol", "side", "price", "amount", "timestamp")
OWN_FIELDS: Final = (*PUBLIC_FIELDS, "order", "clientOrderId", "takerOrMaker", "fee.cost", "fee.currency")

Kind = Literal["public", "own"]
TimeUnit = Literal["ms", "ns", "iso8601"]


@dataclass(frozen=True, kw_only=True)
class TradeMessage:
    """A message with trades."""

    when: Mapping[str, str]
    holder: str = ""
    only: Mapping[str, Any] = field(default_factory=dict)
    fields: str
    time: TimeUnit = "ms"
    zero: tuple[str, ...] = ()

    def places(self) -> dict[str, str]:
        """Where each of ccxt's fields of a trade stands."""
        names = self.fields.split()
        return dict(zip(OWN_FIELDS if len(names) > len(PUBLIC_FIELDS) else PUBLIC_FIELDS, names, strict=True))


@cache
def _all() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("usual_trades.toml").read_text(encoding="utf-8"))


def trade_message(exchange_id: str, kind: Kind) -> TradeMessage | None:
    """The message that tells of public or own trades on an exchange; None if it is not known."""
    told = _all()
    found = told.get(told["alike"].get(exchange_id, exchange_id), {}).get(kind)
    return None if found is None else TradeMessage(**found)
