"""The whole order life cycle on the engine, for each capability profile: one half of the exchanges (see `steps`)."""

from typing import Any

import pytest

from . import cycles, report

ROWS: dict[str, dict[str, Any]] = {}


@pytest.fixture(scope="module", autouse=True)
def kept() -> Any:
    yield
    report.keep("life-cycle-2", ROWS)


@pytest.mark.parametrize("exchange_id", cycles.ids(1, 2))
async def test_an_order_lives_and_dies_as_it_should_with_what_this_exchange_offers(exchange_id: str) -> None:
    await cycles.run(exchange_id, ROWS)
