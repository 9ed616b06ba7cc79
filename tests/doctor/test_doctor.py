"""`hummingbot-ccxt doctor` on the embedded Binance: what is well passes, what is not says so with its remedy."""

import asyncio
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest

from hummingbot_ccxt.cli import main
from hummingbot_ccxt.doctor import account_checks, command, surroundings
from hummingbot_ccxt.doctor.findings import Finding, lines
from hummingbot_ccxt.sandbox import Fault, Sandbox

PUBLIC = ["versions", "network", "clock", "markets", "book", "sequence", "trades"]
PRIVATE = ["keys", "balances", "trading"]
ORDER = ["order", "stream", "lookup", "cancel"]


async def test_everything_passes_on_a_healthy_venue(doctor, sandbox, keys):
    visit = await doctor("--keys", "--place-order", "--json")
    assert visit.verdicts == dict.fromkeys(PUBLIC + PRIVATE + ORDER, "pass")
    assert visit.status == 0
    assert visit.findings["lookup"]["text"] == "found by client order id"
    assert visit.findings["balances"]["text"].startswith("2 assets held")


async def test_the_order_is_far_from_the_market_small_and_cancelled(doctor, sandbox, keys):
    await doctor("--keys", "--place-order", "--json")
    (order,) = sandbox.engine.orders(keys.account_id)
    assert (order.side.value, order.status.value, order.filled) == ("buy", "canceled", Decimal(0))
    best = sandbox.engine.book("BTC/USDT").best_bid
    assert Decimal("0.65") < order.price / best < Decimal("0.75")
    assert Decimal(5) <= order.price * order.amount < Decimal(7)  # the market's least notional is 5


async def test_without_keys_the_account_is_left_alone_and_the_report_says_so(doctor, sandbox):
    visit = await doctor()
    assert visit.status == 0
    assert [line.split()[1] for line in visit.out.splitlines() if line.startswith("pass")] == PUBLIC
    assert visit.out.splitlines()[-1] == (
        "7 passed, 0 warned, 0 failed; not examined: keys, rights and balances (--keys); "
        "an order's way (--keys --place-order)"
    )
    assert sandbox.request_log.of("account") == []


async def test_with_keys_but_no_leave_to_place_an_order_none_is_placed(doctor, sandbox, keys):
    visit = await doctor("--keys", "--json")
    assert visit.verdicts == dict.fromkeys(PUBLIC + PRIVATE, "pass")
    assert sandbox.engine.orders(keys.account_id) == []


async def test_a_skewed_clock_warns_and_everything_signed_still_works(keys, monkeypatch, capsys):
    async with Sandbox("binance", participants=["BTC/USDT"], clock_skew_ms=30_000, book_interval_s=0.02) as skewed:
        account = skewed.create_account({"USDT": Decimal(100)}, name="late")
        monkeypatch.setenv("CCXT_BINANCE_API_KEY", account.api_key)
        monkeypatch.setenv("CCXT_BINANCE_SECRET", account.secret)
        capsys.readouterr()
        status = await asyncio.to_thread(main, ["doctor", "binance", "--base-url", skewed.url, "--keys", "--json"])
    found = {each["check"]: each for each in json.loads(capsys.readouterr().out)["checks"]}
    assert found["clock"]["verdict"] == "warn"
    assert found["clock"]["text"].endswith("ms behind the venue's")
    assert "NTP" in found["clock"]["remedy"]
    assert {found[check]["verdict"] for check in PRIVATE} == {"pass"}
    assert status == 0


async def test_a_wrong_secret_fails_with_the_remedy_and_is_not_printed(doctor, keys, monkeypatch):
    monkeypatch.setenv("CCXT_BINANCE_SECRET", "surely-not-the-right-secret")
    visit = await doctor("--keys", "--json")
    assert visit.status == 1
    assert visit.verdicts == {**dict.fromkeys(PUBLIC, "pass"), "keys": "fail"}
    assert visit.findings["keys"]["remedy"].startswith("check key, secret")
    assert "surely-not" not in visit.out + visit.err
    assert keys.api_key not in visit.out + visit.err


async def test_what_wrong_keys_prevent_has_the_remedy_for_keys(monkeypatch, capsys):
    """KuCoin's class asks for the account's mode, signed, before it asks for markets."""
    async with Sandbox("kucoin", participants=["BTC/USDT"], book_interval_s=0.02) as kucoin:
        account = kucoin.create_account({"USDT": Decimal(1)})
        for name, value in (("API_KEY", account.api_key), ("SECRET", "wrong"), ("PASSWORD", account.password)):
            monkeypatch.setenv(f"CCXT_KUCOIN_{name}", value)
        await asyncio.to_thread(main, ["doctor", "kucoin", "--base-url", kucoin.url, "--keys", "--json"])
    report = json.loads(capsys.readouterr().out)
    found = {each["check"]: each for each in report["checks"]}
    assert found["markets"]["remedy"].startswith("check key, secret")
    assert found["keys"]["verdict"] == "fail"
    assert found["keys"]["remedy"].startswith("check key, secret")
    assert report["not_examined"] == [
        "the order book", "trades", "balances", "rights", "an order's way (--keys --place-order)",
    ]  # fmt: skip


@pytest.mark.parametrize("exchange", ["okx", "kraken", "bybit"])
async def test_the_sandbox_of_another_exchange_is_suspected(sandbox, capsys, exchange):
    await asyncio.to_thread(main, ["doctor", exchange, "--base-url", sandbox.url, "--json"])
    found = {each["check"]: each for each in json.loads(capsys.readouterr().out)["checks"]}
    assert found["markets"]["verdict"] == "fail"
    assert found["markets"]["remedy"] == (
        f"is {sandbox.url} of {exchange}? A sandbox speaks for one exchange: `hummingbot-ccxt sandbox {exchange}`"
    )


async def test_a_pair_may_be_written_as_ccxt_does_and_is_shown_as_hummingbot_does(doctor):
    visit = await doctor("--pair", "BTC/USDT")
    assert visit.status == 0
    assert "BTC-USDT streamed after" in visit.out
    assert "BTC/USDT" not in visit.out


async def test_a_larger_order_is_tried_where_the_least_value_is_not_stated(monkeypatch, capsys):
    """OKX states a least amount, and refuses what is worth too little."""
    async with Sandbox("okx", participants=["BTC/USDT"], book_interval_s=0.02) as okx:
        account = okx.create_account({"USDT": Decimal(1000)})
        for name, value in (("API_KEY", account.api_key), ("SECRET", account.secret), ("PASSWORD", account.password)):
            monkeypatch.setenv(f"CCXT_OKX_{name}", value)
        arguments = ["--keys", "--place-order", "--pair", "BTC-USDT", "--json"]
        status = await asyncio.to_thread(main, ["doctor", "okx", "--base-url", okx.url, *arguments])
    found = {each["check"]: each for each in json.loads(capsys.readouterr().out)["checks"]}
    assert found["order"]["text"].startswith("created: buy 0.00100 BTC-USDT")
    assert (found["cancel"]["verdict"], status) == ("pass", 0)


async def test_an_unknown_pair_fails_and_names_others(doctor):
    visit = await doctor("--pair", "GOLD-USDT", "--json")
    assert visit.status == 1
    assert visit.findings["pair"]["text"] == "GOLD-USDT is not among them"
    assert "ADA-USDT" in visit.findings["pair"]["remedy"]


async def test_an_order_that_the_account_cannot_pay_is_not_tried(doctor, sandbox, monkeypatch):
    poor = sandbox.create_account({"USDT": Decimal("0.5")}, name="poor")
    monkeypatch.setenv("CCXT_BINANCE_API_KEY", poor.api_key)
    monkeypatch.setenv("CCXT_BINANCE_SECRET", poor.secret)
    visit = await doctor("--keys", "--place-order", "--json")
    assert visit.status == 1
    assert visit.findings["order"]["text"] == "the account has too little USDT or BTC for the smallest order"
    assert sandbox.engine.orders(poor.account_id) == []


async def test_a_lost_answer_to_the_order_leaves_nothing_behind(doctor, sandbox, keys):
    sandbox.faults.rest("order.create", Fault.ERROR_AFTER, status=503)
    visit = await doctor("--keys", "--place-order", "--json")
    assert visit.status == 1
    assert visit.findings["order"]["text"].startswith("no answer to buy")
    assert visit.verdicts["cancel"] == "pass"
    (order,) = sandbox.engine.orders(keys.account_id)
    assert order.status.value == "canceled"


def test_without_network_one_line_says_so(capsys, monkeypatch):
    async def unreachable(*_: object) -> Finding:
        return Finding("network", "fail", "api.kraken.com has no address (Name or service not known)")

    monkeypatch.setattr(surroundings, "_reach", unreachable)
    assert main(["doctor", "kraken"]) == 1
    out, err = capsys.readouterr()
    assert out == (
        "fail  Kraken cannot be reached: api.kraken.com has no address (Name or service not known); "
        "remedy: check the network; `proxy` in the settings\n"
    )
    assert "Traceback" not in err


def test_a_port_where_nobody_listens_is_no_network(capsys):
    assert main(["doctor", "binance", "--base-url", "http://127.0.0.1:1", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [each["check"] for each in report["checks"]] == ["network"]
    assert "127.0.0.1:1 cannot be reached" in report["checks"][0]["text"]
    assert report["checks"][0]["remedy"].endswith("? --base-url leads to http://127.0.0.1:1")
    assert report["ok"] is False


def test_the_settings_file_tells_where_the_venue_is(capsys, tmp_path: Path):
    settings = tmp_path / "settings.yml"
    settings.write_text("exchanges:\n  binance:\n    base_url: http://127.0.0.1:1\n", encoding="utf-8")
    assert main(["doctor", "binance", "--settings", str(settings)]) == 1
    said = capsys.readouterr().out
    assert "127.0.0.1:1 cannot be reached" in said
    assert said.endswith(
        "; remedy: does the sandbox run (`hummingbot-ccxt sandbox binance`)? "
        f"`base_url` in {settings} leads to http://127.0.0.1:1\n"
    )


def test_an_order_needs_keys_and_keys_need_somebody_to_ask(capsys, monkeypatch):
    assert main(["doctor", "binance", "--place-order"]) == 2
    assert "add --keys" in capsys.readouterr().err
    monkeypatch.delenv("CCXT_BINANCE_API_KEY", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["doctor", "binance", "--keys"]) == 2
    assert "set CCXT_BINANCE_API_KEY" in capsys.readouterr().err


def test_keys_are_typed_in_unseen(monkeypatch):
    from hummingbot_ccxt import registry

    class Terminal:
        def isatty(self) -> bool:
            return True

    asked: list[str] = []
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(command.getpass, "getpass", lambda prompt: asked.append(prompt) or "typed")
    assert command.ask_for_keys(registry.get("okx")) == {"apiKey": "typed", "secret": "typed", "password": "typed"}
    assert asked == ["OKX API key: ", "OKX API secret: ", "OKX API password (passphrase): "]


def test_a_key_that_is_left_empty_is_asked_for_in_no_other_terminal(monkeypatch):
    from hummingbot_ccxt import registry

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("CCXT_OKX_API_KEY", raising=False)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(command.getpass, "getpass", lambda prompt: "")
    with pytest.raises(command.KeysMissing) as refused:
        command.ask_for_keys(registry.get("okx"))
    assert str(refused.value) == "OKX needs its API key; remedy: set CCXT_OKX_API_KEY, or type it when asked"


def test_keys_cannot_be_given_on_the_command_line(capsys):
    with pytest.raises(SystemExit):
        main(["doctor", "binance", "--api-key", "x"])


@pytest.mark.parametrize(
    ("quote", "base", "expected"),
    [
        pytest.param("100", "0", ("buy", Decimal("0.00014"), Decimal("42000.00")), id="bids with quote"),
        pytest.param("0", "1", ("sell", Decimal("0.00007"), Decimal("85728.58")), id="offers base"),
        pytest.param("0", "0", None, id="has nothing"),
    ],
)
def test_the_smallest_order_that_the_account_can_pay(quote, base, expected):
    from hummingbot.connector.trading_rule import TradingRule

    rule = TradingRule("BTC-USDT", min_base_amount_increment=Decimal("0.00001"), min_notional_size=Decimal(5))
    held = {"USDT": (Decimal(quote), Decimal(quote)), "BTC": (Decimal(base), Decimal(base))}
    market = {"base": "BTC", "quote": "USDT"}
    assert account_checks.far_order(market, rule, Decimal("0.01"), (60_000.0, 60_010.0), held) == expected


def test_a_remedy_stands_below_its_finding():
    assert lines(Finding("clock", "warn", "off", "set it")) == f"warn  clock     off\n{' ' * 16}remedy: set it"
