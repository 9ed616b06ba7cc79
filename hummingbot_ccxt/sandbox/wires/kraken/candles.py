"""Kraken's candles: their intervals, and what both versions of the WebSocket tell of the one in progress.

Source: docs.kraken.com/api, "Candles (OHLC)" of each version; texts of refusals: "Error messages".
"""

from typing import Any

from ...engine import Trade
from ...tape import Candle
from .names import Pair, amount, amount_number, seconds, stamp

INTERVALS = {"1": "1m", "5": "5m", "15": "15m", "30": "30m", "60": "1h", "240": "4h", "1440": "1d", "10080": "1w"}
"""By minutes; there is one of fifteen days besides, which is not taken here."""


def complaint(minutes: Any) -> str | None:
    """Why no candles of so many minutes can be subscribed to; None where they can."""
    if not isinstance(minutes, int):
        return "Subscription ohlc interval must be an integer"
    return None if str(minutes) in INTERVALS else "Subscription ohlc interval not supported"


def rest_row(pair: Pair, candle: Candle) -> list[Any]:
    """ "Get OHLC Data": opening in seconds, open, high, low, close, average price, volume, count."""
    return [candle.open_ms // 1000, *map(pair.price, _prices(candle)), amount(candle.volume), candle.count]


def v1_row(pair: Pair, candle: Candle, last: Trade) -> list[Any]:
    """The last trade's time and the interval's end, then as REST's."""
    times = [seconds(last.time_ms), seconds(candle.close_ms + 1)]
    return [*times, *map(pair.price, _prices(candle)), amount(candle.volume), candle.count]


def v2_message(pair: Pair, candle: Candle, minutes: int, type: str) -> dict[str, Any]:
    """`type`: snapshot or update. `timestamp` is the interval's end."""
    names = ("open", "high", "low", "close", "vwap")
    entry = {
        "symbol": pair.market.symbol,
        **{name: pair.price_number(price) for name, price in zip(names, _prices(candle), strict=True)},
        "trades": candle.count,
        "volume": amount_number(candle.volume),
        "interval_begin": stamp(candle.open_ms),
        "interval": minutes,
        "timestamp": stamp(candle.close_ms + 1),
    }
    return {"channel": "ohlc", "type": type, "timestamp": stamp(candle.close_ms + 1), "data": [entry]}


def _prices(candle: Candle) -> tuple[Any, ...]:
    average = candle.quote_volume / candle.volume if candle.volume else candle.close
    return candle.open, candle.high, candle.low, candle.close, average
