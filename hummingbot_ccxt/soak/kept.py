"""What a connector keeps, counted: the containers that hang on it, by where they hang."""

from collections.abc import Iterator, Mapping, Sized
from typing import Any

_OURS = ("hummingbot_ccxt", "hummingbot", "ccxt")
_LEAST = 100
"""Smaller ones are no leak that anybody measures."""
_DEEPEST = 6
_CONTAINERS = (dict, list, set, tuple)


def kept(root: Any, name: str) -> dict[str, int]:
    """How many things are in each container of some size that is reached by attributes of ours, Hummingbot's or ccxt's.

    A name tells the way there; `[]` stands for any element of a container.
    """
    counts: dict[str, int] = {}
    for where, container in _containers(root, name, _DEEPEST, set()):
        counts[where] = counts.get(where, 0) + len(container)
    return {where: count for where, count in counts.items() if count >= _LEAST}


def _containers(thing: Any, where: str, depth: int, seen: set[int]) -> Iterator[tuple[str, Sized]]:
    if id(thing) in seen or depth < 0:
        return
    seen.add(id(thing))
    if isinstance(thing, Sized) and not isinstance(thing, str | bytes):
        yield where, thing
    if isinstance(thing, _CONTAINERS):
        values = thing.values() if isinstance(thing, Mapping) else thing
        for value in list(values):
            if isinstance(value, _CONTAINERS) or _is_ours(value):
                yield from _containers(value, f"{where}[]", depth - 1, seen)
    if _is_ours(thing):
        for name, value in list(_attributes(thing)):
            if isinstance(value, Sized) or _is_ours(value):
                yield from _containers(value, f"{where}.{name}", depth - 1, seen)


def _is_ours(thing: Any) -> bool:
    return type(thing).__module__.split(".", 1)[0] in _OURS and not isinstance(thing, type)


def _attributes(thing: Any) -> Iterator[tuple[str, Any]]:
    yield from getattr(thing, "__dict__", {}).items()
    for kind in type(thing).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            value = getattr(thing, name, None)
            if value is not None:
                yield name, value
