"""What `hummingbot-ccxt chaos` plays and reports."""

import dataclasses
import random
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hummingbot_ccxt import cli
from hummingbot_ccxt.chaos.campaign import MOST_ORDERS, Campaign, UnknownTrouble, outcomes, troubles
from hummingbot_ccxt.chaos.facts import Comparison, Episode, Result
from hummingbot_ccxt.chaos.page import html
from hummingbot_ccxt.chaos.report import figures, passed
from hummingbot_ccxt.chaos.storm import Plan, cycle
from hummingbot_ccxt.chaos.troubles import TROUBLES
from hummingbot_ccxt.rig.connectors import FULL_DEPTH

CAMPAIGN = Campaign(["binance"], ["ours", "native"], 10, 1)


def result(kind, **changes):
    episodes = [Episode(("429", "killed"), 1.0, 2.0, 0.5), Episode(("<b>",), 3.0, 4.0, 3.0)]
    well = Result("binance", kind, "1-1", orders=10, fills=5, faults={"429": 3}, episodes=episodes)
    return dataclasses.replace(well, **changes)


def report(*results):
    return figures(CAMPAIGN, outcomes(results, ["binance"], ["ours", "native"]), 5.0)


def test_the_report_holds_the_agreed_figures_of_each_exchange_and_connector():
    lost = Comparison(lost=("x", "y"), balance_difference={"BTC": Decimal("-1E-8")})
    found = report(result("ours"), result("native", comparison=lost, dead_streams=("own orders",)))["exchanges"][
        "binance"
    ]
    assert found.keys() == {"ours", "native"}
    assert {
        "orders", "faults", "lost", "duplicated", "orphaned", "wrong_state", "balance_difference", "dead_streams",
        "recovery_seconds",
    } <= found["ours"].keys()  # fmt: skip
    assert found["ours"]["orders"] == 10
    assert found["ours"]["faults"] == {"429": 3}
    assert found["ours"]["recovery_seconds"] == {"p50": 3.0, "p99": 3.0, "measured": 2}
    assert (found["native"]["lost"], found["native"]["dead_streams"]) == (2, 1)
    assert found["native"]["balance_difference"] == {"BTC": "-0.00000001"}


@pytest.mark.parametrize(
    "changes",
    [
        {"comparison": Comparison(lost=("x",))},
        {"comparison": Comparison(balance_difference={"BTC": Decimal(1)})},
        {"dead_streams": ("own orders",)},
        {"failure": "the process ended"},
        {"episodes": [Episode(("429",), 0.0, 1.0, 30.0, recovered=False, missing="book of BTC-USDT")]},
    ],
)
def test_the_storm_is_lost_by_anything_wrong_with_ours_and_by_nothing_wrong_with_a_native_connector(changes):
    kinds = (["binance"], ["ours", "native"])
    assert not passed(outcomes([result("ours", **changes), result("native")], *kinds))
    assert passed(outcomes([result("ours"), result("native", **changes)], *kinds))


def test_a_storm_that_was_stopped_tells_of_the_rounds_it_played_and_does_not_pass():
    stopped = report(result("ours"))  # the native one's round is missing
    assert (stopped["passed"], stopped["wrong"]) == (False, False)
    assert stopped["rounds"] == {"played": 1, "planned": 2}
    assert "1 of 2 rounds, nothing lost so far" in html(stopped)
    assert report(result("ours"), result("native"))["passed"]


def test_the_page_loads_nothing_and_takes_no_text_for_markup():
    page = html(report(result("ours"), result("native", failure="<script>")))
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.append((tag, dict(attrs)))

    Reader().feed(page)
    tags = {tag for tag, _ in found}
    assert {"svg", "table"} <= tags
    assert not tags & {"script", "link", "img", "iframe", "b"}
    assert not any(name in attributes for _, attributes in found for name in ("src", "href"))


def test_each_fault_that_is_chosen_strikes_in_every_cycle_and_the_longest_in_the_first():
    for first in (True, False):
        plan = Plan("kraken", "ours", "1", 10)
        names = [trouble.name for together in cycle(plan, random.Random(1), first=first) for trouble in together]
        assert sorted(names) == sorted(set(TROUBLES) - (set() if first else {"outage"}))


def test_wrong_checksums_strike_only_where_there_are_any():
    names = [
        each.name for part in cycle(Plan("binance", "ours", "1", 1), random.Random(1), first=True) for each in part
    ]
    assert "wrong checksum" not in names


def test_every_wire_with_the_depth_for_it_has_a_storm_among_the_tests():
    files = (Path(__file__).parent / "storms").glob("test_*.py")
    assert {file.stem.removeprefix("test_") for file in files} == set(FULL_DEPTH)


def test_ours_and_native_meet_the_same_storm_in_rounds_of_a_bounded_size():
    plans = Campaign(["okx"], ["ours", "native"], 2 * MOST_ORDERS + 1, 7).plans()
    assert [(plan.kind, plan.seed) for plan in plans] == [
        (kind, f"7-{number}") for number in (1, 2, 3) for kind in ("ours", "native")
    ]
    assert all(plan.orders <= MOST_ORDERS for plan in plans)


def test_a_fault_that_does_not_exist_is_refused_with_those_that_do(capsys):
    with pytest.raises(UnknownTrouble, match=r"no fault is called 'rain'; there are stream dropped"):
        troubles("429, rain")
    assert troubles("429, killed") == ("429", "killed")
    assert cli.main(["chaos", "--faults", "rain"]) == 2


def test_the_list_tells_every_fault(capsys):
    assert cli.main(["chaos", "--list"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in TROUBLES)


def test_what_lasts_longest_is_in_the_first_round_only():
    first, second = Campaign(["okx"], ["ours"], 2 * MOST_ORDERS, 7).plans()
    assert set(first.troubles) - set(second.troubles) == {"outage"}
    assert set(second.troubles) < set(first.troubles)


def test_a_long_trouble_that_is_all_that_was_asked_for_is_in_every_round():
    plans = Campaign(["okx"], ["ours"], 2 * MOST_ORDERS, 7, troubles=("outage",)).plans()
    assert [plan.troubles for plan in plans] == [("outage",)] * 2
