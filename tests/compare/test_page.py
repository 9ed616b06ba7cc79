"""The page: everything in one file, differences first, both sequences on one time line."""

import io
import re

import pytest
from rich.console import Console

from hummingbot_ccxt.compare.comparison import compare
from hummingbot_ccxt.compare.page import html
from hummingbot_ccxt.compare.report import Result, differing_first, figures
from hummingbot_ccxt.compare.timeline import drawn, steps
from hummingbot_ccxt.compare.verdicts import Verdicts
from hummingbot_ccxt.compare.view import summary

STEPS = [(1.0, None, "buy 1: the order"), (1.1, "the order", "BuyOrderCreated"), (2.0, None, "cancel the order")]


def line_of(recording, native, ours):
    """The classes of what lies between the two sides, row by row."""
    line = drawn(recording("native", moments=native), recording("ours", moments=ours))
    return re.findall(r'class="(thread(?: apart)?)"', line)


@pytest.mark.parametrize(
    "ours",
    [
        pytest.param(
            [(1.0, None, "buy"), (1.1, "b", "Created"), (1.1, "a", "Created"), (2.0, None, "end")], id="order"
        ),
        pytest.param([(1.0, None, "buy"), (1.1, "a", "Created"), (2.0, None, "end"), (2.1, "b", "Created")], id="step"),
    ],
)
def test_what_both_told_is_no_difference_wherever_it_stands(recording, ours):
    native = [(1.0, None, "buy"), (1.1, "a", "Created"), (1.1, "b", "Created"), (2.0, None, "end")]
    assert set(line_of(recording, native, ours)) == {"thread"}


def test_what_one_told_once_more_is_a_difference(recording):
    once = [(1.0, None, "buy"), (1.1, "a", "Filled")]
    assert line_of(recording, once, [*once, (1.2, "a", "Filled")]) == ["thread", "thread apart"]


@pytest.fixture
def result(recording):
    native = recording("native", ("order/the order/state", "<FAILED>", "FILLED"), ("pairs/x", "1"), moments=STEPS)
    ours = recording("ours", ("order/the order/state", "FILLED", "FILLED"), ("pairs/x", "1"), moments=STEPS)
    return Result(1, {"binance": "m:Native"}, [compare(native, ours, Verdicts())])


def test_the_table_is_whole_in_a_terminal_of_80_columns(result):
    console = Console(width=80, file=io.StringIO())
    summary(console, result)
    (head,) = (line for line in console.file.getvalue().splitlines() if line.startswith("exchange "))
    assert " ".join(head.split()) == "exchange scenarios equal ours better native better accepted unclassified"


def test_the_page_loads_nothing_and_escapes_what_it_shows(result):
    page = html(result)
    assert not re.search(r"https?://|<script|<link|src=|@import|url\(", page)
    assert "&lt;FAILED&gt;" in page
    assert "<FAILED>" not in page


def test_the_page_shows_both_values_and_the_ledgers_beside_each_other(result):
    row = re.search(
        r'<td class="value wrong">&lt;FAILED&gt;</td>\s*<td class="value right">FILLED</td>'
        r'<td class="value">FILLED</td><td rowspan="1">the venue&#x27;s ledger agrees with ours</td>',
        html(result),
    )
    assert row


def test_a_reason_is_told_once_beside_all_that_it_explains(recording):
    facts = [(f"order/{name}/state", "OPEN", "FILLED") for name in ("first", "second")]
    right = [(key, "FILLED", "FILLED") for key, *_ in facts]
    both = compare(recording("native", *facts), recording("ours", *right), Verdicts())
    page = html(Result(1, {"binance": "m:Native"}, [both]))
    assert page.count('<td rowspan="2">the venue&#x27;s ledger agrees with ours</td>') == 1


def test_the_report_has_the_figures_of_each_exchange(result):
    report = figures(result)["exchanges"]["binance"]
    assert {name: report[name] for name in ("scenarios", "equal", "ours_better", "native_better", "unclassified")} == {
        "scenarios": 1, "equal": 1, "ours_better": 1, "native_better": 0, "unclassified": 0,
    }  # fmt: skip
    assert report["differences"][0]["fact"] == "order/the order/state"
    assert report["seconds"] == {"made-up": {"native": 0.0, "ours": 0.0}}


def test_a_result_passes_unless_native_is_better_or_something_is_not_judged(result, recording):
    assert result.passed
    both = [recording(kind, ("pairs/x", kind)) for kind in ("native", "ours")]
    result.comparisons.append(compare(both[0], both[1], Verdicts()))
    assert not result.passed


def test_scenarios_with_differences_come_first(recording, result):
    same = compare(recording("native", ("a", "1")), recording("ours", ("a", "1")), Verdicts())
    assert differing_first([same, *result.comparisons]) == [*result.comparisons, same]


def test_both_runs_are_laid_beside_each_other_at_the_scenarios_steps(recording):
    later = [(at_s + 3, subject, text) for at_s, subject, text in STEPS]
    found = steps(recording("native", moments=STEPS), recording("ours", moments=[*later, (5.1, "the order", "Gone")]))
    assert [(step.text, step.native_at_s, step.ours_at_s) for step in found] == [
        ("buy 1: the order", 1.0, 4.0),
        ("cancel the order", 2.0, 5.0),
    ]
    assert [len(step.native) for step in found] == [1, 0]
    assert [len(step.ours) for step in found] == [1, 1]


def test_a_step_of_one_run_only_keeps_its_place(recording):
    extra = [*STEPS[:2], (1.5, None, "no filled of the order within 5 s"), STEPS[2]]
    found = steps(recording("native", moments=extra), recording("ours", moments=STEPS))
    assert [(step.text, step.ours_at_s) for step in found] == [
        ("buy 1: the order", 1.0),
        ("no filled of the order within 5 s", None),
        ("cancel the order", 2.0),
    ]
