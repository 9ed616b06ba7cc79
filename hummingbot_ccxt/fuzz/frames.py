"""The frames that a connector's streams bring, a few of each shape, with what ccxt knew right before each."""

import copy
import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hummingbot_ccxt.venue.budget import RateBudget

_SHAPES_KEPT = 3


@dataclass(frozen=True)
class Seed:
    """A frame that came, parsed, on which connection, and ccxt's books and subscriptions right before."""

    connection: Any
    message: Any
    books: dict[str, Any]
    subscriptions: dict[str, Any]


class Frames:
    """Keeps frames as they come, each with ccxt's state right before: a few of each shape."""

    def __init__(self) -> None:
        self.seeds: list[Seed] = []
        self._shapes: Counter[Any] = Counter()
        self._last = time.monotonic()
        self._listening = True

    @property
    def quiet_s(self) -> float:
        """How long it is since a frame of a new shape came."""
        return time.monotonic() - self._last

    def stop(self) -> None:
        """Keep no more."""
        self._listening = False

    def prepare(self, connector: Any) -> None:
        """Begin to keep a connector's frames, before its network starts; and let it not wait for its rate limit."""
        client = connector._venue.client
        client.parts.budget = RateBudget(rate=1e6, capacity=1e6)
        handle, take_usual = client.handle_message, client.take_usual
        was_kept = False

        def keeping_usual(connection: Any, message: Any) -> bool:
            """Most frames pass here first, and the usual ones here only."""
            nonlocal was_kept
            if self._listening:
                self._keep(client, connection, message)
            was_kept = not take_usual(connection, message)
            return not was_kept

        def keeping(connection: Any, message: Any) -> None:
            nonlocal was_kept
            if self._listening and not was_kept:
                self._keep(client, connection, message)
            was_kept = False
            handle(connection, message)

        client.handle_message = keeping
        client.take_usual = keeping_usual

    def _keep(self, client: Any, connection: Any, message: Any) -> None:
        kind = shape(message), connection.url.partition("?")[0]
        self._shapes[kind] += 1
        if self._shapes[kind] > _SHAPES_KEPT:
            return
        self._last = time.monotonic()
        self.seeds.append(
            Seed(
                connection=connection,
                message=json.loads(json.dumps(message)),
                books=copied_books(client.orderbooks or {}),
                subscriptions=dict(connection.subscriptions),
            )
        )


def copied(value: Any) -> Any:
    """Dictionaries and lists copied, whatever else is in them shared: futures cannot be copied."""
    if isinstance(value, dict):
        return {key: copied(each) for key, each in value.items()}
    return [copied(each) for each in value] if isinstance(value, list) else value


def copied_books(books: Mapping[str, Any]) -> dict[str, Any]:
    """ccxt's books, copied; filling in the copy's sides does not make it a new book to whoever follows it."""
    copies = {}
    for symbol, book in books.items():
        copies[symbol] = copy.deepcopy(book)
        copies[symbol].replaced = book.replaced
    return copies


def shape(message: Any, depth: int = 4) -> Any:
    """What kind of message it is: its keys, and its short texts without digits (names of channels and events)."""
    if isinstance(message, dict) and depth:
        return tuple((key, shape(value, depth - 1)) for key, value in message.items())
    if isinstance(message, list):
        return ("list", shape(message[0], depth - 1) if message and depth else None)
    if isinstance(message, str) and len(message) < 24 and not any(letter.isdigit() for letter in message):
        return message
    return type(message).__name__
