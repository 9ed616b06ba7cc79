"""One exchange's scenarios in a process of their own: recordings as JSON, one line each, on standard output.

    python -m hummingbot_ccxt.compare.worker '{"exchange": "binance", "seed": 1, "scenarios": ["book"], "native": null}'

Lines: `{"begin": NAME}`, then `{"native": RECORDING, "ours": RECORDING}`; at last `{"error": TEXT}` if it cannot go on.
"""

import asyncio
import json
import os
import sys
from typing import Any, TextIO

from hummingbot_ccxt.compare.book import scenarios
from hummingbot_ccxt.compare.runner import record
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.rig.connectors import native_class


async def play(wanted: dict[str, Any], out: TextIO) -> None:
    """Play the scenarios that `wanted` names, each with the native connector and with ours."""
    native_kind = native_class(wanted["native"]) if wanted.get("native") else None
    for scenario in scenarios():
        if scenario.name not in wanted["scenarios"]:
            continue
        _say(out, {"begin": scenario.name})
        done = {
            kind: await record(scenario, wanted["exchange"], kind, seed=wanted["seed"], native_kind=native_kind)
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
        asyncio.run(play(json.loads(sys.argv[1]), out))
    except HummingbotCcxtError as error:
        _say(out, {"error": str(error)})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
