"""What the plug-in adds to Hummingbot's scan of its connectors, in a process of its own.

The first scan imports every native connector's settings; a scan without and one with our folder follow, each time in a
fork, so that what the folder imports is counted each time.
"""

import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from hummingbot_ccxt.bench.link import Peer, answer_with, own_output, read_question

_FORKS = 5
_FOLDER = "ccxt"


async def scan_extra_ms() -> float | None:
    """Milliseconds of CPU; None where the plug-in is not in this Hummingbot. Raises PeerFailed."""
    peer = await Peer.start("the scan", "hummingbot_ccxt.bench.scan")
    try:
        taken: list[float] | None = await peer.ask("scan")
    finally:
        await peer.stop()
    return statistics.median(taken) if taken else None


@contextmanager
def _without_ours(settings: Any) -> Iterator[None]:
    listed = settings.scandir
    with patch.object(settings, "scandir", lambda path: [each for each in listed(path) if each.name != _FOLDER]):
        yield


def _scan_s(settings: Any) -> float:
    began = time.process_time()
    settings.AllConnectorSettings.create_connector_settings()
    return time.process_time() - began


def main() -> None:
    """Answer the one question."""
    answers = own_output()
    if read_question() is None:
        return
    from hummingbot import root_path
    from hummingbot.client import settings

    if not (root_path() / "hummingbot" / "connector" / "exchange" / _FOLDER / "__init__.py").exists():
        answer_with(answers, {"answer": None})
        return
    with _without_ours(settings):
        settings.AllConnectorSettings.create_connector_settings()
    taken = []
    for _ in range(_FORKS):
        reading, writing = os.pipe()
        if os.fork() == 0:
            with _without_ours(settings):
                without = _scan_s(settings)
            os.write(writing, repr((_scan_s(settings) - without) * 1000).encode())
            sys.stderr.flush()
            os._exit(0)
        os.close(writing)
        os.wait()
        taken.append(float(os.read(reading, 100)))
        os.close(reading)
    answer_with(answers, {"answer": taken})


if __name__ == "__main__":
    main()
