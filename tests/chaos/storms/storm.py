"""A storm on every wire, with a fresh seed: nothing lost, doubled, orphaned or wrong, no stream dead.

Each wire's is a file of its own, since tests are handed out to processes by file. Each run prints its seed as
CHAOS_SEED; set to it, that variable plays one again. `hummingbot-ccxt chaos --exchange ID --orders N`: a larger one.
"""

import asyncio
import os
from collections.abc import Callable

import pytest

from hummingbot_ccxt.chaos.campaign import RATE
from hummingbot_ccxt.chaos.storm import Plan, Storm
from hummingbot_ccxt.chaos.troubles import TROUBLES

ORDERS = 500
SHORT = tuple(name for name, trouble in TROUBLES.items() if trouble.lasts_s <= 20.0)
"""All but those that take long to show at any pace: they would be half of the time that this may take."""
LEAST_KINDS = 15
ALLOWANCE = {"kraken": 4.0}
"""Kraken lets a key ask about its account once in three seconds: most of a storm's time would be spent on waiting for
that. A larger storm, which is not part of the tests, keeps to it."""


def storm_on(exchange: str) -> Callable[[], None]:
    """The test of one wire."""

    @pytest.mark.timeout(600)
    def test() -> None:
        plan = Plan(
            exchange, "ours", os.environ["CHAOS_SEED"], ORDERS, SHORT, pace=12.0, rate=RATE,
            allowance=ALLOWANCE.get(exchange, 1.0), shortest_s=0.5, longest_s=1.0, measured=0.3, patience_s=60.0,
            most_at_once=5, busy_s=10.0,
        )  # fmt: skip
        result = asyncio.run(Storm(plan, print).run())
        assert result.problems() == []
        assert result.orders >= ORDERS
        assert len(result.faults) >= LEAST_KINDS

    return test
