"""REST and WebSocket clients by hand, one for each exchange that signs in its own way: tests see literally what is on
the wire."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp

from hummingbot_ccxt.sandbox import ApiAccount, Sandbox

PATIENCE_S = 5.0


class Answer:
    """One HTTP answer, read."""

    def __init__(self, status: int, headers: Any, text: str) -> None:
        self.status, self.headers, self.text = status, headers, text

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class SigningClient:
    """GET with a query, POST with a JSON body; `changes` of `signed` are header values to send in place of the right
    ones. A subclass says how to sign."""

    host: str

    def __init__(self, session: aiohttp.ClientSession, sandbox: Sandbox, account: ApiAccount) -> None:
        self._session, self.sandbox, self.account = session, sandbox, account

    def headers(self, method: str, path: str, query: str, body: str, changes: dict[str, str]) -> dict[str, str]:
        raise NotImplementedError

    async def get(self, path: str, **parameters: Any) -> Answer:
        return await self._send("GET", path, urlencode(parameters), "", {})

    async def signed(self, method: str, path: str, *values: Any, changes: Any = None, **parameters: Any) -> Answer:
        """`values` are the elements of a list for a body."""
        query = urlencode(parameters) if method == "GET" else ""
        body = "" if method == "GET" else json.dumps(list(values) if values else parameters)
        headers = self.headers(method, path, query, body, changes or {})
        return await self._send(method, path, query, body, headers)

    async def _send(self, method: str, path: str, query: str, body: str, headers: dict[str, str]) -> Answer:
        url = f"{self.sandbox.url}/{self.host}{path}" + (f"?{query}" if query else "")
        headers = {"Content-Type": "application/json", **headers}
        async with self._session.request(method, url, data=body or None, headers=headers) as response:
            return Answer(response.status, response.headers, await response.text())


class OkxClient(SigningClient):
    """Headers of okx.com/docs-v5, "REST Authentication", and the log-in of "WebSocket", "Login"."""

    host = "www.okx.com"

    def headers(self, method: str, path: str, query: str, body: str, changes: dict[str, str]) -> dict[str, str]:
        now = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        stamp = changes.get("OK-ACCESS-TIMESTAMP", now)
        return {
            "OK-ACCESS-KEY": self.account.api_key,
            "OK-ACCESS-PASSPHRASE": self.account.password,
            "OK-ACCESS-TIMESTAMP": stamp,
            "OK-ACCESS-SIGN": self.signature(stamp + method + path + (f"?{query}" if query else "") + body),
            **changes,
        }

    def signature(self, payload: str) -> str:
        digest = hmac.new(self.account.secret.encode(), payload.encode(), hashlib.sha256).digest()
        return base64.b64encode(digest).decode()

    def log_in(self, **changes: Any) -> dict[str, Any]:
        stamp = str(changes.get("timestamp", int(time.time())))
        right = {"apiKey": self.account.api_key, "passphrase": self.account.password, "timestamp": stamp}
        return {"op": "login", "args": [{**right, "sign": self.signature(stamp + "GET/users/self/verify"), **changes}]}

    async def order(self, **changes: Any) -> Answer:
        """A purchase on BTC-USDT that rests at 50,000 unless told otherwise; what is None is left out."""
        terms = {"instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit", "sz": "0.01", "px": "50000"}
        given = {name: value for name, value in {**terms, **changes}.items() if value is not None}
        return await self.signed("POST", "/api/v5/trade/order", **given)


class BybitClient(SigningClient):
    """Headers of bybit-exchange.github.io/docs/v5/guide, "Authentication", and the log-on of "Connect"."""

    host = "api.bybit.com"

    def headers(self, method: str, path: str, query: str, body: str, changes: dict[str, str]) -> dict[str, str]:
        stamp, window = changes.get("X-BAPI-TIMESTAMP", str(int(time.time() * 1000))), "5000"
        return {
            "X-BAPI-API-KEY": self.account.api_key,
            "X-BAPI-TIMESTAMP": stamp,
            "X-BAPI-RECV-WINDOW": window,
            "X-BAPI-SIGN": self.signature(stamp + self.account.api_key + window + query + body),
            **changes,
        }

    def signature(self, payload: str) -> str:
        return hmac.new(self.account.secret.encode(), payload.encode(), hashlib.sha256).hexdigest()

    def log_in(self, **changes: Any) -> dict[str, Any]:
        expires = changes.get("expires", int(time.time() * 1000) + 10_000)
        right = {"key": self.account.api_key, "expires": expires, "sign": self.signature(f"GET/realtime{expires}")}
        return {"op": "auth", "args": list({**right, **changes}.values())}

    async def order(self, **changes: Any) -> Answer:
        """A purchase on BTCUSDT that rests at 50,000 unless told otherwise; what is None is left out."""
        terms = {"category": "spot", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "0.01"}
        given = {"price": "50000", "timeInForce": "GTC", **changes}
        wanted = {name: value for name, value in {**terms, **given}.items() if value is not None}
        return await self.signed("POST", "/v5/order/create", **wanted)


async def closed_with(socket: Any) -> int | None:
    """The code with which the venue ends a connection, once it does; what it says before is passed over."""
    while True:
        message = await asyncio.wait_for(socket.raw.receive(), PATIENCE_S)
        if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
            return int(message.data) if message.type is aiohttp.WSMsgType.CLOSE else socket.raw.close_code
