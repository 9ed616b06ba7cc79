"""A source of book and trade frames that costs nothing while it is measured.

The sandbox's own wire makes the frames: level changes of a scripted crowd go through it, step by step, to whatever the
connected client has subscribed to, and what would have been sent is kept instead. Played, the kept frames go to the
socket as they are. Nothing is patched: each frame is sent once, in order, so sequence numbers and checksums hold.

The number of a step stands in the amounts of its levels (the digits before the point), so that the receiver can tell
which frame brought a change; when each step left is known to the microsecond, on the machine's monotonic clock.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from hummingbot_ccxt.sandbox import Market, OrderType, Sandbox, Side, TimeInForce
from hummingbot_ccxt.sandbox.engine import BookLevel, Order, Trade, Traded
from hummingbot_ccxt.sandbox.streams import Session

MID = Decimal(25_000)
TICK, LOT = Decimal("0.01"), Decimal("0.0001")
_NEAR = 25
"""Changes strike this many levels from the best one on, or as many as a frame is to have."""
_GONE = 5
"""One changed level in so many vanishes, and comes back with the next change of its book."""
_CHUNK = 2**16


def market(number: int) -> Market:
    """A market of the crowd's: QAA/USDT, QAB/USDT, ..."""
    first, second = divmod(number, 26)
    return Market(
        base=f"Q{chr(65 + first)}{chr(65 + second)}",
        quote="USDT",
        tick_size=TICK,
        lot_size=LOT,
        min_amount=LOT,
        max_amount=Decimal(1_000_000),
        min_notional=Decimal(1),
    )


@dataclass(slots=True)
class Step:
    """The frames of one change, each with the session that is to get it."""

    number: int
    frames: list[tuple[Session, bytes]]


class Crowd:
    """Resting levels of one book that change by script. They are no account's orders: nobody is to trade with them."""

    def __init__(self, sandbox: Sandbox, symbol: str) -> None:
        self._sandbox = sandbox
        self._symbol = symbol
        self._book = sandbox.engine.book(symbol)
        self._random = random.Random(symbol)
        self._orders: dict[tuple[Side, Decimal], Order] = {}
        self._gone: list[tuple[Side, Decimal]] = []

    def fill(self, depth: int) -> None:
        """Make the book this deep, each level half a tick's rhythm from the next; announces nothing."""
        for (side, price), order in list(self._orders.items()):
            self._book.side(order.side).remove(order, price)
            del self._orders[side, price]
        self._gone.clear()
        for level, side in itertools.product(range(depth), Side):
            away = TICK * (level + 1)
            price = MID - away if side is Side.BUY else MID + away
            self._put(side, price, Decimal("1.0001"))

    def change(self, number: int, levels: int) -> None:
        """Change that many levels, those that come back included, to amounts that begin with `number`."""
        back, self._gone = self._gone[:levels], []
        near = max(_NEAR, levels // 2)
        chosen = list(back)
        for side in Side:
            wanted = (levels + (side is Side.BUY)) // 2 - sum(1 for each, _ in back if each is side)
            present = [(side, each.price) for each in itertools.islice(self._book.side(side), near)]
            chosen += self._random.sample(present, min(max(wanted, 0), len(present)))
        for place, (side, price) in enumerate(chosen):
            vanishes = place >= len(back) and place % _GONE == _GONE - 1
            self._withdraw(side, price)
            if vanishes:
                self._gone.append((side, price))
                amount = Decimal(0)
            else:
                amount = self._put(side, price, Decimal(f"{number}.{place % 10_000 + 1:04d}"))
            self._tell(side, price, amount)

    def _withdraw(self, side: Side, price: Decimal) -> None:
        order = self._orders.pop((side, price), None)
        if order is not None:
            self._book.side(order.side).remove(order, price)

    def _put(self, side: Side, price: Decimal, amount: Decimal) -> Decimal:
        order = self._orders[side, price] = Order(
            id=0,
            account_id="crowd",
            symbol=self._symbol,
            side=side,
            type=OrderType.LIMIT,
            time_in_force=TimeInForce.GTC,
            price=price,
            amount=amount,
            quote_amount=None,
            client_order_id="",
            created_ms=0,
            updated_ms=0,
        )
        return self._book.side(side).add(order, price)  # not `Book.add`: only what is told counts in the sequence

    def _tell(self, side: Side, price: Decimal, amount: Decimal) -> None:
        self._book.sequence += 1
        assert self._sandbox.wire is not None
        self._sandbox.wire.on_event(
            BookLevel(self._symbol, side, price, amount, self._book.sequence, self._sandbox.clock())
        )


class FrameSource:
    """Makes, keeps and plays frames for the sessions that are connected."""

    def __init__(self, sandbox: Sandbox, symbols: Sequence[str]) -> None:
        self._sandbox = sandbox
        self.crowds = {symbol: Crowd(sandbox, symbol) for symbol in symbols}
        self._numbers = itertools.count(2)  # an amount of 1 is what a book begins with
        self._trade_ids = itertools.count(900_000_001)
        self._steps: list[Step] = []

    async def keep_books(self, symbols: Sequence[str], steps: int, levels: int) -> list[int]:
        """Keep the frames of so many changes, one symbol after the other; the numbers of those that made frames."""
        self._steps = []
        with _kept() as kept:
            for symbol, number in zip(itertools.cycle(symbols), itertools.islice(self._numbers, steps), strict=False):
                self.crowds[symbol].change(number, levels)
                await _flushed()
                self._add(number, kept)
        return [step.number for step in self._steps]

    async def keep_trades(self, symbols: Sequence[str], steps: int) -> list[int]:
        """The same for public trades, one a step, amounts as told above."""
        self._steps = []
        assert self._sandbox.wire is not None
        with _kept() as kept:
            for symbol, number in zip(itertools.cycle(symbols), itertools.islice(self._numbers, steps), strict=False):
                trade_id = next(self._trade_ids)
                side = Side.BUY if number % 2 else Side.SELL
                trade = Trade(
                    id=trade_id,
                    symbol=symbol,
                    price=MID,
                    amount=Decimal(f"{number}.0001"),
                    buyer_order_id=trade_id * 2,
                    seller_order_id=trade_id * 2 + 1,
                    taker_side=side,
                    time_ms=self._sandbox.clock(),
                )
                self._sandbox.wire.on_event(Traded(trade))
                await _flushed()
                self._add(number, kept)
        return [step.number for step in self._steps]

    def _add(self, number: int, kept: list[tuple[Session, bytes]]) -> None:
        frames = [(session, _framed(frame)) for session, frame in kept]
        kept.clear()
        if frames:
            self._steps.append(Step(number, frames))

    async def play(self, per_second: float) -> dict[str, Any]:
        """Send what is kept, evenly paced; 0 for as fast as the sockets take it.

        Gives when each step left (number, nanoseconds of the monotonic clock), its frames and bytes, and which share
        of a CPU this process spent meanwhile.
        """
        steps, self._steps = self._steps, []
        cpu, began = time.process_time(), time.monotonic()
        sent = await (_paced(steps, per_second) if per_second else _at_once(steps))
        frames = [frame for step in steps for _, frame in step.frames]
        wall = max(time.monotonic() - began, 1e-6)
        return {
            "sent": sent,
            "frames": len(frames),
            "bytes": sum(map(len, frames)),
            "cpu_share": (time.process_time() - cpu) / wall,
        }


async def _paced(steps: Sequence[Step], per_second: float) -> list[tuple[int, int]]:
    sent = []
    loop = asyncio.get_running_loop()
    began = loop.time()
    for place, step in enumerate(steps):
        if (wait := began + place / per_second - loop.time()) > 0:
            await asyncio.sleep(wait)
        sent.append((step.number, time.monotonic_ns()))
        for session, frame in step.frames:
            _write(session, frame)
    return sent


async def _at_once(steps: Sequence[Step]) -> list[tuple[int, int]]:
    """Large writes: the receiver alone sets the pace."""
    waiting: dict[Session, bytearray] = {}
    sent = []
    for step in steps:
        for session, frame in step.frames:
            buffer = waiting.setdefault(session, bytearray())
            buffer += frame
            if len(buffer) >= _CHUNK:
                _write(session, bytes(buffer))
                buffer.clear()
        sent.append((step.number, time.monotonic_ns()))
    for session, buffer in waiting.items():
        _write(session, bytes(buffer))
    return sent


def _write(session: Session, frame: bytes) -> None:
    assert session._transport is not None
    session._transport.write(frame)


def _framed(payload: bytes) -> bytes:
    """A text frame as a server sends it, unmasked (RFC 6455, section 5.2)."""
    length = len(payload)
    if length < 126:
        head = bytes((0x81, length))
    elif length < 2**16:
        head = b"\x81\x7e" + length.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + length.to_bytes(8, "big")
    return head + payload


@contextmanager
def _kept() -> Iterator[list[tuple[Session, bytes]]]:
    """Within, sessions keep frames in the list instead of sending them."""
    kept: list[tuple[Session, bytes]] = []
    with patch.object(Session, "send", lambda session, frame: kept.append((session, frame))):
        yield kept


async def _flushed() -> None:
    """Batches with an interval of 0 are delivered within two rounds of the loop."""
    for _ in range(3):
        await asyncio.sleep(0)
