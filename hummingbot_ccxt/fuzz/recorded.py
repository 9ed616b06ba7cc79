"""Messages of real venues, from recordings of one's own, as seeds: a few of each shape."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hummingbot_ccxt.fuzz.frames import shape

_LINES_READ = 2_000
_OF_A_SHAPE = 2
_LONGEST = 20_000  # characters: books of thousands of levels cost time and show nothing more


def recorded_messages(folder: Path, exchange: str) -> Iterator[tuple[bool, Any]]:
    """Yield (whether of the account, parsed message) of an exchange; nothing where the folder has nothing of it.

    `public/<exchange>/*.jsonl` and `.jsonl.gz`, in the sandbox's format of recordings: what was received;
    `private/<exchange>/*.json`: one message each, answers to requests left out.
    """
    seen: Counter[Any] = Counter()
    for is_private, message in _all(folder, exchange):
        known = is_private, shape(message)
        seen[known] += 1
        if seen[known] <= _OF_A_SHAPE and len(json.dumps(message)) <= _LONGEST:
            yield is_private, message


def _all(folder: Path, exchange: str) -> Iterator[tuple[bool, Any]]:
    for file in sorted((folder / "public" / exchange).glob("*.jsonl*")):
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
            for line, _ in zip(lines, range(_LINES_READ), strict=False):
                record = json.loads(line)
                body = record["body"]
                if record["dir"] == "recv":
                    yield False, json.loads(body) if isinstance(body, str) and body[:1] in ("{", "[") else body
    for file in sorted((folder / "private" / exchange).glob("*.json")):
        if not (file.name.startswith("http_") or file.name.endswith("_response.json")):
            yield True, json.loads(file.read_text(encoding="utf-8"))
