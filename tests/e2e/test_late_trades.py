"""Trades that the venue lists later than the orders they belong to: none is lost, none is booked twice."""

import asyncio
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.venue import own_trades

ONLY_LISTS_OF_OPEN = dict.fromkeys(
    (
        "fetchOrder",
        "fetchOrders",
        "fetchClosedOrders",
        "fetchCanceledOrders",
        "fetchCanceledAndClosedOrders",
        "fetchOrderTrades",
    ),
    False,
)
"""What ccxt has of coincheck and btse."""


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Makes the venue list a trade so many seconds after it was made."""

    def make_late(seconds: float) -> None:
        real = own_trades.OwnTrades.of_order

        async def of_order(*args: Any) -> list[dict[str, Any]]:
            until_ms = (time.time() - seconds) * 1000
            return [trade for trade in await real(*args) if trade["timestamp"] < until_ms]

        monkeypatch.setattr(own_trades.OwnTrades, "of_order", of_order)

    return make_late


@pytest.fixture(params=["nothing", "zero"])
def unstated(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The mapping of a venue whose orders' last message says nothing, or 0, of what was filled; no stream has fills."""
    values = {"filled": ("nosuchfield",)} if request.param == "nothing" else {}
    return {"polled": frozenset({"fills"}), "trusts_terminal_filled": False, "order_fields": values}


@pytest.fixture
def said(unstated: dict[str, Any]) -> Callable[[Any], None]:
    def change(bot: Any) -> None:
        if not unstated["order_fields"]:
            real = bot.connector.on_order
            bot.connector.on_order = lambda order: real({**order, "filled": 0.0, "remaining": order.get("amount")})

    return change


async def test_an_order_is_complete_only_when_trades_of_its_whole_amount_are_booked(
    start, market, late, unstated, said
) -> None:
    bot = await start(**unstated)
    said(bot)
    order_id = await bot.resting_buy("0.1", "59995")
    late(1.5)
    market.market_sell("0.1")
    await bot.event(MarketEvent.BuyOrderCompleted, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]
    assert bot.fills(order_id) == [("59995", "0.1")]


async def test_fills_of_a_cancelled_order_are_booked_when_they_come_after_its_end(
    start, market, late, unstated, said, monkeypatch
) -> None:
    monkeypatch.setattr(constants, "TRADES_DELAY_S", 2.5)
    bot = await start(**unstated)
    said(bot)
    order_id = await bot.resting_buy("0.1", "59995")
    late(1.5)
    market.market_sell("0.04")
    bot.sandbox.engine.cancel(bot.account.account_id, client_order_id=order_id)
    await bot.event(MarketEvent.OrderFilled, of=order_id)
    assert bot.fills(order_id) == [("59995", "0.04")]
    assert bot.order(order_id).is_cancelled


async def test_an_order_missed_on_lists_of_open_orders_is_not_told_as_cancelled_while_its_trade_may_be_late(
    start, market, late, monkeypatch
) -> None:
    monkeypatch.setattr(constants, "TRADES_DELAY_S", 1.5)
    bot = await start(polled=frozenset({"orders", "fills"}), order_settle_s=0.5, has=ONLY_LISTS_OF_OPEN)
    order_id = await bot.resting_buy("0.1", "59995")
    await asyncio.sleep(1.0)  # the time that the venue has to list it
    late(1.0)
    market.market_sell("0.1")
    await bot.connector._update_order_status()
    await bot.event(MarketEvent.BuyOrderCompleted, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]


async def test_trades_of_what_was_booked_from_cumulative_figures_are_not_booked_again_after_a_restart(
    start, bots, market, late, monkeypatch
) -> None:
    monkeypatch.setattr(constants, "FILLS_LATE_S", 1.0)
    bot = await start(polled=frozenset({"fills"}))
    bot.expected_errors.append("do not add up")
    order_id = await bot.resting_buy("0.1", "59995")
    with monkeypatch.context() as patched:
        patched.setattr(bot.connector._orders._trades, "of_order", _no_trades)
        market.market_sell("0.04")
        await bot.event(MarketEvent.OrderFilled, of=order_id)
    states = bot.connector.tracking_states
    await bots.stop(bot)
    again = await start(polled=frozenset({"fills"}), states=states)
    await again.connector._update_order_status()
    assert again.order(order_id).executed_amount_base == Decimal("0.04")
    market.market_sell("0.06")
    await again.event(MarketEvent.BuyOrderCompleted, of=order_id)
    assert again.order(order_id).executed_amount_base == Decimal("0.1")
    assert again.fills(order_id) == [("59995", "0.06")]


async def _no_trades(*_: Any) -> list[dict[str, Any]]:
    return []


async def test_trades_are_waited_for_as_long_as_some_come(start, market, late, monkeypatch) -> None:
    monkeypatch.setattr(constants, "FILLS_LATE_S", 2.5)
    bot = await start(polled=frozenset({"fills"}))
    order_id = await bot.resting_buy("0.5", "59995")
    late(1.0)
    for _ in range(12):
        market.market_sell("0.01")
        await asyncio.sleep(0.4)
    await bot.until(lambda: bot.order(order_id).executed_amount_base == Decimal("0.12"))
    assert len(bot.fills(order_id)) == 12
    assert not bot.logged("do not add up")


async def test_a_last_word_that_comes_as_the_one_before_is_settled_is_settled_too(start, market, monkeypatch) -> None:
    bot = await start(polled=frozenset({"fills"}))
    order_id = await bot.resting_buy("0.1", "59995")
    life = bot.connector._life
    real = life._let_through

    def let_through(order: Any, update: Any) -> None:
        real(order, update)
        if update.new_state.name == "PARTIALLY_FILLED":
            bot.connector.on_order = lambda _: None  # the last word comes once, in the same turn of the event loop
            market.market_sell("0.06")
            last = {"id": order.exchange_order_id, "clientOrderId": order_id, "status": "closed", "filled": "0.1"}
            asyncio.get_running_loop().call_soon(life.apply_order, order, {**last, "amount": "0.1", "info": {}})

    monkeypatch.setattr(life, "_let_through", let_through)
    market.market_sell("0.04")
    await bot.event(MarketEvent.BuyOrderCompleted, of=order_id)
    assert bot.fills(order_id) == [("59995", "0.04"), ("59995", "0.06")]
