"""Recordings of everything that crosses the wire: writing them, with credentials masked, and reading them.

The format is JSON lines, `{"t": unix seconds, "url": str, "dir": "recv"|"sent"|"connect"|"rest", "body": ...}`,
seen from the client: `recv` is what it receives. REST requests other than GET carry their method as `method`.
Files may be gzip.
"""

import gzip
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

import orjson

from .http import ApiReply, ApiRequest

MASK = "***"
# By its name in a message, or by its looks where it has none, as in Bybit's log-on: an HMAC-SHA256 in hexadecimal.
_SIGNATURES = re.compile(r'("(?:api[-_]?)?sign(?:ature)?"\s*:\s*")[^"]*|(")[0-9a-f]{64,}(?=")', re.IGNORECASE)


class Recorder:
    """Writes a recording; `secrets` lists what must not appear in it, asked for anew at each line.

    One that is not valid any more stays a secret: clients go on sending a revoked key, or a session that ran out.
    """

    def __init__(self, path: Path, secrets: Callable[[], list[str]]) -> None:
        self._secrets = secrets
        self._masked: dict[str, None] = {}
        self._file: IO[str] = path.open("w", encoding="utf-8")

    def rest(self, request: ApiRequest, parameters: Mapping[str, str], reply: ApiReply) -> None:
        """One answered request; `parameters` without signature and keys."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        line = {"url": f"https://{request.host}{request.path}{query}", "dir": "rest", "body": _body(reply.body)}
        if request.method != "GET":
            line["method"] = request.method
        self._write(line)

    def connect(self, url: str) -> None:
        self._write({"url": url, "dir": "connect", "body": None})

    def frame(self, url: str, direction: str, frame: bytes) -> None:
        self._write({"url": url, "dir": direction, "body": _body(frame)})

    def close(self) -> None:
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        text = json.dumps({"t": time.time()} | line, separators=(",", ":"))
        self._masked.update(dict.fromkeys(self._secrets()))
        for secret in self._masked:
            text = text.replace(secret, MASK)
        self._file.write(_SIGNATURES.sub(lambda found: f"{found[1] or found[2]}{MASK}", text) + "\n")


def _body(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a recording, `time_s` in unix seconds."""

    time_s: float
    url: str
    direction: str
    body: Any


def read_recording(path: Path) -> Iterator[Record]:
    """The lines of a recording in order; OSError where it cannot be read, ValueError for a line that is none."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
                body = record["body"]
                if isinstance(body, str) and body[:1] in "{[":
                    body = json.loads(body)
                yield Record(float(record["t"]), record["url"], record["dir"], body)
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path.name}, line {number} is no line of a recording: {error}") from error
