"""The process of one connector: Hummingbot's clock, tracker and database, a seeded actor, and answers to the conductor.

    python -m hummingbot_ccxt.chaos.trader

It may be killed at any moment; what it told before stands in the events file, one JSON object a line.
"""

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import time
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
from hummingbot.core.event.event_forwarder import SourceInfoEventForwarder
from hummingbot.core.event.events import MarketEvent, OrderBookEvent

from hummingbot_ccxt.bench.link import Handler, answer_with, own_output, serve
from hummingbot_ccxt.chaos.actor import Actor
from hummingbot_ccxt.chaos.heard import Heard
from hummingbot_ccxt.chaos.memory import recording
from hummingbot_ccxt.chaos.pace import at_pace, quickened
from hummingbot_ccxt.chaos.told import BEGUN
from hummingbot_ccxt.rig.bot import ORDER_EVENTS, Bot, running, short_waits
from hummingbot_ccxt.rig.connectors import native_of
from hummingbot_ccxt.sandbox import ApiAccount, Sandbox
from hummingbot_ccxt.venue.loading import exchange_class

NATIVE_LEVELS = 10
"""How many levels a side are compared of a native connector, of ours all: every wire's streams go as deep. Where they
go no deeper, native connectors leave levels standing that fell out."""


class Trader:
    """What the conductor asks, answered."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._bot: Bot | None = None
        self._actor: Actor | None = None
        self._events = -1
        self._trades: dict[str, int] = {}
        self._books_heard: dict[str, Any] = {}
        self._heard: Heard | None = None
        self._is_ours = True
        self._listeners: list[Any] = []
        self._resolving = Resolving()

    def handlers(self) -> dict[str, Handler]:
        """By name."""
        return {
            "begin": self.begin, "go": self.go, "rest": self.rest, "look": self.look, "dns": self.dns,
            "probe": self.probe, "cancel_all": self.cancel_all, "logged": self.logged, "end_all": self.end_all,
            "heard": self.heard, "heartbeat": self.heartbeat,
        }  # fmt: skip

    @property
    def connector(self) -> Any:
        """The connector under test."""
        assert self._bot is not None
        return self._bot.connector

    async def begin(
        self,
        kind: str,
        exchange: str,
        port: int,
        credentials: dict[str, str],
        middles: dict[str, str],
        folder: str,
        seed: str,
        pace: float,
        rate: float,
        allowance: float,
    ) -> int:
        """Start the connector, restored from the folder's database; the number of this process, when it is ready."""
        venue = Sandbox(exchange, port=port)  # never started: it stands for the one in the conductor's process
        account = ApiAccount(**credentials)
        place = Path(folder)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._events = os.open(place / f"events-{os.getpid()}.jsonl", flags, 0o600)
        keeper = logging.FileHandler(place / f"log-{os.getpid()}.txt")
        keeper.setFormatter(logging.Formatter("%(created).3f %(levelname)s %(name)s: %(message)s"))
        logging.getLogger().addHandler(keeper)
        self._stack.enter_context(short_waits())
        self._stack.enter_context(at_pace(pace))
        self._stack.enter_context(self._resolving)

        self._is_ours = kind == "ours"

        def prepare(connector: Any) -> None:
            quickened(connector, pace, allowance)
            self._listen(connector)
            self._note_beginnings(connector)
            self._heard = Heard(connector)
            self._listeners.append(recording(connector, place / "trades.sqlite"))

        wanted = "ours" if kind == "ours" else "native"
        self._bot = await self._stack.enter_async_context(
            running(wanted, venue, account, list(middles), prepare=prepare)  # type: ignore[arg-type]
        )
        self._hear_trades()
        self._actor = Actor(self.connector, {pair: Decimal(p) for pair, p in middles.items()}, seed, rate)
        return os.getpid()

    def _listen(self, connector: Any) -> None:
        """Write each event down before Hummingbot's recorder hears of it; listeners are called in no certain order."""
        tell = connector.trigger_event

        def trigger_event(tag: Any, event: Any) -> None:
            if MarketEvent(tag) in ORDER_EVENTS:
                line = {"kind": MarketEvent(tag).name, "at": time.time(), **_plain(event)}
                os.write(self._events, json.dumps(line).encode() + b"\n")
            tell(tag, event)

        connector.trigger_event = trigger_event

    def _note_beginnings(self, connector: Any) -> None:
        """Write down when an order begins to be tracked, before it is asked for: only what is tracked can be saved."""
        start = connector.start_tracking_order

        def noting(order_id: str, *arguments: Any, **named: Any) -> None:
            os.write(self._events, json.dumps({"kind": BEGUN, "order_id": order_id}).encode() + b"\n")
            start(order_id, *arguments, **named)

        connector.start_tracking_order = noting

    def _hear_trades(self) -> None:
        """Count what each book is told of trades; Hummingbot makes new books when it starts the network again."""
        for pair, book in self.connector.order_books.items():
            if self._books_heard.get(pair) is book:
                continue

            def hear(tag: int, source: Any, event: Any, pair: str = pair) -> None:
                self._trades[pair] = self._trades.get(pair, 0) + 1

            forwarder = SourceInfoEventForwarder(hear)
            self._books_heard[pair] = book
            self._listeners.append(forwarder)
            book.add_listener(OrderBookEvent.TradeEvent, forwarder)

    async def go(self, orders: int) -> int:
        """Trade; the number of orders placed so far."""
        assert self._actor is not None
        self._actor.go(orders)
        return self._actor.placed

    async def rest(self) -> int:
        """Stop trading; the number of orders placed so far."""
        assert self._actor is not None
        await self._actor.rest()
        return self._actor.placed

    async def cancel_all(self) -> int:
        """Cancel every open order, as a strategy does when it stops; how many were not."""
        results = await self.connector.cancel_all(5.0)
        return sum(not result.success for result in results)

    async def probe(self, pair: str, amount: str, price: str) -> str:
        """Place one resting buy; its client order id."""
        assert self._bot is not None
        return self._bot.buy(pair, amount, price)

    async def heard(self, orders: list[str]) -> dict[str, int]:
        """How much the streams brought so far, by name; see `Heard`."""
        assert self._heard is not None
        return self._heard.counts(orders)

    async def heartbeat(self) -> float | None:
        """Every how many seconds ours asks a connection whether it lives; None for a native connector."""
        venue = getattr(self.connector, "_venue", None)
        return None if venue is None else venue.client.streaming["keepAlive"] / 1000

    async def dns(self, failing: bool) -> int:
        """Whether names resolve; how many look-ups failed so far."""
        self._resolving.failing = failing
        return self._resolving.failed

    async def look(self, books: bool = True) -> dict[str, Any]:
        """What the connector believes now."""
        bot, tracker = self._bot, self.connector._order_tracker
        assert bot is not None
        self._hear_trades()
        orders = {
            order_id: [order.current_state.name, str(order.executed_amount_base), order.exchange_order_id]
            for order_id, order in tracker.active_orders.items()
        }
        levels = None if self._is_ours else NATIVE_LEVELS
        return {
            "orders": orders,
            "lost": sorted(tracker.lost_orders),
            "balances": {asset: [str(total), str(free)] for asset, (total, free) in bot.balances().items()},
            "books": {p: [side[:levels] for side in bot.book(p)] for p in self.connector.order_books} if books else {},
            "trades": dict(self._trades),
        }

    async def logged(self) -> dict[str, int]:
        """How many warnings and errors were logged, by their beginning."""
        counts: dict[str, int] = {}
        assert self._bot is not None
        for record in self._bot.records:
            if record.levelno >= 30:
                key = f"{record.levelname} {record.name.rsplit('.', 1)[-1]}: {record.getMessage()[:140]}"
                counts[key] = counts.get(key, 0) + 1
        return counts

    async def end_all(self) -> None:
        """Stop the connector as Hummingbot does."""
        await self._stack.aclose()


class Resolving:
    """Name resolution of this process, which can fail; no connection that stands idle is used again then.

    The venue is on 127.0.0.1, so that nothing is ever looked up: the failure is made where aiohttp looks up, which both
    ccxt and Hummingbot's web assistants come through.
    """

    def __init__(self) -> None:
        self.failing = False
        self.failed = 0
        self._patches: list[Any] = []

    def __enter__(self) -> "Resolving":
        resolve, get = aiohttp.TCPConnector._resolve_host, aiohttp.TCPConnector._get

        async def resolve_host(connector: Any, *arguments: Any, **named: Any) -> Any:
            if self.failing:
                self.failed += 1
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            return await resolve(connector, *arguments, **named)

        async def get_idle(connector: Any, *arguments: Any, **named: Any) -> Any:
            return None if self.failing else await get(connector, *arguments, **named)

        self._patches = [
            patch.object(aiohttp.TCPConnector, "_resolve_host", resolve_host),
            patch.object(aiohttp.TCPConnector, "_get", get_idle),
        ]
        for each in self._patches:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._patches:
            each.stop()


def _plain(event: Any) -> dict[str, Any]:
    """An event of Hummingbot's with its fields as JSON takes them; the fee as (asset, amount) pairs."""
    fields = event._asdict() if hasattr(event, "_asdict") else vars(event)
    plain: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "trade_fee":
            plain["fees"] = [[flat.token, str(flat.amount)] for flat in value.flat_fees]
            plain["fee_percent"] = str(value.percent)
        else:
            plain[name] = value if isinstance(value, str | int | None) else getattr(value, "name", str(value))
    return plain


def main(kind: type[Trader] = Trader) -> None:
    """Import what both kinds need, once; then be one trader after another, each in a process that may be killed.

    A trader that ended by itself is the last one: its conductor has no more questions, or it failed.
    """
    answers = own_output()
    for exchange in sys.argv[1:]:
        native_of(exchange)
        exchange_class(exchange)
    while trader := os.fork():
        _, status = os.waitpid(trader, 0)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            return
        answer_with(answers, {"answer": None})  # it is dead, and the next one will take what is asked from now on
    asyncio.run(serve(kind().handlers(), answers))


if __name__ == "__main__":
    main()
