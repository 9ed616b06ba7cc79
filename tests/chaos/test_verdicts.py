"""A storm's verdict is bad where something is: small real storms, in which one thing is made to stay wrong."""

import asyncio
from decimal import Decimal

import pytest

from hummingbot_ccxt.chaos.storm import Plan, Storm
from hummingbot_ccxt.sandbox import Fault, StreamFault


def played(kind, exchange="binance", connector="ours", **terms):
    """The result of a small storm with hardly any trouble."""
    plan = Plan(exchange, connector, "7", 20, ("frames twice",), **{"measured": 0.0, "patience_s": 4.0, **terms})
    return asyncio.run(kind(plan).run())


class _AtTheEnd(Storm):
    """Something is broken when the streams are tried."""

    async def _dead_streams(self):
        self._break(self._sandbox.faults)
        return await super()._dead_streams()


class _NoPrivateConnection(_AtTheEnd):
    def _break(self, faults):
        faults.refuse_connections = True
        faults.disconnect_streams(public=False)


class _NoBalances(_AtTheEnd):
    def _break(self, faults):
        faults.stream("balance", StreamFault.DROP, times=None)


class _NoPublicConnection(_AtTheEnd):
    def _break(self, faults):
        faults.refuse_connections = True
        faults.disconnect_streams(private=False)


@pytest.mark.parametrize(
    ("kind", "exchange", "dead"),
    [
        (_NoPrivateConnection, "binance", {"orders", "fills", "balance"}),
        (_NoPrivateConnection, "okx", {"orders", "fills", "balance"}),
        (_NoBalances, "kraken", {"balance"}),
        (
            _NoPublicConnection,
            "binance",
            {f"{what} of {pair}" for what in ("book", "trades") for pair in ("BTC-USDT", "ETH-USDT", "ETH-BTC")},
        ),
    ],
)
@pytest.mark.timeout(120)
def test_a_stream_is_dead_that_brings_nothing_however_well_polls_make_up_for_it(kind, exchange, dead):
    assert set(played(kind, exchange).dead_streams) == dead


@pytest.mark.timeout(120)
def test_of_a_native_connector_it_is_known_whether_its_stream_named_its_orders():
    assert "own orders" in played(_NoPrivateConnection, connector="native").dead_streams


class _WrongUntilAllIsCancelled(Storm):
    """Balances cannot be known from when the sky should be clear until everything is cancelled."""

    def _clear_sky(self):
        super()._clear_sky()
        self._sandbox.faults.stream("balance", StreamFault.DROP, times=None)
        self._sandbox.faults.rest("account", Fault.TIMEOUT_BEFORE, times=None)
        # Not a fill: whether an order rests at this moment to be filled is up to the storm.
        self._sandbox.deposit(self._account, "USDT", Decimal("12.5"))

    async def _dead_streams(self):
        return []

    async def _ask(self, question, *arguments, **more):
        if question == "cancel_all":
            self._sandbox.faults.clear()
        return await super()._ask(question, *arguments, **more)


@pytest.mark.timeout(120)
def test_what_is_wrong_before_all_is_cancelled_stays_in_the_verdict_although_that_mends_it():
    result = played(_WrongUntilAllIsCancelled, pace=20.0, patience_s=8.0)
    assert [episode.troubles for episode in result.episodes if not episode.recovered] == [("the end",)]
    assert result.comparison.balance_difference


class _NoBooksAfterTheFault(Storm):
    """The public connection does not come back when a fault is over, only when the sky is clear."""

    async def _episode(self, troubles):
        await super()._episode(troubles)
        self._sandbox.faults.refuse_connections = True
        self._sandbox.faults.disconnect_streams(private=False)


@pytest.mark.timeout(120)
def test_books_that_are_late_after_a_fault_are_a_problem_although_they_come_right_later():
    result = played(_NoBooksAfterTheFault)
    assert result.late_books == result.episodes
    assert all(episode.book_s > result.book_limit_s for episode in result.late_books)
    assert result.dead_streams == ()
    assert any(problem.startswith("late: book of") for problem in result.problems())
