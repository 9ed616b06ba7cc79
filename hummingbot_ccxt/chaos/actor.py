"""A seeded trader: orders of all types on several pairs, cancelled again, as fast as it may."""

import asyncio
import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hummingbot.core.data_type.common import OrderType

from hummingbot_ccxt.sandbox.markets import MID_PRICES

MOST_OPEN = 30
_MOST_UNANSWERED = 40
_KINDS = ("rest", "rest", "rest", "rest", "cross", "maker", "maker crossing", "market")
_WEIGHTS = (20, 15, 15, 10, 12, 14, 3, 11)
_CANCEL_SHARE = 0.42
_AGAIN_AFTER_S = 1.0
_LEAST_VALUE, _MOST_VALUE = 20.0, 400.0  # of an order, in USDT
_FARTHEST = 0.004  # from the middle, as a share of the price


class Actor:
    """Trades on a connector while it is let; `placed` counts every order that it wanted."""

    def __init__(self, connector: Any, middles: Mapping[str, Decimal], seed: str, rate: float) -> None:
        """`middles`: quote per base, of each pair to trade. `rate`: actions a second."""
        self._connector = connector
        self._middles = dict(middles)
        self._random = random.Random(seed)
        self._pause_s = 1 / rate
        self._cancelled: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None
        self._until = 0
        self.placed = 0

    def go(self, orders: int) -> None:
        """Trade until so many more orders are placed, or `rest` is called."""
        self._until = self.placed + orders
        if self._task is None:
            self._task = asyncio.ensure_future(self._trade())

    def act_at(self, rate: float) -> None:
        """Act so often a second from now on."""
        self._pause_s = 1 / rate

    def forget(self) -> None:
        """Let go of what was noted of orders that are finished."""
        tracked = self._connector.in_flight_orders
        self._cancelled = {order_id: at for order_id, at in self._cancelled.items() if order_id in tracked}

    async def rest(self) -> None:
        """Let go of the keyboard."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _trade(self) -> None:
        loop = asyncio.get_running_loop()
        while self.placed < self._until:
            await asyncio.sleep(self._random.expovariate(1.0) * self._pause_s)
            self._act(loop.time())
        self._task = None

    def _act(self, now: float) -> None:
        open_orders = [o for o in self._connector.in_flight_orders.values() if o.is_open]
        ready = [o for o in open_orders if now - self._cancelled.get(o.client_order_id, 0.0) > _AGAIN_AFTER_S]
        taken = sum(not order.is_pending_create for order in open_orders)
        if ready and (taken >= MOST_OPEN or self._random.random() < _CANCEL_SHARE):
            order = self._random.choice(ready)
            self._cancelled[order.client_order_id] = now
            self._connector.cancel(order.trading_pair, order.client_order_id)
        elif len(open_orders) < MOST_OPEN + _MOST_UNANSWERED:
            self._place()

    def _place(self) -> None:
        draw = self._random
        pair = draw.choice(list(self._middles))
        middle = float(self._middles[pair])
        is_buy = draw.random() < 0.5
        kind = draw.choices(_KINDS, _WEIGHTS)[0]
        away = draw.uniform(0.0001, _FARTHEST) * middle
        crossing = "cross" in kind
        price = middle - away if is_buy != crossing else middle + away
        amount = draw.uniform(_LEAST_VALUE, _MOST_VALUE) / float(MID_PRICES[f"{pair.split('-')[0]}/USDT"])
        place = self._connector.buy if is_buy else self._connector.sell
        if kind == "market":
            place(pair, _decimal(amount), OrderType.MARKET, Decimal("NaN"))
        else:
            order_type = OrderType.LIMIT_MAKER if kind.startswith("maker") else OrderType.LIMIT
            place(pair, _decimal(amount), order_type, _decimal(price))
        self.placed += 1


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.8f}")
