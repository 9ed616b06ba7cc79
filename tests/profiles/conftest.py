"""Shortens what waits for an ocean crossing: these venues are on this machine."""

import asyncio

import pytest
from hummingbot.core.data_type.order_book_tracker import OrderBookTracker

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange import settling
from hummingbot_ccxt.venue import streams


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_SETTLE_S", 0.05)
    monkeypatch.setattr(streams, "_TICK_S", 0.1)
    monkeypatch.setattr(streams, "_FIRST_RETRY_S", 0.1)
    monkeypatch.setattr(constants, "SECOND_LOOK_S", 0.3)
    monkeypatch.setattr(constants, "FIRST_BOOK_S", 1.0)
    monkeypatch.setattr(constants, "FILLS_LOST_S", 1.0)
    monkeypatch.setattr(constants, "FIRST_LOOK_S", 0.1)
    monkeypatch.setattr(constants, "LONGEST_LOOK_S", 0.5)
    monkeypatch.setattr(constants, "TRADES_DELAY_S", 0.5)
    monkeypatch.setattr(settling, "_STREAM_GRACE_S", 0.3)
    # Hummingbot's tracker waits a second after each pair's first book.
    monkeypatch.setattr(OrderBookTracker, "_sleep", staticmethod(lambda delay: asyncio.sleep(0)))
