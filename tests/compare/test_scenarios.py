"""Real scenarios on the embedded venues: what comes of them, and what was found by them and must not come back."""

import asyncio
import logging
from decimal import Decimal

import pytest

from hummingbot_ccxt.compare.comparison import compare
from hummingbot_ccxt.compare.live import compared, read, sample
from hummingbot_ccxt.compare.market import Others
from hummingbot_ccxt.compare.verdicts import Verdict, load
from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import Sandbox


def wrong(recording):
    """The facts that the ledger contradicts."""
    return [fact for fact in recording.facts if fact.venue is not None and fact.value != fact.venue]


async def test_both_connectors_tell_the_same_of_an_order_that_is_filled_in_parts(play):
    native, ours = [await play("limit-filled-in-parts", "binance", kind) for kind in ("native", "ours")]
    result = compare(native, ours, load())
    accepted = (Verdict.ACCEPTED, Verdict.OURS_BETTER)
    assert [difference for difference in result.differences if difference.verdict not in accepted] == []
    assert all(each.key.startswith("requests/") for each in result.differences if each.verdict is Verdict.OURS_BETTER)
    assert {fact.key: fact.value for fact in result.equal}["events/the order"] == (
        "OrderCreated, OrderFilled, OrderFilled, OrderFilled, OrderCompleted"
    )
    assert wrong(ours) == []


async def test_what_is_compared_of_the_logs_does_not_depend_on_the_levels_of_the_process(play):
    levels = {}
    for name, level in (("", logging.DEBUG), ("hummingbot_ccxt", logging.CRITICAL)):
        logger = logging.getLogger(name)
        before = logger.level
        logger.setLevel(level)
        try:
            recording = await play("unknown-key", "binance", "ours")
        finally:
            logger.setLevel(before)
        levels[name] = {fact.key for fact in recording.facts if fact.key.startswith("log/")}
    assert levels[""] == levels["hummingbot_ccxt"]
    assert any("refused the credentials" in key for key in levels[""])
    assert not any(key.startswith(("log/INFO", "log/DEBUG")) for key in levels[""])


class Generous(CcxtExchange):
    """Says that one more of everything is available."""

    def get_available_balance(self, currency: str) -> Decimal:
        return Decimal(super().get_available_balance(currency)) + 1


async def test_a_fault_of_our_own_connector_is_found_out(play):
    native = await play("limit-rests", "binance", "native")
    ours = await play("limit-rests", "binance", "ours", ours_kind=Generous)
    found = compare(native, ours, load()).differences
    better = {difference.key for difference in found if difference.verdict is Verdict.NATIVE_BETTER}
    assert "balances/after created of the order/USDT available" in better


#: (exchange, scenario) -> what the connector once showed otherwise than the venue's ledger.
FOUND = [
    pytest.param("bybit", "cancel-all-with-one-filled", id="a batch was taken for the success of each order in it"),
    pytest.param("gate", "market-beyond-the-end", id="a market buy that the book cannot price was waited for"),
    pytest.param("okx", "limit-takes", id="a fee out of what was bought was told as one on top of the cost"),
    pytest.param("kucoin", "limit-takes", id="a fill whose message names no fee was booked without any"),
    pytest.param("kraken", "trades", id="public trades of the first second in which it was ready were missed"),
]


@pytest.mark.parametrize(("exchange", "scenario"), FOUND)
async def test_what_the_comparison_found_does_not_come_back(play, exchange, scenario):
    assert wrong(await play(scenario, exchange, "ours")) == []


#: Faults of native connectors that entries of verdicts.toml judge: the ledger does not say which outcome is wanted.
FAULTS = [
    pytest.param("bybit", "maker-crosses", id="an order that takes though it must not"),
    pytest.param("okx", "unknown-pair", id="an order that nobody hears of again"),
    pytest.param("kraken", "below-least-notional", id="an order that cannot but be refused"),
]


@pytest.mark.parametrize(("exchange", "scenario"), FAULTS)
async def test_a_fault_of_natives_would_not_be_excused_if_it_were_ours(play, exchange, scenario):
    native, ours = [await play(scenario, exchange, kind) for kind in ("native", "ours")]
    better = {each.key for each in compare(native, ours, load()).differences if each.verdict is Verdict.OURS_BETTER}
    assert better
    exchanged = {each.key: each.verdict for each in compare(ours, native, load()).differences}
    excused = [key for key in better if exchanged.get(key) in (Verdict.OURS_BETTER, Verdict.ACCEPTED)]
    assert excused == []


async def test_what_a_stopped_connector_left_running_is_ended_with_its_recording(play):
    class Leaving(CcxtExchange):
        async def all_trading_pairs(self):
            self.left = asyncio.ensure_future(asyncio.sleep(3600))
            return await super().all_trading_pairs()

    before = asyncio.all_tasks()
    await play("pairs", "binance", "ours", ours_kind=Leaving)
    assert asyncio.all_tasks() - before == set()


async def test_another_seed_has_other_prices_and_the_same_story(play):
    usual, other = [await play("limit-filled-in-parts", "okx", "ours", seed=seed) for seed in (1, 7)]
    told = [{fact.key: fact.value for fact in each.facts} for each in (usual, other)]
    assert wrong(usual) == wrong(other) == []
    assert told[0]["events/the order"] == told[1]["events/the order"]
    price = "fields/the order/OrderFilled 1 price"
    assert Decimal(told[0][price]) == 59_995
    assert (Decimal(told[1][price]) - 59_995) % 10 == 0
    assert told[1][price] != told[0][price]


async def test_what_a_start_asks_is_counted_apart(play):
    recording = await play("start", "okx", "ours")
    asked = {fact.key: fact.value for fact in recording.facts}
    assert asked["requests/of the start"] == str(sum(recording.of_starts.values()))
    assert asked["requests/since it was ready"] == str(
        sum(recording.requests.values()) - sum(recording.of_starts.values())
    )
    assert recording.of_starts["balances"] == 1


async def test_what_a_connector_raises_is_something_that_it_shows(play):
    class Raising(CcxtExchange):
        async def all_trading_pairs(self):
            raise RuntimeError("out of pairs")

    recording = await play("pairs", "binance", "ours", ours_kind=Raising)
    outcome = next(fact for fact in recording.facts if fact.key == "scenario/outcome")
    assert outcome.value == "stopped: RuntimeError: out of pairs"


async def test_the_live_comparison_reads_the_same_from_both_on_one_venue():
    with short_waits():
        async with Sandbox("binance") as sandbox:
            others = Others(sandbox)
            others.fill_book()
            others.buy("0.1")
            account = sandbox.create_account({"USDT": Decimal(1)}, name="reader")
            async with (
                running("native", sandbox, account, ["BTC-USDT"]) as native,
                running("ours", sandbox, account, ["BTC-USDT"]) as ours,
            ):
                rows = compared(await read(native.connector, "BTC-USDT"), await read(ours.connector, "BTC-USDT"))
                connectors = {"native": native.connector, "ours": ours.connector}
                rows += await sample(connectors, "BTC-USDT", 0.1)
    assert [what for what, *_, equal in rows if not equal] == []
