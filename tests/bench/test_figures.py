"""Samples become ratios, spreads and verdicts; nothing is measured here."""

import pytest

from hummingbot_ccxt.bench import page
from hummingbot_ccxt.bench.figures import report_of, verdict
from hummingbot_ccxt.bench.measure import _latencies_us, _seen_at, percentile
from hummingbot_ccxt.bench.plan import FULL

MAIN = "cpu_us/book/20p/20l/100d"


def report(**more):
    return report_of({"source_cpu": {"ours": [0.02], "native": [0.03]}, **more}, 12.0)


def test_a_ratio_is_the_median_of_the_rounds_own_ratios():
    # The machine slowed down between the rounds: medians of each would compare different rounds.
    found = report(**{MAIN: {"ours": [50.0, 100.0, 900.0], "native": [100.0, 200.0, 1000.0]}})
    assert found["book_cpu_ratio"] == 0.5
    assert found["spreads"]["book_cpu_ratio"] == [0.5, 0.5, 0.9]
    assert found["samples"][MAIN]["ours"] == {"median": 100.0, "spread": [50.0, 900.0], "rounds": 3}


def test_extra_is_the_median_difference_of_the_rounds():
    assert report(memory_mb={"ours": [110.0, 130.0], "native": [100.0, 100.0]})["rss_extra_mb"] == 20.0


def test_growth_is_the_cost_at_the_last_size_over_that_at_the_first():
    samples = {f"cpu_us/book/{n}p/20l/100d": {"ours": [100.0 + n], "native": [100.0]} for n in (1, 10, 50, 200)}
    found = report(**samples)
    assert found["growth"]["pairs"]["ours"] == {"1": 101.0, "10": 110.0, "50": 150.0, "200": 300.0}
    assert found["growth_200_pairs"] == pytest.approx(300 / 101, rel=1e-3)


def test_what_was_not_measured_is_unknown_and_no_number():
    found = report()
    assert found["book_cpu_ratio"] is None
    assert found["goals"]["book_cpu_ratio"] == "unknown"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("book_cpu_ratio", 0.5, "aim"),
        ("book_cpu_ratio", 0.51, "reached"),
        ("book_cpu_ratio", 1.01, "missed"),
        ("book_burst_ratio", 2.0, "aim"),
        ("book_burst_ratio", 1.9, "reached"),
        ("book_burst_ratio", 0.9, "missed"),
    ],
)
def test_a_goal_is_reached_on_its_own_side(name, value, expected):
    assert verdict(name, value) == expected


@pytest.mark.parametrize(("percent", "expected"), [(50, 2), (75, 3), (99, 4), (100, 4), (0, 1)])
def test_a_percentile_is_one_of_the_values(percent, expected):
    assert percentile([4, 1, 3, 2], percent) == expected


def test_the_page_shows_every_figure_and_loads_nothing():
    found = report(**{MAIN: {"ours": [50.0], "native": [100.0]}})
    text = page.html(
        {
            "versions": {"ccxt": "1 <2>"},
            "machine": "a machine",
            "plan": {"rounds": FULL.rounds, "paced_s": FULL.paced_s, "wide_rounds": FULL.wide_rounds},
            "exchanges": {"binance": found},
        }
    )
    assert "1 &lt;2&gt;" in text
    assert text.count("<svg") == 1
    assert text.count("Not measured: a run without --quick") == 2
    assert text.count('<td class="unknown">not measured</td>') == 2
    assert "5 rounds of 5 s" in text
    assert all(page._SAYS[name] in text for name in page.FIGURES)
    assert "http" not in text
    assert "<script" not in text


def test_growth_is_drawn_where_it_was_measured_and_one_is_no_plural():
    samples = {f"cpu_us/book/{n}p/20l/100d": {"ours": [100.0 + n], "native": [100.0]} for n in (1, 10, 50, 200)}
    samples["requests_idle"] = {"ours": [6.0], "native": [258.0]}
    plan = {"rounds": 1, "paced_s": 5, "wide_rounds": 1}
    text = page.html(
        {"versions": {}, "machine": "", "plan": plan, "exchanges": {"binance": report(**samples)}},
    )
    assert text.count("<svg") == 2
    assert ">1 pair<" in text
    assert ">10 pairs<" in text
    assert "1 round of 5 s" in text
    assert '<td>6 <span class="dim">/ 258</span></td>' in text


def test_a_step_is_seen_with_a_later_one_of_its_pair_and_with_no_other():
    played = {"sent": [(number, 1000 * number) for number in range(7, 13)]}
    # Two pairs that take turns: 9 stands for 7 too, 10 for 8, and 11 and 12 never came.
    finished = {"seen": [(9, 20_000), (10, 21_000), (9, 22_000)]}
    seen_at = _seen_at(played, finished, 2)
    assert seen_at == {7: 20_000, 9: 20_000, 8: 21_000, 10: 21_000}
    assert _latencies_us(played, seen_at) == [13, 13, 11, 11]
