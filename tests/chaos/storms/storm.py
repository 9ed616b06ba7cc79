"""A storm on every wire, with a fresh seed: nothing lost, doubled, orphaned or wrong, no stream dead, no secret told.

Each wire's is a file of its own, since tests are handed out to processes by file. Each run prints its seed as
CHAOS_SEED; set to it, that variable plays one again. `hummingbot-ccxt chaos --exchange ID --orders N`: a larger one.
"""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hummingbot_ccxt.chaos import storm
from hummingbot_ccxt.chaos.campaign import RATE, Campaign, outcomes
from hummingbot_ccxt.chaos.page import html
from hummingbot_ccxt.chaos.report import figures
from hummingbot_ccxt.chaos.storm import Plan
from hummingbot_ccxt.chaos.troubles import TROUBLES
from tests.security.canaries import looked_for, watched_venues, written

ORDERS = 500
OUTAGE_S = 4.0
"""How long the venue is away, twelve times compressed."""
SHORT_S = 20.0
"""What takes longer to show, at pace 1, happens once: silent streams, a ban, a clock that drifts, an outage."""
LEAST_KINDS = 15
ALLOWANCE = {"kraken": 4.0}
"""Kraken lets a key ask about its account once in three seconds: most of a storm's time would be spent on waiting for
that. A larger storm, which is not part of the tests, keeps to it."""


def storm_on(exchange: str) -> Callable[[], None]:
    """The test of one wire."""

    @pytest.mark.timeout(600)
    def test(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        plan = Plan(
            exchange, "ours", os.environ["CHAOS_SEED"], ORDERS, pace=12.0, rate=RATE,
            allowance=ALLOWANCE.get(exchange, 1.0), shortest_s=0.5, longest_s=1.0, measured=0.25, patience_s=60.0,
            calm_s=1.5, most_at_once=6, outage_s=OUTAGE_S, once_s=SHORT_S, busy_s=10.0, folder=tmp_path,
        )  # fmt: skip
        with watched_venues(storm) as secrets:
            result = asyncio.run(storm.Storm(plan, print).run())
        problems = result.problems()
        assert not problems, "\n".join([f"CHAOS_SEED={plan.seed}", *problems])
        assert result.orders >= ORDERS
        once = {name for name, trouble in TROUBLES.items() if trouble.lasts_s > SHORT_S}
        assert once <= {name for episode in result.episodes for name in episode.troubles}
        assert len(result.faults) >= LEAST_KINDS
        campaign = Campaign([exchange], ["ours"], ORDERS, seed=1)
        report = figures(campaign, outcomes([result], [exchange], ["ours"]), result.seconds)
        texts = [
            *written(tmp_path),
            ("report.json", json.dumps(report)), ("report.html", html(report)),
            *zip(("stdout", "stderr"), capfd.readouterr(), strict=True),
        ]  # fmt: skip
        kinds = ("file log-", "file events-", "file trades.sqlite")
        assert all(any(where.startswith(kind) and text for where, text in texts) for kind in kinds)
        found = looked_for(texts, secrets)
        assert not found, "\n".join([f"CHAOS_SEED={plan.seed}", *found])

    return test
