"""URLs, rate limits, server time and web assistants of an exchange, as Hummingbot's other modules expect them."""

import math
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from hummingbot.connector.time_synchronizer import TimeSynchronizer
from hummingbot.connector.utils import TimeSynchronizerRESTPreProcessor
from hummingbot.core.api_throttler.async_throttler import AsyncThrottler
from hummingbot.core.api_throttler.data_types import LinkedLimitWeightPair, RateLimit
from hummingbot.core.web_assistant.auth import AuthBase
from hummingbot.core.web_assistant.rest_pre_processors import RESTPreProcessorBase
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from hummingbot_ccxt.configuration import BadConfiguration, for_exchange
from hummingbot_ccxt.exchange.ccxt_auth import Endpoint, endpoints, placeholders
from hummingbot_ccxt.venue.client import rebased, requests_per_second, set_proxy
from hummingbot_ccxt.venue.encryption import encrypted_class
from hummingbot_ccxt.venue.loading import exchange_class

_NOBODY = "6e6f626f6479206e6f626f6479206e6f"
"""In the place of each credential where a URL is asked for: hexadecimal and base64, one of which exchanges decode."""
_NOBODYS_KEY = "0x" + "1" * 64
_SIGNATURES_WITH_KEYS = ("rsa", "jwt", "ecdsa", "eddsa")


def _settings(domain: str) -> tuple[bool, str | None, Path | None]:
    settings = for_exchange(domain)
    return settings.testnet, settings.base_url, settings.folder


def _description(domain: str) -> Any:
    """Return a ccxt client that is only read: nobody's credentials, never a connection."""
    return _described(domain, *_settings(domain))


@lru_cache(maxsize=16)
def _described(domain: str, testnet: bool, base_url: str | None, folder: Path | None) -> Any:
    client = _client(domain, testnet, base_url, folder)
    for name, required in client.requiredCredentials.items():
        if required:
            setattr(client, name, _NOBODYS_KEY if name == "privateKey" else _NOBODY)
    for algorithm in _SIGNATURES_WITH_KEYS:  # nobody has no key in the algorithm's own format
        setattr(client, algorithm, lambda *args, **kwargs: "")
    return client


def _client(domain: str, testnet: bool, base_url: str | None, folder: Path | None) -> Any:
    found, _ = exchange_class(domain, folder)
    client = encrypted_class(found)()
    client.verify = client.validateServerSsl = True  # whatever a class of the user's own says
    if testnet:
        if not client.urls.get("test"):
            raise BadConfiguration(f"exchanges.{domain}.testnet: ccxt knows no test venue of {client.name}")
        client.set_sandbox_mode(True)
    if base_url:
        client.urls["api"] = rebased(client.urls["api"], base_url, client.hostname)
    return client


def public_rest_url(path_url: str, domain: str) -> str:
    """Return the full URL of a public endpoint on exchange `domain`.

    `path_url` is ccxt's path of it (`ticker/24hr`, `market/ticker`), placeholders filled in or left as they are.
    Raises ValueError for a path that ccxt does not know there, or whose URL takes a log-in to tell (bullish, gemini).
    """
    return _rest_url(path_url, domain, private=False)


def private_rest_url(path_url: str, domain: str) -> str:
    """Return the full URL of a private endpoint on exchange `domain`; otherwise as `public_rest_url`."""
    return _rest_url(path_url, domain, private=True)


def _rest_url(path_url: str, domain: str, *, private: bool) -> str:
    client = _description(domain)
    failure: Exception | None = None
    for endpoint, names in _known(client, path_url.strip("/"), private):
        try:
            signed = client.sign(endpoint.path, endpoint.api, endpoint.method, names)
        except Exception as err:  # a section without an address, as of a test venue: another one may have it
            failure = err
            continue
        return unquote(str(signed["url"]).partition("?")[0])
    kind = "private" if private else "public"
    if failure is not None:
        raise ValueError(f"ccxt cannot tell the URL of the {kind} endpoint {path_url!r} on {domain}") from failure
    raise ValueError(f"ccxt knows no {kind} endpoint {path_url!r} on {domain}")


def _known(client: Any, path_url: str, private: bool) -> list[tuple[Endpoint, dict[str, str]]]:
    """Return the endpoints that the path may mean, the likeliest first: spot before everything else."""
    found = []
    for endpoint in endpoints(client):
        pattern = endpoint.path.strip("/")
        names = {} if pattern == path_url else placeholders(pattern, path_url)
        # A path that only ends like the pattern is another one.
        filled = pattern if not names else pattern.format(**names)
        if endpoint.is_private == private and names is not None and filled == path_url:
            found.append((endpoint, names))
    return sorted(found, key=lambda f: (f[0].distance_from_spot, len(f[1])))


def pool_id(domain: str) -> str:
    """Return the id of the rate limit that every request to the exchange counts against."""
    return f"ccxt_{domain}"


def rate_limits(client: Any, *, at_most_the_pool: bool = False) -> list[RateLimit]:
    """Return ccxt's limits of an exchange in Hummingbot's form: the pool, and each endpoint's weight in it.

    The pool's limit is what ccxt's `rateLimit` (milliseconds for cost 1) allows in `time_interval` seconds; weights are
    ccxt's endpoint costs, rounded up, because Hummingbot counts in whole units. An endpoint's id is its path; of
    several with one path, those of spot trading count, and of these the dearest method. Source: ccxt `describe()`.
    `at_most_the_pool`: no weight exceeds the pool's limit, for Hummingbot's own throttler, which would wait for ever.
    """
    rate = requests_per_second(client)
    interval_s = max(1.0, math.ceil(1 / rate))
    pool = RateLimit(limit_id=pool_id(client.id), limit=max(1, math.floor(rate * interval_s)), time_interval=interval_s)
    weights: dict[str, tuple[int, int]] = {}  # path -> (distance from spot, weight)
    for endpoint in endpoints(client):
        distance, weight = endpoint.distance_from_spot, max(1, math.ceil(endpoint.cost))
        if at_most_the_pool:
            weight = min(weight, pool.limit)
        known_distance, known_weight = weights.get(endpoint.path, (distance, weight))
        if distance < known_distance:
            known_distance, known_weight = distance, weight
        elif distance == known_distance:
            known_weight = max(known_weight, weight)
        weights[endpoint.path] = known_distance, known_weight
    return [
        pool,
        *(
            RateLimit(
                limit_id=path,
                limit=pool.limit,
                time_interval=interval_s,
                weight=weight,
                linked_limits=[LinkedLimitWeightPair(pool.limit_id, weight)],
            )
            for path, (_, weight) in weights.items()
            if path != pool.limit_id
        ),
    ]


def create_throttler(domain: str) -> AsyncThrottler:
    """Return a throttler with the exchange's limits, for requests outside of a connector."""
    return AsyncThrottler(rate_limits(_description(domain), at_most_the_pool=True))


def build_api_factory(
    throttler: Any = None,
    time_synchronizer: TimeSynchronizer | None = None,
    domain: str = "",
    time_provider: Callable[[], Any] | None = None,
    auth: AuthBase | None = None,
) -> WebAssistantsFactory:
    """Return Hummingbot's web assistants for an exchange, their requests on the venue's time and signed by `auth`.

    A venue that tells no time is not asked for it.
    """
    throttler = throttler or create_throttler(domain)
    synchronizer = time_synchronizer or TimeSynchronizer()
    provider = time_provider or (lambda: get_current_server_time(throttler=throttler, domain=domain))
    pre_processors: list[RESTPreProcessorBase] = []
    if _description(domain).has.get("fetchTime"):
        pre_processors.append(TimeSynchronizerRESTPreProcessor(synchronizer=synchronizer, time_provider=provider))
    return WebAssistantsFactory(throttler=throttler, auth=auth, rest_pre_processors=pre_processors)


def build_api_factory_without_time_synchronizer_pre_processor(throttler: Any) -> WebAssistantsFactory:
    """Return web assistants that do not ask for the venue's time first: to ask for it with."""
    return WebAssistantsFactory(throttler=throttler)


async def get_current_server_time(throttler: Any = None, domain: str = "") -> float:
    """Return the venue's clock in milliseconds since the epoch, over a connection of its own.

    Raises ccxt's errors; NotSupported where the venue tells no time.
    """
    client = _client(domain, *_settings(domain))
    set_proxy(client, for_exchange(domain).proxy)
    try:
        if throttler is None:
            return float(await client.fetch_time())
        async with throttler.execute_task(pool_id(domain)):
            return float(await client.fetch_time())
    finally:
        await client.close()
