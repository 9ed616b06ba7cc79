"""What a mapping says of a venue's messages, done to them: fields that mislead ccxt, lists that it does not read."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any


def parts_of(message: Any, split_frames: Collection[tuple[str, str, str]]) -> Iterator[Any]:
    """The message itself, or one of its kind for each element of its list where `split_frames` says so."""
    for field, value, elements in split_frames:
        if isinstance(message, Mapping) and message.get(field) == value and isinstance(message.get(elements), list):
            yield from ({**message, elements: [element]} for element in message[elements])
            return
    yield message


def without(message: Any, fields: Collection[str]) -> Any:
    """A parsed message that lacks `fields` at every depth: a copy where it bears one, else itself, which most are."""
    return _stripped(message, fields) if _bears(message, fields) else message


def _bears(message: Any, fields: Collection[str]) -> bool:
    """Whether one of the fields is anywhere in a message; rows of numbers, as in books, are not looked at."""
    if isinstance(message, dict):
        for field in fields:
            if field in message:
                return True
        message = message.values()
    elif not (isinstance(message, list) and message and isinstance(message[0], dict)):
        return False
    for element in message:  # noqa: SIM110 -- a generator would cost as much as the rest, at each message
        if isinstance(element, dict | list) and _bears(element, fields):
            return True
    return False


def _stripped(message: Any, fields: Collection[str]) -> Any:
    if isinstance(message, dict):
        return {key: _stripped(value, fields) for key, value in message.items() if key not in fields}
    if isinstance(message, list) and message and isinstance(message[0], dict):
        return [_stripped(element, fields) for element in message]
    return message
