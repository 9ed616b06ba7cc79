"""Cancellations whose answers come late, never, or say nothing."""

import asyncio
from typing import Any

import pytest
from hummingbot.core.data_type.in_flight_order import OrderState
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.exchange import order_lookups as lookups
from hummingbot_ccxt.sandbox import Fault, StreamFault


async def test_one_that_waits_for_the_order_s_creation_names_the_order_by_the_venue_s_id(bot) -> None:
    bot.sandbox.faults.stream("order", StreamFault.DROP, times=None)
    bot.sandbox.faults.rest("order.create", Fault.LATE_AFTER, delay_s=0.3)
    named: list[Any] = []
    real = bot.client.cancel_order

    async def cancel_order(order_id: Any, *rest: Any, **more: Any) -> Any:
        named.append(order_id)
        return await real(order_id, *rest, **more)

    bot.client.cancel_order = cancel_order
    order_id = bot.buy("0.1", "59000")
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(MarketEvent.OrderCancelled, of=order_id)
    assert named == [str(bot.venue_order(order_id).id)]


@pytest.mark.parametrize("error", [TypeError, ValueError])
async def test_one_by_our_id_that_ccxt_cannot_send_is_made_by_the_venue_s_id(start, error) -> None:
    bot = await start()
    real = bot.client.cancel_order

    async def cancel_order(order_id: Any, *rest: Any, **more: Any) -> Any:
        if order_id is None:
            raise error("int() argument must not be None")  # as in ccxt's whitebit, cex, delta and ndax
        return await real(order_id, *rest, **more)

    bot.client.cancel_order = cancel_order
    bot.sandbox.faults.stream("order", StreamFault.DROP, times=None)
    bot.sandbox.faults.rest("order.create", Fault.RESET_AFTER)
    bot.sandbox.faults.rest("order.status", Fault.ERROR_BEFORE, times=1, status=503)
    order_id = bot.buy("0.1", "59000")
    await bot.until(lambda: bot.requests("order.status"))
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(MarketEvent.OrderCancelled, of=order_id)


async def test_an_order_that_the_stream_ended_stays_so_when_the_answer_comes(bot) -> None:
    order_id = await bot.resting_buy()
    order = bot.order(order_id)
    real = bot.connector._orders.cancel
    answered = asyncio.Event()

    async def cancel(key: Any) -> dict[str, Any]:  # no status: as okx, kraken, kucoin and bybit answer
        await real(key)
        await bot.event(MarketEvent.OrderCancelled, of=order_id)
        answered.set()
        return {"id": key.exchange_order_id, "info": {}}

    bot.connector._orders.cancel = cancel
    bot.connector.cancel("BTC-USDT", order_id)
    await answered.wait()
    await bot.until(lambda: not bot.connector._cancelling)
    assert order.current_state is OrderState.CANCELED
    assert not bot.connector._life.lookups.is_looking_for(order)


async def test_one_that_came_to_nothing_in_an_outage_can_be_tried_again_after_it(start, monkeypatch) -> None:
    monkeypatch.setattr(lookups, "_CANCEL_LOOKS_S", (0.2, 0.2, 0.2))
    monkeypatch.setattr(lookups.constants, "LONGEST_LOOK_S", 0.3)
    bot = await start()
    order_id = await bot.resting_buy()
    real = bot.connector._orders.cancel

    async def cancel(key: Any) -> dict[str, Any]:  # taken, and not carried out
        await bot.client.fetch_time()
        return {"id": key.exchange_order_id, "info": {}}

    bot.connector._orders.cancel = cancel
    bot.sandbox.faults.rest("order.status", Fault.ERROR_BEFORE, times=4, status=503)
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.until(lambda: bot.order(order_id).current_state is OrderState.PENDING_CANCEL)
    await bot.until(lambda: bot.order(order_id).current_state is OrderState.OPEN)
    bot.connector._orders.cancel = real
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(MarketEvent.OrderCancelled, of=order_id)


async def test_one_that_was_under_way_at_a_stop_is_confirmed_after_the_start(start, bots, monkeypatch) -> None:
    monkeypatch.setattr(lookups, "_CANCEL_LOOKS_S", (0.1, 0.1, 0.1))
    bot = await start()
    is_open, is_cancelled = await bot.resting_buy(), await bot.resting_buy("0.1", "58000")
    states = bot.connector.tracking_states
    for order_id in (is_open, is_cancelled):
        states[order_id]["last_state"] = str(OrderState.PENDING_CANCEL.value)
    await bots.stop(bot)
    bot.sandbox.engine.cancel(bot.account.account_id, client_order_id=is_cancelled)
    bot = await start(states=states)
    await bot.event(MarketEvent.OrderCancelled, of=is_cancelled)
    await bot.until(lambda: bot.order(is_open).current_state is OrderState.OPEN)
