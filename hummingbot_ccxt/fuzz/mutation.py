"""Spoil structures: a few changes at any depth, of the kinds that venues, proxies and ccxt have shown or could show."""

import random
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

type Path = tuple[Any, ...]
type Rewrite = Callable[[random.Random, Any], Any]

GONE: Any = object()
"""In the place of a value: the place is removed."""

JSON_JUNK: tuple[Any, ...] = (
    GONE, None, "", " ", "abc", "NaN", "nan", "Infinity", "-Infinity", "-1", "0", "-0", "0.0", "1e999999", "1e-999999",
    "1_000", "0x10", "1,5", "\u0661", "1.5e+26", "\x00", "x" * 5_000, True, False, [], {}, [None], [[]], {"": None},
    {"a": 1}, float("nan"), float("inf"), float("-inf"), -1, 0, -0.0, 1, 10**18, 10**30, 10**400, 1e308, 5e-324, 0.1,
    "buy", "sell", "open", "closed", "canceled", "FILLED", "BTC/USDT", "BTCUSDT", 4_102_444_800_001, 1, "2500",
    [float("nan"), float("nan")], ["1", "2"], [["1", "-2"]], [[1, float("nan")]],
)  # fmt: skip
"""What JSON can say, and what Python's parser reads beyond it (NaN, Infinity)."""

PYTHON_JUNK: tuple[Any, ...] = (
    *JSON_JUNK, b"1", Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal(-1), Decimal("1e50"), 10**5000,
    object, 1j, ("1", "2"), frozenset(),
)  # fmt: skip
"""What a class of ccxt, or of the user's own, could hand on."""


def places(structure: Any, path: Path = (), *, deepest: int = 12) -> Iterator[Path]:
    """Yield the path of every value in a nested structure, the whole one's (empty) included."""
    yield path
    if deepest == 0:
        return
    if isinstance(structure, dict):
        for key, value in structure.items():
            yield from places(value, (*path, key), deepest=deepest - 1)
    elif isinstance(structure, list):
        for at, value in enumerate(structure):
            yield from places(value, (*path, at), deepest=deepest - 1)


def value_at(structure: Any, path: Path) -> Any:
    """Return what stands at a path."""
    for key in path:
        structure = structure[key]
    return structure


def replaced(structure: Any, path: Path, value: Any) -> Any:
    """Return the structure with another value at a path; what lies beside the path is shared, nothing is changed."""
    if not path:
        return None if value is GONE else value
    key, rest = path[0], path[1:]
    copied: Any = dict(structure) if isinstance(structure, dict) else list(structure)
    if rest:
        copied[key] = replaced(structure[key], rest, value)
    elif value is GONE:
        del copied[key]
    else:
        copied[key] = value
    return copied


class Mutator:
    """Draws changes from a seeded source: the same seed spoils the same structures in the same way."""

    def __init__(self, source: random.Random, junk: Sequence[Any]) -> None:
        self._source = source
        self._junk = junk
        self._mended: list[Any] = []

    def spoil(self, structure: Any, donor: Any = None) -> Any:
        """Return the structure with one to four changes; `donor` lends values to it."""
        for _ in range(self._source.choice((1, 1, 1, 2, 2, 3, 4))):
            paths = list(places(structure))
            path = self._source.choice(paths)
            if not path and len(paths) > 1 and self._source.random() < 0.9:
                path = self._source.choice(paths[1:])  # seldom the whole of it
            structure = replaced(structure, path, self._value(value_at(structure, path), donor))
        return structure

    def _value(self, value: Any, donor: Any) -> Any:
        draw = self._source.random()
        if draw < 0.4:
            return self._source.choice(self._junk)
        if draw < 0.5 and donor is not None:
            return value_at(donor, self._source.choice(list(places(donor))))
        for kind, changes in _CHANGES:
            if isinstance(value, kind) and value != value.__class__():
                return self._source.choice(changes)(self._source, value)
        return self._source.choice(self._junk)


# --- changes of a value that leave it alike


def _without_one(source: random.Random, value: list[Any]) -> Any:
    at = source.randrange(len(value))
    return value[:at] + value[at + 1 :]


def _one_twice(source: random.Random, value: list[Any]) -> Any:
    return [*value, source.choice(value)]


def _shuffled(source: random.Random, value: list[Any]) -> Any:
    return source.sample(value, len(value))


def _cut(source: random.Random, value: Any) -> Any:
    return value[: source.randrange(len(value))]


def _without_key(source: random.Random, value: dict[Any, Any]) -> Any:
    gone = source.choice(list(value))
    return {key: each for key, each in value.items() if key != gone}


def _exchanged(source: random.Random, value: dict[Any, Any]) -> Any:
    one, other = source.choice(list(value)), source.choice(list(value))
    return {**value, one: value[other], other: value[one]}


def _renamed(source: random.Random, value: dict[Any, Any]) -> Any:
    old = source.choice(list(value))
    return {(f"{key}_" if key == old else key): each for key, each in value.items()}


def _as_list(_: random.Random, value: dict[Any, Any]) -> Any:
    return list(value.values())


def _by_ten(source: random.Random, value: float) -> Any:
    try:
        return value * 10 ** source.randrange(-30, 30)
    except OverflowError:
        return value


_CHANGES: tuple[tuple[type, tuple[Rewrite, ...]], ...] = (
    (bool, (lambda _, value: not value, lambda _, value: str(value))),
    (int, (lambda _, v: -v, lambda _, v: v + 1, lambda _, v: v - 1, lambda _, v: f"{v:x}", lambda _, v: v * 1000,
           lambda _, v: v // 1000, lambda _, v: str(v) if abs(v) < 10**300 else v,
           lambda _, v: float(v) if abs(v) < 10**300 else v, lambda _, v: 0)),
    (float, (lambda _, v: -v, _by_ten, lambda _, v: str(v), lambda _, v: 0.0)),
    (str, (_cut, lambda _, v: f"-{v}", lambda _, v: f"{v}0", lambda _, v: f"{v}e9", lambda _, v: v * 3,
           lambda _, v: [v], lambda _, v: v.swapcase(), lambda _, v: f" {v}", lambda _, v: v.replace(".", ","))),
    (list, (_without_one, _one_twice, _shuffled, _cut, lambda _, v: [v], lambda _, v: v * 3, lambda _, v: v[0],
            lambda _, v: dict(enumerate(v)))),
    (dict, (_without_key, _exchanged, _renamed, _as_list, lambda _, v: [v])),
)  # fmt: skip


def spoil_text(source: random.Random, text: str) -> str:
    """Return a text that is no JSON any more, or JSON that few parsers read alike."""
    at = source.randrange(len(text) + 1)
    return source.choice((
        text[:at],
        text[:at] + chr(source.randrange(1, 0x2FFF)) + text[at:],
        text + text,
        text.replace(":", ":" + "[" * 50, 1),
        text.replace('"', "'"),
        f"{text[:at]}{source.randrange(10**25)}{text[at:]}",
        f"[{text}]",
        "\ufeff" + text,
    ))  # fmt: skip
