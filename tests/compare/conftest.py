"""Small made-up recordings, and the way to play a real scenario."""

from collections.abc import Callable
from typing import Any

import pytest

from hummingbot_ccxt.compare.book import SCENARIOS, scenarios
from hummingbot_ccxt.compare.facts import Fact, Moment, Recording
from hummingbot_ccxt.compare.runner import record


@pytest.fixture
def recording() -> Callable[..., Recording]:
    """A recording of facts (key, value, what the ledger has) and moments (time, subject or None for a step, text)."""

    def made(kind: Any, *facts: tuple[Any, ...], moments: Any = ()) -> Recording:
        return Recording(
            "binance",
            "made-up",
            kind,
            facts=[Fact(*fact) for fact in facts],
            moments=[
                Moment(at_s, "script" if subject is None else "event", subject or "", text)
                for at_s, subject, text in moments
            ],
        )

    return made


@pytest.fixture
def play() -> Callable[..., Any]:
    """Play one scenario with one connector."""

    async def played(name: str, exchange: str, kind: Any, **more: Any) -> Recording:
        scenarios()
        return await record(SCENARIOS[name], exchange, kind, **more)

    return played
