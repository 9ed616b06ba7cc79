"""WebSocket connections that are never opened: ccxt.pro believes in them, and the test plays the venue.

The classes of ccxt are unmodified: they subscribe, authenticate and handle messages as ever. Only
`Client.open` is replaced while `StillConnections` is in force; it would go to the network.
"""

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from ccxt.async_support.base.ws.client import Client

Answer = Callable[[Any], list[Any]]
"""What the venue says to a frame (parsed, or the text where it is no JSON) that ccxt sends."""


class StillConnection:
    """In the place of aiohttp's WebSocket: what is sent is noted and answered, nothing is ever received by itself."""

    def __init__(self, client: Client, answer: Answer) -> None:
        self.closed = False
        self.sent: list[Any] = []
        self._client = client
        self._answer = answer

    async def send_str(self, text: str) -> None:
        """Take what ccxt sends, and deliver the venue's answers to it."""
        frame = json.loads(text) if text[:1] in "{[" else text
        self.sent.append(frame)
        for message in self._answer(frame):
            deliver(self._client, message)

    async def close(self) -> None:
        """Ccxt closes its connections when the client is closed."""
        self.closed = True


class StillConnections:
    """While in force (`start` to `stop`), every connection of ccxt.pro is a `StillConnection`."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._patch = patch.object(Client, "open", self._open())

    def _open(self) -> Callable[..., Any]:
        answer = self._answer

        async def open_without_network(client: Client, session: Any, backoff_delay: float = 0) -> None:
            client.connection = StillConnection(client, answer)
            client.connecting = False
            client.isConnected = True
            client.connected.resolve(client.url)
            client.on_connected_callback(client)

        return open_without_network

    def start(self) -> None:
        """Replace `Client.open`."""
        self._patch.start()

    def stop(self) -> None:
        """Put `Client.open` back."""
        self._patch.stop()


def deliver(client: Client, message: Any) -> None:
    """Hand a message of the venue to ccxt, as text, the way its receive loop does; a handler's exception is raised."""
    client.handle_text_or_binary_message(message if isinstance(message, str) else json.dumps(message))
