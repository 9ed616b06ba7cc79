"""Each generic hazard of ccxt's machinery, with ccxt's own class beside ours to show that the hazard is real."""

import asyncio
import json
import time
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from ccxt.base import errors as ccxt

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import NO_QUIRKS
from hummingbot_ccxt.venue import tap
from hummingbot_ccxt.venue.client import Credentials, build_client
from hummingbot_ccxt.venue.loading import exchange_class

POISON = b"[]"  # ccxt's binance class adds "@arr" to None


async def test_a_handler_that_raises_costs_its_message_and_not_the_connection(sandbox, place, on_sandbox, seen, until):
    ours, plain = on_sandbox(), on_sandbox(plain=True)
    place("buy", "100", "1")
    await ours.watch_order_book("BTC/USDT")
    book = await plain.watch_order_book("BTC/USDT")
    for session in list(sandbox.streams.sessions):
        session.send(POISON)
    await until(lambda: seen.bad)
    for number in range(5):
        place("buy", str(101 + number), "1")
        await sandbox.streams.flushed()
    await until(lambda: 105.0 in seen.followed("BTC/USDT")[0])
    assert [type(error) for _, error in seen.bad] == [TypeError]
    assert seen.lost_connections == []
    assert book["bids"][0][0] == 100.0  # the plain class has not heard a word since


class Snapshots:
    """A REST book that fails so many times before it comes."""

    def __init__(self, failures):
        self.left = failures

    async def __call__(self, symbol, limit=None, params=None):
        if self.left:
            self.left -= 1
            raise ccxt.ExchangeNotAvailable("503")
        return {"bids": [[100, 1]], "asks": [[101, 1]], "nonce": 7, "symbol": symbol}


@pytest.mark.parametrize("ours", [True, False], ids=["tapped", "ccxt's own"])
async def test_one_symbols_failing_snapshot_closes_the_shared_socket_only_in_ccxts_own_class(
    tapped_client, seen, monkeypatch, ours
):
    monkeypatch.setattr(tap, "_SNAPSHOT_RETRY_S", (0.01, 0.02))
    client = tapped_client("bitstamp") if ours else exchange_class("bitstamp")[0]()
    handed = connection(client)
    handed.connection = type("Open", (), {"closed": False})()
    handed.close = lambda *code: asyncio.sleep(0)
    client.orderbooks["ETH/USDT"] = client.order_book({})
    client.get_cache_index = lambda book, cache: 0
    client.fetch_rest_order_book_safe = Snapshots(failures=4)
    neighbour = handed.future("orderbook:BTC/USDT")
    await client.load_order_book(handed, "orderbook:ETH/USDT", "ETH/USDT")
    assert (handed.url in client.clients) is ours
    assert (handed.error is None) is ours
    if ours:
        assert seen.followed("ETH/USDT") == ({100: 1}, {101: 1})
        assert len(seen.bad) == 4
        assert not neighbour.done()
    handed.connection = None
    await client.close()


async def test_a_snapshot_is_not_retried_for_a_connection_that_is_gone(tapped_client, seen):
    client = tapped_client("bitstamp")
    handed = connection(client)  # it never opened
    client.orderbooks["ETH/USDT"] = client.order_book({})
    client.fetch_rest_order_book_safe = Snapshots(failures=10**6)
    await asyncio.wait_for(client.load_order_book(handed, "orderbook:ETH/USDT", "ETH/USDT"), 1)
    await client.close()


def connection(client, url="wss://example.invalid/ws"):
    """A connection of the client's that never connects: frames are handed to it."""
    client.asyncio_loop = asyncio.get_running_loop()
    return client.client(url)


def hand(client, frame):
    text = frame if isinstance(frame, str) else json.dumps(frame)
    client.handle_message(aiohttp.WSMessage(aiohttp.WSMsgType.TEXT, text, None))


@pytest.mark.parametrize("ours", [True, False], ids=["tapped", "ccxt's own"])
async def test_a_27_digit_id_keeps_every_digit(tapped_client, ours):
    client = tapped_client("htx") if ours else exchange_class("htx")[0]()
    taken = []
    client.handle_message = lambda connection, message: taken.append(message)
    handed = connection(client)
    hand(handed, '{"tick":{"data":[{"id":153466788192230475127431412,"price":0.0000004}]}}')
    exact = taken[0]["tick"]["data"][0]["id"] == 153466788192230475127431412
    assert exact is ours
    await client.close()


async def test_every_update_between_two_watch_calls_is_seen(sandbox, on_sandbox, seen, until, place):
    ours, plain = on_sandbox(), on_sandbox(plain=True)
    awaited = []

    async def loop():
        while True:
            awaited.extend(await plain.watch_orders())

    task = asyncio.ensure_future(loop())
    subscription = asyncio.ensure_future(ours.watch_orders())
    await until(lambda: len(sandbox.streams.subscribers("user:trader")) == 2)
    order = sandbox.engine.place(
        "trader",
        symbol="BTC/USDT",
        side=type(place("sell", "200", "1").side)("buy"),
        type=sandbox.engine.orders("maker")[0].type,
        price=sandbox.engine.orders("maker")[0].price / 2,
        amount=sandbox.engine.orders("maker")[0].amount,
    )
    for _ in range(9):
        place("sell", "100", "0.1")
    sandbox.engine.cancel("trader", order_id=order.id)
    await until(lambda: len(seen.orders) >= 11)
    assert [o["status"] for o in seen.orders] == ["open"] * 10 + ["canceled"]
    assert [round(o["filled"], 8) for o in seen.orders] == [round(0.1 * n, 8) for n in range(10)] + [0.9]
    assert len(seen.fills) == 9
    assert len(awaited) < 11  # a loop of awaits
    for each in (task, subscription):
        each.cancel()


@pytest.mark.parametrize("exchange", ["bitstamp", "gate", "kucoin", "mexc"])
def test_a_book_is_asked_for_at_once_where_ccxt_waits_for_changes(exchange, seen):
    found, _ = exchange_class(exchange)
    assert found().options["watchOrderBook"]["snapshotDelay"] > 0
    client = build_client(
        exchange,
        credentials=Credentials({}),
        mapping=NO_QUIRKS,
        settings=ExchangeSettings(),
        tap=seen,
        share_pct=100,
        venue_time=lambda: 1.0,
    )
    assert client.options["watchOrderBook"]["snapshotDelay"] == 0


async def test_futures_that_nobody_awaits_fail_in_silence(tapped_client, caplog):
    import gc

    client = tapped_client("binance")
    handed = connection(client)
    handed.future("orders")
    handed.reject(ccxt.NetworkError("gone"))
    gc.collect()
    await asyncio.sleep(0)
    assert "never retrieved" not in caplog.text
    await client.close()


@pytest.mark.parametrize(
    ("message", "handed"),
    [
        pytest.param({"ch": "x", "l": [{"a": 1}, {"a": 2}]}, [[{"a": 1}], [{"a": 2}]], id="its list"),
        pytest.param({"ch": "y", "l": [1, 2]}, [[1, 2]], id="another value"),
        pytest.param({"ch": "x", "l": "text"}, ["text"], id="no list"),
        pytest.param({"ch": "x", "l": []}, [], id="an empty list"),
        pytest.param({"ch": "x", "l": [{"hidden": 1, "deep": [{"hidden": 2, "a": 3}]}]}, [[{"deep": [{"a": 3}]}]],
                     id="without what ccxt shall not see"),
        pytest.param({"ch": "x", "l": [{"a": "poison"}, {"a": 2}]}, [[{"a": 2}]], id="one that cannot be handled"),
    ],
)  # fmt: skip
def test_a_mapping_has_messages_split_and_stripped_before_ccxt_sees_them(tapped_client, seen, message, handed):
    client = tapped_client("binance")
    client.parts.ignored_fields, client.parts.split_frames = ("hidden",), (("ch", "x", "l"),)
    client.install(client.parts)
    taken = []

    def take(_, __, part):
        if part["l"] == [{"a": "poison"}]:
            raise KeyError("poison")
        taken.append(part["l"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(client).__mro__[1], "handle_message", take)
        client.handle_message(None, message)
    assert taken == handed
    assert len(seen.bad) == ("poison" in str(message))


def test_without_such_a_mapping_messages_go_straight_to_ccxts_handler(tapped_client):
    client = tapped_client("binance")
    assert client.handle_message.__func__ is exchange_class("binance")[0].handle_message


@pytest.mark.parametrize("asks_for", [None, "7"], ids=["nothing", "a pause"])
@pytest.mark.parametrize("ours", [True, False], ids=["tapped", "ccxt's own"])
async def test_an_address_that_refused_waits_for_feeds_or_the_venue_alone(tapped_client, ours, asks_for):
    """ccxt would wait up to 30 s at each address, on top of what a feed waits before it subscribes again."""
    client = tapped_client("binance") if ours else exchange_class("binance")[0]()
    async with refusing(client, asks_for) as url:
        waits = client.ws_dial_delay(url)
        assert 6 < waits <= 7 if asks_for else (waits == 0) is ours
        if ours:
            client.parts.venue_time = lambda: time.time() - 3600  # a correction of what is known of the venue's clock
            assert client.ws_dial_delay(url) <= waits


@pytest.mark.parametrize(("asks_for", "most"), [("inf", 0), ("nan", 0), ("-5", 0), ("1e9", 3600)])
async def test_a_pause_that_is_none_or_has_no_end_keeps_no_stream_away(tapped_client, asks_for, most):
    client = tapped_client("binance")
    async with refusing(client, asks_for) as url:
        assert client.ws_dial_delay(url) == pytest.approx(most, abs=1)
        assert url not in client.clients  # else ccxt would subscribe on the connection that failed, again and again


@asynccontextmanager
async def refusing(client, asks_for):
    """An address whose handshake was refused just now, with such a `Retry-After`."""

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=503, headers={"Retry-After": asks_for} if asks_for else {})

    server = TestServer(web.Application(), port=0)
    server.app.router.add_get("/ws", refuse)
    await server.start_server()
    try:
        url = f"ws://127.0.0.1:{server.port}/ws"
        dialled = client.client(url)
        waiting = dialled.future("book")
        dialled.connect(client.session)
        with pytest.raises(ccxt.NetworkError):
            await asyncio.wait_for(waiting, 5)
        yield url
    finally:
        await client.close()
        await server.close()
