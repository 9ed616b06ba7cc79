"""Take frames off a ccxt connection in one task, instead of a new one for each frame.

ccxt's own loop makes a task, a callback and a turn of the event loop for every frame that comes alone, and empties the
whole of a burst in one go: with 20,000 frames waiting, an order would be placed two seconds late.
"""

import asyncio
from typing import Any

from ccxt.async_support.base.ws.client import MSG_SIZE_OVERHEAD, Client
from ccxt.base.errors import NetworkError

_AT_ONCE = 64
"""So many frames of a burst are handled before anything else gets its turn."""


def receive_in_one_task(client: Client) -> None:
    """Replace a connection's receive loop."""
    client.receive_loop = lambda: _begin(client)


def _begin(client: Client) -> None:
    client.receiving = client.asyncio_loop.create_task(_receive(client))  # kept: the loop holds tasks weakly


async def _receive(client: Client) -> None:
    """As ccxt's `receive_loop`, which also says what a failure and the end of the connection lead to."""
    while not client.closed():
        _handle_waiting(client)
        try:
            message = await client.receive()
        except Exception as error:
            client.reject(NetworkError(str(error)))
            return
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
