"""What a market's trades add up to: candles of any interval and the statistics of a sliding window."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from .engine import Side, Trade

SECOND_MS = 1_000
DAY_MS = 86_400_000
_WEEK_MS = 7 * DAY_MS
_FIRST_MONDAY_MS = 4 * DAY_MS  # 1970-01-05

#: Interval name -> milliseconds; a month ("1M") has no fixed length and is handled apart.
INTERVALS_MS = {
    "1s": SECOND_MS,
    "1m": 60_000,
    "3m": 180_000,
    "5m": 300_000,
    "15m": 900_000,
    "30m": 1_800_000,
    "1h": 3_600_000,
    "2h": 7_200_000,
    "4h": 14_400_000,
    "6h": 21_600_000,
    "8h": 28_800_000,
    "12h": 43_200_000,
    "1d": DAY_MS,
    "3d": 3 * DAY_MS,
    "1w": _WEEK_MS,
}
MONTH = "1M"


def bucket(interval: str, time_ms: int) -> tuple[int, int]:
    """First and last millisecond of the candle that holds `time_ms`; KeyError for an unknown interval."""
    if interval == MONTH:
        day = datetime.fromtimestamp(time_ms / 1000, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        following = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
        return int(day.timestamp() * 1000), int(following.timestamp() * 1000) - 1
    length = INTERVALS_MS[interval]
    offset = _FIRST_MONDAY_MS if length == _WEEK_MS else 0
    start = (time_ms - offset) // length * length + offset
    return start, start + length - 1


@dataclass(slots=True)
class Candle:
    """Trades between `open_ms` and `close_ms`, both included; with `count` 0 there was none, and prices stood still.

    Volumes are in base, quote volumes in quote; `taker_` counts only trades whose taker bought. Without trades, ids
    are -1.
    """

    open_ms: int
    close_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = Decimal(0)
    quote_volume: Decimal = Decimal(0)
    count: int = 0
    taker_volume: Decimal = Decimal(0)
    taker_quote_volume: Decimal = Decimal(0)
    first_id: int = -1
    last_id: int = -1
    last_amount: Decimal = Decimal(0)

    def add(self, other: "Candle") -> None:
        """Extends this candle by a later one."""
        if other.count == 0:
            return
        if self.count == 0:
            self.open, self.high, self.low = other.open, other.high, other.low
            self.first_id = other.first_id
        self.high, self.low = max(self.high, other.high), min(self.low, other.low)
        self.close, self.last_id, self.last_amount = other.close, other.last_id, other.last_amount
        self.volume += other.volume
        self.quote_volume += other.quote_volume
        self.count += other.count
        self.taker_volume += other.taker_volume
        self.taker_quote_volume += other.taker_quote_volume


@dataclass(slots=True)
class Day(Candle):
    """The last 24 hours; `before`: the price ahead of them, 0 without trades."""

    before: Decimal = Decimal(0)

    @property
    def change(self) -> Decimal:
        return self.close - self.before

    @property
    def ratio(self) -> Decimal:
        """The change as a fraction; 0 where there was no price before."""
        return self.change / self.before if self.before else Decimal(0)


class Tape:
    """One market's history of the last `keep_ms` by seconds, fed trade by trade in order of time."""

    def __init__(self, keep_ms: int = DAY_MS) -> None:
        self._keep_ms = keep_ms
        self._seconds: list[Candle] = []
        self._opens: list[int] = []
        self._running: dict[str, Candle] = {}
        self.last: Trade | None = None

    def add(self, trade: Trade) -> None:
        open_ms, close_ms = bucket("1s", trade.time_ms)
        price, quote = trade.price, trade.price * trade.amount
        bought = trade.taker_side is Side.BUY
        one = Candle(
            open_ms, close_ms, price, price, price, price, trade.amount, quote, 1,
            trade.amount if bought else Decimal(0), quote if bought else Decimal(0), trade.id, trade.id, trade.amount,
        )  # fmt: skip
        self.last = trade
        if self._opens and self._opens[-1] >= open_ms:  # the same second, or a clock that was set back
            self._seconds[-1].add(one)
        else:
            self._seconds.append(replace(one))
            self._opens.append(open_ms)
            self._trim(open_ms)
        for interval, running in self._running.items():
            if trade.time_ms > running.close_ms:
                self._running[interval] = replace(one)
                self._running[interval].open_ms, self._running[interval].close_ms = bucket(interval, trade.time_ms)
            else:
                running.add(one)

    def running(self, interval: str, now_ms: int) -> Candle | None:
        """The candle in progress, kept up to date from the first call on; None before the market's first trade."""
        candle = self._running.get(interval)
        if candle is None or now_ms > candle.close_ms:
            found = self.candles(interval, *bucket(interval, now_ms))
            if not found:
                return None
            candle = self._running[interval] = found[-1]
        return candle

    def candles(self, interval: str, start_ms: int, end_ms: int) -> list[Candle]:
        """All candles that open in `start_ms`..`end_ms`, oldest first, none before the market's first trade.

        Intervals without a trade repeat the last price.
        """
        if not self._seconds:
            return []
        wanted = max(start_ms, bucket(interval, self._opens[0])[0])
        first, end_of_first = bucket(interval, wanted)
        if first < wanted:
            first = end_of_first + 1
        result: list[Candle] = []
        before = bisect_left(self._opens, first) - 1
        price = self._seconds[before].close if before >= 0 else self._seconds[0].open
        open_ms = first
        while open_ms <= end_ms:
            open_ms, close_ms = bucket(interval, open_ms)
            candle = Candle(open_ms, close_ms, price, price, price, price)
            for second in self._between(open_ms, close_ms):
                candle.add(second)
            price = candle.close
            result.append(candle)
            open_ms = close_ms + 1
        return result

    def day(self, now_ms: int) -> Day:
        """The last 24 hours."""
        return self._filled(Day(now_ms - DAY_MS, now_ms, *self._still(), before=self.price_before(now_ms)))

    def window(self, now_ms: int, span_ms: int = DAY_MS) -> Candle:
        """Everything within the last `span_ms`; all zero, with `count` 0, before the market's first trade."""
        return self._filled(Candle(now_ms - span_ms, now_ms, *self._still()))

    def _still(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Open, high, low and close of a time without trades."""
        price = self.last.price if self.last is not None else Decimal(0)
        return price, price, price, price

    def _filled[C: Candle](self, candle: C) -> C:
        for second in self._between(candle.open_ms, candle.close_ms + SECOND_MS):
            candle.add(second)
        return candle

    def price_before(self, now_ms: int, span_ms: int = DAY_MS) -> Decimal:
        """The last price before the window, or the first one in it; 0 without trades."""
        if not self._seconds:
            return Decimal(0)
        index = bisect_left(self._opens, now_ms - span_ms)
        return self._seconds[index - 1].close if index > 0 else self._seconds[0].open

    def _between(self, start_ms: int, end_ms: int) -> Iterator[Candle]:
        for index in range(bisect_left(self._opens, start_ms), len(self._opens)):
            if self._opens[index] > end_ms:
                return
            yield self._seconds[index]

    def _trim(self, now_ms: int) -> None:
        if self._opens[0] < now_ms - 2 * self._keep_ms:
            cut = bisect_left(self._opens, now_ms - self._keep_ms)
            del self._opens[:cut], self._seconds[:cut]
