"""Feeds: subscribed, lost, subscribed again; who is told what."""

import asyncio
from types import SimpleNamespace

import pytest
from ccxt.base import errors as ccxt

from hummingbot_ccxt.venue import streams
from hummingbot_ccxt.venue.streams import ACCOUNT, Feed, FeedEvents, Streams
from hummingbot_ccxt.venue.tap import current_feed


class Connection:
    """What a feed needs of ccxt's client."""

    def __init__(self):
        self.connected = asyncio.get_running_loop().create_future()
        self.connected.set_result(True)
        self.last_message_at = self.connectionEstablished = None
        self.errors = []
        self.is_closed = False

    def closed(self):
        return self.is_closed

    def on_error(self, error):
        self.errors.append(error)
        self.is_closed = True


class Account:
    """A venue's private stream: each subscription waits on the present connection."""

    def __init__(self, all_streams):
        self.streams = all_streams
        self.connection = Connection()
        self.subscriptions = 0
        self.error = None

    async def watch(self, keys):
        self.subscriptions += 1
        self.streams.subscribed(current_feed.get(), self.connection, ["orders"])
        if self.error is not None:
            raise self.error
        await asyncio.Event().wait()


@pytest.fixture
async def told(monkeypatch, until):
    monkeypatch.setattr(streams, "_SETTLE_S", 0.02)
    monkeypatch.setattr(streams, "_TICK_S", 0.02)
    monkeypatch.setattr(streams, "_FIRST_RETRY_S", 0.02)

    told = SimpleNamespace(live=[], failed=[])
    told.streams = Streams()
    told.account = Account(told.streams)
    events = FeedEvents(
        live=lambda keys, again: told.live.append((keys, again)),
        failed=lambda error, authentication: told.failed.append((type(error).__name__, authentication)),
    )
    told.feed = told.streams.add(Feed("orders", told.account.watch, together=1, stale_after_s=0.3, events=events))
    told.feed.add(ACCOUNT)
    running = []
    told.run = lambda: running.append(asyncio.ensure_future(told.feed.run()))
    yield told
    for task in running:
        task.cancel()


async def test_a_first_subscription_is_told_as_live_without_a_gap(told, until):
    told.run()
    await until(lambda: told.live)
    assert told.live == [((ACCOUNT,), False)]
    assert told.account.subscriptions == 1


async def test_a_lost_connection_is_subscribed_again_and_told_as_a_gap(told, until):
    told.run()
    await until(lambda: told.live)
    old, told.account.connection = told.account.connection, Connection()
    old.is_closed = True
    told.streams.lost(old, ConnectionError("reset"))
    await until(lambda: len(told.live) == 2)
    assert told.live[1] == ((ACCOUNT,), True)
    assert told.failed == [("ConnectionError", False)]


async def test_a_connection_lost_before_it_was_told_as_live_counts_as_a_gap(told, until):
    told.run()
    await until(lambda: told.account.subscriptions == 1)
    old, told.account.connection = told.account.connection, Connection()
    old.is_closed = True
    told.streams.lost(old, ConnectionError("reset"))
    await until(lambda: told.live)
    assert told.live == [((ACCOUNT,), True)]


async def test_each_kind_of_failure_in_a_series_is_told_once(told, until):
    told.account.error = ccxt.NetworkError("down")
    told.run()
    await until(lambda: told.account.subscriptions >= 3)
    told.account.error = ccxt.InvalidNonce("-1021")
    await until(lambda: len(told.failed) == 2)
    assert told.failed == [("NetworkError", False), ("InvalidNonce", False)]


async def test_a_stream_that_failed_for_days_is_still_asked_for(told, until):
    told.run()
    await until(lambda: told.live)
    told.feed._states[ACCOUNT].failures = 10_000
    told.feed.resubscribe(ACCOUNT, "refused once more")
    assert 0 < told.feed._states[ACCOUNT].due - asyncio.get_running_loop().time() <= streams._LONGEST_RETRY_S


async def test_pauses_grow_to_a_third_of_the_time_that_the_venue_was_away(told, monkeypatch):
    monkeypatch.setattr(streams, "_FIRST_RETRY_S", 0.25)
    told.feed._jitter, away = 1.0, 0.0
    for _ in range(60):
        state = told.feed._states[ACCOUNT]
        state.due = None
        told.feed._failed((ACCOUNT,), ConnectionError("refused"))
        pause = state.due - asyncio.get_running_loop().time()
        assert pause <= max(0.25, away / 3 + 0.25)
        away += pause
    assert away > 300


@pytest.mark.parametrize(
    ("error", "at_once"),
    [
        (ccxt.NetworkError("down"), True),
        (ConnectionError("closed by the venue"), True),
        (ccxt.AuthenticationError("refused"), False),
        (ccxt.RateLimitExceeded("too many"), False),
        (ccxt.ExchangeError("refused"), False),
    ],
)
async def test_what_waits_for_the_venue_is_subscribed_as_soon_as_another_stream_finds_it(
    told, until, monkeypatch, error, at_once
):
    """Each with a pause of its own, trades may be back seconds before the book is, on the same connection."""
    monkeypatch.setattr(streams, "_FIRST_RETRY_S", 30.0)
    told.account.error = error
    told.run()
    await until(lambda: told.failed)
    told.account.error, found = None, Connection()
    found.connected = asyncio.get_running_loop().create_future()
    told.streams.subscribed(streams._Subscription(Feed("trades", told.account.watch, 1, 30.0), ("BTC",)), found, ["x"])
    await asyncio.sleep(0.05)
    assert told.account.subscriptions == 1
    found.connected.set_result(True)
    if at_once:
        await until(lambda: told.account.subscriptions == 2)
    else:
        await asyncio.sleep(0.05)
        assert told.account.subscriptions == 1


async def test_a_refused_log_on_waits_long_and_says_that_it_is_one(told, until):
    told.run()
    await until(lambda: told.live)
    told.account.error = ccxt.AuthenticationError("key")
    told.feed.resubscribe(ACCOUNT, "test")
    await until(lambda: ("AuthenticationError", True) in told.failed)
    assert told.feed._states[ACCOUNT].due - asyncio.get_running_loop().time() > 20


async def test_a_rejected_hash_that_is_nobodys_means_the_accounts_whole_stream(told, until):
    told.run()
    await until(lambda: told.live)
    told.streams.rejected(told.account.connection, "spot", ccxt.ExchangeError("event stream terminated"))
    await until(lambda: len(told.live) == 2)
    assert told.live[1] == ((ACCOUNT,), True)


async def test_a_book_that_ccxts_class_leaves_by_itself_is_subscribed_again(told, until):
    """Bitget's does when a checksum is wrong, and then fails the book's hash (ccxt 4.5.90, pro/bitget.py :980)."""
    told.feed.kind = "book"
    told.run()
    await until(lambda: told.live)
    subscription = next(iter(told.streams._owners.values()))[0]
    told.streams.subscribed(subscription, told.account.connection, ["unsubscribe:orders"])
    told.streams.rejected(told.account.connection, "orders", ccxt.ChecksumError("of the book"))
    await until(lambda: told.account.subscriptions == 2)
    assert told.failed == [("ChecksumError", False)]


async def test_a_connection_on_which_subscribing_stumbled_is_dropped(told, until):
    told.account.error = KeyError("spot")
    told.run()
    await until(lambda: told.account.connection.errors)
    assert isinstance(told.account.connection.errors[0], ccxt.NetworkError)


async def test_a_bare_cancellation_by_ccxt_is_a_lost_connection_and_not_the_end(told, until):
    told.account.error = asyncio.CancelledError()
    told.run()
    await until(lambda: told.account.subscriptions >= 2)
    assert told.failed == [("NetworkError", False)]


async def test_a_subscription_that_ccxt_never_sends_is_asked_for_again(told, until, monkeypatch):
    """Classes that fetch a token first keep a future of it; whitebit's of a request that failed is never resolved."""
    monkeypatch.setattr(streams, "_LOGGING_ON_S", 0.1)
    sends, told.feed.watch = told.feed.watch, lambda keys: asyncio.Event().wait()
    told.run()
    await until(lambda: told.failed)
    assert told.failed == [("RequestTimeout", False)]
    told.feed.watch = sends
    await until(lambda: told.live)
    assert told.live == [((ACCOUNT,), True)]
    await until(lambda: len(told.feed._tasks) == 1)  # the one that waited in vain has ended


async def test_a_silent_connection_is_dropped(told, until):
    told.run()
    await until(lambda: told.live)
    told.account.connection.last_message_at = 1  # 1970
    await until(lambda: told.account.connection.errors)
    assert isinstance(told.account.connection.errors[0], ccxt.RequestTimeout)


async def test_a_removed_key_is_not_subscribed_again(told, until):
    told.run()
    await until(lambda: told.live)
    told.feed.remove(ACCOUNT)
    told.streams.lost(told.account.connection, ConnectionError("reset"))
    await asyncio.sleep(0.1)  # nothing is to happen, and there is no event for that
    assert told.account.subscriptions == 1
