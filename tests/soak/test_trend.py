"""Whether growth is told from noise."""

import asyncio
import random

from hummingbot_ccxt.chaos.facts import Result
from hummingbot_ccxt.soak.load import Step, broken
from hummingbot_ccxt.soak.steady import ALLOWED, Soaked
from hummingbot_ccxt.soak.trend import trend
from hummingbot_ccxt.soak.use import FIGURES, use

AT_S = [10.0 * number for number in range(180)]  # half an hour


def noisy(slope_per_hour, seed, level=200.0):
    """Samples that wander: each keeps four fifths of the deviation before."""
    draw, off, values = random.Random(seed), 0.0, []
    for at in AT_S:
        off = 0.8 * off + draw.gauss(0, 0.5)
        values.append(level + slope_per_hour * at / 3600 + off)
    return values


def test_a_leak_is_found_and_its_slope_is_right():
    found = [trend(AT_S, noisy(30.0, seed)) for seed in range(200)]
    assert sum(abs(each.slope - 30.0) <= each.margin for each in found) >= 190
    assert sum(each.grows(6.0) for each in found) >= 190


def test_noise_is_no_growth():
    assert sum(trend(AT_S, noisy(0.0, seed)).grows(0.0) for seed in range(200)) <= 10


def test_too_few_samples_have_no_trend_which_is_a_problem_of_its_own():
    assert trend(AT_S[:9], [1.0] * 9) is None
    soaked = Soaked(Result("binance", "ours", "1"), at_s=AT_S[:9], samples={name: [1.0] * 9 for name in ALLOWED})
    assert len([each for each in soaked.problems() if "too short" in each]) == len(ALLOWED)


def test_what_a_process_uses_is_told_by_name():
    async def now():
        return use()

    found = asyncio.run(now())
    assert found.keys() == set(FIGURES)
    assert found["memory_mb"] > 10
    assert found["tasks"] == 1
    assert found["handles"] >= found["sockets"] >= 0


def test_what_gave_way_under_load_is_named_with_its_figure():
    step = Step(200, 1, 400.0, {"ready_s": 1.0, "late_p99_s": 0.1, "order_p99_s": 2.5, "cpu_percent": 40.0}, 3)
    assert broken(step) == ["order_p99_s is 2.50, over 1", "3 books are wrong"]
