"""What `hummingbot-ccxt chaos` plays and reports."""

import dataclasses
import io
import random
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import aiohttp
import pytest
from rich.console import Console

from hummingbot_ccxt import cli
from hummingbot_ccxt.chaos.campaign import MOST_ORDERS, Campaign, UnknownTrouble, outcomes, troubles
from hummingbot_ccxt.chaos.command import _summary
from hummingbot_ccxt.chaos.facts import Comparison, Episode, Result
from hummingbot_ccxt.chaos.page import html
from hummingbot_ccxt.chaos.report import figures, passed
from hummingbot_ccxt.chaos.together import Groups, applicable, kind_of, kinds_of, pairs_of, possible_pairs
from hummingbot_ccxt.chaos.troubles import TROUBLES
from hummingbot_ccxt.rig.connectors import FULL_DEPTH
from hummingbot_ccxt.sandbox import Fault, Sandbox
from hummingbot_ccxt.sandbox.sandbox import WIRES

CAMPAIGN = Campaign(["binance"], ["ours", "native"], 10, 1)


def result(kind, **changes):
    episodes = [Episode(("429", "killed"), 1.0, 2.0, 0.5), Episode(("<b>",), 3.0, 4.0, 3.0)]
    well = Result("binance", kind, "1-1", orders=10, fills=5, faults={"429": 3}, episodes=episodes)
    return dataclasses.replace(well, **changes)


def report(*results):
    return figures(CAMPAIGN, outcomes(results, ["binance"], ["ours", "native"]), 5.0)


def test_the_tables_are_whole_in_a_terminal_of_80_columns():
    console = Console(width=80, file=io.StringIO())
    found = [dataclasses.replace(each, exchange="binance") for each in outcomes([result("native", orders=1_000_000)],
             ["binance"], ["native"])]  # fmt: skip
    _summary(console, found, list(TROUBLES))
    said = console.file.getvalue()
    assert "…" not in said
    assert "orders faults lost doubled orphaned wrong balances dead late" in " ".join(said.split())
    assert "books right after s: p50, p99, max limit late pairs of faults" in " ".join(said.split())


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
        {"episodes": [Episode(("429",), 0.0, 1.0, book_s=9.0, book_right=False, book_missing="book of BTC-USDT")]},
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
        groups = Groups(applicable("kraken", tuple(TROUBLES)), 4, random.Random(1))
        names = [trouble.name for together in groups.cycle(first=first) for trouble in together]
        assert sorted(names) == sorted(set(TROUBLES) - (set() if first else {"outage"}))


def cycles(number, seed="1", met=(), exchange="okx"):
    groups = Groups(applicable(exchange, tuple(TROUBLES)), 4, random.Random(seed), met)
    return [[each.name for each in group] for _ in range(number) for group in groups.cycle(first=False)]


def test_groups_are_the_same_with_the_same_seed_and_others_with_another():
    assert cycles(3) == cycles(3)
    assert cycles(3) != cycles(3, seed="2")


def test_pairs_that_have_not_met_come_first_until_all_have():
    possible = possible_pairs("okx", tuple(TROUBLES))
    steered = {pair for group in cycles(8) for pair in pairs_of(group)}
    draw, drawn = random.Random("1"), set()
    for group in cycles(8):  # groups of the same sizes by chance
        drawn |= pairs_of(draw.sample(sorted(set().union(*possible)), len(group)))
    assert len(steered) > 1.2 * len(drawn)
    assert {pair for group in cycles(40) for pair in pairs_of(group)} == possible


def test_the_venue_has_one_clock_so_that_what_sets_it_never_strikes_together():
    assert not [group for group in cycles(30) if {"clock skew", "clock drift"} <= set(group)]
    assert frozenset({"clock skew", "clock drift"}) not in possible_pairs("okx", tuple(TROUBLES))


def test_the_rounds_of_a_campaign_share_the_pairs_among_them():
    plans = Campaign(["okx"], ["ours"], 3 * MOST_ORDERS, 7).plans()
    wanted = [possible_pairs("okx", tuple(TROUBLES)) - set(plan.met) for plan in plans]
    assert set.union(*wanted) == possible_pairs("okx", tuple(TROUBLES))
    assert sum(map(len, wanted)) == len(set.union(*wanted))


def test_a_pair_of_faults_counts_where_both_did_something():
    episodes = [
        Episode(("429", "killed", "reset"), 1.0, 2.0, struck=("429", "killed")),
        Episode(("killed", "429"), 3.0, 4.0, struck=("killed", "429")),
        Episode(("ban", "reset"), 5.0, 6.0, struck=("ban",)),
    ]
    found = report(result("ours", episodes=episodes))["exchanges"]["binance"]["ours"]
    assert found["fault_pairs"] == [1, len(kinds_of("binance", possible_pairs("binance", tuple(TROUBLES))))]


ASKED = {
    "binance": ("GET", "api.binance.com/api/v3/account"),
    "bitget": ("GET", "api.bitget.com/api/v2/spot/account/assets"),
    "bybit": ("GET", "api.bybit.com/v5/account/wallet-balance"),
    "gate": ("GET", "api.gateio.ws/api/v4/spot/accounts"),
    "kraken": ("POST", "api.kraken.com/0/private/BalanceEx"),
    "kucoin": ("GET", "api.kucoin.com/api/v1/accounts"),
    "okx": ("GET", "www.okx.com/api/v5/account/balance"),
}
"""An endpoint with a rate limit on each wire."""
TELLS = {
    "binance": "Retry-After",
    "bybit": "X-Bapi-Limit-Reset-Timestamp",
    "gate": "X-Gate-RateLimit-Reset-Timestamp",
    "kucoin": "gw-ratelimit-reset",
}
"""By which header an exchange documents to say when to come back; the others have none."""


async def answers(exchange):
    """What a wire says to too many requests, and to one who is shut out: (status, text without times), headers."""
    method, path = ASKED[exchange]
    async with Sandbox(exchange) as sandbox, aiohttp.ClientSession() as session:
        for fault in (Fault.RATE_LIMIT, Fault.BAN):
            rule = sandbox.faults.rest("*", fault, retry_after_s=7)
            async with session.request(method, f"{sandbox.url}/{path}") as answer:
                said = re.sub(r"\d{10,}", "#", await answer.text())
                yield (answer.status, said), answer.headers
            assert rule.injected == 1


@pytest.mark.parametrize("exchange", sorted(WIRES))
async def test_faults_that_a_venue_tells_in_the_same_words_count_once(exchange):
    (limited, headers), (banned, _) = [each async for each in answers(exchange)]
    told_apart = kind_of(exchange, "429") != kind_of(exchange, "ban")
    assert told_apart == (limited != banned)
    assert kind_of(exchange, "418") == kind_of(exchange, "ban")
    assert kind_of(exchange, "killed") == "killed"
    assert {name for name in TELLS.values() if name in headers} == {TELLS[e] for e in [exchange] if e in TELLS}


def test_pairs_of_faults_of_one_kind_are_no_pairs():
    pairs = pairs_of(["429", "ban", "killed"])
    assert len(pairs) == 3
    assert len(kinds_of("gate", pairs)) == 1
    assert len(kinds_of("binance", pairs)) == 3


def test_books_are_told_apart_from_what_else_is_to_be_right():
    episodes = [
        Episode(("429",), 1.0, 2.0, book_s=0.4),
        Episode(("killed",), 3.0, 4.0, 2.0, book_s=1.5, book_right=False, book_missing="book of BTC-USDT"),
    ]
    found = report(result("ours", episodes=episodes, book_limit_s=1.2))
    assert found["exchanges"]["binance"]["ours"]["book_seconds"] == {
        "p50": 1.5, "p99": 1.5, "max": 1.5, "measured": 2, "limit": 1.2,
    }  # fmt: skip
    assert found["exchanges"]["binance"]["ours"]["late_books"] == 1
    assert not found["passed"]
    assert "books after 1.50 s, which is late" in html(found)


def test_wrong_checksums_strike_only_where_there_are_any():
    assert "wrong checksum" not in [each.name for each in applicable("binance", tuple(TROUBLES))]
    assert "wrong checksum" in [each.name for each in applicable("okx", tuple(TROUBLES))]


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
