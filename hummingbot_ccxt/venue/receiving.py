"""Take frames off a ccxt connection in one task, instead of a new one for each frame.

ccxt's own loop makes a task, a callback and a turn of the event loop for every frame that comes alone, and empties the
whole of a burst in one go: with 20,000 frames waiting, an order would be placed two seconds late.

What the account's own streams say goes ahead of the market's: a fill comes together with the public trade that it is,
and with the change of the book, and would wait for both.
"""

import asyncio
from typing import Any

from ccxt.async_support.base.ws.client import MSG_SIZE_OVERHEAD, Client
from ccxt.base.errors import NetworkError

_AT_ONCE = 64
"""So many frames of a burst are handled before anything else gets its turn."""


class Ahead:
    """The connections of one ccxt client whose messages are handled before those of the others."""

    def __init__(self) -> None:
        self._connections: list[Client] = []

    def add(self, connection: Client) -> None:
        """Let a connection go ahead, as long as it stands."""
        standing = [each for each in self._connections if each is not connection and not each.closed()]
        self._connections = [*standing, connection]

    def waits(self, client: Client) -> bool:
        """Tell whether a message has come on a connection that goes ahead of this one."""
        for connection in self._connections:
            if connection is client:
                return False
            if connection.buffer:
                return True
        return False


def receive_in_one_task(client: Client, ahead: Ahead) -> None:
    """Replace a connection's receive loop."""
    client.receive_loop = lambda: _begin(client, ahead)


def _begin(client: Client, ahead: Ahead) -> None:
    client.receiving = client.asyncio_loop.create_task(_receive(client, ahead))  # kept: the loop holds tasks weakly


async def _receive(client: Client, ahead: Ahead) -> None:
    """As ccxt's `receive_loop`, which also says what a failure and the end of the connection lead to."""
    while not client.closed():
        _handle_waiting(client)
        try:
            message = await client.receive()
        except Exception as error:
            client.reject(NetworkError(str(error)))
            return
        if ahead.waits(client):
            await asyncio.sleep(0)  # its own task is due in this turn of the loop
        client.handle_message(message)
        if client.buffer:
            await asyncio.sleep(0)  # a message that waits is received without a turn of the loop
    client.on_close(1006)


def _handle_waiting(client: Client) -> None:
    """Handle what has arrived, but for the last message, to which aiohttp's count of bytes is handed on (see ccxt)."""
    buffer: Any = client.buffer
    if not buffer or len(buffer) < 2:
        return
    taken = 0
    for _ in range(min(len(buffer) - 1, _AT_ONCE)):
        message, size = buffer.popleft()
        taken += size + MSG_SIZE_OVERHEAD
        client.handle_message(message)
        if not buffer:  # a handler closed the connection
            return
    buffer[0] = (buffer[0][0], buffer[0][1] + taken)
