"""Every connection that leaves this machine is encrypted, to a venue whose certificate was verified; no switch for it.

Last line behind the checks of the configuration: whatever set a client's address or its `verify` (ccxt's defaults, a
mapping, a class of the user's own, an answer of the venue that names a stream's address or redirects a request), no
connection is made.
"""

import ssl
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from yarl import URL

from hummingbot_ccxt.configuration import is_loopback
from hummingbot_ccxt.errors import HummingbotCcxtError

_ENCRYPTED = frozenset({"https", "wss"})
_is_loopback = lru_cache(maxsize=64)(is_loopback)
_KEPT_MODE: Any = vars(ssl.SSLContext.__base__)["verify_mode"]


class NotEncrypted(HummingbotCcxtError):
    """A connection that is not made, because others could read or alter what goes over it."""


def refuse_unencrypted(exchange_id: str, url: str) -> None:
    """Raise NotEncrypted for an address that is neither encrypted nor on this machine; the text tells its host only.

    It is read as aiohttp reads it, which connects.
    """
    try:
        parts = URL(url, encoded=True)
        scheme, host = parts.scheme, parts.host
    except ValueError:
        raise NotEncrypted(f"{exchange_id}: an address that cannot be read") from None
    _refuse_to(exchange_id, scheme, host)


def _refuse_to(exchange_id: str, scheme: str, host: str | None) -> None:
    if scheme not in _ENCRYPTED and not _is_loopback(host):
        raise NotEncrypted(f"{exchange_id}: {scheme}://{host} is not encrypted, and not on this machine; remedy: https")


@lru_cache(maxsize=16)
def encrypted_class(exchange_class: type) -> type:
    """Return a subclass of a ccxt class that insists on encryption, for a client that is not ours otherwise."""
    guarded = type(exchange_class.__name__, (exchange_class,), {"__module__": exchange_class.__module__})
    insist_on_encryption(guarded)
    return guarded


def insist_on_encryption(tapped: type) -> None:
    """Make a client's class refuse connections that are not encrypted and verified; called once, on our subclass."""
    fetch, client, open_session = tapped.fetch, tapped.client, tapped.open  # type: ignore[attr-defined]
    socks_session = tapped.get_socks_proxy_session  # type: ignore[attr-defined]

    async def encrypted_fetch(self: Any, url: str, *rest: Any, **more: Any) -> Any:
        refuse_unencrypted(self.id, url)
        return await fetch(self, url, *rest, **more)

    def encrypted_client(self: Any, url: str) -> Any:
        if "/" in url:  # else a name, such as bingx's "authenticationFlights": futures are kept under it, none connects
            refuse_unencrypted(self.id, url)
        connection = client(self, url)
        if "create_connection" not in vars(connection):
            connection.create_connection = partial(_connect_guarded, self.id, connection.create_connection)
        return connection

    def verified_open(self: Any, *arguments: Any, **more: Any) -> None:
        if not (self.verify is True and self.validateServerSsl is True):
            raise NotEncrypted(f"{self.id}: certificates are verified; remedy: leave `verify` and `validateServerSsl`")
        if self.proxyUrl or self.proxy_url or self.proxyUrlCallback or self.proxy_url_callback:
            raise NotEncrypted(f"{self.id}: `proxyUrl` hands signed requests to a third party; remedy: `proxy`")
        open_session(self, *arguments, **more)
        if not _verifies(self.ssl_context):
            raise NotEncrypted(f"{self.id}: certificates are verified; remedy: leave `ssl_context`")

    def guarded_socks_session(self: Any, proxy: str) -> Any:
        session = socks_session(self, proxy)
        _guard(self.id, session)
        return session

    guards = {
        "fetch": encrypted_fetch,
        "client": encrypted_client,
        "open": verified_open,
        "get_socks_proxy_session": guarded_socks_session,
        "session": property(_guarded_session, _keep_session),
    }
    for name, value in guards.items():
        setattr(tapped, name, value)


def _guarded_session(client: Any) -> Any:
    """Whoever made the client's session, and whenever: it is guarded before anything goes out on it."""
    session = vars(client).get("session")
    if session is not None:
        _guard(client.id, session)
    return session


def _keep_session(client: Any, session: Any) -> None:
    vars(client)["session"] = session


def _connect_guarded(exchange_id: str, connect: Callable[[Any], Any], session: Any) -> Any:
    _guard(exchange_id, session)
    return connect(session)


def _guard(exchange_id: str, session: Any) -> None:
    """Make a session's connector refuse what is not encrypted, or not verified: it sees where redirects lead, too."""
    connector = session.connector
    if connector is None or hasattr(connector, "connect_unguarded"):
        return
    connector.connect_unguarded = connector.connect

    async def guarded_connect(request: Any, *rest: Any, **more: Any) -> Any:
        _refuse_to(exchange_id, request.url.scheme, request.url.host)
        # As aiohttp has it: what the request leaves open, the connector says; what both do, aiohttp verifies.
        said = request.ssl if request.ssl is not True else getattr(connector, "_ssl", True)
        if said is not True and not _verifies(said):
            raise NotEncrypted(f"{exchange_id}: certificates are verified; remedy: leave `ssl`")
        return await connector.connect_unguarded(request, *rest, **more)

    connector.connect = guarded_connect


def _verifies(context: Any) -> bool:
    # The context's own `verify_mode` makes an enumeration's member of the number that it keeps, at each request.
    return (
        isinstance(context, ssl.SSLContext)
        and _KEPT_MODE.__get__(context) == ssl.CERT_REQUIRED
        and context.check_hostname
    )
