"""Time made short: whatever waits in a connector or at the venue waits so many times less; what it does is untouched.

Ours and the native connectors alike, so that a storm of an hour's patience fits into minutes. With a pace of 10 a
request is given 1 s instead of 10, a status poll comes every 12 s instead of every 120, a silent stream is dropped
after 3 s instead of 30, and the venue allows ten times as many requests in a second.
"""

import asyncio
import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import aiohttp
from hummingbot.connector.client_order_tracker import ClientOrderTracker
from hummingbot.core.data_type import in_flight_order
from hummingbot.core.data_type.order_book_tracker_data_source import OrderBookTrackerDataSource
from hummingbot.core.data_type.user_stream_tracker_data_source import UserStreamTrackerDataSource
from hummingbot.core.web_assistant.connections.ws_connection import WSConnection

_REST_PATIENCE_S = 300.0  # aiohttp's own, which native connectors rely on
_CONNECT_PATIENCE_S = 30.0
_OURS = {
    "hummingbot_ccxt.exchange.ccxt_constants": (
        "FIRST_BOOK_S", "QUIET_BOOK_S", "ORDER_SETTLE_S", "FILLS_LATE_S", "FILLS_LOST_S", "FIRST_LOOK_S",
        "LONGEST_LOOK_S", "TRADES_DELAY_S",
    ),
    "hummingbot_ccxt.exchange.order_life": ("_UNMATCHED_S",),
    "hummingbot_ccxt.exchange.settling": ("_STREAM_GRACE_S",),
    "hummingbot_ccxt.exchange.order_lookups": ("_FOUND_AGAIN_AFTER_CANCEL_S",),
    "hummingbot_ccxt.exchange.strays": ("_LAST_LOOK_S",),
    "hummingbot_ccxt.exchange.ccxt_api_order_book_data_source": ("_REPLAYS_S",),
    "hummingbot_ccxt.exchange.connector_cancels": ("_CREATE_UNDER_WAY_S",),
    "hummingbot_ccxt.exchange.connector_balances": ("_REFUSED_RETRY_S",),
    "hummingbot_ccxt.exchange.ccxt_exchange": ("_ALIVE_S",),
    "hummingbot_ccxt.venue.streams": (
        "_FIRST_RETRY_S", "_LONGEST_RETRY_S", "_AUTHENTICATION_RETRY_S", "_TICK_S", "_SETTLE_S", "_LEAVING_S",
        "_LOGGING_ON_S",
    ),
    "hummingbot_ccxt.venue.venue": ("_PAUSE_AFTER_RATE_LIMIT_S",),
}  # fmt: skip
"""Module -> its waits, in seconds. Those that go through `_sleep` are shortened there, like Hummingbot's own."""
_OUR_SERIES = {
    "hummingbot_ccxt.exchange.books_kept_right": ("_ANEW_S",),
    "hummingbot_ccxt.exchange.order_lookups": ("_CANCEL_LOOKS_S",),
    "hummingbot_ccxt.venue.tap": ("_SNAPSHOT_RETRY_S",),
}
"""The same, for waits that are tuples."""
_SHORTEST_KEEP_ALIVE_MS = 1_000
"""On a busy machine pongs come late: with 0.6 s between pings, Kraken's streams were taken for dead again and again."""
_SHORTEST_WINDOW_S = 1.0
"""For how long an order may be on its way at least: half a second is nothing on a busy machine."""
_POLLS = ("SHORT_POLL_INTERVAL", "LONG_POLL_INTERVAL", "TICK_INTERVAL_LIMIT")


def venue_settings(pace: float) -> dict[str, Any]:
    """Settings of the sandbox at this pace: limits wider, heartbeats quicker, and few requests held for ever."""
    return {
        "weight_limit": int(6_000 * pace),
        "order_limit": int(100 * pace),
        "connection_limit": int(300 * pace),
        "message_limit_per_s": int(5 * pace),
        "ping_interval_s": 20.0 / pace,
        "pong_timeout_s": 60.0 / pace,
        "stamp_window_s": max(5.0 / pace, _SHORTEST_WINDOW_S),
        "hold_s": _REST_PATIENCE_S / pace,
    }


@contextmanager
def at_pace(pace: float) -> Iterator[None]:
    """Within, this process waits `pace` times less; a connector made within wants `quickened` too."""

    async def sleep(self: Any, delay: float) -> None:
        await asyncio.sleep(delay / pace)

    connect = WSConnection.connect

    async def connect_at_pace(
        self: Any, ws_url: str, ping_timeout: float = 10, message_timeout: float | None = None, *more: Any, **named: Any
    ) -> None:
        message_timeout = None if message_timeout is None else message_timeout / pace
        await connect(self, ws_url, ping_timeout / pace, message_timeout, *more, **named)

    timeout = aiohttp.ClientTimeout(total=_REST_PATIENCE_S / pace, sock_connect=_CONNECT_PATIENCE_S / pace)
    with ExitStack() as stack:
        for source in (OrderBookTrackerDataSource, UserStreamTrackerDataSource):
            stack.enter_context(patch.object(source, "_sleep", sleep))
        stack.enter_context(patch.object(WSConnection, "connect", connect_at_pace))
        stack.enter_context(patch("aiohttp.client.DEFAULT_TIMEOUT", timeout))
        patience = ClientOrderTracker.TRADE_FILLS_WAIT_TIMEOUT
        stack.enter_context(patch.object(ClientOrderTracker, "TRADE_FILLS_WAIT_TIMEOUT", patience / pace))
        patience = in_flight_order.GET_EX_ORDER_ID_TIMEOUT
        stack.enter_context(patch.object(in_flight_order, "GET_EX_ORDER_ID_TIMEOUT", patience / pace))
        for module, names in _OURS.items():
            for name in names:
                stack.enter_context(_divided(f"{module}.{name}", lambda value: value / pace))
        for module, names in _OUR_SERIES.items():
            for name in names:
                stack.enter_context(_divided(f"{module}.{name}", lambda series: tuple(each / pace for each in series)))
        yield


@contextmanager
def _divided(place: str, shorter: Any) -> Iterator[None]:
    changing = patch(place)
    original, _ = changing.get_original()
    with patch(place, shorter(original)):
        yield


def quickened(connector: Any, pace: float, allowance: float = 1.0) -> None:
    """Shorten what a connector holds of its own: polls, network checks, rate limits, ccxt's time-outs.

    `allowance`: how many times more requests it may make than its rate limits allow at that pace.
    """
    intervals = {name: getattr(connector, name) / pace for name in _POLLS}
    for name, value in intervals.items():
        setattr(connector, name, value)

    async def sleep(delay: float) -> None:
        await asyncio.sleep(delay if delay in intervals.values() else delay / pace)

    connector._sleep = sleep
    connector.check_network_interval = connector.check_network_interval / pace
    venue = getattr(connector, "_venue", None)
    if venue is None:
        for limit in connector._throttler._rate_limits:
            limit.time_interval /= pace * allowance
        return
    connector.poll_interval_s /= pace
    venue.client.timeout = int(venue.client.timeout / pace)
    keep_alive_ms = venue.client.streaming["keepAlive"]
    shorter_ms = max(int(keep_alive_ms / pace), _SHORTEST_KEEP_ALIVE_MS)
    venue.client.streaming = {**venue.client.streaming, "keepAlive": shorter_ms}
    venue.stale_after_s *= shorter_ms / keep_alive_ms
    venue.budget.rate *= pace * allowance
    venue.budget.capacity *= pace
    if "recvWindow" in venue.client.options:
        shorter_ms = max(venue.client.options["recvWindow"] / pace, _SHORTEST_WINDOW_S * 1000)
        venue.client.options["recvWindow"] = int(shorter_ms)
    waits = {name: getattr(venue.mapping, name) for name in ("order_settle_s", "verify_book_s")}
    shorter = {name: value / pace for name, value in waits.items() if value is not None}
    deadline = venue.mapping.order_deadline
    if deadline is not None:
        shorter["order_deadline"] = dataclasses.replace(deadline, after_s=deadline.after_s / pace)
    venue.mapping = venue.client.parts.mapping = dataclasses.replace(venue.mapping, **shorter)
