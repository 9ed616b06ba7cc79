"""A venue whose clock differs, and credentials that are wrong."""

import asyncio

import pytest
from hummingbot.core.event.event_forwarder import SourceInfoEventForwarder
from hummingbot.core.event.events import MarketEvent, OrderBookEvent

from hummingbot_ccxt.sandbox import Fault
from hummingbot_ccxt.venue import streams, venue
from hummingbot_ccxt.venue.outcomes import VenueError
from hummingbot_ccxt.venue.recognition import OrderKey

CREATED, CANCELLED, COMPLETED = MarketEvent.BuyOrderCreated, MarketEvent.OrderCancelled, MarketEvent.BuyOrderCompleted
SKEWS = pytest.mark.parametrize("skew_ms", [30_000, -30_000], ids=["venue ahead", "venue behind"])


@SKEWS
async def test_trading_works_at_a_venue_whose_clock_is_half_a_minute_off(sandbox, start, market, skew_ms):
    sandbox.faults.set_clock(skew_ms=skew_ms)
    bot = await start()
    trades = []
    listener = SourceInfoEventForwarder(lambda tag, source, event: trades.append(event.price))
    bot.connector.get_order_book("BTC-USDT").add_listener(OrderBookEvent.TradeEvent, listener)
    order_id = await bot.resting_buy("0.1", "59995")
    market.market_sell("0.1")
    await bot.event(COMPLETED, of=order_id)
    await bot.until(lambda: trades, "the public trade")
    assert trades == [59995.0]
    other = await bot.resting_buy()
    bot.connector.cancel("BTC-USDT", other)
    await bot.event(CANCELLED, of=other)
    assert {request.status for request in sandbox.request_log.requests} == {200}  # the clock was right from the start
    await bot.settled()


@SKEWS
async def test_a_clock_that_jumps_while_running_costs_one_refused_request(bot, skew_ms):
    await bot.resting_buy()
    bot.sandbox.request_log.clear()
    bot.sandbox.faults.set_clock(skew_ms=skew_ms)
    order_id = bot.buy("0.1", "58000")
    await bot.event(CREATED, of=order_id)
    assert [(r.endpoint, r.status) for r in bot.sandbox.request_log.requests] == [
        ("order.create", 400),
        ("time", 200),
        ("order.create", 200),
    ]
    for each in list(bot.connector.in_flight_orders):
        bot.connector.cancel("BTC-USDT", each)
    await bot.event(CANCELLED, number=2)
    assert [r.status for r in bot.requests("order.cancel")] == [200, 200]
    await bot.settled()


async def test_a_cancellation_that_is_refused_for_its_time_is_not_followed_by_questions(bot):
    """They would be refused as well; each cost five requests ahead of all else (storm on bybit)."""
    bot.sandbox.faults.rest("time", Fault.ERROR_BEFORE, times=None)
    bot.sandbox.faults.set_clock(skew_ms=30_000)
    bot.sandbox.request_log.clear()
    with pytest.raises(VenueError) as refused:
        await bot.connector._orders.cancel(OrderKey("BTC/USDT", "HBOT-1", None, created_ms=0))
    assert refused.value.clock_skew
    assert {request.endpoint for request in bot.sandbox.request_log.requests} == {"order.cancel", "time"}


async def test_streams_survive_a_jump_of_the_clock_and_a_new_log_on(bot, market):
    order_id = await bot.resting_buy("0.1", "59995")
    bot.sandbox.faults.set_clock(skew_ms=-30_000)
    bot.sandbox.faults.disconnect_streams()
    market.market_sell("0.1")
    await bot.event(COMPLETED, of=order_id)
    await bot.user_stream_up()
    await bot.settled()


async def test_a_wrong_secret_is_said_once_and_tried_rarely(start):
    bot = await start(secret="wrong" * 12, ready=False)
    bot.expected_errors = ["refused the credentials", "-2014", "-1022"]
    await bot.until(lambda: bot.logged("refused the credentials"), "the complaint")
    await bot.until(lambda: bot.requests("account"), "a request for balances")
    feeds = bot.connector._user_stream_tracker.data_source._feeds
    await bot.until(
        lambda: len(feeds) == 3 and all(feed._states[streams.ACCOUNT].failures for feed in feeds), "three refusals"
    )
    sessions = set(bot.sandbox.streams.sessions)
    await asyncio.sleep(1.2)  # nothing is to happen, and there is no event for that
    assert set(bot.sandbox.streams.sessions) <= sessions  # the venue may be closing one that it refused, none is new
    assert len(bot.logged("refused the credentials")) == 1  # three streams and the balances are refused
    assert len(bot.requests("account")) == 1
    assert not bot.connector.ready
    texts = " ".join(record.getMessage() for record in bot.records)
    assert bot.account.api_key not in texts
    assert "wrong" * 12 not in texts
    assert "signature=" not in texts.replace("signature=***", "")


async def test_a_key_that_is_revoked_while_running_loses_no_order(bot, monkeypatch):
    monkeypatch.setattr(venue, "_PAUSE_AFTER_RATE_LIMIT_S", 0.2)  # to ccxt, a key that worked before is banned for now
    bot.expected_errors = ["refused the credentials", "-2015", "Failed to cancel"]
    order_id = await bot.resting_buy()
    bot.sandbox.revoke(bot.account)
    bot.connector.cancel("BTC-USDT", order_id)
    await bot.until(lambda: bot.requests("order.cancel"), "the request")
    await bot.connector._update_order_status()
    assert list(bot.connector.in_flight_orders) == [order_id]
    assert bot.story() == ["BuyOrderCreated"]
