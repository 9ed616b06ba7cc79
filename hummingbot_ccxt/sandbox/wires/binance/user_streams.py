"""Binance's user data stream: orders, fills and balances of one account, and the listen keys of its older form.

Source: Binance Spot API documentation, "User Data Streams" (user-data-stream.md), the section named at each function.
A topic of `Streams` is `user:<account>`; on the WebSocket API its messages are wrapped, on listen keys they are bare.
"""

import asyncio
import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from ...accounts import random_word
from ...engine import Balance, BalanceChanged, Event, Fill, Order, OrderEvent, OrderEventKind, OrderType, TimeInForce
from ...streams import Envelope, Session
from . import messages
from .errors import BinanceError
from .messages import number

if TYPE_CHECKING:
    from .wire import BinanceWire


USER_TOPIC = "user:"


class Subscriber(Protocol):
    """A connection with user streams on it that can be told that they have ended."""

    def terminate(self) -> int:
        """How many there were."""
        ...


class UserStreams:
    """Turns the engine's private events into frames, and keeps the listen keys."""

    def __init__(self, wire: "BinanceWire") -> None:
        self._wire = wire
        self._streams = wire.venue.streams
        self._clock = wire.venue.clock
        self._lifetime_s = wire.venue.settings.session_lifetime_s
        self._keys: dict[str, _ListenKey] = {}
        self._totals: dict[str, dict[str, Decimal]] = {
            account_id: {asset: each.total for asset, each in wire.venue.engine.balances(account_id).items()}
            for account_id in wire.venue.engine.accounts()
        }
        self._updated_ms: dict[str, int] = {}
        self._has_ordered: set[str] = set()  # accounts whose next balance change comes from their orders
        self._cancel_id: str | None = None
        self._execution_ids = itertools.count(8_641_984)
        self.subscribers: set[Subscriber] = set()

    def topic(self, account_id: str) -> str:
        return USER_TOPIC + account_id

    def updated_ms(self, account_id: str) -> int:
        """When the account's balances last changed."""
        return self._updated_ms.get(account_id, self._wire.started_ms)

    @contextmanager
    def canceling_as(self, cancel_id: str) -> Iterator[None]:
        """Cancels made inside report `cancel_id` as the client order id, and the order's own as the original one."""
        self._cancel_id = cancel_id
        try:
            yield
        finally:
            self._cancel_id = None

    # -- the engine's events
    def on_event(self, event: Event) -> None:
        if isinstance(event, OrderEvent):
            self._on_order(event)
        elif isinstance(event, BalanceChanged):
            self._on_balances(event)

    def _on_order(self, event: OrderEvent) -> None:
        order = event.order
        self._has_ordered.add(order.account_id)
        topic = self.topic(order.account_id)
        if self._streams.wants(topic):
            report = execution_report(
                order,
                self._wire.market_id(order.symbol),
                event.kind,
                event.fill,
                event_ms=self._clock(),
                time_ms=event.time_ms,
                cancel_id=self._cancel_id,
                execution_id=next(self._execution_ids),
            )
            self._streams.publish(topic, "order", orjson.dumps(report))

    def _on_balances(self, event: BalanceChanged) -> None:
        account_id, topic = event.account_id, self.topic(event.account_id)
        by_orders = account_id in self._has_ordered
        self._has_ordered.discard(account_id)
        self._updated_ms[account_id] = event.time_ms
        totals = self._totals.setdefault(account_id, {})
        wanted, now = self._streams.wants(topic), self._clock()
        for asset, balance in event.balances.items():
            total = balance.total
            if wanted and not by_orders:
                update = balance_update(asset, total - totals.get(asset, Decimal(0)), now, event.time_ms)
                self._streams.publish(topic, "balance", orjson.dumps(update))
            totals[asset] = total
        if not wanted:
            return
        position = account_position(event.balances, now, event.time_ms)
        self._streams.publish(topic, "balance", orjson.dumps(position))

    # -- listen keys
    def create_listen_key(self, account_id: str) -> str:
        """A new key, or the account's present one with its time extended, as Binance answers it."""
        for word, key in self._keys.items():
            if key.account_id == account_id:
                self._prolong(word)
                return word
        word = random_word(60)
        self._keys[word] = _ListenKey(account_id)
        self._prolong(word)
        return word

    def extend_listen_key(self, account_id: str, word: str) -> None:
        """-1125 for a key that there is not (any more)."""
        self._owned(account_id, word)
        self._prolong(word)

    def close_listen_key(self, account_id: str, word: str) -> None:
        key = self._owned(account_id, word)
        self._drop(word, key)

    def attach_listen_key(self, session: Session, word: str, envelope: Envelope) -> bool:
        """Puts the user stream of the listen key on the connection; False where it is none."""
        key = self._keys.get(word)
        if key is None:
            return False
        key.sessions.add(session)
        session.is_private = True
        self._streams.subscribe(session, self.topic(key.account_id), envelope)
        return True

    def listen_keys(self) -> list[str]:
        return list(self._keys)

    def expire_all(self) -> int:
        """Ends every listen key and every subscription of the WebSocket API; how many."""
        count = len(self._keys)
        for word in list(self._keys):
            self._expire(word)
        return count + sum(each.terminate() for each in list(self.subscribers))

    def _owned(self, account_id: str, word: str) -> "_ListenKey":
        key = self._keys.get(word)
        if key is None or key.account_id != account_id:
            raise BinanceError(-1125, "This listenKey does not exist.")
        return key

    def _prolong(self, word: str) -> None:
        key = self._keys[word]
        if key.timer is not None:
            key.timer.cancel()
        key.timer = asyncio.get_running_loop().call_later(self._lifetime_s, self._expire, word)

    def _expire(self, word: str) -> None:
        """ "Listen Key Expired"."""
        key = self._keys.get(word)
        if key is None:
            return
        frame = orjson.dumps({"e": "listenKeyExpired", "E": self._clock(), "listenKey": word})
        for session in key.sessions & self._streams.sessions:
            session.send(frame)
        self._drop(word, key)

    def _drop(self, word: str, key: "_ListenKey") -> None:
        if key.timer is not None:
            key.timer.cancel()
        for session in key.sessions:
            self._streams.unsubscribe(session, self.topic(key.account_id))
        del self._keys[word]

    def stop(self) -> None:
        for key in self._keys.values():
            if key.timer is not None:
                key.timer.cancel()


class _ListenKey:
    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.sessions: set[Session] = set()
        self.timer: asyncio.TimerHandle | None = None


def execution_report(
    order: Order,
    symbol: str,
    kind: OrderEventKind,
    fill: Fill | None,
    *,
    event_ms: int,
    time_ms: int,
    cancel_id: str | None,
    execution_id: int,
) -> dict[str, Any]:
    """ "Order Update". In a cancel, `c` is the cancel's own id and `C` the order's; otherwise `C` is empty."""
    canceled = kind is OrderEventKind.CANCELED
    rests = order.is_open and order.type is not OrderType.MARKET and order.time_in_force is TimeInForce.GTC
    report: dict[str, Any] = {
        "e": "executionReport",
        "E": event_ms,
        "s": symbol,
        "c": (cancel_id or random_word(22)) if canceled else order.client_order_id,
        "S": order.side.name,
        "o": order.type.name,
        "f": order.time_in_force.name,
        "q": number(messages.quantity(order)),
        "p": number(order.price),
        "P": "0.00000000",
        "F": "0.00000000",
        "g": -1,
        "C": order.client_order_id if canceled else "",
        "x": kind.name,
        "X": order.status.name,
        "r": "NONE",
        "i": order.id,
        "l": number(fill.amount if fill else None),
        "z": number(order.filled),
        "L": number(fill.price if fill else None),
        "n": number(fill.fee) if fill else "0",
        "N": fill.fee_asset if fill else None,
        "T": time_ms,
        "t": fill.id if fill else -1,
        "I": execution_id,
        "w": rests,
        "m": fill.is_maker if fill else False,
        "M": fill is not None,
        "O": order.created_ms,
        "Z": number(order.filled_quote),
        "Y": number(fill.quote_amount if fill else None),
        "Q": number(order.quote_amount),
        "W": order.created_ms,
        "V": "NONE",
    }
    if kind is OrderEventKind.EXPIRED:
        report["eR"] = "INSUFFICIENT_LIQUIDITY"
    return report


def account_position(balances: Mapping[str, Balance], event_ms: int, time_ms: int) -> dict[str, Any]:
    """ "Account Update": the assets that an operation touched."""
    return {
        "e": "outboundAccountPosition",
        "E": event_ms,
        "u": time_ms,
        "B": [{"a": asset, "f": number(each.free), "l": number(each.locked)} for asset, each in balances.items()],
    }


def balance_update(asset: str, change: Decimal, event_ms: int, time_ms: int) -> dict[str, Any]:
    """ "Balance Update": a deposit."""
    return {"e": "balanceUpdate", "E": event_ms, "a": asset, "d": number(change), "T": time_ms}
