"""What Hummingbot left behind is read as it was written: rows taken from a real run."""

import json
import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from hummingbot_ccxt.demo.facts import FillFact, StoredOrder
from hummingbot_ccxt.demo.records import read_errors, read_hummingbot, read_status, read_tracked

FEE = '{"fee_type": "DeductedFromReturns", "percent": "0", "percent_token": "USDT", "flat_fees": [{"token": "USDT", "amount": "0.30150685"}]}'  # noqa: E501
SAVED = {
    "HBOTS1": {"client_order_id": "HBOTS1", "exchange_order_id": "1007046", "last_state": "3"},
    "HBOTB2": {"client_order_id": "HBOTB2", "exchange_order_id": "1007047", "last_state": "1"},
    "HBOTB3": {"client_order_id": "HBOTB3", "exchange_order_id": "1007048", "last_state": "2"},
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The columns that are read, of Hummingbot's tables."""
    path = tmp_path / "demo.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute('CREATE TABLE "Order" (id TEXT, last_status TEXT, creation_timestamp INT)')
        connection.execute(
            "CREATE TABLE TradeFill (exchange_trade_id TEXT, order_id TEXT, trade_type TEXT, price INT, amount INT, "
            "trade_fee JSON, timestamp INT)"
        )
        connection.execute("CREATE TABLE MarketState (saved_state JSON)")
        connection.executemany(
            'INSERT INTO "Order" VALUES (?, ?, ?)',
            [("HBOTS1", "OrderCancelled", 2), ("HBOTS0", "SellOrderCompleted", 1), ("HBOTB2", "BuyOrderCreated", 3)],
        )
        connection.execute(
            "INSERT INTO TradeFill VALUES ('500165', 'HBOTS0', 'SELL', 60301370000, 5000, ?, 1795352787000)",
            (json.dumps(FEE),),
        )
        connection.execute("INSERT INTO MarketState VALUES (?)", (json.dumps(json.dumps(SAVED)),))
    return path


def test_orders_are_read_with_how_they_ended(database: Path, tmp_path: Path) -> None:
    assert read_hummingbot(database, tmp_path / "none.log").orders == (
        StoredOrder("HBOTS0", "filled"),
        StoredOrder("HBOTS1", "canceled"),
        StoredOrder("HBOTB2", "open"),
    )


def test_a_fill_is_read_to_the_last_digit(database: Path, tmp_path: Path) -> None:
    assert read_hummingbot(database, tmp_path / "none.log").fills == (
        FillFact(
            "500165", "HBOTS0", "sell", Decimal("60301.37"), Decimal("0.005"), "USDT", Decimal("0.30150685"),
            1795352787000,
        ),
    )  # fmt: skip


def test_only_orders_without_an_end_count_as_tracked(database: Path) -> None:
    assert read_tracked(database) == ["HBOTB2", "HBOTB3"]


def test_the_final_states_are_those_of_the_installed_hummingbot() -> None:
    from hummingbot.core.data_type.in_flight_order import OrderState

    from hummingbot_ccxt.demo.records import _FINAL_STATES

    names = {OrderState(number).name for number in _FINAL_STATES}
    assert names == {"CANCELED", "FILLED", "FAILED", "COMPLETED"}


def test_the_scale_of_stored_numbers_is_that_of_the_installed_hummingbot() -> None:
    from hummingbot.model.trade_fill import TradeFill

    from hummingbot_ccxt.demo.records import STORED_DECIMALS

    assert TradeFill.__table__.c.price.type.scale == TradeFill.__table__.c.amount.type.scale == STORED_DECIMALS


def test_a_run_that_never_began_has_no_orders_and_no_fills(tmp_path: Path) -> None:
    facts = read_hummingbot(tmp_path / "none.sqlite", tmp_path / "none.log")

    assert (facts.orders, facts.fills, facts.errors) == ((), (), ())
    assert read_tracked(tmp_path / "none.sqlite") == []


def test_errors_are_the_first_lines_of_error_records_only(tmp_path: Path) -> None:
    log = tmp_path / "logs_demo.log"
    log.write_text(
        "2026-11-22 13:06:25,656 - 20448 - hummingbot.connector - NETWORK - Error getting server time.\n"
        "2026-11-22 13:06:25,657 - 20448 - hummingbot.core.trading_core - ERROR - Failed to stop - at all\n"
        "Traceback (most recent call last):\n"
        "ValueError: an ERROR in the middle\n"
        "2026-11-22 13:06:26,000 - 20448 - root - CRITICAL - gone\n"
    )

    assert read_errors(log) == ["hummingbot.core.trading_core: Failed to stop - at all", "root: gone"]


def test_a_status_keeps_the_digits_of_its_numbers(tmp_path: Path) -> None:
    status = tmp_path / "status.json"
    status.write_text('{"updated_at": 1795352834.464602, "balances": {"ccxt_binance": {"USDT": 32430.4997801}}}')

    assert read_status(status)["balances"]["ccxt_binance"]["USDT"] == Decimal("32430.4997801")


@pytest.mark.parametrize("text", ["", "{", "[]"], ids=["empty", "half written", "no object"])
def test_a_status_that_cannot_be_read_yet_is_empty(tmp_path: Path, text: str) -> None:
    status = tmp_path / "status.json"
    status.write_text(text)

    assert read_status(status) == {}
    assert read_status(tmp_path / "none.json") == {}
