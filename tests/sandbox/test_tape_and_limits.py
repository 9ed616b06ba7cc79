"""Candles out of trades, and windows of request weight."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot_ccxt.sandbox.engine import Side, Trade
from hummingbot_ccxt.sandbox.limits import Limiter, Verdict, Window
from hummingbot_ccxt.sandbox.tape import DAY_MS, INTERVALS_MS, MONTH, Tape, bucket

NOON = 1_764_072_000_000  # 2025-11-25 12:00:00 UTC, a Tuesday


def trade(number: int, time_ms: int, price: int = 100, amount: int = 1, side: Side = Side.BUY) -> Trade:
    return Trade(number, "BTC/USDT", Decimal(price), Decimal(amount), 1, 2, side, time_ms)


@pytest.mark.parametrize("interval", [*INTERVALS_MS, MONTH])
@given(time_ms=st.integers(0, 4_102_444_800_000))
def test_buckets_follow_each_other_without_gap_or_overlap(interval: str, time_ms: int) -> None:
    first, last = bucket(interval, time_ms)

    assert first <= time_ms <= last
    assert bucket(interval, last) == (first, last)
    assert bucket(interval, last + 1)[0] == last + 1


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    assert bucket("1w", NOON)[0] == NOON - DAY_MS - DAY_MS // 2
    assert bucket("1M", NOON)[0] == NOON - 24 * DAY_MS - DAY_MS // 2


def test_a_candle_sums_its_trades_and_an_empty_one_repeats_the_price() -> None:
    tape = Tape()
    for number, (after_ms, price, side) in enumerate(
        [(0, 100, Side.BUY), (59_000, 110, Side.SELL), (59_500, 90, Side.BUY), (180_000, 95, Side.BUY)]
    ):
        tape.add(trade(number, NOON + after_ms, price, 2, side))

    candles = tape.candles("1m", NOON - DAY_MS, NOON + 200_000)

    assert [candle.count for candle in candles] == [3, 0, 0, 1]
    first = candles[0]
    assert (first.open, first.high, first.low, first.close) == (100, 110, 90, 90)
    assert (first.volume, first.quote_volume, first.taker_volume, first.taker_quote_volume) == (6, 600, 4, 380)
    assert (first.first_id, first.last_id, first.last_amount) == (0, 2, 2)
    assert {candles[1].open, candles[1].close, candles[2].high} == {Decimal(90)}
    assert candles[1].first_id == -1


def test_candles_before_the_first_trade_do_not_exist() -> None:
    tape = Tape()
    assert tape.candles("1m", 0, NOON) == []
    assert tape.running("1m", NOON) is None
    tape.add(trade(1, NOON))
    assert [candle.open_ms for candle in tape.candles("1m", NOON - DAY_MS, NOON)] == [NOON]


def test_the_candle_in_progress_grows_and_is_followed_by_the_next() -> None:
    tape = Tape()
    tape.add(trade(1, NOON, 100))
    assert tape.running("1m", NOON) is not None
    tape.add(trade(2, NOON + 1_000, 105))
    running = tape.running("1m", NOON + 2_000)
    assert running is not None
    assert (running.count, running.close) == (2, 105)
    tape.add(trade(3, NOON + 61_000, 107))
    following = tape.running("1m", NOON + 62_000)
    assert following is not None
    assert (following.open_ms, following.count, following.open) == (NOON + 60_000, 1, 107)
    idle = tape.running("1m", NOON + 200_000)
    assert idle is not None
    assert (idle.count, idle.open) == (0, 107)


def test_the_window_forgets_what_is_older_than_a_day() -> None:
    tape = Tape()
    tape.add(trade(1, NOON, 100))
    tape.add(trade(2, NOON + DAY_MS + 60_000, 120))
    now = NOON + DAY_MS + 61_000

    window = tape.window(now)

    assert (window.count, window.open, window.close) == (1, 120, 120)
    assert tape.price_before(now) == 100


def test_a_long_history_is_trimmed() -> None:
    tape = Tape(keep_ms=10_000)
    for number in range(100):
        tape.add(trade(number, NOON + number * 1_000))

    assert tape.candles("1s", 0, NOON)[:1] == []
    assert len(tape.candles("1s", 0, NOON + 99_000)) <= 21


def test_a_window_ends_with_the_clock() -> None:
    window = Window(10, 60)

    assert [window.add(4, 59.0), window.add(4, 59.9), window.add(4, 60.0)] == [4, 8, 4]
    assert window.resets_in(75.0) == 45.0


def test_who_goes_on_over_the_limit_is_banned_and_let_in_again_later() -> None:
    now = [1_000.0]
    limiter = Limiter(10, 60, patience=2, ban_s=100, now_s=lambda: now[0])
    verdicts = [limiter.take(10).verdict for _ in range(5)]
    assert verdicts == [Verdict.ALLOWED, Verdict.LIMITED, Verdict.LIMITED, Verdict.BANNED, Verdict.BANNED]
    now[0] += 101
    assert limiter.take(1).verdict is Verdict.ALLOWED
    limiter.ban(50)
    assert limiter.take(1).retry_after_s == 50
    limiter.lift()
    assert limiter.take(1).verdict is Verdict.ALLOWED
