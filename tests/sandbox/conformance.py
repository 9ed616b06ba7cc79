"""Comparing the shape of what a wire sends with messages recorded from the real exchange, key by key, type by type.

A difference is the path to what only one of them has, or where the kinds differ. Tests list each with its reason; one
that is not listed fails, and so does a listed one that is gone.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

RECORDINGS = Path(__file__).parents[2] / "../shared/recordings"


def kind(value: Any) -> str:
    """JSON type, with decimal numbers in strings told from other texts."""
    if isinstance(value, str):
        return "decimal" if value.removeprefix("-").replace(".", "", 1).isdigit() else "text"
    return {type(None): "null", bool: "boolean", int: "integer", float: "number", list: "list", dict: "object"}[
        type(value)
    ]


def is_row(value: list[Any], path: str) -> bool:
    """Whether each position has a meaning: of numbers and maybe texts in another list, or of objects beside others."""
    kinds = {kind(each) for each in value}
    if "object" in kinds:
        return kinds != {"object"}
    return path.endswith("]") and "list" not in kinds and kinds != {"text"}


def shape(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every path of a message with the kind of what is there.

    The elements of a list share one, or one per type; those of a row (a level, a candle) have one for each position.
    """
    yield path, kind(value)
    if isinstance(value, dict):
        for key, each in value.items():
            yield from shape(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and is_row(value, path):
        for position, each in enumerate(value):
            yield from shape(each, f"{path}[{position}]")
    elif isinstance(value, list):
        for each in value:
            name = each.get("filterType") or each.get("rateLimitType") if isinstance(each, dict) else None
            yield from shape(each, f"{path}[{name or ''}]")


def differences(ours: Any, recorded: Any) -> set[str]:
    """The paths that only one of them has, or where the kinds differ; of those within each other, the outermost."""
    paths = {path for path, _ in set(shape(ours)) ^ set(shape(recorded))}
    return {path for path in paths if not any(path.startswith((f"{other}.", f"{other}[")) for other in paths)}


def private_file(exchange: str, name: str) -> Any:
    """A file of the exchange's private and REST messages; skips the test where the recordings are not there."""
    path = RECORDINGS / f"private/{exchange}/{name}.json"
    if not path.exists():
        pytest.skip(f"no recording {path.name}: shared/recordings is not there")
    return json.loads(path.read_text())


def public_records(exchange: str, name: str) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each record of a recording of market data with its message, parsed; skips where there is no recording."""
    path = RECORDINGS / f"public/{exchange}/{name}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"no recording {path.name}: shared/recordings is not there")
    with gzip.open(path, "rt") as lines:
        for line in lines:
            record = json.loads(line)
            body = record["body"]
            yield record, json.loads(body) if isinstance(body, str) and body.startswith("{") else body


def public_record(exchange: str, name: str, wanted: Callable[[dict[str, Any], Any], bool]) -> Any:
    """The first message of a recording for which `wanted(record, message)`."""
    for record, body in public_records(exchange, name):
        if wanted(record, body):
            return body
    raise AssertionError(f"the recording {name} of {exchange} has no such message")
