"""Whether growth is told from noise."""

import asyncio
import random
from collections import Counter

import pytest
from hummingbot.connector.client_order_tracker import ClientOrderTracker

from hummingbot_ccxt.chaos.facts import Result
from hummingbot_ccxt.soak.kept import kept
from hummingbot_ccxt.soak.load import Step, broken
from hummingbot_ccxt.soak.steady import NOTHING, Soaked
from hummingbot_ccxt.soak.trend import Trend, Verdict, trend
from hummingbot_ccxt.soak.use import FIGURES, use

AT_S = [10.0 * number for number in range(180)]  # half an hour


def noisy(slope_per_hour, seed, level=200.0):
    """Samples that wander: each keeps four fifths of the deviation before."""
    draw, off, values = random.Random(seed), 0.0, []
    for at in AT_S:
        off = 0.8 * off + draw.gauss(0, 0.5)
        values.append(level + slope_per_hour * at / 3600 + off)
    return values


def verdicts(slope, nothing=1.0):
    return Counter(trend(AT_S, noisy(slope, seed)).verdict(nothing) for seed in range(200))


def test_a_leak_is_found_and_its_slope_is_right():
    found = [trend(AT_S, noisy(30.0, seed)) for seed in range(200)]
    assert sum(abs(each.slope - 30.0) <= each.margin for each in found) >= 190
    assert verdicts(30.0)[Verdict.GROWTH] >= 190


def test_noise_is_no_growth():
    assert verdicts(0.0)[Verdict.GROWTH] <= 4


def test_nothing_is_called_steady_that_may_grow():
    """The noise of half an hour hides a growth of this size: neither can be said."""
    found = verdicts(4.0)
    assert found[Verdict.STEADY] <= 4
    assert found[Verdict.INCONCLUSIVE] >= 100


def test_a_quiet_figure_is_steady():
    assert trend(AT_S, [7.0] * len(AT_S)).verdict(1.0) is Verdict.STEADY
    assert trend(AT_S, [7.0 - at / 100 for at in AT_S]).verdict(1.0) is Verdict.STEADY


def test_what_settles_is_no_growth():
    settling = [200 + 20 * min(at / 600, 1.0) for at in AT_S]  # for ten minutes, then not at all
    assert trend(AT_S, settling).verdict(1.0) is Verdict.INCONCLUSIVE
    assert trend(AT_S, settling).hours_needed(1.0) > AT_S[-1] / 3600


def test_a_minute_tells_nothing_however_steep_it_is():
    """All that a process does in its first minutes is to fill what it has."""
    short = trend(AT_S[:12], [200.0 + at for at in AT_S[:12]])
    assert short.verdict(1.0) is Verdict.INCONCLUSIVE
    assert short.hours_needed(1.0) == 0.25


def test_what_would_tell_is_longer_the_noisier_it_is():
    calm, wild = (Trend(0.5, margin, 200.0, hours=0.5) for margin in (1.0, 8.0))
    assert 0.5 < calm.hours_needed(1.0) < wild.hours_needed(1.0) <= 24.0
    assert Trend(1.0, 1.0, 200.0, hours=0.5).hours_needed(1.0) == 24.0


async def _now():
    return use()


def soaked(**samples):
    steady = {name: [1.0] * len(AT_S) for name in NOTHING}
    return Soaked(Result("binance", "ours", "1"), at_s=AT_S, samples={**steady, **samples})


def test_the_verdict_is_growth_if_anything_grows_and_steady_if_all_is():
    assert soaked().verdict() is Verdict.STEADY
    assert soaked().minutes_needed() is None
    grown = soaked(tasks=[at / 60 for at in AT_S], memory_mb=noisy(2.0, 1))
    assert grown.verdict() is Verdict.GROWTH
    assert [problem.split()[0] for problem in grown.problems()] == ["tasks"]
    open_one = soaked(memory_mb=noisy(2.0, 1), held_mb=noisy(2.0, 2))
    assert open_one.verdict() is Verdict.INCONCLUSIVE
    assert open_one.problems() == []
    assert open_one.minutes_needed() > 45


def test_resident_memory_that_only_comes_to_fill_what_was_allocated_before_is_no_growth():
    assert soaked(memory_mb=noisy(30.0, 1)).verdict() is Verdict.STEADY


@pytest.mark.parametrize(("allocated", "slope"), [("held_mb", 30.0), ("malloc_mb", 30.0), ("blocks", 500_000.0)])
def test_what_is_allocated_may_not_grow_even_where_resident_memory_does_not(allocated, slope):
    found = soaked(**{allocated: noisy(slope, 1)})
    assert found.verdict() is Verdict.GROWTH
    assert [problem.split()[0] for problem in found.problems()] == [allocated]


def test_resident_memory_grows_where_it_is_not_known_that_what_is_allocated_does_not():
    found = soaked(memory_mb=noisy(30.0, 1), held_mb=noisy(4.0, 2))
    assert found.verdicts()["held_mb"] is not Verdict.STEADY
    assert [problem.split()[0] for problem in found.problems()] == ["memory_mb"]


def test_too_few_samples_are_inconclusive_which_is_no_failure():
    assert trend(AT_S[:9], [1.0] * 9) is None
    few = Soaked(Result("binance", "ours", "1"), at_s=AT_S[:9], samples={name: [1.0] * 9 for name in NOTHING})
    assert few.verdict() is Verdict.INCONCLUSIVE
    assert few.problems() == []
    assert few.minutes_needed() == pytest.approx(22.5)


def test_what_became_more_is_named():
    found = soaked()
    found.kept = {"a": [100.0 + at for at in AT_S], "b": [100.0] * len(AT_S)}
    assert list(found.grown()) == ["a"]
    assert found.grown()["a"].slope == pytest.approx(3600)


def test_containers_are_counted_by_where_they_hang():
    tracker = ClientOrderTracker(connector=None)
    for number in range(150):
        tracker._cached_orders[str(number)] = object()
    tracker._lost_orders = {str(number): [0] * 200 for number in range(3)}
    found = kept(tracker, "tracker")
    assert found["tracker._cached_orders"] == 150
    assert found["tracker._lost_orders[]"] == 600
    assert "tracker._lost_orders" not in found  # three are nothing


def test_what_a_process_uses_is_told_by_name():
    found = asyncio.run(_now())
    assert found.keys() == set(FIGURES)
    assert found["held_mb"] > found["malloc_mb"] > 1
    assert found["memory_mb"] > 10
    assert found["tasks"] == 1
    assert found["handles"] >= found["sockets"] >= 0


def test_what_is_allocated_is_counted_at_once_and_no_more_when_it_is_let_go():
    before = asyncio.run(_now())
    large, many = bytearray(50 * 2**20), [str(number) for number in range(100_000, 200_000)]
    with_it = asyncio.run(_now())
    assert with_it["malloc_mb"] - before["malloc_mb"] == pytest.approx(50, abs=2)
    assert with_it["blocks"] - before["blocks"] == pytest.approx(len(many), rel=0.1)
    del large, many
    after = asyncio.run(_now())
    assert after["malloc_mb"] - before["malloc_mb"] < 2
    assert after["blocks"] - before["blocks"] < 10_000


def test_what_gave_way_under_load_is_named_with_its_figure():
    step = Step(200, 1, 400.0, {"ready_s": 1.0, "late_p99_s": 0.1, "order_p99_s": 2.5, "cpu_percent": 40.0}, 3)
    assert broken(step) == ["order_p99_s is 2.50, over 1", "3 books are wrong"]
