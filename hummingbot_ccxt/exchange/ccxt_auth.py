"""Sign requests of Hummingbot's web assistants, and hold the credentials, with ccxt's own signing code."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
from hummingbot.core.web_assistant.auth import AuthBase
from hummingbot.core.web_assistant.connections.data_types import RESTMethod, RESTRequest, WSRequest
from yarl import URL

from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.encryption import refuse_unencrypted
from hummingbot_ccxt.venue.permission import leads_elsewhere, refuse_endpoint, refuse_parameters, unfenced_sign

_NOT_SPOT = re.compile(
    r"future|swap|contract|perp|delivery|option|margin|earn|loan|broker|wallet|sub|fapi|dapi|eapi|papi|sapi|linear|inverse",
    re.IGNORECASE,
)


class UnknownEndpoint(HummingbotCcxtError):
    """A request to an address that ccxt does not know on this exchange cannot be signed."""


class Endpoint(NamedTuple):
    """One address of an exchange, as ccxt's `sign` takes it; `path` may hold placeholders: `orders/{id}`.

    `cost`: its weight in ccxt's rate limit, 1 for an ordinary request.
    """

    method: str
    api: Any
    path: str
    cost: float

    @property
    def is_private(self) -> bool:
        """Whether ccxt's name of the section says that it takes signed requests."""
        return "private" in str(self.api).lower()

    @property
    def distance_from_spot(self) -> int:
        """0 for a section that is named after spot trading, 2 for one of something else, 1 where the name is silent."""
        section = str(self.api).lower()
        return 0 if "spot" in section else 2 if _NOT_SPOT.search(section) else 1


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

        Raises UnknownEndpoint for an address outside ccxt's endpoints of the exchange, NotPermitted for one that
        trading does not need (a withdrawal), NotEncrypted for one that others could read, ccxt's AuthenticationError
        when a required credential is missing.
        """
        if request.url is None:
            raise UnknownEndpoint("the request has no URL")
        self._client.check_required_credentials()
        url = urlsplit(str(request.url))
        method = request.method.name if isinstance(request.method, RESTMethod) else str(request.method)
        sign = unfenced_sign(self._client)
        for endpoint, names in self._candidates(method, url.path):
            # ccxt signs (section, path), not URLs, and each exchange builds its URLs in its own way: sign and compare.
            parameters = _parameters(request, names)
            signed = sign(endpoint.path, endpoint.api, method, parameters)
            target = urlsplit(signed["url"])
            if (target.netloc, unquote(target.path)) == (url.netloc, unquote(url.path)):
                refuse_endpoint(self._client, method, endpoint.api, endpoint.path, body_is_ours=False)
                refuse_parameters(self._client, method, endpoint.path, parameters)
                refuse_unencrypted(self._client.id, signed["url"])
                # As it is: aiohttp would write `%2C` as `,` in a text, and the signature would not cover that.
                request.url = URL(signed["url"], encoded=True)
                request.params = None
                request.data = signed.get("body")
                request.headers = {**(request.headers or {}), **(signed.get("headers") or {})}
                return request
        raise UnknownEndpoint(
            f"ccxt knows no {method} {url.netloc}{url.path} on {self._client.id}: it cannot be signed"
        )

    async def ws_authenticate(self, request: WSRequest) -> WSRequest:
        """Return the request as it is: ccxt.pro authenticates its own streams, and every stream here is ccxt.pro's."""
        return request

    def _candidates(self, method: str, url_path: str) -> list[tuple[Endpoint, dict[str, str]]]:
        """Return the endpoints whose path ends `url_path`, with their placeholders; literal and private ones first.

        What the venue takes for `orders/transfer` must not be signed as `orders/{id}`.
        """
        if not {".", ".."}.isdisjoint(unquote(url_path).split("/")):
            return []  # nor as what it is once the venue has resolved the dots
        found = []
        for endpoint in endpoints(self._client):
            names = placeholders(endpoint.path, url_path) if endpoint.method == method else None
            if names is not None and not any(map(leads_elsewhere, names.values())):
                found.append((endpoint, names))
        return sorted(found, key=lambda f: (len(f[1]), not f[0].is_private, -len(f[0].path)))


def endpoints(client: Any) -> Iterator[Endpoint]:
    """Yield every endpoint that ccxt knows of a client's exchange, in ccxt's order."""
    from ccxt.base.types import Entry  # not above: whoever imports ccxt before `hummingbot_ccxt.venue` imports it whole

    seen: set[int] = set()  # ccxt defines each one twice, in camel case and in snake case
    for base in type(client).__mro__:
        for entry in vars(base).values():
            if isinstance(entry, Entry) and id(entry) not in seen:
                seen.add(id(entry))
                cost = (entry.config or {}).get("cost", 1)
                yield Endpoint(entry.method, entry.api, entry.path, float(cost))


def placeholders(pattern: str, path: str) -> dict[str, str] | None:
    """Return what stands for each `{name}` of ccxt's pattern at the end of a URL's path; None if it does not end so."""
    # Every second piece is a name: "a/{x}/b" -> "a/", "x", "/b".
    pieces = re.split(r"\{([^{}]*)\}", pattern.strip("/"))
    regex = "".join("([^/]+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
    found = re.search(rf"(?:^|/){regex}$", path.strip("/"))
    return None if found is None else {name: unquote(v) for name, v in zip(pieces[1::2], found.groups(), strict=True)}


def _parameters(request: RESTRequest, names: Mapping[str, str]) -> Any:
    """Return the request's parameters, those in its URL included; a list where the body is a JSON list."""
    body = _fields(request.data)
    if isinstance(body, list):
        return body
    query = _fields(urlsplit(str(request.url)).query)
    return {**query, **_fields(request.params), **body, **names}


def _fields(data: Any) -> Any:
    if data is None:
        return {}
    if isinstance(data, Mapping):
        return dict(data)
    text = data.decode() if isinstance(data, bytes) else str(data)
    if text[:1] in ("{", "["):
        return orjson.loads(text)
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        known = fields.get(name)
        fields[name] = value if known is None else [*known, value] if isinstance(known, list) else [known, value]
    return fields
