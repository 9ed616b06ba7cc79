"""Sign requests of Hummingbot's web assistants, and hold the credentials, with ccxt's own signing code."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from hummingbot.core.web_assistant.auth import AuthBase
from hummingbot.core.web_assistant.connections.data_types import RESTMethod, RESTRequest, WSRequest

from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.venue.client import Credentials


class UnknownEndpoint(HummingbotCcxtError):
    """A request to an address that ccxt does not know on this exchange cannot be signed."""


class CcxtAuth(AuthBase):
    """An account's credentials, in every shape that ccxt knows, and its signature.

    `client`: the ccxt client that signs; its clock is the venue's.
    """

    def __init__(self, credentials: Credentials, client: Any) -> None:
        self._credentials = credentials
        self._client = client

    def __repr__(self) -> str:
        return f"CcxtAuth({self._client.id}, {self._credentials})"

    async def rest_authenticate(self, request: RESTRequest) -> RESTRequest:
        """Return the request signed: URL, headers and body as ccxt sends them.

        Raises UnknownEndpoint for an address outside ccxt's endpoints of the exchange, ccxt's AuthenticationError
        when a required credential is missing.
        """
        if request.url is None:
            raise UnknownEndpoint("the request has no URL")
        self._client.check_required_credentials()
        url = urlsplit(request.url)
        params = {**dict(parse_qsl(url.query)), **_fields(request.params), **_fields(request.data)}
        method = request.method.name if isinstance(request.method, RESTMethod) else str(request.method)
        for api, path in self._endpoints(method):
            # ccxt signs (api, path), not URLs, and each exchange builds its URLs in its own way: sign and compare.
            if not _may_be(path, url.path):
                continue
            names = _placeholders(path, url.path)
            signed = self._client.sign(path, api, method, {**params, **names}, None, None)
            target = urlsplit(signed["url"])
            if (target.netloc, target.path) == (url.netloc, url.path):
                request.url = signed["url"]
                request.params = None
                request.data = signed.get("body")
                request.headers = {**(request.headers or {}), **(signed.get("headers") or {})}
                return request
        raise UnknownEndpoint(f"ccxt knows no {method} {url.path} on {self._client.id}, so it cannot be signed")

    async def ws_authenticate(self, request: WSRequest) -> WSRequest:
        """Return the request as it is: ccxt.pro authenticates its own streams, and every stream here is ccxt.pro's."""
        return request

    def _endpoints(self, method: str) -> Iterator[tuple[Any, str]]:
        """Yield (api, path) of each private endpoint of ccxt's, longest path first, then the public ones."""
        found = list(endpoints(self._client.api, method))
        found.sort(key=lambda e: ("private" not in str(e[0]), -len(e[1])))
        for api, path, _ in found:
            yield api, path


def endpoints(api: Any, method: str, above: tuple[str, ...] = ()) -> Iterator[tuple[Any, str, float]]:
    """Yield (api, path, cost) of ccxt's endpoint table for one HTTP method, `api` as ccxt's `sign` takes it."""
    for key, value in api.items() if isinstance(api, dict) else ():
        if key.lower() == method.lower():
            where: Any = above[0] if len(above) == 1 else list(above)
            paths = value.items() if isinstance(value, dict) else ((path, 1) for path in value)
            for path, config in paths:
                cost = config.get("cost", 1) if isinstance(config, dict) else config
                yield where, path, float(cost)
        elif key.lower() not in ("get", "post", "put", "delete", "patch", "head"):
            yield from endpoints(value, method, (*above, key))


def _fields(data: Any) -> dict[str, Any]:
    if data is None:
        return {}
    if isinstance(data, Mapping):
        return dict(data)
    text = data.decode() if isinstance(data, bytes) else str(data)
    if text.startswith("{"):
        parsed = orjson.loads(text)
        return dict(parsed) if isinstance(parsed, dict) else {}
    return dict(parse_qsl(text))


def _may_be(pattern: str, path: str) -> bool:
    return _placeholders(pattern, path, strict=True) is not None


def _placeholders(pattern: str, path: str, *, strict: bool = False) -> Any:
    """Return what stands for each `{name}` of ccxt's pattern at the end of a path; None if it does not fit."""
    wanted, given = pattern.strip("/").split("/"), path.strip("/").split("/")
    if len(given) < len(wanted):
        return None if strict else {}
    names: dict[str, str] = {}
    for part, value in zip(reversed(wanted), reversed(given), strict=False):
        if part.startswith("{") and part.endswith("}"):
            names[part[1:-1]] = value
        elif "{" not in part and part != value:
            return None if strict else {}
    return names
