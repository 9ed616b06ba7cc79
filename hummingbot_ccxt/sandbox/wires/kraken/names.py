"""Kraken's names and notations: assets, pairs, transaction ids, numbers, times.

Source: docs.kraken.com/api, "Get Asset Info", "Get Tradable Asset Pairs"; support.kraken.com, "Bitcoin currency code".
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import orjson

from ...engine import Market
from ..notation import decimals, number

_OTHER_CODES = {"BTC": "XBT", "DOGE": "XDG"}
_COINS = ("ETC", "ETH", "LTC", "MLN", "REP", "XBT", "XDG", "XLM", "XMR", "XRP", "ZEC")  # listed before 2017
_FIAT = ("AUD", "CAD", "EUR", "GBP", "JPY", "USD")
_OLD_IDS = {**{name: f"X{name}" for name in _COINS}, **{name: f"Z{name}" for name in _FIAT}}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SPACE = 1 << 80  # sixteen letters of five bits
_SPREAD = 0x9E3779B97F4A7C15F39D  # odd, so that it can be undone; neighbours look nothing alike
_BACK = pow(_SPREAD, -1, _SPACE)


def asset_names(asset: str) -> tuple[str, str]:
    """Id and alternative name: `("XXBT", "XBT")` of BTC, `("SOL", "SOL")` of what was listed later."""
    altname = _OTHER_CODES.get(asset, asset)
    return _OLD_IDS.get(altname, altname), altname


@dataclass(frozen=True, slots=True)
class Pair:
    """A market under its names: `XETHXXBT`, `ETHXBT`, `ETH/XBT`; the WebSocket's version 2 says `ETH/BTC`."""

    market: Market
    id: str
    altname: str
    wsname: str

    @classmethod
    def of(cls, market: Market) -> "Pair":
        """Only pairs of two old assets have their long ids in the name."""
        (base_id, base), (quote_id, quote) = asset_names(market.base), asset_names(market.quote)
        both_old = base_id != base and quote_id != quote
        return cls(market, base_id + quote_id if both_old else base + quote, base + quote, f"{base}/{quote}")

    @property
    def price_decimals(self) -> int:
        return decimals(self.market.tick_size)

    def price(self, value: Decimal) -> str:
        """A price of REST and of version 1: five decimals at least, as recorded."""
        return f"{value:.{max(5, self.price_decimals)}f}"

    def price_number(self, value: Decimal) -> orjson.Fragment:
        """A price of version 2: a JSON number with all its decimals, which the checksum is made of."""
        return orjson.Fragment(f"{value:.{self.price_decimals}f}")


def amount(value: Decimal) -> str:
    """Eight decimals (`lot_decimals` of every pair there; the step here may be coarser)."""
    return f"{value:.8f}"


def amount_number(value: Decimal) -> orjson.Fragment:
    return orjson.Fragment(amount(value))


def money(value: Decimal, least: int = 5) -> str:
    """At least so many decimals, and all that there are: Kraken rounds what it charges, the engine does not."""
    digits = decimals(value)
    return number(value) if digits > least else f"{value:.{least}f}"


def plain(value: Decimal) -> orjson.Fragment:
    """Any other number of version 2, exact; always with a point, so that it is never an integer."""
    return orjson.Fragment(money(value, 1))


def transaction_id(kind: str, serial: int) -> str:
    """`OUF4EM-FRGI2-MQMWZD`: a letter for the kind, O of an order, T of a trade, and sixteen of base 32."""
    mixed = serial * _SPREAD % _SPACE
    text = kind + "".join(_LETTERS[mixed >> 5 * place & 31] for place in reversed(range(16)))
    return f"{text[:6]}-{text[6:11]}-{text[11:]}"


def serial_of(text: str) -> int | None:
    """The other way round; None for what is no transaction id."""
    letters = text.replace("-", "")
    if [len(part) for part in text.split("-")] != [6, 5, 6] or not set(letters) <= set(_LETTERS):
        return None
    mixed = 0
    for letter in letters[1:]:
        mixed = mixed << 5 | _LETTERS.index(letter)
    return mixed * _BACK % _SPACE


def stamp(time_ms: int) -> str:
    """`2023-10-06T17:35:55.440000Z`."""
    second, rest = divmod(time_ms, 1000)
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}000Z"


def seconds(time_ms: int) -> str:
    """Version 1's times: `1534614248.765000`."""
    return f"{time_ms // 1000}.{time_ms % 1000:03d}000"
