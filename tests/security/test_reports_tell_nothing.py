"""No secret in a report or in a file that a storm or a comparison leaves behind, nor in what they print."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hummingbot_ccxt.chaos import page as chaos_page
from hummingbot_ccxt.chaos import report as chaos_report
from hummingbot_ccxt.chaos import storm
from hummingbot_ccxt.chaos.campaign import Campaign, outcomes
from hummingbot_ccxt.compare import page, report, runner
from hummingbot_ccxt.compare.book import scenarios
from hummingbot_ccxt.compare.comparison import compare
from hummingbot_ccxt.compare.verdicts import Verdicts

from .canaries import looked_for, watched_venues, written


@pytest.fixture
def secrets() -> Iterator[list[set[str]]]:
    """Every credential that a venue gave out, and what its witness saw."""
    with watched_venues(storm, runner) as seen:
        yield seen


@pytest.mark.timeout(300)
@pytest.mark.parametrize("exchange", ["binance"])  # whose signatures are in addresses, which ccxt's errors quote
async def test_a_storm_tells_no_secret(
    exchange: str, tmp_path: Path, secrets: list[set[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in its reports, nor in what the trader's process logs: the venue makes every kind of answer unreadable."""
    said: list[str] = []
    faults = ("reset", "5xx before", "HTML", "malformed JSON", "clock skew", "session expired")
    campaign = Campaign([exchange], ["ours"], orders=30, seed=7, troubles=faults)
    plan = storm.Plan(
        exchange, "ours", "7", 30, faults, most_at_once=len(faults), measured=0.0, patience_s=5.0, folder=tmp_path
    )
    result = await storm.Storm(plan, said.append).run()

    assert {"reset", "5xx before", "HTML"} <= set(result.faults), result.failure
    figures = chaos_report.figures(campaign, outcomes([result], [exchange], ["ours"]), result.seconds)
    texts = [
        *written(tmp_path),
        ("report.json", json.dumps(figures)),
        ("report.html", chaos_page.html(figures)),
        *(("progress", line) for line in [*said, *result.problems()]),
        *zip(("stdout", "stderr"), capfd.readouterr(), strict=True),
    ]
    assert any(where.startswith("file log-") and "interrupted" in text for where, text in texts)
    assert looked_for(texts, secrets) == []


@pytest.mark.parametrize("exchange", ["binance", "kucoin"])
async def test_a_comparison_tells_no_secret(exchange: str, secrets: list[set[str]]) -> None:
    """Not even where the native connector's log does, which the report quotes."""
    result = report.Result(1, {exchange: "native"})
    for name in ("key-revoked", "html-after-create"):
        (scenario,) = scenarios(name)
        native, ours = [await runner.record(scenario, exchange, kind) for kind in ("native", "ours")]
        result.comparisons.append(compare(native, ours, Verdicts()))

    texts = [("report.json", json.dumps(report.figures(result))), ("report.html", page.html(result))]
    assert all("Error" in text for _, text in texts)
    assert looked_for(texts, secrets) == []
