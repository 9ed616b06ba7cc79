"""One request's parameters, read with Binance's checks and refused with its texts ("General API information")."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson

from ...accounts import ApiAccount
from ...engine import Market
from . import errors

_DECIMAL = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
_INTEGER = r"^[0-9]{1,20}$"
_SYMBOL = r"^[A-Z0-9-_.]{1,20}$"
_CLIENT_ORDER_ID = r"^[\.A-Z\:/a-z0-9_-]{1,36}$"
_DECIMALS = 8  # baseAssetPrecision and quoteAssetPrecision of every market


class Call:
    """The parameters of one request, and the account that signed it (None on public endpoints)."""

    def __init__(
        self, parameters: Mapping[str, str], markets: Mapping[str, Market], account: ApiAccount | None = None
    ) -> None:
        self.parameters = parameters
        self.account = account
        self._markets = markets

    @property
    def account_id(self) -> str:
        assert self.account is not None  # the endpoint asks for a signature
        return self.account.account_id

    def has(self, name: str) -> bool:
        return bool(self.parameters.get(name))

    def text(self, name: str) -> str:
        """A parameter that must be there: -1102."""
        value = self.parameters.get(name)
        if not value:
            raise errors.mandatory(name)
        return value

    def integer(self, name: str, default: int | None = None) -> int | None:
        """-1100 for anything but digits."""
        value = self.parameters.get(name)
        if value is None or value == "":
            return default
        if not re.fullmatch(_INTEGER, value, re.ASCII):
            raise errors.illegal(name, _INTEGER)
        return int(value)

    def limit(self, default: int, most: int) -> int:
        """How many entries are asked for; more than `most` is silently cut, 0 refused."""
        value = self.integer("limit", default)
        if not value:
            raise errors.not_valid("limit")
        return min(value, most)

    def decimal(self, name: str) -> Decimal | None:
        """-1100 for anything but a plain decimal number, -1111 for more than eight decimals; None where absent."""
        value = self.parameters.get(name)
        if value is None:
            return None
        if not re.fullmatch(_DECIMAL, value, re.ASCII):
            raise errors.illegal(name, _DECIMAL)
        if len(value.partition(".")[2].rstrip("0")) > _DECIMALS:
            raise errors.too_precise(name)
        return Decimal(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.parameters.get(name)
        if value is None:
            return default
        if value.lower() not in ("true", "false"):
            raise errors.illegal(name, "^(true|false)$")
        return value.lower() == "true"

    def client_order_id(self, name: str) -> str | None:
        value = self.parameters.get(name)
        if not value:
            return None
        if not re.fullmatch(_CLIENT_ORDER_ID, value, re.ASCII):
            raise errors.illegal(name, _CLIENT_ORDER_ID)
        return value

    def market(self) -> Market:
        """The market of the parameter `symbol`: -1102, -1100 or -1121."""
        return self._market(self.text("symbol"))

    def optional_market(self) -> Market | None:
        return self.market() if self.has("symbol") else None

    def markets(self) -> list[Market]:
        """Those of `symbol` or `symbols` (`["BTCUSDT","ETHUSDT"]`), all where neither is sent."""
        if self.has("symbol"):
            if self.has("symbols"):
                raise errors.BinanceError(-1128, "Combination of optional parameters invalid.")
            return [self.market()]
        if not self.has("symbols"):
            return list(self._markets.values())
        try:
            names: Any = orjson.loads(self.parameters["symbols"])
        except orjson.JSONDecodeError:
            names = None
        if not isinstance(names, list) or not names or not all(isinstance(each, str) for each in names):
            raise errors.illegal("symbols", r'^\["[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}\]$')
        return [self._market(name) for name in names]

    def _market(self, market_id: str) -> Market:
        if not re.fullmatch(_SYMBOL, market_id, re.ASCII):
            raise errors.illegal("symbol", _SYMBOL)
        market = self._markets.get(market_id)
        if market is None:
            raise errors.bad_symbol()
        return market


def market_id(market: Market) -> str:
    """`BTCUSDT`."""
    return market.base + market.quote
