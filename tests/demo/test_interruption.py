"""Whenever the demo is interrupted, the bot ends, its orders are cancelled, and no process stays behind."""

import signal
import time

import pytest

from hummingbot_ccxt.demo.bot import NAME
from hummingbot_ccxt.demo.records import read_hummingbot, read_tracked


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("words", "after_s", "number"),
    [
        pytest.param("binance on", 0.0, signal.SIGINT, id="as soon as the venue is open"),
        pytest.param("connect ccxt_binance", 1.5, signal.SIGTERM, id="while the keys are stored"),
        pytest.param("start pure_market_making", 6.0, signal.SIGINT, id="while Hummingbot starts"),
    ],
)
def test_an_interruption_of_the_set_up_ends_everything(
    demo, words: str, after_s: float, number: signal.Signals
) -> None:
    run = demo()
    run.read_until(words)
    time.sleep(after_s)  # into the middle of something that has no end to wait for

    run.send(number)

    assert run.wait() == 128 + number
    assert run.left_over() == []
    assert "Traceback" not in run.output


@pytest.mark.timeout(180)
def test_ctrl_c_while_trading_cancels_the_orders_through_hummingbot(demo, tmp_path) -> None:
    run = demo("--pair", "ETH-USDT")
    run.read_until("s left")  # as soon as the first of six orders is at the venue
    run.read_until("s left")  # five seconds later

    run.send(signal.SIGINT)

    assert run.wait() == 130
    assert run.left_over() == []
    assert "Traceback" not in run.output
    assert "were left open" not in run.output  # Hummingbot cancelled them; the venue did not have to
    home = tmp_path / "build/demo/home"
    database, log = home / "data" / f"{NAME}.sqlite", home / "logs" / f"logs_{NAME}.log"
    booked = read_hummingbot(database, log)
    assert len(booked.orders) >= 6
    assert {order.end for order in booked.orders} <= {"canceled", "filled"}
    assert read_tracked(database) == []
    assert "Hummingbot stopped." in log.read_text()
