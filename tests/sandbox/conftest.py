"""A sandbox per test, and the clients that trade on it: bare HTTP and WebSocket, and the unmodified ccxt.pro class."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from hummingbot_ccxt.sandbox import ApiAccount, OrderType, Sandbox, Side

from .clients import CLIENTS

PATIENCE_S = 5.0


class Reply:
    """One HTTP answer, read."""

    def __init__(self, status: int, headers: Any, text: str, content_type: str) -> None:
        self.status, self.headers, self.text, self.content_type = status, headers, text, content_type

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Client:
    """Binance's REST API by hand, so that tests see literally what is on the wire."""

    def __init__(self, session: aiohttp.ClientSession, sandbox: Sandbox, account: ApiAccount) -> None:
        self._session, self._sandbox, self._account = session, sandbox, account

    async def get(self, path: str, **parameters: Any) -> Reply:
        """An unsigned request."""
        return await self.send("GET", path, urlencode(parameters))

    async def signed(self, method: str, path: str, **parameters: Any) -> Reply:
        """With a timestamp (unless given) and the signature of both; parameters that are None are left out."""
        given = {"timestamp": int(time.time() * 1000), **parameters}
        query = urlencode({name: value for name, value in given.items() if value is not None})
        return await self.send(method, path, f"{query}&signature={self.signature(query)}")

    def signature(self, payload: str) -> str:
        return hmac.new(self._account.secret.encode(), payload.encode(), hashlib.sha256).hexdigest()

    async def send(self, method: str, path: str, query: str = "", headers: dict[str, str] | None = None) -> Reply:
        """Exactly this request; POST and PUT carry `query` as a form."""
        headers = {"X-MBX-APIKEY": self._account.api_key} if headers is None else headers
        url, data = f"{self._sandbox.url}/api.binance.com{path}", None
        if method in ("POST", "PUT"):
            data, headers = query, {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        elif query:
            url += f"?{query}"
        async with self._session.request(method, url, data=data, headers=headers) as response:
            return Reply(response.status, response.headers, await response.text(), response.content_type)

    async def buy(self, price: str = "50000", quantity: str = "0.01", **more: Any) -> Any:
        """A limit order on BTCUSDT that rests below the market; the answer's value."""
        terms = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
        reply = await self.signed("POST", "/api/v3/order", **terms, price=price, quantity=quantity, **more)
        assert reply.status == 200, reply.text
        return reply.json


class Socket:
    """One WebSocket connection with JSON on it."""

    def __init__(self, web_socket: aiohttp.ClientWebSocketResponse) -> None:
        self.raw = web_socket

    async def send(self, value: Any) -> None:
        await self.raw.send_str(json.dumps(value))

    async def receive(self) -> Any:
        """The next message; fails when the connection ends or nothing comes."""
        message = await asyncio.wait_for(self.raw.receive(), PATIENCE_S)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        return json.loads(message.data)

    async def until(self, wanted: Callable[[Any], bool]) -> Any:
        """The first message from now on that is wanted."""
        while True:
            message = await self.receive()
            if wanted(message):
                return message

    async def ask(self, **request: Any) -> Any:
        """Sends a request and returns the answer to it, passing over stream messages."""
        await self.send(request)
        return await self.until(lambda message: message.get("id") == request["id"] and "e" not in message)


@pytest.fixture
async def sandbox(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """Empty books, quick streams, of the module's `EXCHANGE`, Binance without one; settings are indirect parameters."""
    exchange = getattr(request.module, "EXCHANGE", "binance")
    async with Sandbox(exchange, book_interval_s=0.01, **getattr(request, "param", {})) as sandbox:
        yield sandbox
        sandbox.engine.audit()


@pytest.fixture
def account(sandbox: Sandbox) -> ApiAccount:
    return sandbox.create_account({"USDT": Decimal(10_000), "BTC": Decimal(1)}, name="tester")


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(http: aiohttp.ClientSession, sandbox: Sandbox, account: ApiAccount) -> Any:
    """The one that signs as the module's exchange wants it."""
    return CLIENTS.get(sandbox.exchange, Client)(http, sandbox, account)


@pytest.fixture
def as_account(http: aiohttp.ClientSession, sandbox: Sandbox) -> Callable[[ApiAccount], Client]:
    """A client with other credentials."""
    return lambda account: Client(http, sandbox, account)


@pytest.fixture
def connect(http: aiohttp.ClientSession, sandbox: Sandbox) -> Callable[[str], Awaitable[Socket]]:
    """Opens `stream.binance.com:9443/ws` and the like."""

    async def open_socket(address: str) -> Socket:
        return Socket(await http.ws_connect(sandbox.rewrite(f"wss://{address}")))

    return open_socket


@pytest.fixture
def maker(sandbox: Sandbox) -> "Maker":
    return Maker(sandbox)


class Maker:
    """The other side of the market: puts orders on the book of BTC/USDT."""

    account_id = "maker"

    def __init__(self, sandbox: Sandbox) -> None:
        self._engine = sandbox.engine
        self._engine.create_account(self.account_id, {"USDT": Decimal(10**9), "BTC": Decimal(10**5)})

    def bid(self, price: str, amount: str, symbol: str = "BTC/USDT") -> int:
        return self._place(Side.BUY, price, amount, symbol)

    def ask(self, price: str, amount: str, symbol: str = "BTC/USDT") -> int:
        return self._place(Side.SELL, price, amount, symbol)

    def cancel(self, order_id: int) -> None:
        self._engine.cancel(self.account_id, order_id=order_id)

    def take(self, side: Side, amount: str, symbol: str = "BTC/USDT") -> None:
        """A market order."""
        self._engine.place(self.account_id, symbol=symbol, side=side, type=OrderType.MARKET, amount=Decimal(amount))

    def _place(self, side: Side, price: str, amount: str, symbol: str) -> int:
        order = self._engine.place(
            self.account_id,
            symbol=symbol,
            side=side,
            type=OrderType.LIMIT,
            price=Decimal(price),
            amount=Decimal(amount),
        )
        return order.id


@pytest.fixture
async def ccxt_binance(sandbox: Sandbox, account: ApiAccount) -> AsyncIterator[Any]:
    """The unmodified class of ccxt.pro; only its addresses lead to the sandbox."""
    import ccxt.pro

    exchange = ccxt.pro.binance({"apiKey": account.api_key, "secret": account.secret, "enableRateLimit": False})
    exchange.urls = sandbox.rewrite(exchange.urls)
    yield exchange
    await exchange.close()
