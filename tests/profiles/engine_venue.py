"""A venue of one market for the profiles: the embedded engine, a WebSocket server on this machine, and its faults.

Its stream protocol is the plainest there is: `{"op": "subscribe", "channel": ..., "symbol": ...}` goes up, JSON events
come down. The exchange class that speaks it is in `engine_exchange`.
"""

import json
import time
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aiohttp import WSMsgType, web

from hummingbot_ccxt.sandbox.engine import (
    BalanceChanged,
    BookLevel,
    Engine,
    Event,
    Fill,
    Market,
    Order,
    OrderEvent,
    OrderEventKind,
    OrderType,
    Side,
    Trade,
    Traded,
)

SYMBOL = "BTC/USDT"
MARKET = Market(
    base="BTC",
    quote="USDT",
    tick_size=Decimal("0.01"),
    lot_size=Decimal("0.00001"),
    min_amount=Decimal("0.00001"),
    max_amount=Decimal(9000),
    min_notional=Decimal(5),
)
FUNDS = {"USDT": Decimal(100_000), "BTC": Decimal(2)}
TRADER, OTHERS = "trader", "others"


class EngineVenue:
    """The engine, who may trade on it, and what goes wrong at the moment."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        self.engine = Engine([MARKET], clock_ms=lambda: int(time.time() * 1000))
        self.engine.create_account(TRADER, FUNDS)
        self.engine.create_account(OTHERS, dict.fromkeys(FUNDS, Decimal(10**9)))
        self.engine.subscribe(self._tell)
        self.credentials = dict(credentials)
        self.requests: Counter[str] = Counter()
        """How often each unified method was asked for."""
        self.offline = False
        """Nothing answers, no connection is taken."""
        self.muted: set[str] = set()
        """Channels that keep quiet although they are subscribed."""
        self.lose_answer = 0
        """So many new orders are taken, and their answers lost."""
        self.lose_request = 0
        """So many new orders never arrive."""
        self.forgotten: set[int] = set()
        """Orders that the venue says it never had."""
        self.trusts_credentials = True
        self._sockets: dict[web.WebSocketResponse, list[dict[str, Any]]] = {}
        self._runner: web.AppRunner | None = None
        self._port = 0

    # --- the server

    async def __aenter__(self) -> "EngineVenue":
        app = web.Application()
        app.router.add_get("/ws", self._serve)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()
        assert self._runner is not None
        await self._runner.cleanup()
        self.engine.audit()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/ws"

    async def disconnect(self) -> None:
        """Hang up on everybody."""
        for socket in list(self._sockets):
            if socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()

    def subscriptions(self) -> set[str]:
        """The channels that somebody follows now."""
        return {request["channel"] for requests in self._sockets.values() for request in requests}

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if self.offline:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets[socket] = []
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._take(socket, json.loads(frame.data))
        finally:
            del self._sockets[socket]
        return socket

    def _take(self, socket: web.WebSocketResponse, request: dict[str, Any]) -> None:
        if request["op"] == "unsubscribe":
            wanted = (request["channel"], request["symbol"])
            self._sockets[socket][:] = [r for r in self._sockets[socket] if (r["channel"], r["symbol"]) != wanted]
            return
        if request["channel"] in ("orders", "fills", "balance") and request.get("keys") != self.credentials:
            self._send(socket, {"channel": "error", "text": "invalid credentials"})
            return
        self._sockets[socket].append(request)
        self._send(socket, {"channel": "subscribed", "to": request["channel"], "symbol": request["symbol"]})
        if request["channel"] == "book" and request["style"] != "snapshot over REST":
            self._send(socket, self.book_message())
        if request["channel"] == "balance":
            self._send(socket, self.balance_message())

    def _send(self, socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        # aiohttp's `send_str` wants to be awaited; its writer takes a frame of this size at once.
        coroutine = socket.send_str(json.dumps(message))
        try:
            coroutine.send(None)
        except StopIteration:
            return
        except (ConnectionError, RuntimeError):
            return
        raise RuntimeError("the socket's buffer is full")

    def _tell(self, event: Event) -> None:
        for channel, message in self._messages(event):
            if channel in self.muted:
                continue
            for socket, requests in list(self._sockets.items()):
                for request in requests:
                    if request["channel"] == channel and not socket.closed:
                        whole = channel == "book" and request["style"] == "whole books"
                        self._send(socket, self.book_message() if whole else message)

    def _messages(self, event: Event) -> list[tuple[str, dict[str, Any]]]:
        match event:
            case BookLevel():
                rows: dict[str, list[list[str]]] = {"bids": [], "asks": []}
                rows["bids" if event.side is Side.BUY else "asks"].append([str(event.price), str(event.amount)])
                change = {"sequence": event.sequence, "time": event.time_ms, **rows}
                return [("book", {"channel": "book", "snapshot": False, "symbol": event.symbol, **change})]
            case Traded():
                return [("trades", {"channel": "trades", "trade": public_trade(event.trade)})]
            case OrderEvent() if event.order.account_id == TRADER and event.order.id not in self.forgotten:
                told = [("orders", {"channel": "orders", "order": order_fields(event.order)})]
                if event.kind is OrderEventKind.TRADE and event.fill is not None:
                    told.insert(0, ("fills", {"channel": "fills", "fill": fill_fields(event.fill)}))
                return told
            case BalanceChanged() if event.account_id == TRADER:
                return [("balance", self.balance_message())]
        return []

    # --- what it looks like

    def book_message(self) -> dict[str, Any]:
        book = self.engine.book(SYMBOL)
        bids, asks = ([[str(p), str(a)] for p, a in side.levels()] for side in (book.bids, book.asks))
        now_ms = int(time.time() * 1000)
        sides = {"bids": bids, "asks": asks, "sequence": book.sequence, "time": now_ms}
        return {"channel": "book", "snapshot": True, "symbol": SYMBOL, **sides}

    def balance_message(self) -> dict[str, Any]:
        held = self.engine.balances(TRADER)
        balances = {asset: {"free": str(each.free), "locked": str(each.locked)} for asset, each in held.items()}
        return {"channel": "balance", "balances": balances}

    # --- everybody else

    def quote(self, side: Side, price: int, amount: str) -> Order:
        """A limit order of somebody else."""
        terms = {"symbol": SYMBOL, "side": side, "type": OrderType.LIMIT}
        return self.engine.place(OTHERS, price=Decimal(price), amount=Decimal(amount), **terms)

    def trade(self, side: Side, amount: str) -> Order:
        """A market order of somebody else."""
        return self.engine.place(OTHERS, symbol=SYMBOL, side=side, type=OrderType.MARKET, amount=Decimal(amount))

    def make_book(self) -> None:
        """Half a coin at each of ten levels a side around 60,000, ten quote units apart."""
        for step in range(1, 11):
            self.quote(Side.BUY, 60_000 - 10 * step, "0.5")
            self.quote(Side.SELL, 60_000 + 10 * step, "0.5")

    def forget(self, order_id: int) -> None:
        """Lose an order without a word, as if it had never been."""
        self.forgotten.add(order_id)
        self.engine.cancel(TRADER, order_id=order_id)


def public_trade(trade: Trade) -> dict[str, str]:
    return {
        "tradeId": str(trade.id),
        "symbol": trade.symbol,
        "price": str(trade.price),
        "amount": str(trade.amount),
        "side": trade.taker_side.value,
        "time": str(trade.time_ms),
    }


def order_fields(order: Order) -> dict[str, str | None]:
    """An order as the venue writes it."""
    return {
        "orderId": str(order.id),
        "ownId": order.client_order_id,
        "symbol": order.symbol,
        "side": order.side.value,
        "kind": order.type.value,
        "price": None if order.price is None else str(order.price),
        "amount": None if order.amount is None else str(order.amount),
        "filled": str(order.filled),
        "cost": str(order.filled_quote),
        "engineStatus": order.status.value,
        "created": str(order.created_ms),
        "updated": str(order.updated_ms),
    }


def fill_fields(fill: Fill) -> dict[str, str]:
    """One side of a trade as the venue writes it; a client order id is nowhere in it."""
    return {
        "tradeId": str(fill.id),
        "orderId": str(fill.order_id),
        "symbol": fill.symbol,
        "side": fill.side.value,
        "price": str(fill.price),
        "amount": str(fill.amount),
        "fee": str(fill.fee),
        "feeAsset": fill.fee_asset,
        "role": "maker" if fill.is_maker else "taker",
        "time": str(fill.time_ms),
    }
