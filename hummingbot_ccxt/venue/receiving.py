"""Take frames off a ccxt connection in one task, instead of a new one for each frame.

ccxt's own loop makes a task, a callback and a turn of the event loop for every frame that comes alone, and empties the
whole of a burst in one go: with 20,000 frames waiting, an order would be placed two seconds late.

What the account's own streams say goes ahead of the market's: a fill comes together with the public trade that it is,
and with the change of the book, and would wait for both.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ccxt.async_support.base.ws.client import MSG_SIZE_OVERHEAD, Client
from ccxt.async_support.base.ws.order_book import OrderBook
from ccxt.base.errors import NetworkError

_AT_ONCE_S = 0.004
"""So long the frames of a burst are handled before anything else gets its turn."""


class Ahead:
    """The connections of one ccxt client whose messages are handled before those of the others."""

    def __init__(self) -> None:
        self._connections: list[Client] = []
        self.turn_wanted = False
        """Whether something of the account was told since the event loop's last turn: who takes it waits for one."""

    def add(self, connection: Client) -> None:
        """Let a connection go ahead, as long as it stands."""
        standing = [each for each in self._connections if each is not connection and not each.closed()]
        self._connections = [*standing, connection]

    def waits(self, client: Client) -> bool:
        """Tell whether a message has come on a connection that goes ahead of this one."""
        for connection in self._connections:
            if connection is client:
                return False
            if connection.buffer and connection.receiving is not None and not connection.receiving.done():
                return True
        return False


def receive_in_one_task(client: Client, ahead: Ahead, take_book: Callable[[OrderBook], None]) -> None:
    """Replace a connection's receive loop. `take_book` gets what is told to `client.books`."""
    client.books = Books(take_book)
    client.receiving = None
    client.receive_loop = lambda: _begin(client, ahead)


def _begin(client: Client, ahead: Ahead) -> None:
    client.receiving = client.asyncio_loop.create_task(_receive(client, ahead))  # kept: the loop holds tasks weakly


async def _receive(client: Client, ahead: Ahead) -> None:
    """As ccxt's `receive_loop`, which also says what a failure and the end of the connection lead to."""
    while not client.closed():
        _handle_waiting(client, ahead)
        if ahead.turn_wanted and client.buffer:
            await _let_others_work(client, ahead)
            continue
        try:
            message = await client.receive()
        except Exception as error:
            client.on_error(NetworkError(str(error)))  # ccxt's loop ends without a word to whoever waits for nothing
            return
        if ahead.waits(client):
            await _give_way(client, ahead)
        client.handle_message(message)
        if client.buffer:  # a message that waits is received without a turn of the loop
            await _let_others_work(client, ahead)
    client.on_close(1006)


async def _let_others_work(client: Client, ahead: Ahead) -> None:
    ahead.turn_wanted = False
    await asyncio.sleep(0)
    if ahead.waits(client):
        await _give_way(client, ahead)


async def _give_way(client: Client, ahead: Ahead) -> None:
    """Let what goes ahead be handled, which takes turns of the loop where several messages of the account came."""
    until = time.monotonic() + _AT_ONCE_S
    while ahead.waits(client) and time.monotonic() < until:  # noqa: ASYNC110 -- an event would cost at each frame
        await asyncio.sleep(0)


def _handle_waiting(client: Client, ahead: Ahead) -> None:
    """Handle what has arrived, but for the last message, to which aiohttp's count of bytes is handed on (see ccxt).

    Of each book, what all of them changed is told once: where ten frames of a book wait, nine of its states are past.
    Once something of the account was told, the rest waits a turn: Hummingbot is to hear of it before more is handled.
    """
    buffer: Any = client.buffer
    if not buffer or len(buffer) < 2:
        return
    taken, until = 0, time.monotonic() + _AT_ONCE_S
    client.books.hold()
    try:
        for _ in range(len(buffer) - 1):
            message, size = buffer.popleft()
            taken += size + MSG_SIZE_OVERHEAD
            client.handle_message(message)
            if not buffer:  # a handler closed the connection
                return
            if ahead.turn_wanted or time.monotonic() > until:
                break
        buffer[0] = (buffer[0][0], buffer[0][1] + taken)
    finally:
        client.books.deliver()


class Books:
    """Hands books on that reached a consistent state: at once, or while they are held, each of them once at the end."""

    def __init__(self, take: Callable[[OrderBook], None]) -> None:
        self._take = take
        self._held: dict[int, OrderBook] | None = None
        self._told: list[tuple[OrderBook, str]] | None = None

    def hold(self) -> None:
        """Hand nothing on until `deliver`."""
        self._held = {}

    def changed(self, book: OrderBook, message_hash: str) -> None:
        """Take note of a consistent state."""
        if self._told is not None:
            self._told.append((book, message_hash))
        if self._held is None:
            self._take(book)
        else:
            self._held[id(book)] = book

    def deliver(self) -> None:
        """Hand on what was held."""
        held, self._held = self._held, None
        for book in (held or {}).values():
            self._take(book)

    @contextmanager
    def listened_to(self) -> Iterator[list[tuple[OrderBook, str]]]:
        """Hold books, and tell which were resolved meanwhile, and under which message hash."""
        is_first = self._held is None
        if is_first:
            self.hold()
        told: list[tuple[OrderBook, str]] = []
        self._told = told
        try:
            yield told
        finally:
            self._told = None
            if is_first:
                self.deliver()
