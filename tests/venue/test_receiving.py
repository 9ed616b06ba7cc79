"""What the account's own connection brings is handled before what came with it on others."""

import asyncio
from types import SimpleNamespace

import pytest
from aiohttp import WSMessage, WSMsgType
from aiohttp._websocket.reader import WebSocketDataQueue
from ccxt.async_support.base.ws.client import Client

from hummingbot_ccxt.venue.receiving import Ahead, receive_in_one_task


class Connection:
    """A WebSocket as ccxt's client sees it: aiohttp's queue of messages, which a test fills."""

    def __init__(self):
        protocol = SimpleNamespace(_reading_paused=False, pause_reading=lambda: None, resume_reading=lambda: None)
        self.queue = WebSocketDataQueue(protocol, 2**16, loop=asyncio.get_running_loop())
        self._conn = SimpleNamespace(protocol=SimpleNamespace(_payload=self.queue))
        self.closed = False

    async def receive(self):
        return await self.queue.read()


@pytest.fixture
async def connected():
    """Makes connections whose messages go into one list, and ends their tasks."""
    handled, made = [], []

    def connect(ahead, name):
        client = Client(f"wss://{name}", *[lambda *_: None] * 4)
        client.asyncio_loop = asyncio.get_running_loop()
        client.connection = Connection()
        client.handle_message = lambda message: handled.append(message.data)
        receive_in_one_task(client, ahead)
        client.receive_loop()
        made.append(client)
        return client

    yield connect, handled
    for client in made:
        client.receiving.cancel()
    await asyncio.gather(*(client.receiving for client in made), return_exceptions=True)


def feed(client, text):
    client.connection.queue.feed_data(WSMessage(WSMsgType.TEXT, text, None), len(text))


async def turns(number=4):
    for _ in range(number):
        await asyncio.sleep(0)


async def test_a_fill_goes_ahead_of_the_public_trade_that_came_before_it(connected):
    connect, handled = connected
    ahead = Ahead()
    public, private = connect(ahead, "market"), connect(ahead, "account")
    ahead.add(private)
    await turns()
    for text in ("trade", "change of the book"):
        feed(public, text)
    feed(private, "fill")
    await turns()
    assert handled == ["fill", "trade", "change of the book"]


async def test_without_anything_of_the_account_the_market_does_not_wait(connected):
    connect, handled = connected
    ahead = Ahead()
    public, private = connect(ahead, "market"), connect(ahead, "account")
    ahead.add(private)
    await turns()
    feed(public, "trade")
    await turns(1)
    assert handled == ["trade"]


async def test_a_connection_that_ended_holds_nothing_up_and_is_forgotten(connected):
    connect, handled = connected
    ahead = Ahead()
    public, lost = connect(ahead, "market"), connect(ahead, "account")
    ahead.add(lost)
    await turns()
    lost.receiving.cancel()
    await turns()
    feed(lost, "never read")
    feed(public, "trade")
    await turns(2)
    assert handled == ["trade"]
    lost.connection.closed = True
    again = connect(ahead, "account again")
    ahead.add(again)
    assert not ahead.waits(public)


async def test_of_one_connection_for_both_nothing_is_put_out_of_its_order(connected):
    connect, handled = connected
    ahead = Ahead()
    both = connect(ahead, "market and account")
    ahead.add(both)
    await turns()
    for text in ("trade", "fill", "order"):
        feed(both, text)
    await turns()
    assert handled == ["trade", "fill", "order"]
