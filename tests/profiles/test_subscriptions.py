"""For each exchange and kind of stream: ccxt's own class connects to subscribe, or says what it wants.

The real class of the exchange with its mapping, on a venue that grants every token and accepts every WebSocket.
Whatever raises before that is an argument that ccxt wants and we do not give, a stream that it claims and does not
have, or a guard of ours in its way.
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp import WSMsgType, web

from hummingbot_ccxt import registry
from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue import client as venue_client
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.outcomes import wants_a_symbol
from hummingbot_ccxt.venue.streams import ACCOUNT, PRIVATE, FeedEvents
from hummingbot_ccxt.venue.venue import Venue

KINDS = ("book", "trades", "orders", "fills", "balance")
TOKEN = "a" * 64
CREDENTIALS = {
    "secret": base64.b64encode(b"s" * 32).decode(),  # an ed25519 seed as well (backpack)
    "walletAddress": "0x" + "1" * 40,
    "privateKey": "0x" + "2" * 64,
}
WANTED = {
    "coinbaseinternational": ({"secret": "ab" * 32}, {}),
    "lbank": ({"secret": "1" * 32}, {}),  # a longer one is an RSA key
    "nado": ({}, {"id": "3", "baseId": "3"}),
}
"""Credentials and fields of a market in a form of their own."""
ASKED_BEFORE = {
    "lighter": ("the account's index", PRIVATE),
    "nado": ("the address of a contract", frozenset({"orders", "fills"})),
}
"""What a class reads over REST before it subscribes to these kinds, and this venue does not tell."""


class PatientVenue:
    """Grants tokens of every form, accepts every WebSocket, and says nothing there."""

    def __init__(self) -> None:
        self.connected = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            stream = web.WebSocketResponse()
            await stream.prepare(request)
            self.connected.set()
            while (await stream.receive()).type not in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR):
                pass
            return stream
        return web.json_response(self._granted(request))

    def _granted(self, request: web.Request) -> Any:
        if "websocket_token" in request.path:  # whitebit
            return {"websocket_token": TOKEN}
        if "get_key" in request.path:  # lbank
            return {"result": True, "error_code": 0, "data": TOKEN}
        if "ws-token" in request.path:  # xt
            return {"rc": 0, "mc": "SUCCESS", "result": {"accessToken": TOKEN}}
        if "websockets_token" in request.path:  # bitstamp
            return {"token": TOKEN, "valid_sec": 60, "user_id": 1}
        servers = [{"endpoint": f"ws://{request.host}/stream", "pingInterval": 18_000}]  # kucoin
        token = {"listenKey": TOKEN, "listenkey": TOKEN, "token": TOKEN, "userId": "1", "instanceServers": servers}
        done = {
            "code": "200000" if "kucoin" in request.path else "0",
            "retCode": 0,
            "success": True,
            "error": [],
            "valid_sec": 60,
        }
        return token | done | {"data": token, "result": token}


@asynccontextmanager
async def patient_venue() -> AsyncIterator[tuple[PatientVenue, str]]:
    venue = PatientVenue()
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", venue.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield venue, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def client_of(exchange_id: str, address: str) -> tuple[Venue, str]:
    info = registry.get(exchange_id)
    keys, fields = WANTED.get(exchange_id, ({}, {}))
    credentials = Credentials({name: (CREDENTIALS | keys).get(name, "1" * 32) for name in info.credentials})
    venue = Venue(
        exchange_id,
        credentials=credentials,
        mapping=load_mapping(exchange_id),
        settings=ExchangeSettings(base_url=address),
        updates=Mock(),
    )
    base, _, quote = info.example_pair.partition("-")
    market = {
        "id": f"{base}{quote}",
        "lowercaseId": f"{base}{quote}".lower(),
        "symbol": f"{base}/{quote}",
        **{"base": base, "quote": quote, "baseId": base, "quoteId": quote},
        **{"type": "spot", "spot": True, "active": True, "precision": {"price": 0.1, "amount": 0.1}, "info": {}},
    }
    client = venue.client
    client.open()
    client.set_markets([client.safe_market_structure(market | fields)])
    client.markets_loading = asyncio.get_running_loop().create_future()
    client.markets_loading.set_result(client.markets)
    return venue, f"{base}/{quote}"


async def outcome_of(kind: str, venue: Venue, symbol: str, patient: PatientVenue) -> str:
    """`connected`, or the error with which subscribing ended before."""
    failure: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def failed(error: BaseException, _: bool) -> None:
        if wants_a_symbol(error) and ACCOUNT in feed.keys:
            feed.remove(ACCOUNT)
            feed.add(symbol)
        elif not failure.done():
            failure.set_result(f"{type(error).__name__}: {error}")

    feed = venue.feed(kind, FeedEvents(failed=failed))
    feed.add(ACCOUNT if kind in PRIVATE else symbol)
    running = asyncio.ensure_future(feed.run())
    connected = asyncio.ensure_future(patient.connected.wait())
    try:
        async with asyncio.timeout(10):
            await asyncio.wait([connected, failure], return_when=asyncio.FIRST_COMPLETED)
        return "connected" if connected.done() else failure.result()
    finally:
        for task in (running, connected):
            task.cancel()


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venue_client, "requests_per_second", lambda _: 1000.0)  # the pace is tested elsewhere


@pytest.mark.parametrize("exchange_id", list(registry.exchanges()))
async def test_each_kind_that_is_streamed_is_subscribed_to(exchange_id: str) -> None:
    outcomes: dict[str, str] = {}
    async with patient_venue() as (patient, address):
        for kind in KINDS:
            if kind in ASKED_BEFORE.get(exchange_id, ("", frozenset()))[1]:
                continue
            patient.connected.clear()
            venue, symbol = client_of(exchange_id, address)
            try:
                if venue.streams_kind(kind):
                    outcomes[kind] = await outcome_of(kind, venue, symbol, patient)
            finally:
                venue.client.timeout_on_exit = 0
                await venue.close()
    assert outcomes == dict.fromkeys(outcomes, "connected")
