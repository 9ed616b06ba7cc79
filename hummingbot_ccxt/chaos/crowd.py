"""Everybody else at the venue: seeded traders who keep books alive and trade with the account under test."""

import asyncio
import math
import random
import time
from collections.abc import Iterable, Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any

from hummingbot_ccxt.sandbox import OrderType, Sandbox, Side, TimeInForce
from hummingbot_ccxt.sandbox.engine import Order, Rejected
from hummingbot_ccxt.sandbox.markets import MID_PRICES

_LEVELS = 12
_GAP = Decimal("0.0006")  # between levels, as a share of the price
_STEP_S = 0.04
_STIRRED = 12  # ccxt fetches some books only after ten changes (gate.py, snapshotDelay)
_QUOTES_PER_STEP = 3
_HIT_SHARE = 0.30
_WHOLE_SHARE = 0.45
_VALUE_PER_LEVEL = 3_000.0
_POCKET = Decimal(10**9)


class Crowd:
    """Acts in the engine at once, while it is let."""

    def __init__(self, sandbox: Sandbox, middles: Mapping[str, Decimal], seed: str) -> None:
        """`middles`: engine symbol -> quote per base, around which the books are."""
        self._engine = sandbox.engine
        self._middles = dict(middles)
        self._random = random.Random(seed)
        assets = {asset for market in self._engine.markets.values() for asset in (market.base, market.quote)}
        self._maker, self._taker = "crowd-maker", "crowd-taker"
        for account in (self._maker, self._taker):
            self._engine.create_account(account, dict.fromkeys(assets, _POCKET), history_limit=200)
        self._quotes: dict[tuple[str, Side, int], Order] = {}
        self._touched: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None
        self.prey = ""
        """The account whose orders are traded with."""
        for symbol in self._middles:
            for level in range(1, _LEVELS + 1):
                for side in Side:
                    self._quote(symbol, side, level)

    def go(self) -> None:
        """Trade until `rest`."""
        if self._task is None:
            self._task = asyncio.ensure_future(self._live())

    async def rest(self) -> None:
        """Stand still, so that books and accounts can be compared."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(_STEP_S)
            for _ in range(_QUOTES_PER_STEP):
                symbol = self._random.choice(list(self._middles))
                self._quote(symbol, self._random.choice(list(Side)), self._random.randint(1, _LEVELS))
            if self._random.random() < _HIT_SHARE:
                self.hit()

    def move(self, symbol: str) -> None:
        """Change the best level of a book, so that a stream has something to tell."""
        self._quote(symbol, Side.BUY, 1)

    def touched(self, symbol: str) -> float:
        """When a book was last changed from here, by the monotonic clock."""
        return self._touched.get(symbol, -math.inf)

    async def stir(self, symbols: Iterable[str] | None = None) -> None:
        """Change the best level of these books (all without a word) some times: where nothing happens no gap shows."""
        stirred = list(self._middles if symbols is None else symbols)
        for _ in range(_STIRRED):
            for symbol in stirred:
                self.move(symbol)
            await asyncio.sleep(_STEP_S / 2)

    def trade(self, symbol: str) -> None:
        """One small public trade between others."""
        best = self._engine.book(symbol).bids.levels(1)[0][0]
        amount = self._lots(symbol, 100.0)
        placed = self._place(self._taker, symbol, Side.SELL, OrderType.LIMIT, best, amount, TimeInForce.IOC)
        assert placed is not None, f"the crowd's trade on {symbol} was refused"
        assert placed.filled, f"the crowd's trade on {symbol} found nobody"

    def hit(self, order: Order | None = None, *, share: float | None = None) -> bool:
        """Trade with an order of the account under test, wholly or in part; whether there was one."""
        if order is None:
            orders = self._engine.open_orders(self.prey) if self.prey else []
            if not orders:
                return False
            order = self._random.choice(orders)
        assert order.price is not None
        market = self._engine.markets[order.symbol]
        if share is None:
            share = 1.0 if self._random.random() < _WHOLE_SHARE else self._random.uniform(0.1, 0.9)
        lots = (order.remaining * Decimal(share) / market.lot_size).to_integral_value(ROUND_DOWN)
        amount = max(market.lot_size, lots * market.lot_size)
        book = self._engine.book(order.symbol)
        levels = (book.bids if order.side is Side.BUY else book.asks).levels()
        ahead = sum(
            (a for p, a in levels if (p > order.price if order.side is Side.BUY else p < order.price)), Decimal(0)
        )
        side = order.side.opposite
        self._place(self._taker, order.symbol, side, OrderType.LIMIT, order.price, ahead + amount, TimeInForce.IOC)
        return True

    def hit_named(self, text: str, *, share: float) -> bool:
        """Trade with the open order whose id, the venue's or the client's, stands in `text`; whether there was one."""
        for order in self._engine.open_orders(self.prey):
            if str(order.id) in text or order.client_order_id in text:
                return self.hit(order, share=share)
        return False

    def _quote(self, symbol: str, side: Side, level: int) -> None:
        """Put one level anew, at about its place."""
        standing = self._quotes.pop((symbol, side, level), None)
        if standing is not None:
            try:
                self._engine.cancel(self._maker, order_id=standing.id)
            except Rejected:
                pass  # it was filled meanwhile
        market, middle = self._engine.markets[symbol], self._middles[symbol]
        away = middle * _GAP * (level - Decimal(str(round(self._random.uniform(0.0, 0.8), 4))))
        price = middle - away if side is Side.BUY else middle + away
        price = (price / market.tick_size).to_integral_value() * market.tick_size
        amount = self._lots(symbol, self._random.uniform(0.2, 1.8) * _VALUE_PER_LEVEL)
        placed = self._place(self._maker, symbol, side, OrderType.LIMIT, price, amount, TimeInForce.GTC)
        self._touched[symbol] = time.monotonic()
        if placed is not None and placed.is_open:
            self._quotes[symbol, side, level] = placed

    def _lots(self, symbol: str, value: float) -> Decimal:
        """An amount that is worth about `value` in USDT."""
        market = self._engine.markets[symbol]
        lots = (Decimal(value) / MID_PRICES[f"{market.base}/USDT"] / market.lot_size).to_integral_value(ROUND_DOWN)
        return max(market.min_amount, lots * market.lot_size)

    def _place(
        self,
        account: str,
        symbol: str,
        side: Side,
        kind: OrderType,
        price: Decimal | None,
        amount: Decimal,
        time_in_force: TimeInForce,
    ) -> Any:
        try:
            return self._engine.place(
                account, symbol=symbol, side=side, type=kind, price=price, amount=amount, time_in_force=time_in_force
            )
        except Rejected:
            return None  # too small, or nothing to trade with: the crowd does something else next time
