"""The report's figures are exact, and its page needs nothing but itself."""

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from hummingbot_ccxt.demo import charts, page
from hummingbot_ccxt.demo.facts import FillFact, Sample
from hummingbot_ccxt.demo.reconcile import reconcile
from hummingbot_ccxt.demo.report import Run, figures, life_s, money, profit, text, volume

from .conftest import BOUGHT, Books, order

SOLD = FillFact("78", "sell-1", "sell", Decimal(61000), Decimal("0.005"), "USDT", Decimal("0.305"), 1_001_400)


def run_of(books: Books, **changes: object) -> Run:
    known = Run(
        exchange="binance",
        pair="BTC-USDT",
        seed=3,
        seconds=60,
        start_up_s=28.25,
        orders=books.venue.orders,
        fills=books.venue.fills,
        samples=[
            Sample(1_000_000, Decimal(60000), Decimal(60002), Decimal("0.5"), Decimal(30000)),
            Sample(1_000_500, Decimal(60010), Decimal(60020), Decimal("0.504995"), Decimal("29699.9975")),
            Sample(1_002_500, Decimal(60100), Decimal(60102), Decimal("0.504995"), Decimal("29699.9975")),
        ],
        reconciliation=reconcile(books.venue, books.hummingbot, books.connector, base="BTC", quote="USDT"),
        errors=(),
        calls_inside=40,
        calls_outside=(),
    )
    return replace(known, **changes)


def test_the_report_has_every_figure_that_was_promised(books: Books) -> None:
    report = figures(run_of(books))

    assert report["passed"] is True
    expected = {
        "exchange": "binance", "pair": "BTC-USDT", "seconds": 60, "orders_created": 21, "orders_cancelled": 20,
        "fills": 1, "fills_in_hummingbot": 1, "lost": 0, "duplicated": 0, "open_orders_left": 0,
        "balance_difference": {"BTC": "0", "USDT": "0"}, "errors_logged": 0,
    }  # fmt: skip
    assert {key: report[key] for key in expected} == expected
    assert json.loads(json.dumps(report)) == report


def test_money_in_the_report_is_exact_text(books: Books) -> None:
    report = figures(run_of(books))

    assert report["volume"] == "300.0025"
    assert report["fees"] == {"BTC": "0.000005"}
    assert report["balances"]["USDT"] == {
        "start": "30000", "venue": "29699.9975", "hummingbot": "29699.9975", "connector": "29699.9975",
    }  # fmt: skip
    # 0.004995 BTC came in and is worth 60101 each, 300.0025 USDT went out
    assert report["profit_against_holding"] == text(Decimal("0.004995") * 60101 - Decimal("300.0025"))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"calls_outside": ("api.example.com",)}, "a call to api.example.com was held back"),
        ({"stopped_gracefully": False}, "Hummingbot did not stop by itself"),
    ],
    ids=["a call beyond this machine", "a bot that had to be killed"],
)
def test_a_run_fails_for(books: Books, changes: dict[str, object], problem: str) -> None:
    report = figures(run_of(books, **changes))

    assert report["passed"] is False
    assert report["problems"][0].startswith(problem)


def test_logged_errors_are_reported_and_fail_nothing(books: Books) -> None:
    report = figures(run_of(books, errors=("hummingbot.x: oops",)))

    assert (report["errors_logged"], report["errors"], report["passed"]) == (1, ["hummingbot.x: oops"], True)


def test_profit_is_what_the_fills_changed_less_the_fees() -> None:
    # bought at 60000.5, sold at 61000, both fees paid: the base fee of 0.000005 at the price of now
    expected = Decimal("0.005") * (61000 - Decimal("60000.5")) - Decimal("0.305") - Decimal("0.000005") * 60500
    assert profit([BOUGHT, SOLD], Decimal(60500), base="BTC", quote="USDT") == expected
    assert volume([BOUGHT, SOLD]) == Decimal("605.0025")


def test_an_open_order_has_no_life_time_yet() -> None:
    assert life_s(order("a", "open")) is None
    assert life_s(order("a")) == 2.0


@pytest.mark.parametrize(
    ("number", "shown"),
    [("1234.5", "1,234.50"), ("0", "0.00"), ("0.5", "0.50"), ("0.0000123", "0.000012"), ("-0.04", "-0.040")],
)
def test_money_for_people_shows_two_digits_of_small_sums(number: str, shown: str) -> None:
    assert money(Decimal(number)) == shown


@pytest.mark.parametrize(("number", "shown"), [("1E+3", "1000"), ("0E-8", "0"), ("-0.0", "0"), ("0.00100", "0.001")])
def test_exact_text_has_no_exponent_and_no_idle_zeros(number: str, shown: str) -> None:
    assert text(Decimal(number)) == shown


class Addresses(HTMLParser):
    """Collects whatever a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "srcset", "data", "action")]
        if tag in ("script", "link", "iframe", "object", "embed", "img"):
            self.found.append(tag)


def test_the_page_loads_nothing_from_anywhere(books: Books) -> None:
    run = run_of(books)

    written = page.html(run, figures(run))

    collected = Addresses()
    collected.feed(written)
    assert collected.found == []
    assert not re.search(r"https?:|//[a-z]|url\(|@import", written)


def test_the_page_shows_the_orders_the_fills_and_the_comparison(books: Books) -> None:
    run = run_of(books)

    written = page.html(run, figures(run))

    assert written.count('class="order buy"') == 21
    assert written.count('class="fill buy"') == 1
    assert "bought 0.005 at 60000.5, fee 0.000005 BTC" in written
    assert written.count('<td class="zero">0</td>') == 2
    assert "the books agree" in written


def test_the_page_of_a_failed_run_says_what_is_wrong_and_cannot_be_broken_by_it(books: Books) -> None:
    run = run_of(books, calls_outside=("<script>alert(1)</script>",))

    written = page.html(run, figures(run))

    assert "the books do not agree" in written
    assert "<script>" not in written


def test_the_page_of_a_run_without_samples_and_orders_can_still_be_written(books: Books) -> None:
    run = run_of(books, samples=[], orders=(), fills=())

    assert "Price, orders and fills" in page.html(run, figures(run))


def test_every_chart_is_well_formed(books: Books) -> None:
    run = run_of(books)

    drawn = re.findall(r"<svg.*?</svg>", page.html(run, figures(run)), re.DOTALL)

    assert len(drawn) == 5
    for each in drawn:
        ElementTree.fromstring(each)
        assert "nan" not in each


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 60, [0, 20, 40, 60]),
        (59441, 60233, [59600, 59800, 60000, 60200]),
        (0.42, 0.505, [0.425, 0.45, 0.475, 0.5]),
        (5, 5, [5]),
    ],
)
def test_ticks_are_round_numbers_within_the_range(low: float, high: float, expected: list[float]) -> None:
    assert charts.ticks(low, high, 4) == pytest.approx(expected)


@pytest.mark.parametrize(("value", "step", "shown"), [(60000, 200, "60,000"), (0.425, 0.025, "0.425"), (1, 0.5, "1.0")])
def test_ticks_show_as_many_decimals_as_their_step_needs(value: float, step: float, shown: str) -> None:
    assert charts.tick_text(value, step) == shown
