"""Build one ccxt client for one exchange and account: URLs, options, credentials, proxy, testnet, rate budget."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from ccxt.base.errors import AuthenticationError, RateLimitExceeded

from hummingbot_ccxt.configuration import BadConfiguration, ExchangeSettings
from hummingbot_ccxt.mapping import ExchangeMapping
from hummingbot_ccxt.venue.budget import RateBudget, shared_budget
from hummingbot_ccxt.venue.loading import exchange_class
from hummingbot_ccxt.venue.secrets import Secrets
from hummingbot_ccxt.venue.tap import ClientParts, Tap, tapped_class

_BROKER_OPTIONS = ("broker", "brokerId", "partner", "partnerId", "affiliateId", "referral", "brokerID")
_ADDRESSES = frozenset({"api", "ws"})
"""Where ccxt's classes keep the addresses that they connect to; "ws" is bitopro's."""
_TRADES_KEPT = 100
"""How many trades ccxt keeps of each market, and of the account. We take each when it comes; ccxt's usual 1000, with
the messages that they were in, are 2.5 MB a market: half a gigabyte for 200."""


class Credentials:
    """An account's credentials under ccxt's names (`apiKey`, `secret`, `password`, ...); never printed."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {name: value for name, value in values.items() if value}

    def __repr__(self) -> str:
        return f"Credentials({', '.join(sorted(self._values)) or 'none'})"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._values)

    def values(self) -> dict[str, str]:
        """Return a copy, for ccxt's constructor and for nothing else."""
        return dict(self._values)

    def fingerprint(self) -> str:
        """Return a text that differs between accounts and reveals nothing of them."""
        joined = "\0".join(f"{name}={value}" for name, value in sorted(self._values.items()))
        return hashlib.sha256(joined.encode()).hexdigest()[:16]


def build_client(
    exchange_id: str,
    *,
    credentials: Credentials,
    mapping: ExchangeMapping,
    settings: ExchangeSettings,
    tap: Tap,
    share_pct: Decimal,
    venue_time: Callable[[], float],
) -> Any:
    """Return a tapped ccxt client, ready to use inside a running event loop; `await client.close()` ends it.

    Raises ExchangeNotInCcxt for an id that ccxt does not know, BadExchangeClass for a class of the user's own that
    cannot be used, BadConfiguration for settings that it cannot follow.
    """
    found, _ = exchange_class(exchange_id, settings.folder)
    client = tapped_class(found)({**credentials.values(), "enableRateLimit": True, "newUpdates": True})
    secrets = Secrets([*credentials.values().values(), *proxy_credentials(settings.proxy)])
    client.has.update(mapping.has)
    client.exceptions = client.exceptions or {}  # some classes have no table of errors to add to
    if mapping.refused_credentials:
        _merge(client.exceptions, {"broad": dict.fromkeys(mapping.refused_credentials, AuthenticationError)})
    if mapping.too_many_requests:
        _merge(client.exceptions, {"exact": dict.fromkeys(mapping.too_many_requests, RateLimitExceeded)})
    _merge(client.options, _spot_options(client.options))
    _merge(client.options, mapping.options)
    if settings.broker_id is not None:
        _set_broker(client, settings.broker_id)
    _merge(client.options, settings.options)
    if settings.testnet:
        if not client.urls.get("test") or mapping.testnet is False:
            raise BadConfiguration(f"exchanges.{exchange_id}.testnet: ccxt knows no test venue of {client.name}")
        client.set_sandbox_mode(True)
    if settings.base_url:
        for name in _ADDRESSES & client.urls.keys():
            client.urls[name] = rebased(client.urls[name], settings.base_url, client.hostname)
    set_proxy(client, settings.proxy)
    client.install(
        ClientParts(
            tap=tap,
            budget=budget_of(client, credentials, share_pct, mapping.burst_s),
            secrets=secrets,
            venue_time=venue_time,
            mapping=mapping,
        )
    )
    for name in filter(partial(hasattr, client), mapping.asked_once):  # another ccxt may do without
        once, (head, *rest) = asked_once(getattr(client, name)), name.split("_")
        for spelt in (name, head + "".join(part.capitalize() for part in rest)):  # ccxt's classes call it by either
            setattr(client, spelt, once)
    return client


def asked_once(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Return a method that runs once at a time: who calls it meanwhile goes on when its answer is kept."""
    one_at_a_time = asyncio.Lock()

    async def ask(*args: Any, **kwargs: Any) -> Any:
        async with one_at_a_time:
            return await method(*args, **kwargs)

    return ask


def requests_per_second(client: Any) -> float:
    """Return how many requests of cost 1 ccxt allows in a second: 1000 / `rateLimit` (milliseconds)."""
    interval_ms = float(client.rateLimit or 0)
    return 1000.0 / interval_ms if interval_ms > 0 else 1000.0


def budget_of(client: Any, credentials: Credentials, share_pct: Decimal, burst_s: float | None = None) -> RateBudget:
    """Return the rate budget that this venue and account share in the process; it holds `burst_s` seconds' requests.

    A quarter of a burst is kept from polls: it takes long to fill again.
    """
    rate = requests_per_second(client) * float(share_pct) / 100
    venue, key = f"{client.id} {client.urls.get('api')}", credentials.fingerprint()
    capacity, reserve = (rate, 0.0) if burst_s is None else (rate * burst_s, rate * burst_s / 4)
    return shared_budget(venue, key, rate=rate, capacity=capacity, reserve=reserve)


def rebased(urls: Any, base_url: str, hostname: str | None) -> Any:
    """Return a tree of URLs moved to `base_url`, each one's original host as its first path segment.

    `https://api.binance.com/api/v3` -> `<base>/api.binance.com/api/v3`; `wss://` keeps to WebSocket (`ws://` where
    the base is plain http, which only a loopback address may be).
    """
    if isinstance(urls, dict):
        return {key: rebased(value, base_url, hostname) for key, value in urls.items()}
    if isinstance(urls, list):
        return [rebased(value, base_url, hostname) for value in urls]
    if not isinstance(urls, str) or "://" not in urls:
        return urls
    scheme, _, rest = urls.partition("://")
    base = urlsplit(base_url)
    secure = base.scheme == "https"
    target = ("wss" if secure else "ws") if scheme in ("ws", "wss") else base.scheme
    rest = rest.replace("{hostname}", hostname or "{hostname}")
    return f"{target}://{base.netloc}{base.path.rstrip('/')}/{rest}"


def _spot_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that suit spot trading.

    Only spot markets, where the exchange offers the choice: the others cost requests and memory. Books at once. No fee
    for ccxt: where it can, it adds one of its own to each order, and signs the account's consent to it by itself.
    """
    spot: dict[str, Any] = {
        "defaultType": "spot",
        "tradesLimit": _TRADES_KEPT,
        # Balances over REST come from us. If that request of ccxt's failed, its stream would wait for it for ever.
        "watchBalance": {"awaitBalanceSnapshot": False},
    }
    if "builderFee" in options:
        spot["builderFee"] = False
    types = options.get("fetchMarkets")
    if isinstance(types, dict) and isinstance(types.get("types"), list) and "spot" in types["types"]:
        spot["fetchMarkets"] = {"types": ["spot"]}
    book = options.get("watchOrderBook")
    if isinstance(book, dict) and "snapshotDelay" in book:
        # ccxt waits for so many changes before it asks for the book: one that is quiet would never start.
        spot["watchOrderBook"] = {"snapshotDelay": 0}
    return spot


def _merge(target: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = dict(value) if isinstance(value, Mapping) else value


def _set_broker(client: Any, broker_id: str) -> None:
    present = [name for name in _BROKER_OPTIONS if name in client.options]
    headers = [name for name, value in (client.headers or {}).items() if str(value).lower() == "ccxt"]
    if not present and not headers:
        raise BadConfiguration(f"exchanges.{client.id}.broker_id: ccxt adds no broker id to orders on {client.name}")
    for name in present:
        current = client.options[name]
        if isinstance(current, dict) and any(isinstance(value, dict) for value in current.values()):
            if broker_id:  # kucoin: each request bears the id and a signature of it
                raise BadConfiguration(
                    f'exchanges.{client.id}.broker_id: a key belongs to it; allowed: "" for none, or your own id and '
                    f"key under options.{name}, as ccxt has them: {', '.join(current)}"
                )
            client.options[name] = {}
        else:
            client.options[name] = dict.fromkeys(current, broker_id) if isinstance(current, dict) else broker_id
    client.headers = {name: value for name, value in (client.headers or {}).items() if name not in headers or broker_id}
    client.headers.update(dict.fromkeys(headers, broker_id) if broker_id else {})


def proxy_credentials(proxy: str | None) -> list[str | None]:
    """Return what of a proxy's address is nobody's business."""
    password = None if proxy is None else urlsplit(proxy).password
    return [password, unquote(password)] if password else []


def set_proxy(client: Any, proxy: str | None) -> None:
    """Send a client's requests and streams through a proxy (http, https or socks5 URL); None for no proxy."""
    if proxy is None:
        return
    if proxy.startswith("socks"):
        client.socksProxy = proxy
        client.wsSocksProxy = proxy
    elif proxy.startswith("https"):
        client.httpsProxy = proxy
        client.wssProxy = proxy
    else:
        client.httpProxy = proxy
        client.wsProxy = proxy
