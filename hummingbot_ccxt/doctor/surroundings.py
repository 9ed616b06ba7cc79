"""What lies between this machine and the venue: installed versions, name resolution, TLS."""

import asyncio
import platform
import re
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from hummingbot_ccxt import __version__, registry
from hummingbot_ccxt.configuration import is_loopback
from hummingbot_ccxt.doctor.findings import Finding, doubtful, failed, well
from hummingbot_ccxt.versions import IncompatibleVersions, check_versions, installed

_NOT_SPOT = re.compile(
    r"future|swap|contract|perp|delivery|option|margin|earn|loan|broker|wallet|sub|[fdep]api|linear|inverse",
    re.IGNORECASE,
)
_CONNECT_S = 10.0
_CERTIFICATE_DAYS = 14
_MOST_HOSTS = 6


class NoNetwork(Exception):
    """None of the venue's hosts can be reached; the text says which, and how it failed."""


def versions() -> Finding:
    """Which packages are at work, and whether they are known to work together."""
    try:
        text = ", ".join(f"{name} {installed(name)}" for name in ("ccxt", "hummingbot", "aiohttp"))
        check_versions()
    except IncompatibleVersions as err:
        return failed("versions", str(err), "install the versions that setup.cfg of hummingbot-ccxt names")
    text = f"hummingbot-ccxt {__version__}, {text}, Python {platform.python_version()}"
    built_from = registry.shipped().ccxt_version
    if installed("ccxt") != built_from:
        return doubtful(
            "versions",
            f"{text}; what is known of the exchanges is of ccxt {built_from}",
            f"hummingbot-ccxt metadata build, or pip install ccxt=={built_from}",
        )
    return well("versions", text)


async def network(client: Any) -> list[Finding]:
    """Whether the hosts that spot trading needs have addresses and valid certificates.

    Raises NoNetwork when not one of them can be reached.
    """
    if any(getattr(client, name, None) for name in ("httpProxy", "httpsProxy", "socksProxy")):
        return [well("network", "through a proxy: it resolves names and connects")]
    hosts = list(dict.fromkeys(_hosts(client.urls.get("api"), client.hostname)))[:_MOST_HOSTS]
    found = await asyncio.gather(*(_reach(*host) for host in hosts))
    broken = [finding for finding in found if finding.verdict == "fail"]
    if found and len(broken) == len(found):
        raise NoNetwork(broken[0].text)
    if broken:
        return broken
    reservations = [finding for finding in found if finding.verdict == "warn"]
    return reservations or [well("network", "; ".join(finding.text for finding in found))]


def _hosts(urls: Any, hostname: str | None, spot: bool = True) -> Iterator[tuple[str, int, bool]]:
    """(host, port, TLS) of every address in ccxt's tree of URLs that is not of derivatives only."""
    if isinstance(urls, dict):
        for key, value in urls.items():
            yield from _hosts(value, hostname, spot and not _NOT_SPOT.search(str(key)))
    elif isinstance(urls, str) and spot:
        parts = urlsplit(urls.replace("{hostname}", hostname or ""))
        if parts.hostname and "{" not in parts.hostname:
            secure = parts.scheme in ("https", "wss")
            yield parts.hostname, parts.port or (443 if secure else 80), secure


async def _reach(host: str, port: int, secure: bool) -> Finding:
    context = ssl.create_default_context() if secure else None
    try:
        async with asyncio.timeout(_CONNECT_S):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLCertVerificationError as err:
        remedy = "check this machine's clock and certificates, and who stands between it and the venue"
        return failed("network", f"the certificate of {host} is not valid: {err.verify_message}", remedy)
    except socket.gaierror as err:
        return failed("network", f"{host} has no address ({err.strerror})", "check the network and the name server")
    except (OSError, TimeoutError) as err:
        reason = "no answer" if isinstance(err, TimeoutError) else err.strerror or type(err).__name__
        return failed("network", f"{host}:{port} cannot be reached ({reason})", "check the network and the firewall")
    try:
        certificate = writer.get_extra_info("peercert") if secure else None
    finally:
        writer.close()
    if certificate is None:
        where = "on this machine" if is_loopback(host) else "without TLS"
        return well("network", f"{host}:{port} {where}")
    days = int((ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) / 86_400)
    if days < _CERTIFICATE_DAYS:
        return doubtful("network", f"the certificate of {host} ends in {days} days", "nothing yet; look again then")
    return well("network", f"{host} (TLS, certificate for {days} days)")
