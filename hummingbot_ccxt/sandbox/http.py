"""What the server hands to a wire, and what a wire hands back: one HTTP exchange, without sockets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A REST request as the exchange would have received it.

    `host` is the original one, taken from the first path segment; `query` and `body` are the raw texts, since
    signatures cover them literally. `parameters` joins both as texts, the query's first: a form-encoded body, or the
    plain members of a JSON object.
    """

    host: str
    method: str
    path: str
    query: str
    body: str
    headers: Mapping[str, str]
    parameters: Mapping[str, str]

    @classmethod
    def parse(cls, method: str, raw_path: str, body: str, headers: Mapping[str, str]) -> "ApiRequest":
        """From `/api.binance.com/api/v3/depth?symbol=BTCUSDT`: host, path and parameters taken apart."""
        location, _, query = raw_path.partition("?")
        host, _, path = location.removeprefix("/").partition("/")
        parameters = dict(parse_qsl(query, keep_blank_values=True))
        if body.lstrip().startswith("{"):
            parameters |= _members(body)
        elif body and not body.lstrip().startswith("["):
            parameters |= dict(parse_qsl(body, keep_blank_values=True))
        return cls(host, method, "/" + path, query, body, headers, parameters)

    @property
    def target(self) -> str:
        """Path and query together, as many signatures have them."""
        return f"{self.path}?{self.query}" if self.query else self.path


def _members(body: str) -> dict[str, str]:
    """The texts and numbers of a JSON object; nothing of a text that only looks like one."""
    try:
        members = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return {name: str(value) for name, value in members.items() if isinstance(value, str | int | float)}


@dataclass(slots=True)
class ApiReply:
    """An answer, encoded; `status` is HTTP's."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    @classmethod
    def json(cls, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> "ApiReply":
        return cls(status, orjson.dumps(value), headers or {})


@dataclass(slots=True, eq=False)
class RoundTrip:
    """One request and its answer in time, by the machine's monotonic clock: the venue's own may be wrong.

    `told_at`: when all of an answer that says what became of the request was handed to the connection; None where none
    was (yet), or one that says nothing: an error, a web page, half of a text.
    """

    came_at: float
    told_at: float | None = None


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One line of the request log; `parameters` are without signature and keys, `status` None for "never answered"."""

    time_ms: int
    method: str
    path: str
    endpoint: str
    parameters: Mapping[str, str]
    status: int | None
