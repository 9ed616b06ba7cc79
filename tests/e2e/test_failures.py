"""Refused, gone, unknown: what the venue's failures make of an order (design decision 4)."""

import asyncio
import socket
import time
from decimal import Decimal
from unittest.mock import patch

import aiohttp
import pytest
from hummingbot.core.data_type.common import OrderType
from hummingbot.core.event.events import MarketEvent
from hummingbot.core.network_iterator import NetworkStatus

from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange import ccxt_exchange
from hummingbot_ccxt.sandbox import Fault, StreamFault

CREATED, CANCELLED, FAILED = MarketEvent.BuyOrderCreated, MarketEvent.OrderCancelled, MarketEvent.OrderFailure
FILLED, COMPLETED = MarketEvent.OrderFilled, MarketEvent.BuyOrderCompleted
SETTLE_S = 1.5


@pytest.fixture
async def bot(start):
    """A connector that waits 0.4 s for an answer, at a venue that takes an order within 1.5 s or not at all."""
    bot = await start(order_settle_s=SETTLE_S)
    bot.client.timeout = 400  # from now on: the start of a connector takes longer on a busy machine
    return bot


def silence_orders(bot):
    """The user stream keeps quiet about orders: only REST can tell."""
    bot.sandbox.faults.stream("order", StreamFault.DROP, times=None)


UNANSWERED_BUT_TAKEN = [
    pytest.param(Fault.TIMEOUT_AFTER, {}, id="time-out"),
    pytest.param(Fault.RESET_AFTER, {}, id="connection reset"),
    pytest.param(Fault.RESET_MIDWAY, {}, id="reset in the middle of the answer"),
    pytest.param(Fault.ERROR_AFTER, {"status": 503}, id="503"),
    pytest.param(Fault.ERROR_AFTER, {"status": 504}, id="504, execution status unknown"),
    pytest.param(Fault.ERROR_AFTER, {"status": 500}, id="500"),
    pytest.param(Fault.HTML_AFTER, {"status": 502}, id="a proxy's page, 502"),
    pytest.param(Fault.HTML_AFTER, {"status": 200}, id="a proxy's page, 200"),
    pytest.param(Fault.MALFORMED_JSON, {}, id="JSON that breaks off"),
]
UNANSWERED_AND_LOST = [
    pytest.param(Fault.TIMEOUT_BEFORE, {}, id="time-out"),
    pytest.param(Fault.RESET_BEFORE, {}, id="connection reset"),
    pytest.param(Fault.ERROR_BEFORE, {"status": 503}, id="503"),
    pytest.param(Fault.ERROR_BEFORE, {"status": 504}, id="504, execution status unknown"),
    pytest.param(Fault.HTML_BEFORE, {"status": 502}, id="a proxy's page, 502"),
]


@pytest.mark.parametrize(("fault", "terms"), UNANSWERED_BUT_TAKEN)
async def test_an_order_whose_answer_was_lost_is_found_by_its_client_order_id(bot, market, fault, terms):
    silence_orders(bot)
    bot.sandbox.faults.rest("order.create", fault, **terms)
    order_id = bot.buy("0.1", "59995")
    created = await bot.event(CREATED, of=order_id)
    assert created.exchange_order_id == str(bot.venue_order(order_id).id)
    assert bot.requests("order.status")[0].parameters["origClientOrderId"] == order_id
    bot.sandbox.faults.clear()
    market.market_sell("0.1")
    await bot.event(COMPLETED, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]
    assert len(bot.venue_orders()) == 1  # never sent twice
    await bot.settled()


@pytest.mark.parametrize(("fault", "terms"), UNANSWERED_AND_LOST)
async def test_an_order_that_never_arrived_fails_once_the_venue_could_not_take_it_any_more(bot, fault, terms):
    rule = bot.sandbox.faults.rest("order.create", fault, **terms)
    order_id = bot.buy("0.1", "59000")
    await rule.fired()
    sent = time.monotonic()
    await bot.event(FAILED, of=order_id)
    assert SETTLE_S < time.monotonic() - sent < SETTLE_S + 4
    assert bot.story(order_id) == ["OrderFailure"]
    assert bot.connector.in_flight_orders == {}
    assert bot.venue_orders() == []  # never sent again
    await bot.settled()


async def test_an_order_that_arrives_after_its_request_timed_out_is_not_given_up(bot, market):
    silence_orders(bot)
    bot.sandbox.faults.rest("order.create", Fault.LATE_BEFORE, delay_s=1.0)
    order_id = bot.buy("0.1", "59000")
    await bot.until(lambda: bot.requests("order.status"), "a look-up")
    assert bot.venue_orders() == []  # the first look-up came before the order did
    await bot.event(CREATED, of=order_id)
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(CANCELLED, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderCancelled"]
    await bot.settled()


async def test_a_refusal_fails_the_order_at_once(bot):
    bot.sandbox.faults.rest("order.create", Fault.HTML_BEFORE, status=403)
    began = time.monotonic()
    order_id = bot.buy("0.1", "59000")
    await bot.event(FAILED, of=order_id)
    assert time.monotonic() - began < SETTLE_S


@pytest.mark.parametrize("fault", [Fault.RATE_LIMIT, Fault.BAN], ids=["429", "418"])
async def test_an_order_that_is_turned_away_for_too_many_requests_fails_at_once_and_is_not_asked_for(bot, fault):
    bot.sandbox.faults.rest("order.create", fault, retry_after_s=1)
    began = time.monotonic()
    order_id = bot.buy("0.1", "59000")
    await bot.event(FAILED, of=order_id)
    assert time.monotonic() - began < SETTLE_S
    assert bot.requests("order.status") == []
    assert bot.venue_orders() == []
    await bot.settled()


async def test_a_lost_answer_to_a_market_order_books_its_fills_once(bot):
    silence_orders(bot)
    bot.sandbox.faults.rest("order.create", Fault.TIMEOUT_AFTER)
    order_id = bot.buy("0.7", None, OrderType.MARKET)
    await bot.event(COMPLETED, of=order_id)
    assert bot.fills(order_id) == [("60010", "0.5"), ("60020", "0.2")]
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderFilled", "OrderFilled", "BuyOrderCompleted"]
    await bot.settled()


async def test_fills_that_overtake_the_answer_are_told_after_the_creation_and_once(bot):
    bot.sandbox.faults.rest("order.create", Fault.EVENTS_FIRST, delay_s=0.3)
    order_id = bot.buy("0.7", "60020")
    await bot.event(COMPLETED, of=order_id)
    await bot.until(lambda: bot.requests("order.create"), "the answer")
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderFilled", "OrderFilled", "BuyOrderCompleted"]
    await bot.settled()


# --- cancelling


async def test_an_open_order_that_the_venue_claims_not_to_know_stays_tracked_and_can_be_cancelled(bot):
    order_id = await bot.resting_buy()
    bot.sandbox.faults.rest("order.cancel", Fault.UNKNOWN_ORDER)
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.until(lambda: bot.requests("order.status"), "a look-up")
    assert list(bot.connector.in_flight_orders) == [order_id]
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(CANCELLED, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderCancelled"]
    await bot.settled()


@pytest.mark.parametrize(
    ("fault", "terms"),
    [
        pytest.param(Fault.TIMEOUT_AFTER, {}, id="time-out"),
        pytest.param(Fault.RESET_MIDWAY, {}, id="reset in the middle of the answer"),
        pytest.param(Fault.ERROR_AFTER, {"status": 503}, id="503"),
        pytest.param(Fault.MALFORMED_JSON, {}, id="JSON that breaks off"),
    ],
)
async def test_a_cancellation_whose_answer_was_lost_is_found_out(bot, fault, terms):
    order_id = await bot.resting_buy()
    silence_orders(bot)
    bot.sandbox.faults.rest("order.cancel", fault, **terms)
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(CANCELLED, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderCancelled"]
    await bot.settled()


async def test_a_cancellation_that_never_arrived_leaves_the_order_open(bot):
    order_id = await bot.resting_buy()
    bot.sandbox.faults.rest("order.cancel", Fault.TIMEOUT_BEFORE)
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.until(lambda: bot.requests("order.status"), "a look-up")
    assert bot.order(order_id).is_open
    assert bot.story(order_id) == ["BuyOrderCreated"]
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(CANCELLED, of=order_id)
    await bot.settled()


# --- pauses that the venue asks for


@pytest.mark.parametrize("fault", [Fault.RATE_LIMIT, Fault.BAN], ids=["429", "418"])
async def test_nothing_leaves_for_as_long_as_the_venue_says_and_then_cancels_go_first(bot, fault):
    order_id = await bot.resting_buy()
    rule = bot.sandbox.faults.rest("account", fault, retry_after_s=2)
    poll = asyncio.ensure_future(bot.connector._update_balances())
    await rule.fired()
    await asyncio.gather(poll, return_exceptions=True)
    log = bot.sandbox.request_log.requests
    refused, before = log[-1], len(log)
    waiting = [asyncio.ensure_future(bot.connector._update_balances()) for _ in range(3)]
    await asyncio.sleep(0)
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(CANCELLED, of=order_id)
    await asyncio.gather(*waiting)
    after = list(log)[before:]
    assert after[0].endpoint == "order.cancel"
    assert after[0].time_ms - refused.time_ms >= 1990
    assert {request.status for request in after} == {200}
    await bot.settled()


# --- nothing answers


async def polls(bot, number):
    """Return when so many status polls have been made since."""
    await bot.until(lambda: bot.polls >= number, f"{number} status polls", 20.0)


@pytest.fixture
def counted_polls(bot, monkeypatch):
    """Status polls come every 0.3 s and are counted."""
    bot.polls = 0
    monkeypatch.setattr(type(bot.connector), "_get_poll_interval", lambda self, timestamp: 0.3)
    update = bot.connector._update_order_status

    async def counted():
        await update()
        bot.polls += 1

    monkeypatch.setattr(bot.connector, "_update_order_status", counted)


@pytest.mark.usefixtures("counted_polls")
@pytest.mark.parametrize("outage", ["maintenance", "gone from the network"])
async def test_an_outage_longer_than_four_polls_loses_no_order_and_no_fill(bot, market, outage):
    bot.expected_errors = ["network", "Unexpected error"]
    resting = await bot.resting_buy("0.1", "59000")
    filled_meanwhile = await bot.resting_buy("0.2", "59995")
    partly = await bot.resting_buy("0.3", "59994")
    if outage == "maintenance":
        bot.sandbox.faults.maintenance = True
        bot.sandbox.faults.disconnect_streams()
    else:
        await bot.sandbox.stop()
    market.market_sell("0.3")
    began = bot.polls
    await polls(bot, began + 6)
    assert set(bot.connector.in_flight_orders) == {resting, filled_meanwhile, partly}
    assert bot.connector.order_tracker.lost_orders == {}
    assert bot.events(FAILED, FILLED, CANCELLED) == []
    if outage == "maintenance":
        bot.sandbox.faults.clear()
    else:
        await bot.sandbox.start()
    await bot.event(COMPLETED, of=filled_meanwhile, patience_s=40)
    await bot.event(FILLED, of=partly, patience_s=20)
    bot.connector.cancel("BTC-USDT", resting)
    await bot.event(CANCELLED, of=resting)
    assert bot.fills(filled_meanwhile) == [("59995", "0.2")]
    assert bot.fills(partly) == [("59994", "0.1")]
    assert bot.events(FAILED) == []
    await bot.settled()
    await bot.book_right()


async def test_after_an_outage_the_streams_begin_again_sooner_than_at_hummingbots_next_check(bot, monkeypatch):
    monkeypatch.setattr(ccxt_exchange, "_ALIVE_S", 0.0)  # else it takes half a minute's silence before one is made
    bot.expected_errors = ["network", "Unexpected error"]
    await bot.sandbox.stop()
    await bot.until(lambda: bot.connector.network_status is NetworkStatus.NOT_CONNECTED, "the streams' end", 20)
    await bot.sandbox.start()
    topic = f"user:{bot.account.account_id}"
    await bot.until(lambda: bot.sandbox.streams.subscribers(topic), "the user stream", 6)  # Hummingbot looks after 10 s


async def test_an_order_sent_into_an_outage_waits_for_the_venue_to_answer(bot):
    bot.expected_errors = ["network", "Unexpected error"]
    silence_orders(bot)
    bot.sandbox.faults.rest("order.create", Fault.TIMEOUT_AFTER)
    down = bot.sandbox.faults.rest("*", Fault.ERROR_BEFORE, times=None)
    order_id = bot.buy("0.1", "59000")
    await bot.until(lambda: down.injected >= 4, "look-ups in vain", 20)
    await asyncio.sleep(SETTLE_S)  # the settle time alone must not fail an order: the venue has to answer
    assert list(bot.connector.in_flight_orders) == [order_id]
    assert bot.events() == []
    bot.sandbox.faults.disarm(down)
    await bot.event(CREATED, of=order_id, patience_s=20)
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(CANCELLED, of=order_id)
    await bot.settled()


async def test_missing_balance_updates_are_made_up_for_by_the_next_poll(bot):
    bot.sandbox.faults.stream("balance", StreamFault.DROP, times=None)
    await bot.resting_buy("0.1", "59000")
    assert bot.balances()["USDT"] == (Decimal(100_000), Decimal(100_000))
    await bot.connector._update_all_balances()
    assert bot.balances()["USDT"] == (Decimal(100_000), Decimal(94_100))
    await bot.settled()


async def test_updates_that_arrive_twice_or_out_of_order_are_told_once(bot, market):
    bot.sandbox.faults.stream("order", StreamFault.DUPLICATE, times=None, probability=0.6)
    bot.sandbox.faults.stream("order", StreamFault.REORDER, times=None)
    order_id = bot.buy("0.5", "59995")
    await bot.event(CREATED, of=order_id)
    for _ in range(5):
        market.market_sell("0.1")
    await bot.event(COMPLETED, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", *["OrderFilled"] * 5, "BuyOrderCompleted"]
    await bot.settled()


async def test_an_order_for_which_no_connection_came_about_fails_at_once_and_is_not_looked_for(bot):
    with patch.object(aiohttp.TCPConnector, "_resolve_host", side_effect=socket.gaierror(-3, "no name")):
        bot.sandbox.faults.disconnect_streams()
        with patch.object(aiohttp.TCPConnector, "_get", return_value=None):  # no connection that is kept
            order_id = bot.buy("0.1", "59995")
            failed = await bot.event(FAILED, of=order_id, patience_s=1.0)
    assert "no connection" in failed.error_message or "Cannot connect" in failed.error_message
    assert order_id not in bot.connector.in_flight_orders


async def test_a_cancelled_order_whose_creation_was_never_answered_is_told_created_first(bot):
    """Its creation and the stream were silent, the venue only said that it takes the cancellation (storm on okx)."""
    silence_orders(bot)
    bot.sandbox.faults.rest("order.create", Fault.TIMEOUT_AFTER)
    bot.sandbox.faults.rest("order.status", Fault.ERROR_BEFORE, times=2)
    order_id = bot.buy("0.1", "59000")
    await bot.until(bot.venue_orders, "the venue took it")
    order = bot.connector.in_flight_orders[order_id]
    bot.connector._take_cancel_answer(order, {"id": str(bot.venue_order(order_id).id), "status": None})
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.event(CANCELLED, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderCancelled"]


async def test_nothing_is_concluded_of_an_order_whose_request_still_waits_for_the_end_of_a_ban(bot, market):
    """It would be looked for, not be found, and fail just before it arrives (storm, ban with maintenance)."""
    bot.connector._venue.budget.pause(SETTLE_S + 1.0)
    order_id = bot.buy("0.1", "59995")
    await bot.until(lambda: order_id in bot.connector._placing, "it is under way")
    bot.connector._life.lookups.look_for(bot.connector.in_flight_orders[order_id])
    bot.sandbox.faults.rest("order.create", Fault.LATE_BEFORE, delay_s=0.2)
    await bot.event(CREATED, of=order_id)
    assert bot.events(FAILED, of=order_id) == []


async def test_polls_do_not_ask_for_an_order_that_has_not_left_yet(bot):
    """The venue would not know it, and an order that is on its way would be counted as not found (storm)."""
    late = bot.sandbox.faults.rest("order.create", Fault.LATE_BEFORE, delay_s=0.3)
    order_id = bot.buy("0.1", "59000")
    await late.fired()
    await bot.connector._update_order_status()
    assert bot.requests("order.status") == []
    assert bot.connector.order_tracker._order_not_found_records == {}
    await bot.event(CREATED, of=order_id)


async def test_an_unanswered_order_is_looked_for_again_when_hummingbot_starts_the_network_again(bot):
    """As it does after a failed network check; polls alone took minutes to find out about many (storm on okx)."""
    silence_orders(bot)
    bot.sandbox.faults.rest("order.create", Fault.TIMEOUT_AFTER)
    unanswered = bot.sandbox.faults.rest("order.status", Fault.ERROR_BEFORE, times=None)
    order_id = bot.buy("0.1", "59000")
    await unanswered.fired()
    order = bot.order(order_id)
    await bot.connector.stop_network()
    assert not bot.connector._life.lookups.is_looking_for(order)
    await bot.connector.start_network()
    assert bot.connector._life.lookups.is_looking_for(order)
    bot.sandbox.faults.disarm(unanswered)
    await bot.event(CREATED, of=order_id)


async def test_trades_that_cannot_be_fetched_in_an_outage_are_fetched_after_it_and_not_derived(
    start, market, monkeypatch
):
    """Derived fills have neither the venue's trade ids nor its fees (storm on kucoin)."""
    monkeypatch.setattr(constants, "FILLS_LATE_S", 0.2)
    bot = await start(polled=frozenset({"fills"}))
    down = bot.sandbox.faults.rest("myTrades", Fault.ERROR_BEFORE, times=None)
    order_id = await bot.resting_buy("0.1", "59995")
    market.market_sell("0.1")
    await bot.until(lambda: down.injected >= 3, "requests for trades in vain")
    assert bot.events(FILLED) == []
    bot.sandbox.faults.disarm(down)
    await bot.event(COMPLETED, of=order_id)
    (filled,) = bot.events(FILLED, of=order_id)
    (fill,) = bot.sandbox.engine.fills(bot.account.account_id)
    assert filled.exchange_trade_id == str(fill.id)
    assert [(each.token, each.amount) for each in filled.trade_fee.flat_fees] == [(fill.fee_asset, fill.fee)]
    await bot.settled()


async def test_an_order_that_never_arrived_fails_also_where_the_list_of_orders_looks_like_a_full_page(bot):
    """Its trades decide then, of which Binance tells those since a time or those from one on, not both (storm)."""
    for _ in range(20):
        await bot.event(COMPLETED, of=bot.buy("0.001", kind=OrderType.MARKET))
    bot.sandbox.faults.rest("order.create", Fault.TIMEOUT_BEFORE)
    order_id = bot.buy("0.1", "59995")
    await bot.event(FAILED, of=order_id)
    assert bot.requests("myTrades")


@pytest.mark.parametrize("end", ["cancelled", "filled"])
async def test_cancelling_again_and_again_what_has_ended_unseen_does_not_lose_it(bot, market, end):
    """Hummingbot gave it up after the fourth "unknown order", while we waited for word of it (storm, kraken)."""
    silence_orders(bot)
    order_id = bot.buy("0.1", "59995")
    await bot.event(CREATED, of=order_id)
    await bot.until(lambda: not bot.connector._life.lookups.is_looking_for(bot.order(order_id)), "it is not looked for")
    if end == "cancelled":
        bot.sandbox.engine.cancel(bot.account.account_id, client_order_id=order_id)
    else:
        market.market_sell("0.1")
    endpoint = "order.status" if end == "cancelled" else "myTrades"
    down = bot.sandbox.faults.rest(endpoint, Fault.ERROR_BEFORE, times=None)
    for number in range(1, 7):
        bot.connector.cancel("BTC-USDT", order_id)
        await bot.until(lambda n=number: len(bot.logged("(order not found)")) >= n, "the answer")
        await down.fired()
    assert bot.events(FAILED) == []
    bot.sandbox.faults.disarm(down)
    await bot.event(CANCELLED if end == "cancelled" else COMPLETED, of=order_id)
    assert bot.events(FAILED) == []


async def test_cancelling_again_and_again_while_hummingbot_has_stopped_the_network_loses_nothing(bot):
    """As it does after a failed network check, while strategies go on cancelling (storm, kraken)."""
    order_id = await bot.resting_buy()
    await bot.connector.stop_network()
    bot.sandbox.engine.cancel(bot.account.account_id, client_order_id=order_id)
    for number in range(1, 7):
        bot.connector.cancel("BTC-USDT", order_id)
        await bot.until(lambda n=number: len(bot.logged("(order not found)")) >= n, "the answer")
    assert bot.events(FAILED) == []
    await bot.connector.start_network()
    await bot.event(CANCELLED, of=order_id)
    assert bot.events(FAILED) == []


async def test_a_fill_under_the_venues_id_alone_waits_for_the_message_that_names_its_order_by_both(bot, market):
    """Not for an answer, which may be long in coming."""
    silence_orders(bot)
    bot.sandbox.faults.rest("order.create", Fault.TIMEOUT_AFTER)
    for endpoint in ("order.status", "myTrades"):
        bot.sandbox.faults.rest(endpoint, Fault.ERROR_BEFORE, times=None)
    order_id = bot.buy("0.1", "59995")
    await bot.until(bot.venue_orders, "the venue took it")
    market.market_sell("0.1")
    (fill,) = bot.sandbox.engine.fills(bot.account.account_id)
    named = {"id": str(fill.order_id), "clientOrderId": order_id, "symbol": "BTC/USDT", "info": {}}
    stream = bot.connector._user_stream_tracker.data_source
    stream.on_fill(
        {"id": str(fill.id), "order": str(fill.order_id), "symbol": "BTC/USDT", "side": "buy", "price": "59995",
         "amount": "0.1", "timestamp": 1_700_000_000_000, "fee": {"currency": "BTC", "cost": str(fill.fee)}, "info": {}}
    )  # fmt: skip
    stream.on_order({**named, "status": "closed", "amount": "0.1", "filled": "0.1", "timestamp": 1_700_000_000_000})
    await bot.event(COMPLETED, of=order_id)
    assert bot.story(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]


async def test_a_poll_does_not_ask_for_an_order_that_ended_since_it_began(bot):
    """Fifty that had failed meanwhile were asked for, one by one, and no other for minutes (storms, kraken)."""
    silence_orders(bot)
    orders = [bot.buy("0.1", price) for price in ("59000", "58900")]
    await asyncio.gather(*(bot.event(CREATED, of=order_id) for order_id in orders))
    last = bot.connector.in_flight_orders[orders[-1]]
    late = bot.sandbox.faults.rest("order.status", Fault.LATE_AFTER, delay_s=0.3)
    bot.sandbox.request_log.clear()
    poll = asyncio.ensure_future(bot.connector._update_order_status())
    await late.fired()
    bot.sandbox.engine.cancel(bot.account.account_id, client_order_id=last.client_order_id)
    bot.connector._life.lookups.look_for(last)
    await bot.event(CANCELLED, of=last.client_order_id)
    assert not poll.done()
    await poll
    asked = [each.parameters.get("orderId") for each in bot.requests("order.status")]
    assert asked.count(last.exchange_order_id) == 1  # by the look-up
