"""What the account's own connection brings is handled before what came with it on others."""

import asyncio
from types import SimpleNamespace

import pytest
from aiohttp import WSMessage, WSMsgType
from aiohttp._websocket.reader import WebSocketDataQueue
from ccxt.async_support.base.ws.client import Client

from hummingbot_ccxt.venue import receiving
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
        receive_in_one_task(client, ahead, handled.append)
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


def whose_orders_are_news(client, ahead, handled):
    """Let each message "order" be news of the account, which whoever takes it hears of in the loop's next turn."""
    handle = client.handle_message

    def handle_and_tell(message):
        handle(message)
        if message.data == "order":
            ahead.turn_wanted = True
            asyncio.get_running_loop().call_soon(handled.append, "heard")

    client.handle_message = handle_and_tell


async def test_news_of_the_account_is_heard_before_what_came_after_it_is_handled(connected):
    connect, handled = connected
    ahead = Ahead()
    private = connect(ahead, "account")
    ahead.add(private)
    whose_orders_are_news(private, ahead, handled)
    await turns()
    for text in ("balance", "order", "fill", "order", "balance"):
        feed(private, text)
    await turns(6)
    assert handled == ["balance", "order", "heard", "fill", "order", "heard", "balance"]


async def test_the_market_waits_until_all_that_came_of_the_account_is_handled(connected):
    connect, handled = connected
    ahead = Ahead()
    public, private = connect(ahead, "market"), connect(ahead, "account")
    ahead.add(private)
    whose_orders_are_news(private, ahead, handled)
    await turns()
    for text in ("trade", "change of the book", "another"):
        feed(public, text)
    for text in ("order", "order", "fill"):
        feed(private, text)
    await turns(8)
    assert handled == ["order", "heard", "order", "heard", "fill", "trade", "change of the book", "another"]


async def test_a_flood_of_the_account_holds_the_market_up_for_a_few_milliseconds_only(connected, monkeypatch):
    connect, handled = connected
    monkeypatch.setattr(receiving, "_AT_ONCE_S", -1.0)
    ahead = Ahead()
    public, private = connect(ahead, "market"), connect(ahead, "account")
    ahead.add(private)
    whose_orders_are_news(private, ahead, handled)
    await turns()
    feed(public, "trade")
    for _ in range(5):
        feed(private, "order")
    await turns(12)
    assert handled.index("trade") < handled.index("heard") + 2
    assert handled.count("order") == handled.count("heard") == 5


# --- books


@pytest.fixture
async def market(connected):
    """A connection whose messages "A1", "A2", ... change book A; what is told of books goes into the list, too."""
    connect, told = connected
    client = connect(Ahead(), "market")
    books = {"A": {"symbol": "A"}, "B": {"symbol": "B"}}

    def handle(message):
        told.append(message.data)
        books[message.data[0]]["state"] = message.data
        client.books.changed(books[message.data[0]], "hash")

    client.handle_message = handle
    told_of = lambda: [each["symbol"] if isinstance(each, dict) else each for each in told]  # noqa: E731
    await turns()
    return client, books, told, told_of


async def test_a_book_that_changes_alone_is_told_at_once(market):
    client, _, _, told_of = market
    feed(client, "A1")
    await turns()
    feed(client, "A2")
    await turns()
    assert told_of() == ["A1", "A", "A2", "A"]


async def test_of_frames_that_wait_each_book_is_told_once_in_its_last_state(market):
    client, books, _, told_of = market
    for text in ("B0", "A1", "B1", "A2", "A3", "B2"):
        feed(client, text)
    await turns()
    # The first one was awaited, and the last one is received in aiohttp's own way, which keeps its count of bytes.
    assert told_of() == ["B0", "B", "A1", "B1", "A2", "A3", "A", "B", "B2", "B"]
    assert books["A"]["state"] == "A3"


async def test_a_long_burst_is_told_in_parts_and_lets_others_have_their_turn(market, monkeypatch):
    client, _, told, told_of = market
    monkeypatch.setattr(receiving, "_AT_ONCE_S", -1.0)
    for number in range(5):
        feed(client, f"A{number}")
    asyncio.get_running_loop().call_later(0, told.append, "another's turn")
    await turns(8)
    assert [each for each in told_of() if each != "A"] == ["A0", "another's turn", "A1", "A2", "A3", "A4"]
    assert told_of().count("A") == 5


async def test_what_came_before_the_end_of_a_connection_is_told(market):
    client, _, _, told_of = market
    handle = client.handle_message

    def handle_and_close(message):
        handle(message)
        if message.data == "A2":
            client.connection.queue._buffer.clear()  # as a closed connection's

    client.handle_message = handle_and_close
    for text in ("A0", "A1", "A2", "A3"):
        feed(client, text)
    await turns()
    assert told_of() == ["A0", "A", "A1", "A2", "A"]
