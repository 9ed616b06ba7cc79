"""Runs one exchange's life cycle and keeps what came of it."""

from typing import Any

import pytest

from hummingbot_ccxt import registry
from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
from hummingbot_ccxt.exchange.ccxt_utils import KEYWORDS

from . import report
from .life_cycle import running
from .profile import profile_of
from .steps import STEPS, Skipped

PARTS = 4
"""Modules of them: tests are handed out to processes by module, and a cycle mostly waits."""
KINDS = ("book", "trades", "orders", "fills", "balance")


def ids(part: int) -> list[str]:
    """Every fourth exchange: each part is as mixed as the whole."""
    return list(registry.exchanges())[part::PARTS]


def tests_of(part: int) -> tuple[Any, Any]:
    """A part's fixture, which keeps what came of it, and its test: a module gives them names."""
    rows: dict[str, dict[str, Any]] = {}

    @pytest.fixture(scope="module", autouse=True)
    def kept() -> Any:
        yield
        report.keep(f"life-cycle-{part}", rows)

    @pytest.mark.parametrize("exchange_id", ids(part))
    async def test(exchange_id: str) -> None:
        await run(exchange_id, rows)

    return kept, test


async def run(exchange_id: str, rows: dict[str, dict[str, Any]]) -> None:
    """Run all steps on one connector; the row says how it went, also when a step fails."""
    profile = profile_of(exchange_id)
    row: dict[str, Any] = {"life_cycle": "failed before the first step", "left_out": {}}
    rows[exchange_id] = row
    reason = profile.stepping()
    if reason is not None:
        keys = {f"ccxt_{KEYWORDS[name]}": f"dummy {name}" for name in profile.credentials}
        connector = CcxtExchange(domain=exchange_id, **keys)
        try:
            assert "no method that tells what became of an order" in str(connector._orders.why_not())
        finally:
            await connector._venue.close()
        row["life_cycle"] = f"refused: {reason}"
        return
    async with running(profile) as trader:
        row["streams"] = [kind for kind in KINDS if trader.connector._venue.streams_kind(kind)]
        for step in STEPS:
            row["life_cycle"] = f"failed: {step.__name__}"
            try:
                await step(trader)
            except Skipped as left_out:
                row["left_out"][step.__name__] = str(left_out)
        row["life_cycle"] = "failed: errors were logged"
        refetchable = trader.connector._orders.can_fetch_trades()
        expected = () if refetchable else ("booked from its cumulative figures.",)  # what the outage swallowed is gone
        assert [error for error in trader.errors if not error.endswith(expected)] == []
    row["life_cycle"] = "passed"
