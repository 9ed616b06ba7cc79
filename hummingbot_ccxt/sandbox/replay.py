"""Recorded markets on the engine: book and trades follow a recording, and clients trade in the middle of it.

The recording becomes engine state instead of being served frame by frame. Frames served as they are would be right for
one connector only: their sequence numbers fit neither a snapshot taken now nor the client's own orders, and nothing
could be traded. So each recorded level is a resting order of the replay's own account, each recorded trade is an order
of its taker, and all streams and snapshots come from the engine as always, on one sequence, right for every connector.
After each recorded message the engine's book is the recorded one, plus what clients have in it, less those levels that
lie off the market's tick or lot: real books hold some, far from the price, from before the exchange changed its rules.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from .engine import Engine, Market, OrderType, Rejected, Side, TimeInForce

_MAKER, _TAKER = "replay:maker", "replay:taker"
_FUNDS = Decimal(10) ** 20
_HISTORY = 50

Levels = list[tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class BookState:
    """Levels of one market: all there are (`is_whole`), or those that changed, 0 for a level that is gone."""

    symbol: str
    bids: Levels
    asks: Levels
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Print:
    """A public trade."""

    symbol: str
    price: Decimal
    amount: Decimal
    taker_side: Side


Step = tuple[float, BookState | Print]


@dataclass(frozen=True, slots=True)
class Recording:
    """What a wire found in a recording: the markets, and what happened to them when (unix seconds), in order."""

    markets: list[Market]
    steps: list[Step]


class Replay:
    """Plays a recording's steps on an engine that has its markets."""

    def __init__(self, engine: Engine, recording: Recording, *, speed: float = 1.0) -> None:
        """`speed` 2 plays twice as fast as recorded, 0 as fast as possible."""
        self._engine = engine
        self._steps = recording.steps
        self._speed = speed
        self._targets: dict[tuple[str, Side], dict[Decimal, Decimal]] = {}
        self._orders: dict[tuple[str, Side, Decimal], int] = {}
        assets = {asset: _FUNDS for market in recording.markets for asset in (market.base, market.quote)}
        for account_id in (_MAKER, _TAKER):
            engine.create_account(
                account_id, assets, maker_fee=Decimal(0), taker_fee=Decimal(0), history_limit=_HISTORY
            )

    async def run(self) -> None:
        """Returns at the recording's end; the books stay as they are then."""
        loop = asyncio.get_running_loop()
        started, first = loop.time(), self._steps[0][0] if self._steps else 0.0
        for time_s, step in self._steps:
            wait = started + (time_s - first) / self._speed - loop.time() if self._speed else 0.0
            await asyncio.sleep(max(0.0, wait))
            if isinstance(step, Print):
                self._print(step)
            else:
                for count, _ in enumerate(self._change(step)):
                    if count % 50 == 49:
                        await asyncio.sleep(0)

    def _change(self, state: BookState) -> Iterator[None]:
        """One level at a time, those that go first, so that the book does not cross on the way."""
        changes: list[tuple[Side, Decimal, Decimal]] = []
        for side, levels in ((Side.BUY, state.bids), (Side.SELL, state.asks)):
            target = self._targets.setdefault((state.symbol, side), {})
            if state.is_whole:
                kept = {price for price, _ in levels}
                changes += [(side, price, Decimal(0)) for price in target if price not in kept]
            changes += [(side, price, amount) for price, amount in levels if target.get(price) != amount]
        for side, price, amount in sorted(changes, key=lambda change: change[2] != 0):
            self._targets[state.symbol, side][price] = amount
            self._set(state.symbol, side, price)
            yield

    def _set(self, symbol: str, side: Side, price: Decimal) -> None:
        """Makes our order at this level what the recording says."""
        self._cancel(symbol, side, price)
        target = self._targets[symbol, side]
        amount = target.get(price, Decimal(0))
        if not amount:
            target.pop(price, None)
            return
        others = self._targets.get((symbol, side.opposite), {})
        for other in [each for each in others if (each <= price if side is Side.BUY else each >= price)]:
            del others[other]  # out of date, or the exchange's book would have been crossed
            self._cancel(symbol, side.opposite, other)
        order_id = self._place(_MAKER, symbol, side, price, amount)
        if order_id is not None:
            self._orders[symbol, side, price] = order_id

    def _print(self, trade: Print) -> None:
        """The trade happens, taking clients' better orders first; then the book is the recorded one again."""
        maker_side = trade.taker_side.opposite
        best = self._engine.book(trade.symbol).side(trade.taker_side).best
        is_free = best is None or (best < trade.price if trade.taker_side is Side.BUY else best > trade.price)
        extra = self._place(_MAKER, trade.symbol, maker_side, trade.price, trade.amount) if is_free else None
        self._place(_TAKER, trade.symbol, trade.taker_side, trade.price, trade.amount, TimeInForce.IOC)
        if extra is not None:
            self._withdraw(extra)
        target = self._targets.get((trade.symbol, maker_side), {})
        for price in [p for p in target if (p <= trade.price if maker_side is Side.SELL else p >= trade.price)]:
            self._set(trade.symbol, maker_side, price)

    def _place(
        self,
        account_id: str,
        symbol: str,
        side: Side,
        price: Decimal,
        amount: Decimal,
        time_in_force: TimeInForce = TimeInForce.GTC,
    ) -> int | None:
        try:
            placed = self._engine.place(
                account_id,
                symbol=symbol,
                side=side,
                type=OrderType.LIMIT,
                price=price,
                amount=amount,
                time_in_force=time_in_force,
            )
        except Rejected:  # off the grid of the recorded rules: a level of before a change of tick or lot
            return None
        return placed.id

    def _cancel(self, symbol: str, side: Side, price: Decimal) -> None:
        order_id = self._orders.pop((symbol, side, price), None)
        if order_id is not None:
            self._withdraw(order_id)

    def _withdraw(self, order_id: int) -> None:
        with contextlib.suppress(Rejected):  # a client took it
            self._engine.cancel(_MAKER, order_id=order_id)


def markets_in_use(steps: Iterable[Step]) -> set[str]:
    """The symbols that a recording says anything about."""
    return {step.symbol for _, step in steps}
