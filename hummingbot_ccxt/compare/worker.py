"""Scenarios in a process of their own: told one by one on standard input, recordings as JSON on standard output.

    python -m hummingbot_ccxt.compare.worker '{"seed": 1, "native": null}'

In, one line each: `{"exchange": "binance", "scenario": "book"}`. Out, one line each: `{"native": RECORDING, "ours":
RECORDING}`, or `{"error": TEXT}` if it cannot go on. The process ends with its input.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from hummingbot_ccxt.compare.book import SCENARIOS, scenarios
from hummingbot_ccxt.compare.runner import record
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.rig.connectors import native_class


async def play(settings: dict[str, Any], wanted: Iterable[str], out: TextIO) -> None:
    """Play what each line of `wanted` names, with the native connector and with ours."""
    native_kind = native_class(settings["native"]) if settings.get("native") else None
    scenarios()  # enters them into the book
    lines = iter(wanted)
    while (line := await asyncio.to_thread(next, lines, None)) is not None:
        order = json.loads(line)
        done = {
            kind: await record(
                SCENARIOS[order["scenario"]], order["exchange"], kind, seed=settings["seed"], native_kind=native_kind
            )
            for kind in ("native", "ours")
        }
        _say(out, {kind: recording.to_json() for kind, recording in done.items()})


def _say(out: TextIO, line: dict[str, Any]) -> None:
    out.write(json.dumps(line) + "\n")
    out.flush()


def main() -> int:
    """Status 1 after an `error` line."""
    # What libraries print must not get between the lines: they get standard error in its place.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        asyncio.run(play(json.loads(sys.argv[1]), sys.stdin, out))
    except HummingbotCcxtError as error:
        _say(out, {"error": str(error)})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
