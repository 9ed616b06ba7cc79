"""`hummingbot-ccxt compare`: what it prints and writes, and its exit status."""

import json
import socket
import subprocess
import sys

import pytest

from hummingbot_ccxt import cli
from hummingbot_ccxt.compare import session
from hummingbot_ccxt.compare.book import SCENARIOS, NoScenario, scenarios

BROKEN = '''
from hummingbot.connector.exchange.binance.binance_exchange import BinanceExchange


class Liar(BinanceExchange):
    """Tells a cancellation that it never asks for."""

    async def _place_cancel(self, order_id, tracked_order):
        return True
'''


def compare(*arguments, cwd=None):
    command = [sys.executable, "-m", "hummingbot_ccxt", "compare", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def test_the_list_shows_every_scenario(capsys):
    assert cli.main(["compare", "--list"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in SCENARIOS)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "name an exchange: binance, bybit"),
        (["bitmex"], "no venue to compare 'bitmex' on; there are binance, bybit"),
        (["binance", "--scenario", "nonsense"], "no scenario is called 'nonsense'"),
        (["all", "--native", "m:C"], "name one exchange"),
        (["binance", "--native", "foo"], "error: --native 'foo' names no class; write MODULE:CLASS"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(capsys, arguments, complaint):
    assert cli.main(["compare", *arguments]) == 2
    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1


def test_a_report_that_cannot_be_written_is_told_before_anything_is_played(tmp_path):
    done = compare("binance", "--scenario", "pairs", "--json", str(tmp_path))
    assert done.returncode != 0
    assert f"error: {tmp_path} cannot be written: Is a directory" in done.stderr
    assert "[1/1]" not in done.stdout


def test_a_class_that_is_no_connector_is_told_before_anything_is_played(tmp_path):
    (tmp_path / "mine.py").write_text("class Mine: pass\n")
    # As the installed command starts, whose own folder stands where `python -m` has the one that one works in.
    command = [sys.executable, "-P", "-m", "hummingbot_ccxt", "compare", "binance", "--native", "mine:Mine"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode != 0
    assert "error: --native mine:Mine is no connector: its class does not extend" in done.stderr


def test_a_module_that_cannot_be_imported_is_told_in_one_line(tmp_path):
    (tmp_path / "mine.py").write_text("class Mine(:\n")
    command = [sys.executable, "-m", "hummingbot_ccxt", "compare", "binance", "--native", "mine:Mine"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode != 0
    assert "error: --native mine:Mine: SyntaxError: invalid syntax" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_native_class_that_does_not_exist_is_named():
    done = compare("binance", "--scenario", "pairs", "--native", "no.such:Thing")
    assert done.returncode == 2
    assert "error: --native no.such:Thing: No module named 'no'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_connector_of_ones_own_is_found_out_and_makes_the_exit_status_1(tmp_path):
    (tmp_path / "broken.py").write_text(BROKEN)
    arguments = "--native", "broken:Liar", "--json", "out/report.json", "--html", "out/report.html"
    done = compare("binance", "--scenario", "limit-rests", *arguments, cwd=tmp_path)
    report = json.loads((tmp_path / "out" / "report.json").read_text())["exchanges"]["binance"]
    assert report["native"] == "broken:Liar"
    found = {each["fact"]: (each["native"], each["ours"], each["verdict"]) for each in report["differences"]}
    assert found["order/the order/state"] == ("CANCELED", "CANCELED", "ours_better")
    assert "binance  limit-rests" in done.stdout
    assert "OrderCancelled" in (tmp_path / "out" / "report.html").read_text()
    assert done.returncode == 1
    assert "nobody has judged this yet" in done.stdout  # what became of the order at the venue


def test_what_is_said_of_hummingbots_own_class_is_not_said_of_another(tmp_path):
    own = "hummingbot.connector.exchange.okx.okx_exchange:OkxExchange"
    done = compare("okx", "--scenario", "unknown-pair", "--native", own, "--json", "report.json", cwd=tmp_path)
    (report,) = json.loads((tmp_path / "report.json").read_text())["exchanges"].values()
    judged = {each["fact"]: (each["verdict"], each["reason"]) for each in report["differences"]}
    assert judged.pop("events/the order") == ("ours_better", "the venue's ledger agrees with ours")
    (of_the_log,) = [
        verdict for fact, verdict in judged.items() if fact.startswith("log/ERROR/Unhandled error in back")
    ]
    assert of_the_log == ("unclassified", "")
    assert done.returncode == 1


def test_live_without_a_network_says_so_in_one_line(capfd, monkeypatch):
    def unknown(host, *arguments, **more):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert cli.main(["compare", "binance", "--live"]) == 2
    said = capfd.readouterr().err
    assert "--live needs the network, and binance cannot be reached from here" in said
    assert said.count("\n") == 1


def test_every_scenario_is_played_once_on_each_exchange():
    book = scenarios()
    played = [(each.exchange, each.scenario) for each in session.in_order_of_play(["okx", "gate"], book)]
    assert sorted(played) == sorted((exchange, each.name) for each in book for exchange in ("okx", "gate"))


def test_scenarios_are_chosen_by_a_part_of_their_name():
    assert {each.name for each in scenarios("cancel-all")} == {"cancel-all", "cancel-all-with-one-filled"}
    assert {each.name for each in scenarios("cancel-all-", "outage")} == {"cancel-all-with-one-filled", "outage"}
    with pytest.raises(NoScenario, match=r"'nonsense'.*--list"):
        scenarios("outage", "nonsense")
