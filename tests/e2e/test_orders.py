"""Every order type through its whole life, with the values of each event."""

import asyncio
from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import OrderState
from hummingbot.core.event.events import MarketEvent

FILLED, CANCELLED, FAILED = MarketEvent.OrderFilled, MarketEvent.OrderCancelled, MarketEvent.OrderFailure


async def test_a_limit_buy_is_created_filled_by_the_market_and_completed(bot, market):
    order_id = bot.buy("0.1", "59995")
    created = await bot.event(MarketEvent.BuyOrderCreated, of=order_id)
    venue_id = str(bot.venue_order(order_id).id)
    assert (created.trading_pair, created.type, created.amount, created.price, created.exchange_order_id) == (
        "BTC-USDT",
        OrderType.LIMIT,
        Decimal("0.1"),
        Decimal("59995"),
        venue_id,
    )
    market.market_sell("0.1")
    filled = await bot.event(FILLED, of=order_id)
    trade = bot.sandbox.engine.fills(bot.account.account_id)[0]
    assert (filled.trading_pair, filled.trade_type, filled.order_type) == ("BTC-USDT", TradeType.BUY, OrderType.LIMIT)
    assert (filled.price, filled.amount) == (Decimal("59995"), Decimal("0.1"))
    assert (filled.exchange_trade_id, filled.exchange_order_id) == (str(trade.id), venue_id)
    assert [(fee.token, fee.amount) for fee in filled.trade_fee.flat_fees] == [("BTC", Decimal("0.0001"))]
    completed = await bot.event(MarketEvent.BuyOrderCompleted, of=order_id)
    assert (completed.base_asset, completed.quote_asset, completed.order_type) == ("BTC", "USDT", OrderType.LIMIT)
    assert (completed.base_asset_amount, completed.quote_asset_amount) == (Decimal("0.1"), Decimal("5999.5"))
    assert completed.exchange_order_id == venue_id
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]
    await bot.settled()


async def test_a_limit_sell_pays_its_fee_in_quote(bot, market):
    order_id = bot.sell("0.1", "60005")
    await bot.event(MarketEvent.SellOrderCreated, of=order_id)
    market.market_buy("0.1")
    filled = await bot.event(FILLED, of=order_id)
    assert (filled.trade_type, filled.price, filled.amount) == (TradeType.SELL, Decimal("60005"), Decimal("0.1"))
    assert [(fee.token, fee.amount) for fee in filled.trade_fee.flat_fees] == [("USDT", Decimal("6.0005"))]
    await bot.event(MarketEvent.SellOrderCompleted, of=order_id)
    assert bot.story(order_id) == ["SellOrderCreated", "OrderFilled", "SellOrderCompleted"]
    await bot.settled()


async def test_partial_fills_arrive_one_by_one_and_complete_the_order_once(bot, market):
    order_id = await bot.resting_buy("0.5", "59995")
    for number, amount in enumerate(("0.1", "0.15", "0.25"), 1):
        market.market_sell(amount)
        filled = await bot.event(FILLED, of=order_id, number=number)
        assert filled.amount == Decimal(amount)
    completed = await bot.event(MarketEvent.BuyOrderCompleted, of=order_id)
    assert completed.base_asset_amount == Decimal("0.5")
    assert bot.story(order_id) == ["BuyOrderCreated", *["OrderFilled"] * 3, "BuyOrderCompleted"]
    await bot.settled()


async def test_a_limit_order_that_crosses_fills_at_the_books_prices_and_rests_with_the_remainder(bot):
    order_id = bot.buy("1.2", "60020")
    await bot.event(FILLED, of=order_id, number=2)
    assert bot.fills(order_id) == [("60010", "0.5"), ("60020", "0.5")]
    await bot.until(lambda: bot.order(order_id).current_state.name == "PARTIALLY_FILLED")
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderFilled", "OrderFilled"]
    await bot.settled()


@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_a_market_order_fills_through_the_book(bot, side):
    order_id = getattr(bot, side)("0.7", None, OrderType.MARKET)
    completed = await bot.event(MarketEvent.BuyOrderCompleted, MarketEvent.SellOrderCompleted, of=order_id)
    best, next_best = ("60010", "60020") if side == "buy" else ("59990", "59980")
    assert bot.fills(order_id) == [(best, "0.5"), (next_best, "0.2")]
    assert completed.base_asset_amount == Decimal("0.7")
    assert completed.quote_asset_amount == Decimal(best) * Decimal("0.5") + Decimal(next_best) * Decimal("0.2")
    word = side.capitalize()
    assert bot.story(order_id) == [f"{word}OrderCreated", "OrderFilled", "OrderFilled", f"{word}OrderCompleted"]
    await bot.settled()


async def test_a_limit_maker_order_rests_and_fills_as_maker(bot, market):
    order_id = bot.sell("0.2", "60005", OrderType.LIMIT_MAKER)
    created = await bot.event(MarketEvent.SellOrderCreated, of=order_id)
    assert created.type is OrderType.LIMIT_MAKER
    assert bot.venue_order(order_id).type.name == "LIMIT_MAKER"
    market.market_buy("0.2")
    await bot.event(MarketEvent.SellOrderCompleted, of=order_id)
    assert bot.sandbox.engine.fills(bot.account.account_id)[0].is_maker
    await bot.settled()


async def test_a_limit_maker_order_that_would_cross_fails_and_never_trades(bot):
    order_id = bot.buy("0.1", "60010", OrderType.LIMIT_MAKER)
    failed = await bot.event(FAILED, of=order_id)
    assert failed.order_type is OrderType.LIMIT_MAKER
    assert "would immediately match" in failed.error_message
    assert bot.story(order_id) == ["OrderFailure"]
    assert bot.venue_orders() == []
    await bot.settled()


async def test_cancelling_frees_the_funds_and_says_so_once(bot):
    order_id = await bot.resting_buy("0.1", "59000")
    await bot.until(lambda: bot.balances()["USDT"] == (Decimal(100_000), Decimal(94_100)), "the hold")
    bot.connector.cancel("BTC-USDT", order_id)
    cancelled = await bot.event(CANCELLED, of=order_id)
    assert cancelled.exchange_order_id == str(bot.venue_order(order_id).id)
    assert bot.venue_order(order_id).status.name == "CANCELED"
    await bot.settled()
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderCancelled"]
    assert bot.connector.in_flight_orders == {}


async def test_cancelling_a_partly_filled_order_keeps_its_fill(bot, market):
    order_id = await bot.resting_buy("0.5", "59995")
    market.market_sell("0.2")
    await bot.event(FILLED, of=order_id)
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(CANCELLED, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderFilled", "OrderCancelled"]
    await bot.settled()


async def test_cancelling_an_order_that_is_filled_meanwhile_completes_it(bot, market):
    from hummingbot_ccxt.sandbox import StreamFault

    order_id = await bot.resting_buy("0.1", "59995")
    bot.sandbox.faults.stream("order", StreamFault.DELAY, delay_s=0.5)  # the connector does not know of the fill yet
    market.market_sell("0.1")
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(MarketEvent.BuyOrderCompleted, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]
    await bot.settled()


async def test_a_fill_that_overtakes_the_answer_to_the_cancel_is_booked_before_the_cancellation(bot, market):
    from hummingbot_ccxt.sandbox import Fault

    order_id = await bot.resting_buy("0.5", "59995")
    late = bot.sandbox.faults.rest("order.cancel", Fault.LATE_BEFORE, delay_s=0.3)
    bot.connector.cancel("BTC-USDT", order_id)
    await late.fired()
    market.market_sell("0.2")
    await bot.event(CANCELLED, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderFilled", "OrderCancelled"]
    await bot.settled()


async def test_cancelling_while_the_create_is_in_flight_cancels_the_order_once_it_is_there(bot):
    from hummingbot_ccxt.sandbox import Fault

    late = bot.sandbox.faults.rest("order.create", Fault.LATE_BEFORE, delay_s=0.3)
    order_id = bot.buy("0.1", "59000")
    await late.fired()
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(CANCELLED, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderCancelled"]
    assert bot.venue_order(order_id).status.name == "CANCELED"
    assert len(bot.requests("order.cancel")) == 1
    await bot.settled()


async def test_a_cancellation_that_is_asked_for_again_while_it_is_under_way_is_sent_once(bot):
    """Strategies ask at each tick; their requests lined up for longer than they were wanted (storm on bybit)."""
    from hummingbot_ccxt.sandbox import Fault

    order_id = await bot.resting_buy()
    late = bot.sandbox.faults.rest("order.cancel", Fault.LATE_BEFORE, delay_s=0.3)
    bot.connector.cancel("BTC-USDT", order_id)
    await late.fired()
    bot.connector.cancel("BTC-USDT", order_id)
    results = await bot.connector.cancel_all(5.0)
    assert [(result.order_id, result.success) for result in results] == [(order_id, True)]
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderCancelled"]
    assert len(bot.requests("order.cancel")) == 1


async def test_a_cancellation_without_an_answer_can_be_asked_for_again(bot):
    from hummingbot_ccxt.sandbox import Fault

    bot.expected_errors = ["Failed to cancel"]
    order_id = await bot.resting_buy()
    bot.sandbox.faults.rest("order.cancel", Fault.ERROR_BEFORE)
    assert [result.success for result in await bot.connector.cancel_all(5.0)] == [False]
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(CANCELLED, of=order_id)
    assert len(bot.requests("order.cancel")) == 2


async def test_cancel_all_tells_which_cancellation_failed(bot):
    from hummingbot_ccxt.sandbox import Fault

    order_ids = [await bot.resting_buy("0.1", price) for price in ("59000", "58000", "57000")]
    bot.sandbox.faults.rest("order.cancel", Fault.ERROR_BEFORE, status=500, skip=1)
    results = await bot.connector.cancel_all(5.0)
    assert {result.order_id for result in results} == set(order_ids)
    assert sorted(result.success for result in results) == [False, True, True]
    (still_open,) = [result.order_id for result in results if not result.success]
    assert [o.client_order_id for o in bot.sandbox.engine.open_orders("trader")] == [still_open]
    assert list(bot.connector.in_flight_orders) == [still_open]  # nothing was concluded from the missing answer
    await bot.until(lambda: len(bot.events(CANCELLED)) == 2)


async def test_an_order_beyond_the_funds_is_refused_with_the_venues_words(bot):
    order_id = bot.buy("1.9", "59000")
    failed = await bot.event(FAILED, of=order_id)
    assert "insufficient balance" in failed.error_message
    assert bot.story(order_id) == ["OrderFailure"]
    assert bot.connector.in_flight_orders == {}
    await bot.settled()


@pytest.mark.parametrize(
    ("amount", "price"),
    [pytest.param("0.000001", "59000", id="less than a lot"), pytest.param("0.00005", "59000", id="3 USDT")],
)
async def test_an_order_below_the_minimum_fails_without_a_request(bot, amount, price):
    order_id = bot.buy(amount, price)
    await bot.event(FAILED, of=order_id)
    assert bot.requests("order.create") == []
    assert bot.story(order_id) == ["OrderFailure"]


async def test_a_pair_that_the_venue_does_not_have_fails_without_a_request(bot):
    order_id = bot.buy("1", "1", pair="NOPE-USDT")
    await bot.event(FAILED, of=order_id)
    assert bot.requests("order.create") == []
    assert bot.connector.in_flight_orders == {}


async def test_a_market_order_of_a_pair_without_a_book_fails_without_a_request(bot):
    order_id = bot.buy("1", None, OrderType.MARKET, pair="ETH-USDT")  # the venue has it, the connector does not follow
    await bot.event(FAILED, of=order_id)
    assert bot.requests("order.create") == []
    assert bot.connector.in_flight_orders == {}


async def test_an_update_from_before_an_orders_end_that_is_applied_right_after_it_changes_nothing(bot):
    order_id = await bot.resting_buy()
    order, life = bot.order(order_id), bot.connector._life
    said = {"id": order.exchange_order_id, "clientOrderId": order_id, "filled": 0.0, "info": {}}
    life.apply_order(order, {**said, "status": "canceled"})
    life.apply_order(order, {**said, "status": "open"})
    await bot.event(CANCELLED, of=order_id)
    await asyncio.sleep(0)
    assert order.current_state is OrderState.CANCELED
