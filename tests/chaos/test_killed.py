"""Which orders are excused because Hummingbot's process was killed: those alone that it had no occasion to save."""

import asyncio
import json
from decimal import Decimal

import pytest

from hummingbot_ccxt.chaos.facts import Filled, Told
from hummingbot_ccxt.chaos.storm import Plan, Storm, on_its_way
from hummingbot_ccxt.chaos.told import BEGUN, Stored, unsaved
from hummingbot_ccxt.sandbox import Fault

CREATED = "BuyOrderCreated"


def life(folder, *events):
    """The events file of a life that was killed."""
    path = folder / "events-1.jsonl"
    path.write_text("".join(json.dumps({"kind": kind, "order_id": each}) + "\n" for kind, each in events))
    return path


@pytest.mark.parametrize(
    ("events", "at_kill", "excused"),
    [
        pytest.param([(BEGUN, "a")], Stored(), {"a"}, id="nothing was told since its request began"),
        pytest.param([(BEGUN, "a"), (CREATED, "a")], Stored(), {"a"}, id="it was killed while it wrote the order down"),
        pytest.param(
            [(BEGUN, "a"), (BEGUN, "b"), (CREATED, "b")],
            Stored(statuses={("b", CREATED)}, orders={"b": CREATED}, tracked={"a", "b"}),
            set(),
            id="another order's event saved it",
        ),
        pytest.param(
            [(BEGUN, "a"), (BEGUN, "b"), (CREATED, "b")],
            Stored(statuses={("b", CREATED)}, orders={"b": CREATED}, tracked={"b"}),
            set(),
            id="it was tracked no more when another order's event was saved",
        ),
        pytest.param([(BEGUN, "a"), ("OrderFailure", "a"), (BEGUN, "b")], Stored(), {"b"}, id="it was told as failed"),
        pytest.param(
            [(BEGUN, "b"), (CREATED, "b"), (BEGUN, "a")],
            Stored(statuses={("b", CREATED)}, orders={"b": CREATED}, tracked={"b"}),
            {"a"},
            id="the last event was before its request",
        ),
    ],
)
def test_an_order_could_not_be_saved_if_no_event_was_between_its_request_and_the_kill(
    events, at_kill, excused, tmp_path
):
    assert unsaved(life(tmp_path, *events), at_kill) == excused


def test_an_event_counts_as_saved_only_where_it_stands_in_the_database(tmp_path):
    fill = {"kind": "OrderFilled", "order_id": "b", "exchange_trade_id": "7"}
    path = life(tmp_path, (BEGUN, "a"))
    path.write_text(path.read_text() + json.dumps(fill) + "\n")
    assert unsaved(path, Stored()) == {"a"}
    booked = {("b", "7"): Filled("b", Decimal(1), Decimal(1), Decimal(0), "")}
    assert unsaved(path, Stored(fills=booked)) == frozenset()


def test_without_an_answer_it_was_on_its_way_however_long_ago_it_was_taken():
    assert on_its_way(None, 1000.0) == "no answer yet"
    assert on_its_way(1000.1, 1000.0) == "no answer yet"
    assert on_its_way(999.9, 1000.0) == "answer not taken in yet"
    assert on_its_way(990.0, 1000.0) is None


def test_an_order_of_which_anything_is_told_later_is_known():
    found = Told(created=["a"], ends=[("b", "filled")], fills=[("1", Filled("c", *[Decimal(1)] * 3, ""))])
    assert found.known() == {"a", "b", "c"}


class _NoAnswers(Storm):
    """Answers about orders come ten seconds late while the process is killed, longer after than any time that an order
    could be said to be on its way for; nothing else is told either."""

    async def _kill(self):
        faults = self._sandbox.faults
        faults.rest("order.create", Fault.LATE_AFTER, times=None, delay_s=10.0)
        faults.rest("*", Fault.TIMEOUT_BEFORE, times=None)
        faults.refuse_connections = True
        faults.disconnect_streams(public=False)
        await asyncio.sleep(4.0)
        await super()._kill()
        faults.clear()


@pytest.mark.timeout(120)
def test_an_order_is_excused_that_waited_for_its_answer_when_its_process_was_killed():
    plan = Plan("binance", "ours", "7", 20, ("killed",), measured=0.0, patience_s=20.0)
    result = asyncio.run(_NoAnswers(plan).run())
    assert result.problems() == []
    assert result.unsaved["no answer yet"] >= 1
