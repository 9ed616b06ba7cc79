"""URLs, rate limits, server time and web assistants of an exchange, as Hummingbot's other modules expect them."""

import math
from collections.abc import Callable
from functools import cache as remember
from typing import Any

from hummingbot.connector.time_synchronizer import TimeSynchronizer
from hummingbot.connector.utils import TimeSynchronizerRESTPreProcessor
from hummingbot.core.api_throttler.async_throttler import AsyncThrottler
from hummingbot.core.api_throttler.data_types import LinkedLimitWeightPair, RateLimit
from hummingbot.core.web_assistant.auth import AuthBase
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from hummingbot_ccxt.configuration import for_exchange
from hummingbot_ccxt.exchange.ccxt_auth import endpoints
from hummingbot_ccxt.venue.client import rebased, requests_per_second
from hummingbot_ccxt.venue.loading import exchange_class

_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")


@remember
def _description(domain: str) -> Any:
    """Return a ccxt client that is only read: it has no keys and never opens a connection."""
    found, _ = exchange_class(domain)
    client = found()
    settings = for_exchange(domain)
    if settings.testnet and "test" in client.urls:
        client.set_sandbox_mode(True)
    if settings.base_url:
        client.urls["api"] = rebased(client.urls["api"], settings.base_url, client.hostname)
    return client


def public_rest_url(path_url: str, domain: str) -> str:
    """Return the full URL of a public endpoint of ccxt's (`api/v3/time` or `time`) on exchange `domain`."""
    return _rest_url(path_url, domain, private=False)


def private_rest_url(path_url: str, domain: str) -> str:
    """Return the full URL of a private endpoint of ccxt's on exchange `domain`."""
    return _rest_url(path_url, domain, private=True)


def _rest_url(path_url: str, domain: str, *, private: bool) -> str:
    client = _description(domain)
    wanted = path_url.strip("/")
    for method in _METHODS:
        for api, path, _ in endpoints(client.api, method):
            if path.strip("/") == wanted and ("private" in str(api)) == private:
                if not private:
                    return str(client.sign(path, api, method, {}, None, None)["url"])
                base = client.urls["api"]
                for part in [api] if isinstance(api, str) else api:
                    base = base.get(part, base) if isinstance(base, dict) else base
                if isinstance(base, str):
                    return f"{client.implode_hostname(base).rstrip('/')}/{wanted}"
    raise ValueError(f"ccxt knows no {'private' if private else 'public'} endpoint {path_url!r} on {domain}")


def pool_id(domain: str) -> str:
    """Return the id of the rate limit that every request to the exchange counts against."""
    return f"ccxt_{domain}"


def rate_limits(client: Any) -> list[RateLimit]:
    """Return ccxt's limits of an exchange in Hummingbot's form: the pool, and each endpoint's weight in it.

    The pool's limit is what ccxt's `rateLimit` (milliseconds for cost 1) allows in `time_interval` seconds; weights are
    ccxt's endpoint costs, rounded up, because Hummingbot counts in whole units. Source: ccxt `describe()`.
    """
    rate = requests_per_second(client)
    interval_s = max(1.0, math.ceil(1 / rate))
    pool = RateLimit(limit_id=pool_id(client.id), limit=max(1, math.floor(rate * interval_s)), time_interval=interval_s)
    limits = {pool.limit_id: pool}
    for method in _METHODS:
        for _, path, cost in endpoints(client.api, method):
            weight = max(1, math.ceil(cost))
            known = limits.get(path)
            if known is None or known.weight < weight:
                limits[path] = RateLimit(
                    limit_id=path,
                    limit=pool.limit,
                    time_interval=interval_s,
                    weight=weight,
                    linked_limits=[LinkedLimitWeightPair(pool.limit_id, weight)],
                )
    return list(limits.values())


def create_throttler(domain: str) -> AsyncThrottler:
    """Return a throttler with the exchange's limits, for requests outside of a connector."""
    return AsyncThrottler(rate_limits(_description(domain)))


def build_api_factory(
    throttler: Any = None,
    time_synchronizer: TimeSynchronizer | None = None,
    domain: str = "",
    time_provider: Callable[[], Any] | None = None,
    auth: AuthBase | None = None,
) -> WebAssistantsFactory:
    """Return Hummingbot's web assistants for an exchange, their requests on the venue's time and signed by `auth`."""
    throttler = throttler or create_throttler(domain)
    synchronizer = time_synchronizer or TimeSynchronizer()
    provider = time_provider or (lambda: get_current_server_time(throttler=throttler, domain=domain))
    return WebAssistantsFactory(
        throttler=throttler,
        auth=auth,
        rest_pre_processors=[TimeSynchronizerRESTPreProcessor(synchronizer=synchronizer, time_provider=provider)],
    )


def build_api_factory_without_time_synchronizer_pre_processor(throttler: Any) -> WebAssistantsFactory:
    """Return web assistants that do not ask for the venue's time first: to ask for it with."""
    return WebAssistantsFactory(throttler=throttler)


async def get_current_server_time(throttler: Any = None, domain: str = "") -> float:
    """Return the venue's clock in milliseconds since the epoch, over a connection of its own.

    Raises ccxt's errors; NotSupported where the venue tells no time.
    """
    found, _ = exchange_class(domain)
    client = found()
    client.urls["api"] = _description(domain).urls["api"]
    try:
        if throttler is not None:
            async with throttler.execute_task(pool_id(domain)):
                return float(await client.fetch_time())
        return float(await client.fetch_time())
    finally:
        await client.close()
