"""A ccxt connection that reports what it resolves and rejects, and outlives a handler that raises. The hot path."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType
from ccxt.async_support.base.ws.client import Client, json_parser
from ccxt.async_support.base.ws.order_book import OrderBook

from hummingbot_ccxt.venue.numbers import has_long_integer
from hummingbot_ccxt.venue.receiving import Ahead, receive_in_one_task
from hummingbot_ccxt.venue.recording import is_recording_book

if TYPE_CHECKING:
    from hummingbot_ccxt.venue.tap import Tap


def protect(client: Client, tap: "Tap", ahead: Ahead, take_usual: Callable[[Client, Any], bool]) -> None:
    """Make a connection report what it resolves and rejects, and outlive a handler that raises."""
    handle_message, handle_text = client.handle_message, client.handle_text_or_binary_message
    resolve, reject, future = client.resolve, client.reject, client.future

    def guarded_handle_message(message: Any) -> None:
        try:
            if message.type is WSMsgType.TEXT and message.data[:1] in ("{", "[") and not client.verbose:
                # What ccxt's three functions do with it, in one.
                client.last_message_at = int(time.time() * 1000)
                parsed = json_parser.loads(message.data)
                if client.take_usual(client, parsed):
                    return
                if has_long_integer(message.data):
                    parsed = json.loads(message.data)
                client.on_message_callback(client, parsed)
            else:
                handle_message(message)
        except Exception as error:
            tap.bad_message("a stream message", error, client)
        finally:
            # Many classes write down when a pong came by the venue's clock (`self.milliseconds()`), and ccxt compares
            # it with the machine's: where that one is ten seconds ahead, each connection would be taken for dead.
            client.lastPong = client.last_message_at

    def exact_handle_text(data: Any) -> None:
        text = data.decode() if isinstance(data, bytes) and client.decompressBinary else data
        if isinstance(text, str) and has_long_integer(text):
            # orjson turns integers beyond 64 bits into floats; the standard library keeps every digit.
            client.on_message_callback(client, json.loads(text))
        else:
            handle_text(data)

    def reporting_resolve(result: Any, message_hash: Any) -> Any:
        try:
            if is_recording_book(result):
                client.books.changed(result, message_hash)
            else:
                tap.resolved(client, message_hash, result)
        except Exception as error:
            tap.bad_message(f"message hash {message_hash}", error, client)
        return resolve(result, message_hash)

    def reporting_reject(error: Any, message_hash: Any = None) -> Any:
        if message_hash is not None:
            tap.rejected(client, message_hash, error)
        return reject(error, message_hash)

    def quiet_future(message_hash: Any) -> Any:
        # When a connection fails, ccxt rejects every future; of one that nobody awaits asyncio logs an error each time.
        made = future(message_hash)
        made.remove_done_callback(_retrieve)
        made.add_done_callback(_retrieve)
        return made

    def take_book(book: OrderBook) -> None:
        try:
            tap.book(book)
        except Exception as error:
            tap.bad_message(f"the book of {book.get('symbol')}", error, client)

    client.book_numbers = {}
    client.usual_books = {}
    client.usual_trades = set()
    client.take_usual = take_usual
    client.handle_message = guarded_handle_message
    client.handle_text_or_binary_message = exact_handle_text
    client.resolve = reporting_resolve
    client.reject = reporting_reject
    client.future = quiet_future
    receive_in_one_task(client, ahead, take_book)


def _retrieve(future: "asyncio.Future[Any]") -> None:
    if not future.cancelled():
        future.exception()
