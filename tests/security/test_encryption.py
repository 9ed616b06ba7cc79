"""Every connection that leaves this machine is encrypted and its certificate verified, whatever anybody sets."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector, web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hummingbot.core.web_assistant.connections.data_types import RESTMethod, RESTRequest

from hummingbot_ccxt import registry
from hummingbot_ccxt.configuration import BadConfiguration, ExchangeSettings, given_settings
from hummingbot_ccxt.exchange.ccxt_auth import CcxtAuth
from hummingbot_ccxt.exchange.ccxt_web_utils import get_current_server_time
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue.budget import RateBudget
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.encryption import NotEncrypted, refuse_unencrypted
from hummingbot_ccxt.venue.loading import exchange_class
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError, outcome_of
from hummingbot_ccxt.venue.venue import Venue

ELSEWHERE = "http://venue.invalid"
KEY, SECRET = "a-key-that-nobody-has", "a-secret-that-nobody-has"


def venue_with(**settings: Any) -> Venue:
    venue = Venue(
        "binance",
        credentials=Credentials({"apiKey": KEY, "secret": SECRET}),
        mapping=load_mapping("binance"),
        settings=ExchangeSettings(**settings),
        updates=None,  # type: ignore[arg-type] # nothing is streamed
    )
    venue.client.parts.budget = RateBudget(rate=1e9, capacity=1e9)
    return venue


@asynccontextmanager
async def closing(venue: Venue) -> AsyncIterator[Venue]:
    try:
        yield venue
    finally:
        venue.client.timeout_on_exit = 0
        await venue.close()


@asynccontextmanager
async def serving(handler: Any, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server of our own on this machine: its address."""
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    try:
        yield f"{'http' if context is None else 'https'}://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


# --- what the configuration takes


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "http://10.0.0.1",
        "http://0.0.0.0:80",
        "http://[::]",
        "http://[::2]",
        "http://[::ffff:8.8.8.8]",
        "http://[fe80::1%25lo]",
        "http://127.0.0.1.nip.io",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://localhost.",
        "http://2130706433",
        "http://0x7f000001",
        "http://0x7f.1",
        "http://0177.0.0.1",
        "http://127.1",
        "http://134744072",
        "http://127.0.0.1@example.com",
        "http://user:pass@127.0.0.1",
        "https://user@example.com",
        "http://127.0.0.1:80@example.com",
        "http://example.com#@127.0.0.1",
        "http://example.com?@127.0.0.1",
        "http://127.0.0.1\\@example.com",
        "http://127.0.0.1\\.example.com",
        "http://127.0.0.1%2eexample.com",
        "http://127.0.0.1%00.example.com",
        "http://127.0.0.1\t.example.com",
        "http://127.0.0.1\n.example.com",
        " http://127.0.0.1",
        "http://１２７.０.０.１",
        "http://127。0。0。1",
        "http://loc\u0430lhost",
        "http:///127.0.0.1",
        "http:127.0.0.1",
        "//127.0.0.1",
        "http://",
        "http://[127.0.0.1]",
        "http://[::1",
        "http://::1",
        "http://127.0.0.1:port",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:",
        "ws://127.0.0.1",
        "wss://example.com",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "javascript://127.0.0.1",
        "",
        127,
        ["http://127.0.0.1"],
    ],
)
def test_a_base_url_is_https_or_plainly_this_machine(url: object) -> None:
    with pytest.raises(BadConfiguration, match="base_url"):
        ExchangeSettings(base_url=url)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com:8443/a/b",
        "https://127.0.0.1",
        "http://127.0.0.1:8080",
        "http://127.9.8.7",
        "http://localhost:1",
        "http://LOCALHOST:1",
        "http://[::1]:2",
        "HTTP://127.0.0.1",
    ],
)
def test_such_addresses_are_taken(url: str) -> None:
    assert ExchangeSettings(base_url=url).base_url == url


@pytest.mark.parametrize("name", ["verify", "Verify", "validateServerSsl", "verify_ssl", "ssl", "ssl_context"])
def test_options_that_would_switch_verification_off_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(BadConfiguration, match=rf"options\.{name}.*always verified"):
        ExchangeSettings(options={name: False})


def test_a_refused_proxy_is_named_without_its_password() -> None:
    with pytest.raises(BadConfiguration) as caught:
        ExchangeSettings(proxy="ftp://user:pass-word@proxy.example")
    assert "pass-word" not in str(caught.value)


# --- what a client does


def test_every_address_of_every_exchange_is_encrypted() -> None:
    def leaves(tree: Any) -> Iterator[str]:
        for value in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
            yield from leaves(value)
        if isinstance(tree, str):
            yield tree

    counted = 0
    for exchange_id in registry.exchanges():
        client = exchange_class(exchange_id)[0]()
        for url in leaves(client.urls["api"]):
            if "://" in url:  # else a name, or a path below a host
                refuse_unencrypted(exchange_id, client.implode_hostname(url))
                counted += 1
    assert counted > 200


def switch_off_verify(client: Any) -> None:
    client.verify = False


def switch_off_validate(client: Any) -> None:
    client.validateServerSsl = False


def set_lenient_context(client: Any) -> None:
    client.ssl_context = ssl.create_default_context()
    client.ssl_context.check_hostname = False
    client.ssl_context.verify_mode = ssl.CERT_NONE


def set_no_context(client: Any) -> None:
    client.ssl_context = False


def set_context_without_host_names(client: Any) -> None:
    client.ssl_context = ssl.create_default_context()
    client.ssl_context.check_hostname = False


class Lost:
    def __init__(self) -> None:
        self.error: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    def lost(self, client: Any, error: BaseException) -> None:
        self.error.set_result(error)

    def rejected(self, *_: Any) -> None: ...


def lenient_session() -> ClientSession:
    return ClientSession(connector=TCPConnector(ssl=False))


def set_session_of_ones_own(client: Any) -> None:
    client.session = lenient_session()


def weaken_the_session(client: Any) -> None:
    client.open()
    client.session.connector._ssl = False


def replace_the_connector(client: Any) -> None:
    client.open()
    client.__dict__["replaced"] = [client.session._connector]
    client.session._connector = TCPConnector(ssl=False)


def open_with_a_session_of_ones_own(client: Any) -> None:
    """As a class of the user's own may, whose `open` runs after ccxt's."""
    opened = client.open

    def open_leniently(*arguments: Any) -> None:
        opened(*arguments)
        if client.session.connector._ssl is not False:
            replaced.append(client.session)
            client.session = lenient_session()

    replaced: list[Any] = client.__dict__.setdefault("replaced", [])
    client.open = open_leniently


SESSIONS = [
    set_session_of_ones_own,
    weaken_the_session,
    replace_the_connector,
    open_with_a_session_of_ones_own,
]


@pytest.mark.parametrize("weaken", SESSIONS)
async def test_a_session_that_does_not_verify_certificates_sends_nothing(
    weaken: Any, self_signed: ssl.SSLContext
) -> None:
    """aiohttp asks the session's connector, where neither the request nor ccxt's own context says anything."""

    async def handler(request: web.Request) -> web.Response:
        raise AssertionError(f"{request.url} was asked for")

    async with serving(handler, self_signed) as address, closing(venue_with(base_url=address)) as venue:
        venue.client.parts.tap = tap = Lost()
        weaken(venue.client)
        for _ in range(2):
            with pytest.raises(VenueError, match="certificates are verified") as caught:
                await venue.call("fetch_balance")
            assert caught.value.outcome is Outcome.REFUSED
        stream = venue.client.client(address.replace("https", "wss"))
        stream.connect(venue.client.session)
        async with asyncio.timeout(10):
            assert "certificates are verified" in str(await tap.error)
        for each in vars(venue.client).get("replaced", ()):
            await each.close()


async def test_a_stream_is_not_connected_by_a_session_that_does_not_verify(self_signed: ssl.SSLContext) -> None:
    async def handler(request: web.Request) -> web.Response:
        raise AssertionError(f"{request.url} was asked for")

    async with (
        serving(handler, self_signed) as address,
        closing(venue_with(base_url=address)) as venue,
        lenient_session() as session,
    ):
        venue.client.parts.tap = tap = Lost()
        venue.client.open()
        venue.client.client(address.replace("https", "wss")).connect(session)
        async with asyncio.timeout(10):
            assert "certificates are verified" in str(await tap.error)


async def test_a_session_of_ones_own_that_verifies_is_used() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"serverTime": 7})

    async with serving(handler) as address, closing(venue_with(base_url=address)) as venue:
        venue.client.session = ClientSession()
        assert await venue.call("fetch_time") == 7


@pytest.mark.parametrize(
    "weaken",
    [switch_off_verify, switch_off_validate, set_lenient_context, set_no_context, set_context_without_host_names],
)
async def test_a_client_whose_verification_was_switched_off_sends_nothing(weaken: Any) -> None:
    async def handler(request: web.Request) -> web.Response:
        raise AssertionError(f"{request.url} was asked for")

    async with serving(handler) as address, closing(venue_with(base_url=address)) as venue:
        weaken(venue.client)
        for _ in range(2):  # not the second time either
            with pytest.raises(VenueError, match="certificates are verified") as caught:
                await venue.call("fetch_balance")
            assert caught.value.outcome is Outcome.REFUSED


@pytest.mark.parametrize("name", ["proxyUrl", "proxy_url"])
async def test_a_client_hands_no_request_to_a_relay_that_could_read_it(name: str) -> None:
    async with closing(venue_with()) as venue:
        setattr(venue.client, name, "https://relay.invalid/?url=")
        with pytest.raises(VenueError, match="third party"):
            await venue.call("fetch_balance")


async def test_no_request_goes_to_a_plain_address_of_another_machine() -> None:
    """As a class of the user's own may name: the configuration never saw it."""
    async with closing(venue_with()) as venue:
        venue.client.urls["api"] = {name: f"{ELSEWHERE}/{name}" for name in venue.client.urls["api"]}
        with pytest.raises(VenueError, match=r"http://venue\.invalid is not encrypted") as caught:
            await venue.call("fetch_time")
        assert caught.value.outcome is Outcome.REFUSED


def test_no_stream_is_opened_to_a_plain_address_of_another_machine() -> None:
    with pytest.raises(NotEncrypted, match=r"ws://venue\.invalid is not encrypted"):
        venue_with().client.client("ws://venue.invalid/ws?listenKey=abc")


@pytest.mark.parametrize("url", ["http://127.0.0.1@venue.invalid/", "http://127.1/", "http://[::1", "ftp://x", ""])
def test_an_address_is_read_as_whoever_connects_reads_it(url: str) -> None:
    with pytest.raises(NotEncrypted) as caught:
        refuse_unencrypted("binance", url)
    assert outcome_of(caught.value) is Outcome.REFUSED


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirection_to_a_plain_address_is_not_followed(status: int) -> None:
    asked = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=status, headers={"Location": f"{ELSEWHERE}/take-my-key"})

    async with serving(handler) as address, closing(venue_with(base_url=address)) as venue:
        with pytest.raises(VenueError, match=r"http://venue\.invalid is not encrypted"):
            await venue.call("fetch_time")
    assert len(asked) == 1


async def test_the_venues_clock_is_not_asked_for_at_a_plain_address_either() -> None:
    """Over a connection of its own, which belongs to no connector."""

    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": f"{ELSEWHERE}/time"})

    async with serving(handler) as address:
        with (
            given_settings({"binance": ExchangeSettings(base_url=address)}),
            pytest.raises(NotEncrypted, match=r"http://venue\.invalid is not encrypted"),
        ):
            await get_current_server_time(domain="binance")


async def test_hummingbots_own_requests_are_not_signed_for_a_plain_address() -> None:
    async with closing(venue_with()) as venue:
        venue.client.urls["api"]["private"] = f"{ELSEWHERE}/api/v3"
        request = RESTRequest(method=RESTMethod.GET, url=f"{ELSEWHERE}/api/v3/account")
        with pytest.raises(NotEncrypted):
            await CcxtAuth(Credentials({"apiKey": KEY, "secret": SECRET}), venue.client).rest_authenticate(request)
        assert not request.headers


# --- a certificate that nobody vouches for


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file: Path = tmp_path_factory.mktemp("tls") / "venue.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_a_venue_whose_certificate_cannot_be_verified_gets_no_request(self_signed: ssl.SSLContext) -> None:
    async def handler(request: web.Request) -> web.Response:
        raise AssertionError(f"{request.url} was asked for")

    async with serving(handler, self_signed) as address, closing(venue_with(base_url=address)) as venue:
        with pytest.raises(VenueError, match=r"[Cc]ertificate") as caught:
            await venue.call("fetch_balance")
    assert caught.value.outcome is Outcome.UNKNOWN  # an outage: tried again
    assert SECRET not in str(caught.value)


async def test_a_venue_whose_certificate_cannot_be_verified_gets_no_stream(self_signed: ssl.SSLContext) -> None:
    async def handler(request: web.Request) -> web.Response:
        raise AssertionError(f"{request.url} was asked for")

    async with serving(handler, self_signed) as address, closing(venue_with(base_url=address)) as venue:
        venue.client.parts.tap = tap = Lost()
        venue.client.open()
        stream = venue.client.client(address.replace("https", "wss"))
        stream.connect(venue.client.session)
        async with asyncio.timeout(10):
            assert "certificate" in str(await tap.error).lower()
