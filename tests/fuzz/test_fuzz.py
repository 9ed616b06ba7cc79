"""The fuzzer itself: it is quick enough to run each time, finds nothing, and would find what is there."""

import asyncio
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from hummingbot_ccxt.cli import main
from hummingbot_ccxt.fuzz import streams
from hummingbot_ccxt.fuzz.campaign import Plan, Report, fuzz
from hummingbot_ccxt.fuzz.frames import Seed
from hummingbot_ccxt.fuzz.mutation import JSON_JUNK, Mutator, places, replaced, value_at
from hummingbot_ccxt.fuzz.recorded import recorded_messages
from hummingbot_ccxt.fuzz.structures import BOOK, ORDER
from hummingbot_ccxt.fuzz.translators import TARGETS, Broken
from hummingbot_ccxt.sandbox.sandbox import WIRES
from hummingbot_ccxt.translate import values

RECORDINGS = Path(__file__).parents[2].parent / "shared" / "recordings"


def lines(report: Report) -> list[str]:
    return [f"{each.target}: {each.promise}: {each.input}" for each in report.violations]


async def test_no_bad_structure_breaks_a_promise_of_a_translator() -> None:
    seed = random.SystemRandom().randrange(2**32)
    report = await fuzz(Plan(inputs=6_500, seed=seed, exchanges=()))
    assert lines(report) == [], f"seed {seed}"
    assert report.inputs == 6_500
    assert all(tally.inputs == 500 for tally in report.targets.values())
    assert all(tally.seeds > 1 for name, tally in report.targets.items() if name != "translator: paid fees")


@pytest.mark.parametrize("exchange", sorted(WIRES))
async def test_no_bad_frame_breaks_a_promise_of_the_stream_handlers(exchange: str) -> None:
    seed = random.SystemRandom().randrange(2**32)
    report = await fuzz(Plan(500, seed, (exchange,), RECORDINGS if RECORDINGS.is_dir() else None, frames=1.0))
    assert lines(report) == [], f"seed {seed}"
    assert report.targets[f"streams: {exchange}"].refused > 20


async def test_the_frames_that_a_connector_sees_while_it_trades_go_through(monkeypatch: pytest.MonkeyPatch) -> None:
    async with streams.unplugged("okx") as fed:
        kinds = {channel for seed in fed.seeds if (channel := seed.message.get("arg", {}).get("channel"))}
        assert kinds == {"books", "trades", "orders", "account"}
        before = fed.applied
        for seed in fed.seeds:
            assert await fed.feed(seed, json.dumps(seed.message))
        assert fed.applied - before >= 10


# --- it would find what is there


async def test_an_exception_that_escapes_a_translator_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(value: object) -> Any:
        return values.Decimal(str(value))

    monkeypatch.setattr(values, "as_decimal", careless)
    report = await fuzz(Plan(inputs=1_300, seed=1, exchanges=()))
    assert any("InvalidOperation escaped" in line or "is nan" in line.lower() for line in lines(report))


async def test_a_handler_that_lets_a_bad_number_through_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async with streams.unplugged("bybit") as fed:
        seed = next(seed for seed in fed.seeds if seed.message.get("type") == "delta")
        monkeypatch.setattr(streams.ccxt_api_order_book_data_source, "change_rows", _rows_as_they_are)
        changed = replaced(seed.message, ("data", "b"), [["59000", "-1"]])
        with pytest.raises(Broken, match=r"a level is 59000\.0, -1\.0"):
            await fed.feed(seed, json.dumps(changed))


def _rows_as_they_are(bids: Any, asks: Any, update_id: int) -> Any:
    return ([(price, amount, update_id) for price, amount in side.items()] for side in (bids, asks))


async def test_an_exception_in_the_listeners_loop_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async with streams.unplugged("bybit") as fed:
        seed = next(seed for seed in fed.seeds if seed.message.get("topic") == "execution")
        for way in ("_apply_event", "apply_trade"):  # the latter at once, if its order is still known
            monkeypatch.setattr(fed.connector._life, way, _fails)
        with pytest.raises(Broken, match="Unexpected error in user stream listener"):
            await fed.feed(seed, json.dumps(seed.message))


def _fails(*_: Any) -> bool:
    raise ZeroDivisionError


async def booked(fed: streams.Unplugged) -> Seed:
    """A frame that tells a fill of an order that is open."""
    for seed in fed.seeds:
        before = fed.applied
        if seed.message.get("topic") == "execution":
            await fed.feed(seed, json.dumps(seed.message))
        if fed.applied > before:
            return seed
    raise AssertionError("no fill was told")


async def test_a_refusal_that_nobody_counted_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async with streams.unplugged("bybit") as fed:
        seed = await booked(fed)
        monkeypatch.setattr(fed.connector, "skipped", lambda *_: None)
        changed = replaced(seed.message, ("data", 0, "execPrice"), "-1")
        with pytest.raises(Broken, match="not counted"):
            await fed.feed(seed, json.dumps(changed))


async def test_a_message_that_is_logged_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async with streams.unplugged("bybit") as fed:
        seed = await booked(fed)
        skipped = fed.connector.skipped
        monkeypatch.setattr(fed.connector, "skipped", lambda *given: (skipped(*given), skipped(*given)))
        changed = replaced(seed.message, ("data", 0, "execPrice"), "-1")
        with pytest.raises(Broken, match="twice"):
            await fed.feed(seed, json.dumps(changed))


async def test_a_refusal_without_its_line_in_the_log_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async with streams.unplugged("bybit") as fed:
        seed = await booked(fed)
        monkeypatch.setattr(fed.connector.logger(), "warning", lambda *_: None)
        fed.connector._skips.clear()
        changed = replaced(seed.message, ("data", 0, "execPrice"), "-1")
        with pytest.raises(Broken, match="refusal number 1 of its kind has 0 lines in the log, not 1"):
            await fed.feed(seed, json.dumps(changed))


def forever(*_: Any, **__: Any) -> Any:
    while True:  # as careless as can be: whatever is raised is swallowed
        try:
            time.sleep(0.01)
        except Exception:
            continue


async def test_a_translator_that_hangs_ends_the_run_and_its_input_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    as_decimal = values.as_decimal
    monkeypatch.setattr(values, "as_decimal", lambda value: forever() if value == "NaN" else as_decimal(value))
    report = await fuzz(Plan(inputs=130_000, seed=1, exchanges=(), limit_s=0.5))
    assert report.hung
    assert report.inputs < 10_000
    (found,) = report.violations
    assert found.promise == "it did not come to its end in 0.5 s"
    assert "NaN" in found.input


@pytest.mark.parametrize("hang", [forever, lambda *_: asyncio.sleep(60)], ids=["runs", "waits"])
async def test_a_stream_handler_that_hangs_ends_the_run(monkeypatch: pytest.MonkeyPatch, hang: Any) -> None:
    feed = streams.Unplugged.feed

    async def feed_or_hang(fed: Any, seed: Seed, text: str) -> bool:
        if fed.applied > 5:
            await hang()
        return await feed(fed, seed, text)

    monkeypatch.setattr(streams.Unplugged, "feed", feed_or_hang)
    report = await fuzz(Plan(2_000, 1, ("gate",), frames=1.0, limit_s=0.5))
    assert report.hung
    assert lines(report)[-1].startswith("streams: gate: it did not come to its end in 0.5 s: ")


def test_what_nothing_can_interrupt_is_named_before_the_process_ends(tmp_path: Path) -> None:
    program = (
        "import time\nfrom hummingbot_ccxt.fuzz.limit import TimeLimit\n"
        "limit = TimeLimit(0.1)\nwith limit.watching(), limit.input(lambda: 'the input'):\n"
        "    while True:\n        try:\n            time.sleep(1)\n        except BaseException:\n            pass\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.strip()) == (1, "the input")


# --- the mutator


def test_the_same_seed_draws_the_same_inputs() -> None:
    drawn = [
        [Mutator(source, JSON_JUNK).spoil(ORDER, BOOK) for _ in range(200)] for source in map(random.Random, (5, 5))
    ]
    assert repr(drawn[0]) == repr(drawn[1])


def test_a_spoilt_structure_is_a_copy() -> None:
    before = repr(ORDER)
    mutator = Mutator(random.Random(1), JSON_JUNK)
    different = sum(repr(mutator.spoil(ORDER, BOOK)) != before for _ in range(500))
    assert repr(ORDER) == before
    assert different > 450


def test_every_place_of_a_structure_can_be_spoilt() -> None:
    found = list(places(BOOK))
    assert ("bids", 1, 2) in found
    for path in found:
        assert value_at(replaced(BOOK, path, "x"), path) == "x"


def test_each_translator_takes_its_samples() -> None:
    assert all(target.feed(sample) for target in TARGETS for sample in target.samples)


def test_recorded_messages_are_read_where_there_are_some() -> None:
    if not RECORDINGS.is_dir():
        pytest.skip("no recordings: shared/recordings is not there")
    found = list(recorded_messages(RECORDINGS, "binance"))
    assert any(is_private and message.get("e") == "executionReport" for is_private, message in found)
    assert any(not is_private for is_private, _ in found)
    assert list(recorded_messages(RECORDINGS, "no such exchange")) == []


# --- the command


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = "import sys; from hummingbot_ccxt.cli import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", program, "fuzz", *arguments], capture_output=True, text=True, timeout=100, check=False
    )


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    file = tmp_path / "a" / "report.json"
    done = command("--inputs", "400", "--seed", "7", "--exchange", "gate", "--json", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "seed 7" in done.stdout
    assert "400 inputs in" in done.stdout
    report = json.loads(file.read_text())
    assert (report["seed"], report["inputs"], report["violations"]) == (7, 400, [])
    assert report["targets"]["streams: gate"]["inputs"] == 200


def test_a_folder_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fuzz", "--recordings", "no/such/folder"]) == 2
    assert capsys.readouterr().err.strip() == "hummingbot-ccxt: error: no/such/folder is no folder"


@pytest.mark.parametrize("given", ["0", "-2", "many"])
def test_no_inputs_at_all_are_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["fuzz", f"--inputs={given}"])
    assert end.value.code == 2
    assert f"'{given}' is no number of inputs; allowed: 1 and more" in capsys.readouterr().err


def test_a_broken_promise_makes_the_exit_status_1_and_shows_the_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(values, "as_decimal", lambda value: values.Decimal(str(value)))
    monkeypatch.setattr("hummingbot_ccxt.fuzz.command.WIRES", {})
    assert main(["fuzz", "--inputs", "1300", "--seed", "1"]) == 1
    said = capsys.readouterr().out
    assert "broke a promise (seed 1)" in said
    assert "InvalidOperation escaped" in said
    assert "'symbol': " in said
