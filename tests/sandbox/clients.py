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
from uuid import uuid4

import aiohttp
import ccxt

from hummingbot_ccxt.sandbox import ApiAccount, Sandbox

PATIENCE_S = 5.0


class Answer:
    """One HTTP answer, read."""

    def __init__(self, status: int, headers: Any, text: str) -> None:
        self.status, self.headers, self.text = status, headers, text

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def sha256_base64(secret: str, payload: str) -> str:
    """The signature that several exchanges want."""
    return base64.b64encode(hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()).decode()


class SigningClient:
    """GET and DELETE with a query, POST with a JSON body; `changes` of `signed` are header values to send in place of
    the right ones. A subclass says how to sign."""

    host: str

    def __init__(self, session: aiohttp.ClientSession, sandbox: Sandbox, account: ApiAccount) -> None:
        self._session, self.sandbox, self.account = session, sandbox, account

    def headers(self, method: str, path: str, query: str, body: str, changes: dict[str, str]) -> dict[str, str]:
        raise NotImplementedError

    async def get(self, path: str, **parameters: Any) -> Answer:
        return await self._send("GET", path, urlencode(parameters), "", {})

    async def signed(self, method: str, path: str, *values: Any, changes: Any = None, **parameters: Any) -> Answer:
        """`values` are the elements of a list for a body."""
        has_query = method in ("GET", "DELETE")
        query = urlencode(parameters, safe=",") if has_query else ""
        body = "" if has_query else json.dumps(list(values) if values else parameters)
        headers = self.headers(method, path, query, body, changes or {})
        return await self._send(method, path, query, body, headers)

    async def _send(self, method: str, path: str, query: str, body: str, headers: dict[str, str]) -> Answer:
        url = f"{self.sandbox.url}/{self.host}{path}" + (f"?{query}" if query else "")
        headers = {"Content-Type": "application/json", **headers}
        async with self._session.request(method, url, data=body or None, headers=headers) as response:
            return Answer(response.status, response.headers, await response.text())


class AccessHeadersClient(SigningClient):
    """The headers and the log-in that OKX began with and Bitget took over: `prefix` before each header's name,
    `log_in_path` in what a log-in signs."""

    prefix: str
    log_in_path: str

    def stamp(self) -> str:
        """The time as a header tells it."""
        raise NotImplementedError

    def headers(self, method: str, path: str, query: str, body: str, changes: dict[str, str]) -> dict[str, str]:
        stamp = changes.get(f"{self.prefix}TIMESTAMP", self.stamp())
        right = {
            "KEY": self.account.api_key,
            "PASSPHRASE": self.account.password,
            "TIMESTAMP": stamp,
            "SIGN": self.signature(stamp + method + path + (f"?{query}" if query else "") + body),
        }
        return {**{self.prefix + name: value for name, value in right.items()}, **changes}

    def signature(self, payload: str) -> str:
        return sha256_base64(self.account.secret, payload)

    def log_in(self, **changes: Any) -> dict[str, Any]:
        stamp = str(changes.get("timestamp", int(time.time())))
        right = {"apiKey": self.account.api_key, "passphrase": self.account.password, "timestamp": stamp}
        signature = self.signature(f"{stamp}GET{self.log_in_path}")
        return {"op": "login", "args": [{**right, "sign": signature, **changes}]}


class OkxClient(AccessHeadersClient):
    """Headers of okx.com/docs-v5, "REST Authentication", and the log-in of "WebSocket", "Login"."""

    host, prefix, log_in_path = "www.okx.com", "OK-ACCESS-", "/users/self/verify"

    def stamp(self) -> str:
        return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

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


class KrakenClient(SigningClient):
    """Headers of docs.kraken.com/api, "Spot REST Authentication"; parameters are a form, with a nonce in it."""

    host = "api.kraken.com"

    async def signed(self, method: str, path: str, *values: Any, changes: Any = None, **parameters: Any) -> Answer:
        """What is None is left out; `nonce`: another than the time in nanoseconds."""
        given = {"nonce": time.time_ns(), **parameters}
        body = urlencode({name: value for name, value in given.items() if value is not None})
        nonce = "" if given["nonce"] is None else str(given["nonce"])
        headers = {"API-Key": self.account.api_key, "API-Sign": self.signature(path, nonce, body), **(changes or {})}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self._send(method, path, "", body, {**form, **headers})

    def signature(self, path: str, nonce: str, body: str) -> str:
        payload = path.encode() + hashlib.sha256((nonce + body).encode()).digest()
        return base64.b64encode(
            hmac.new(base64.b64decode(self.account.secret), payload, hashlib.sha512).digest()
        ).decode()

    async def ask(self, name: str, **parameters: Any) -> Any:
        """What a private request to /0/private/`name` results in."""
        answer = await self.signed("POST", f"/0/private/{name}", **parameters)
        assert answer.json["error"] == [], answer.text
        return answer.json["result"]

    async def order(self, **changes: Any) -> Answer:
        """A purchase on XBTUSDT that rests at 50,000 unless told otherwise; what is None is left out."""
        terms = {"pair": "XBTUSDT", "type": "buy", "ordertype": "limit", "volume": "0.01", "price": "50000"}
        return await self.signed("POST", "/0/private/AddOrder", **{**terms, **changes})

    async def ordered(self, **changes: Any) -> str:
        """The id of a new order."""
        (order_id,) = (await self.order(**changes)).json["result"]["txid"]
        return str(order_id)

    async def look(self, order_id: str) -> Any:
        return (await self.ask("QueryOrders", txid=order_id))[order_id]


class KucoinClient(SigningClient):
    """Headers of kucoin.com/docs-new, "Authentication"; connections to the address that a token request answers."""

    host = "api.kucoin.com"

    def headers(self, method: str, path: str, query: str, body: str, changes: dict[str, str]) -> dict[str, str]:
        stamp = changes.get("KC-API-TIMESTAMP", str(int(time.time() * 1000)))
        right = {
            "KC-API-KEY": self.account.api_key,
            "KC-API-SIGN": self.signature(stamp + method + path + (f"?{query}" if query else "") + body),
            "KC-API-TIMESTAMP": stamp,
            "KC-API-PASSPHRASE": self.signature(self.account.password),
            "KC-API-KEY-VERSION": "2",
            **changes,
        }
        return {name: value for name, value in right.items() if value is not None}

    def signature(self, payload: str) -> str:
        return sha256_base64(self.account.secret, payload)

    async def order(self, **changes: Any) -> Answer:
        """A purchase on BTC-USDT that rests at 50,000 unless told otherwise; what is None is left out."""
        terms = {"symbol": "BTC-USDT", "side": "buy", "type": "limit", "size": "0.01", "price": "50000"}
        given = {"clientOid": uuid4().hex, **terms, **changes}
        wanted = {name: value for name, value in given.items() if value is not None}
        return await self.signed("POST", "/api/v1/hf/orders", **wanted)

    async def address(self, kind: str) -> str:
        """Where to connect, token included; `kind`: public or private."""
        data = (await self.signed("POST", f"/api/v1/bullet-{kind}")).json["data"]
        return f"{data['instanceServers'][0]['endpoint']}?token={data['token']}&connectId=mine"

    async def connect(self, address: str) -> Any:
        """The connection, before anything is read."""
        return await self._session.ws_connect(address)


class GateClient(SigningClient):
    """Headers of gate.com/docs/developers/apiv4, "APIv4 signed request requirements", and the `auth` of .../ws/en."""

    host = "api.gateio.ws"

    def headers(self, method: str, path: str, query: str, body: str, changes: dict[str, str]) -> dict[str, str]:
        stamp = changes.get("Timestamp") or str(int(time.time()))
        payload = "\n".join((method, path, query, hashlib.sha512(body.encode()).hexdigest(), stamp))
        right = {"KEY": self.account.api_key, "Timestamp": stamp, "SIGN": self.signature(payload), **changes}
        return {name: value for name, value in right.items() if value is not None}

    def signature(self, payload: str) -> str:
        return hmac.new(self.account.secret.encode(), payload.encode(), hashlib.sha512).hexdigest()

    async def order(self, **changes: Any) -> Answer:
        """A purchase on BTC_USDT that rests at 50,000 unless told otherwise; what is None is left out."""
        terms = {"currency_pair": "BTC_USDT", "side": "buy", "type": "limit", "amount": "0.01", "price": "50000"}
        wanted = {name: value for name, value in {**terms, **changes}.items() if value is not None}
        return await self.signed("POST", "/api/v4/spot/orders", **wanted)

    def request(self, channel: str, *payload: str, event: str = "subscribe", **changes: Any) -> dict[str, Any]:
        """A request to a channel, signed; `changes` are members of `auth`, or the `time`."""
        stamp = changes.pop("time", int(time.time()))
        signature = self.signature(f"channel={channel}&event={event}&time={stamp}")
        auth = {"method": "api_key", "KEY": self.account.api_key, "SIGN": signature, **changes}
        return {"time": stamp, "id": 7, "channel": channel, "event": event, "payload": list(payload), "auth": auth}


class BitgetClient(AccessHeadersClient):
    """Headers of bitget.com/api-doc/common/signature, and the log-in of .../websocket-intro."""

    host, prefix, log_in_path = "api.bitget.com", "ACCESS-", "/user/verify"

    def stamp(self) -> str:
        return str(int(time.time() * 1000))

    async def order(self, **changes: Any) -> Answer:
        """A purchase on BTCUSDT that rests at 50,000 unless told otherwise; what is None is left out."""
        terms = {"symbol": "BTCUSDT", "side": "buy", "orderType": "limit", "force": "gtc", "size": "0.01"}
        given = {name: value for name, value in {**terms, "price": "50000", **changes}.items() if value is not None}
        return await self.signed("POST", "/api/v2/spot/trade/place-order", **given)


#: The exchanges whose clients are here; Binance's is in conftest.py.
CLIENTS: dict[str, type[SigningClient]] = {
    "bitget": BitgetClient,
    "bybit": BybitClient,
    "gate": GateClient,
    "kraken": KrakenClient,
    "kucoin": KucoinClient,
    "okx": OkxClient,
}


def meaning(exchange: str, answer: Answer) -> type[Exception] | None:
    """The class of the error that the unmodified class of ccxt reads in an answer; None where it reads none."""
    try:
        getattr(ccxt, exchange)().handle_errors(answer.status, "", "", "", {}, answer.text, answer.json, {}, "")
    except ccxt.BaseError as error:
        return type(error)
    return None


async def closed_with(socket: Any) -> int | None:
    """The code with which the venue ends a connection, once it does; what it says before is passed over."""
    while True:
        message = await asyncio.wait_for(socket.raw.receive(), PATIENCE_S)
        if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
            return int(message.data) if message.type is aiohttp.WSMsgType.CLOSE else socket.raw.close_code
