"""Simulated traders that keep one market alive: makers quote around a drifting price, takers trade with them.

Everything is drawn from one seeded generator and from the times handed in, so the same seed, steps and foreign orders
give the same market. Floats steer the process only; every price and amount is a whole number of ticks or lots.
"""

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from .engine import Engine, Market, Order, OrderType, Rejected, Rejection, Side, TimeInForce
from .engine.exact import EXACT, ZERO


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How lively the market is; fractions of the price, rates per second.

    The defaults move the price by about 0.2 % in ten seconds, and sweep the book beyond 0.1 % every few seconds, so a
    market maker that quotes 0.1 .. 0.5 % from the mid price is filled several times a minute.
    """

    volatility: float = 0.0006  # standard deviation of the price over one second
    reversion: float = 0.02  # share of the distance to the anchor that is lost per second
    anchor_volatility: float = 0.0001  # the same for the anchor, which is free to wander
    makers: int = 3
    levels: int = 10  # per maker and side; the makers' prices interleave
    half_spread: float = 0.0002  # from the reference price to the first level
    level_gap: float = 0.0007  # between one maker's levels; the last lies beyond the deepest sweep
    quote_per_level: Decimal = Decimal(1500)  # mean size of a quote
    requote_rate: float = 0.4  # of each quote, beside those that the price has left behind
    takers: int = 2
    trade_rate: float = 1.5  # market orders per second
    quote_per_trade: Decimal = Decimal(600)  # mean size of a market order
    sweep_rate: float = 0.25  # orders per second that empty one side to a random depth
    sweep_depth: float = 0.006  # the deepest sweep, from the reference price


class ReferencePrice:
    """What the participants believe the asset to be worth: a random walk drawn back to a slower one."""

    def __init__(self, mid_price: Decimal, behaviour: Behaviour, generator: random.Random) -> None:
        self._start = float(mid_price)
        self._behaviour = behaviour
        self._random = generator
        self._anchor = 0.0  # both are logarithms of the ratio to the start
        self._offset = 0.0

    @property
    def value(self) -> float:
        """Quote per base."""
        return self._start * math.exp(self._offset)

    def advance(self, seconds: float) -> None:
        root = math.sqrt(seconds)
        self._anchor += self._random.gauss(0.0, self._behaviour.anchor_volatility * root)
        pull = 1.0 - math.exp(-self._behaviour.reversion * seconds)
        self._offset += pull * (self._anchor - self._offset)
        self._offset += self._random.gauss(0.0, self._behaviour.volatility * root)


class Participants:
    """The makers and takers of one market, with accounts of their own on the engine.

    Whoever hosts them calls `step` about every `STEP_INTERVAL_MS`; the first call fills the book. Accounts that run
    low are topped up by deposits, so `engine.totals() == engine.deposited()` goes on holding.
    """

    STEP_INTERVAL_MS = 250
    _LONGEST_STEP_S = 5.0  # a host that slept does not make the market jump by all of it
    _HISTORY_LIMIT = 200  # nobody asks for a participant's past

    def __init__(
        self,
        engine: Engine,
        symbol: str,
        *,
        seed: int,
        mid_price: Decimal,
        behaviour: Behaviour | None = None,
        name: str = "participants",
    ) -> None:
        """`mid_price` (quote per base) is where the price starts; the accounts are called `name:symbol:role-number`.

        Raises KeyError for a market that the engine does not have, ValueError for accounts that exist.
        """
        self._engine = engine
        self._market: Market = engine.markets[symbol]
        self._behaviour = behaviour or Behaviour()
        self._random = random.Random(f"{seed}:{symbol}")
        self._reference = ReferencePrice(mid_price, self._behaviour, self._random)
        self._last_ms: int | None = None
        self._makers = [f"{name}:{symbol}:maker-{number}" for number in range(self._behaviour.makers)]
        self._takers = [f"{name}:{symbol}:taker-{number}" for number in range(self._behaviour.takers)]
        self._quotes: dict[tuple[int, Side, int], Order] = {}  # by maker, side and level
        for account_id in self.accounts:
            engine.create_account(account_id, history_limit=self._HISTORY_LIMIT)

    @property
    def accounts(self) -> list[str]:
        return [*self._makers, *self._takers]

    @property
    def reference_price(self) -> Decimal:
        """What they now believe the asset to be worth, to the nearest tick, at least one."""
        return self._price(self._reference.value)

    def step(self, now_ms: int) -> None:
        """Lives through the time since the last step, at most 5 s of it; a closed market just waits."""
        if not self._engine.is_open(self._market.symbol):
            return
        seconds = 0.0 if self._last_ms is None else max(0.0, (now_ms - self._last_ms) / 1000)
        seconds = min(seconds, self._LONGEST_STEP_S)
        self._last_ms = now_ms
        self._reference.advance(seconds)
        self._withdraw_quotes(seconds)
        self._take_mispriced()
        self._place_quotes()
        for _ in range(self._count(self._behaviour.trade_rate * seconds)):
            self._trade()
        for _ in range(self._count(self._behaviour.sweep_rate * seconds)):
            self._sweep()

    def withdraw(self) -> None:
        """Cancels all their quotes; the next step places them again."""
        for account_id in self.accounts:
            self._engine.cancel_all(account_id, self._market.symbol)
        self._quotes.clear()

    # --- makers

    def _withdraw_quotes(self, seconds: float) -> None:
        """Cancels the quotes that the price has left behind, and a random few of the others."""
        tolerance = self._behaviour.level_gap / 2
        for key, order in list(self._quotes.items()):
            maker, side, level = key
            assert order.price is not None
            target = self._target(maker, side, level)
            is_stale = abs(float(order.price) - target) > tolerance * target
            if is_stale or self._random.random() < self._behaviour.requote_rate * seconds:
                del self._quotes[key]
                try:
                    self._engine.cancel(order.account_id, order_id=order.id)
                except Rejected:  # filled, and by now perhaps forgotten
                    continue

    def _place_quotes(self) -> None:
        """Fills every free place of every maker, as far as that does not cross; the nearest to the price first."""
        open_ids = {order.id for account_id in self._makers for order in self._engine.open_orders(account_id)}
        for level in range(self._behaviour.levels):
            for maker, account_id in enumerate(self._makers):
                for side in Side:
                    key = (maker, side, level)
                    quote = self._quotes.pop(key, None)
                    if quote is None or quote.id not in open_ids:
                        quote = self._quote(account_id, side, self._target(maker, side, level))
                    if quote is not None:
                        self._quotes[key] = quote

    def _quote(self, account_id: str, side: Side, target: float) -> Order | None:
        price = self._price(target)
        amount = self._amount(float(self._behaviour.quote_per_level) * self._random.uniform(0.4, 1.6), price)
        return self._place(account_id, side, OrderType.LIMIT_MAKER, amount, price)

    def _target(self, maker: int, side: Side, level: int) -> float:
        interleave = maker / len(self._makers)
        distance = self._behaviour.half_spread + self._behaviour.level_gap * (level + interleave)
        return self._reference.value * (1.0 - distance if side is Side.BUY else 1.0 + distance)

    # --- takers

    def _take_mispriced(self) -> None:
        """Buys what is offered below the reference price, and sells to whoever bids above it."""
        book, reference = self._engine.book(self._market.symbol), self.reference_price
        for side in Side:
            mispriced = [
                amount
                for price, amount in book.side(side.opposite).levels()
                if (price < reference if side is Side.BUY else price > reference)
            ]
            if mispriced:
                self._take(side, _sum(mispriced), reference)

    def _trade(self) -> None:
        """One market order, by amount or by cost."""
        side, account_id = self._random.choice(list(Side)), self._random.choice(self._takers)
        value = float(self._behaviour.quote_per_trade) * self._random.lognormvariate(-0.5, 1.0)
        best = self._engine.book(self._market.symbol).side(side.opposite).best
        if best is None:
            return
        amount = self._amount(value, best)
        if self._random.random() < 0.7:
            self._place(account_id, side, OrderType.MARKET, amount)
        else:
            self._place(account_id, side, OrderType.MARKET, None, quote_amount=EXACT.multiply(amount, best))

    def _sweep(self) -> None:
        """Empties one side down to a random distance from the reference price."""
        side = self._random.choice(list(Side))
        distance = self._random.uniform(0.0, self._behaviour.sweep_depth)
        limit = self._price(self._reference.value * (1.0 + distance if side is Side.BUY else 1.0 - distance))
        levels = self._engine.book(self._market.symbol).side(side.opposite).levels()
        reached = [amount for price, amount in levels if (price <= limit if side is Side.BUY else price >= limit)]
        if reached:
            self._take(side, _sum(reached), limit)

    def _take(self, side: Side, amount: Decimal, limit: Decimal) -> None:
        amount = min(max(amount, self._least_amount(limit)), self._market.max_amount)
        account_id = self._random.choice(self._takers)
        self._place(account_id, side, OrderType.LIMIT, amount, limit, time_in_force=TimeInForce.IOC)

    # --- orders

    def _place(
        self,
        account_id: str,
        side: Side,
        type: OrderType,
        amount: Decimal | None,
        price: Decimal | None = None,
        *,
        quote_amount: Decimal | None = None,
        time_in_force: TimeInForce = TimeInForce.GTC,
    ) -> Order | None:
        """The order, topping the account up first if need be; None where the market does not allow it just now."""
        for _ in range(2):
            try:
                return self._engine.place(
                    account_id,
                    symbol=self._market.symbol,
                    side=side,
                    type=type,
                    price=price,
                    amount=amount,
                    quote_amount=quote_amount,
                    time_in_force=time_in_force,
                )
            except Rejected as refusal:
                if refusal.rejection is Rejection.INSUFFICIENT_FUNDS:
                    self._top_up(account_id, side, amount, price, quote_amount)
                elif refusal.rejection in _PASSING_REFUSALS:
                    return None
                else:
                    raise
        return None

    def _top_up(
        self, account_id: str, side: Side, amount: Decimal | None, price: Decimal | None, quote_amount: Decimal | None
    ) -> None:
        """Deposits twenty times what the order may need, a market order at twice the reference price."""
        reference = self.reference_price
        if side is Side.SELL:
            needed = amount if amount is not None else self._amount(2 * float(quote_amount or 0), reference)
            self._engine.deposit(account_id, self._market.base, EXACT.multiply(needed, Decimal(20)))
            return
        if quote_amount is None:
            quote_amount = EXACT.multiply(amount or Decimal(0), price or EXACT.multiply(reference, Decimal(2)))
        self._engine.deposit(account_id, self._market.quote, EXACT.multiply(quote_amount, Decimal(20)))

    def _price(self, value: float) -> Decimal:
        """The nearest price on the tick grid, at least one tick."""
        ticks = max(1, round(value / float(self._market.tick_size)))
        return EXACT.multiply(Decimal(ticks), self._market.tick_size)

    def _amount(self, quote_value: float, price: Decimal) -> Decimal:
        """An allowed amount worth about `quote_value` at `price`."""
        lots = round(quote_value / float(price) / float(self._market.lot_size))
        amount = EXACT.multiply(Decimal(lots), self._market.lot_size)
        return min(max(amount, self._least_amount(price)), self._market.max_amount)

    def _least_amount(self, price: Decimal) -> Decimal:
        """The smallest amount with twice the least notional, so that it stays allowed when the price moves a little."""
        lot = self._market.lot_size
        lots = math.ceil(2 * float(self._market.min_notional) / float(price) / float(lot))
        return max(EXACT.multiply(Decimal(lots), lot), self._market.min_amount)

    def _count(self, mean: float) -> int:
        """A Poisson draw: how often something happens whose mean is this."""
        threshold, count, product = math.exp(-mean), 0, self._random.random()
        while product > threshold:
            count += 1
            product *= self._random.random()
        return count


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return reduce(EXACT.add, amounts, ZERO)


#: What a moving market answers to an order that was right a moment ago.
_PASSING_REFUSALS = frozenset(
    {
        Rejection.WOULD_CROSS,
        Rejection.NO_LIQUIDITY,
        Rejection.BELOW_MIN_NOTIONAL,
        Rejection.BELOW_MIN_AMOUNT,
        Rejection.MARKET_CLOSED,
    }
)
