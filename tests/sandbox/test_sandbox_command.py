"""The sandbox as a program, and as an object: starting, stopping, addresses."""

import argparse
import ast
import asyncio
import contextlib
import re
import signal
import socket
import sys
import time
from decimal import Decimal
from pathlib import Path

import aiohttp
import ccxt
import pytest

import hummingbot_ccxt.sandbox
from hummingbot_ccxt.sandbox import Sandbox
from hummingbot_ccxt.sandbox.command import _greeting, add_parser
from hummingbot_ccxt.sandbox.sandbox import WIRES

PROGRAM = """
import argparse, sys
from hummingbot_ccxt.sandbox.command import add_parser
parser = argparse.ArgumentParser()
add_parser(parser.add_subparsers(required=True))
arguments = parser.parse_args()
sys.exit(arguments.run(arguments))
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
async def test_the_command_serves_until_it_is_told_to_end(ending: signal.Signals, tmp_path: Path) -> None:
    record = tmp_path / "recording.jsonl"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, "sandbox", "binance", "--record", str(record),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            greeting = ""
            while "Ctrl-C ends it." not in greeting:
                greeting += (await process.stdout.readline()).decode()
            url = re.search(r"http://127\.0\.0\.1:\d+", greeting)
            key = re.search(r"API key +(\w{64})", greeting)
            secret = re.search(r"secret +(\w{64})", greeting)
            assert url is not None
            assert key is not None
            assert secret is not None
            assert "throw-away" in greeting
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{url[0]}/api.binance.com/api/v3/depth?symbol=BTCUSDT") as reply,
            ):
                assert len((await reply.json())["bids"]) > 5
            process.send_signal(ending)
            rest, errors = await process.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    assert process.returncode == 0
    assert rest.decode().strip() == "stopped"
    assert errors.decode() == ""
    assert "api/v3/depth" in record.read_text()


@pytest.mark.parametrize("exchange", sorted(WIRES))
async def test_the_greeting_shows_the_credentials_that_ccxts_class_asks_for(exchange: str) -> None:
    """On OKX and KuCoin a passphrase beside key and secret, which ccxt calls a password."""
    asked = getattr(ccxt, exchange)().requiredCredentials["password"]
    sandbox = Sandbox(exchange)

    greeting = _greeting(sandbox)

    assert bool(re.search(r"passphrase +\w{16}\n", greeting)) is asked
    assert ('"password": "..."' in greeting) is asked
    assert f"ccxt.pro.{exchange}({{" in greeting


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers(required=True))
    return parser.parse_args(["sandbox", *arguments])


def test_a_taken_port_is_an_error_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        arguments = parse("binance", "--port", str(taken.getsockname()[1]))

        assert arguments.run(arguments) == 1

    error = capsys.readouterr().err
    assert re.fullmatch(
        r"hummingbot-ccxt sandbox: port \d+ of 127.0.0.1 is in use; remedy: another --port, or none: .*\n", error
    )


@pytest.mark.parametrize("given", ["99999", "-1", "http"])
def test_what_is_no_port_is_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse("binance", "--port", given)
    assert f"'{given}' is no port; allowed: 1 to 65535, or 0 for a free one" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["-1", "nan", "fast"])
def test_what_is_no_speed_is_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse("binance", "--replay-speed", given)
    assert f"'{given}' is no speed" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--record", "--replay"])
def test_a_path_that_cannot_be_used_is_told_with_its_option(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, reason in ((tmp_path, "Is a directory"), (tmp_path / "none" / "file", "No such file or directory")):
        arguments = parse("binance", option, str(path))
        assert arguments.run(arguments) == 1
        assert capsys.readouterr().err == f"hummingbot-ccxt sandbox: {option} {path}: {reason}\n"


def test_a_missing_recording_is_an_error_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = parse("binance", "--replay", "no-such-file.jsonl")

    assert arguments.run(arguments) == 1
    assert "no-such-file.jsonl" in capsys.readouterr().err


def test_an_unknown_exchange_is_refused_by_command_and_class(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse("mtgox")
    assert "mtgox" in capsys.readouterr().err
    with pytest.raises(ValueError, match="there is one for binance"):
        Sandbox("mtgox")


# -- the object


async def test_it_starts_in_a_moment_also_with_all_participants() -> None:
    times = []
    for _ in range(3):
        sandbox = Sandbox("binance", participants=True)
        started = time.perf_counter()
        await sandbox.start()
        times.append(time.perf_counter() - started)
        await sandbox.stop()

    assert min(times) < 0.1  # 22 ms on two idle cores
    assert all(sandbox.engine.book(symbol).best_bid for symbol in sandbox.engine.markets)


async def test_many_run_side_by_side_and_know_nothing_of_each_other() -> None:
    sandboxes = [Sandbox("binance") for _ in range(10)]
    await asyncio.gather(*(sandbox.start() for sandbox in sandboxes))
    sandboxes[0].create_account({"USDT": Decimal(1)}, name="only here")
    ports, accounts = {each.port for each in sandboxes}, [each.engine.accounts() for each in sandboxes]
    await asyncio.gather(*(sandbox.stop() for sandbox in sandboxes))

    assert len(ports) == 10
    assert accounts[0] == ["only here"]
    assert accounts[1] == []


async def test_it_is_started_once_and_stopped_as_often_as_one_likes() -> None:
    sandbox = Sandbox("binance")
    await sandbox.stop()
    await sandbox.start()
    with pytest.raises(RuntimeError, match="started already"):
        await sandbox.start()
    await sandbox.stop()
    await sandbox.stop()


async def test_a_stopped_venue_leaves_nothing_running() -> None:
    before = asyncio.all_tasks()
    async with Sandbox("binance", participants=["BTC-USDT"]) as sandbox, aiohttp.ClientSession() as session:
        await session.ws_connect(sandbox.rewrite("wss://stream.binance.com:9443/ws/btcusdt@kline_1m"))
    async with asyncio.timeout(5):
        while asyncio.all_tasks() - before:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_simulated_traders_move_the_markets_they_are_told_to() -> None:
    async with Sandbox("binance", participants={"BTC-USDT": Decimal(100)}) as sandbox:
        best = sandbox.engine.book("BTC/USDT").best_bid

        assert best is not None
        assert 99 < best < 100
        assert sandbox.engine.book("ETH/USDT").best_bid is None


def test_participants_need_a_market_and_a_price() -> None:
    with pytest.raises(ValueError, match="no market XYZ-USDT"):
        Sandbox("binance", participants=["XYZ-USDT"])


async def test_any_address_is_rewritten_by_one_rule() -> None:
    async with Sandbox("binance") as sandbox:
        base = f"127.0.0.1:{sandbox.port}"
        urls = {
            "rest": "https://api.binance.com/api/v3",
            "ws": {"spot": "wss://stream.binance.com:9443/ws"},
            "doc": ["https://x.org", "no address"],
            "number": 7,
        }

        assert sandbox.rewrite(urls) == {
            "rest": f"http://{base}/api.binance.com/api/v3",
            "ws": {"spot": f"ws://{base}/stream.binance.com:9443/ws"},
            "doc": [f"http://{base}/x.org", "no address"],
            "number": 7,
        }
        assert sandbox.rewrite(sandbox.rewrite(urls)) == sandbox.rewrite(urls)


async def test_accounts_have_names_of_their_own_and_keys_that_differ() -> None:
    sandbox = Sandbox("binance")
    first, second = sandbox.create_account({"USDT": Decimal(5)}), sandbox.create_account()

    assert (first.account_id, second.account_id) == ("account-1", "account-2")
    assert len({first.api_key, first.secret, second.api_key, second.secret}) == 4
    with pytest.raises(ValueError, match="exists"):
        sandbox.create_account(name="account-1")
    assert sandbox.engine.balances("account-1")["USDT"].free == 5


def test_the_venue_imports_nothing_of_its_clients() -> None:
    folder = Path(hummingbot_ccxt.sandbox.__file__).parent
    roots: set[str] = set()
    for path in folder.rglob("*.py"):
        depth = len(path.relative_to(folder).parts)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                roots |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level <= depth, f"{path.name} reaches out of the sandbox"
                if node.level == 0:
                    roots.add((node.module or "").partition(".")[0])

    assert roots - sys.stdlib_module_names == {"aiohttp", "orjson"}


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(TypeError):
        Sandbox("binance", book_intervals=1)
