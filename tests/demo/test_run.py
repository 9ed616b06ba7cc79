"""The demo for real, a short one: Hummingbot trades, the books agree, nothing leaves the machine, nothing is left."""

import json
from pathlib import Path

import pytest

INDEPENDENT_WATCH = """
import os, sys
def hook(event, arguments, path=os.environ["CONNECTIONS_OF_DEMO"]):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        with open(path, "a") as file:
            file.write(f"{event} {arguments}\\n")
sys.addaudithook(hook)
"""
"""Written down for the demo's own process; those of the bot have the demo's guard."""


@pytest.mark.timeout(300)
def test_a_short_demo_trades_and_every_book_agrees(demo, tmp_path: Path) -> None:
    watch, connections = tmp_path / "watch", tmp_path / "connections.txt"
    watch.mkdir()
    (watch / "sitecustomize.py").write_text(INDEPENDENT_WATCH)
    environment = {"PYTHONPATH": str(watch), "CONNECTIONS_OF_DEMO": str(connections)}

    run = demo("--seconds", "15", "--seed", "11", environment=environment)

    status = run.wait()
    assert status == 0, run.output
    report = json.loads((tmp_path / "build/demo/report.json").read_text())
    assert report["passed"] is True
    assert report["orders_created"] >= 20
    assert report["fills"] == report["fills_in_hummingbot"] >= 1
    for count in ("lost", "duplicated", "different", "open_orders_left", "errors_logged", "calls_beyond_loopback"):
        assert report[count] == 0, (count, run.output)
    assert report["balance_difference"] == {"BTC": "0", "USDT": "0"}

    # Hummingbot's processes did use the network, all of it on loopback; the demo itself calls nobody.
    journal = (tmp_path / "build/demo/home/data/connections.txt").read_text().splitlines()
    assert set(journal) <= {"inside 127.0.0.1", "inside localhost", "inside ::1"}
    assert journal.count("inside 127.0.0.1") >= 3
    own = connections.read_text().splitlines() if connections.exists() else []
    assert [line for line in own if "127.0.0.1" not in line] == []

    assert run.left_over() == []
    page = (tmp_path / "build/demo/report.html").read_text()
    assert page.count("<svg") == 5
    assert str(tmp_path) not in page + json.dumps(report)
    assert not (tmp_path / "build/demo/home/conf/connectors").exists()
    for line in ("orders placed", "the three sources agree to the last digit", "report: build/demo/report.html"):
        assert line in run.output
