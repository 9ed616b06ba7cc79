"""Random trading, checked at every step against a second implementation that shares nothing with the engine.

`Model` counts in fractions, keeps its orders in one list, and finds the next maker by looking through all of it.
"""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hummingbot_ccxt.sandbox.engine import (
    FEE_ACCOUNT,
    Balance,
    BalanceChanged,
    BookLevel,
    Engine,
    Event,
    Market,
    Order,
    OrderEvent,
    OrderStatus,
    OrderType,
    Rejected,
    Rejection,
    Side,
    TimeInForce,
    Traded,
)

# BTC is the base of one market and the quote of the other, so that one asset is held for orders of both.
MARKETS = [
    Market("BTC", "USDT", Decimal("0.01"), Decimal("0.001"), Decimal("0.001"), Decimal(1000), Decimal("0.00001")),
    Market("ETH", "BTC", Decimal("0.00001"), Decimal("0.1"), Decimal("0.1"), Decimal(1000), Decimal("0.000001")),
]
FEES = {"ann": ("0.001", "0.001"), "bob": ("0", "0.00075"), "cyd": ("0.0008", "0.0012345"), "dee": ("0", "0")}
FUNDS = {"BTC": Decimal("0.09"), "USDT": Decimal("0.11"), "ETH": Decimal("7.5")}


@dataclass(frozen=True)
class Place:
    """`price` in ticks (None: a market order); `size` in lots, or, `by_cost`, in lots at a price of 100 ticks."""

    account: str
    market: Market
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    price: int | None
    size: int
    by_cost: bool


@dataclass(frozen=True)
class Cancel:
    """The n-th order ever accepted, modulo their number, whatever has become of it."""

    number: int


ACCOUNTS, SIDES = st.sampled_from(sorted(FEES)), st.sampled_from(list(Side))
LIMITS = st.builds(
    Place,
    ACCOUNTS,
    st.sampled_from(MARKETS),
    SIDES,
    st.just(OrderType.LIMIT),
    st.sampled_from([TimeInForce.GTC, TimeInForce.GTC, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK]),
    st.integers(95, 105),
    st.integers(1, 30),
    st.just(False),
)
POST_ONLY = st.builds(
    Place,
    ACCOUNTS,
    st.sampled_from(MARKETS),
    SIDES,
    st.just(OrderType.LIMIT_MAKER),
    st.just(TimeInForce.GTC),
    st.integers(95, 105),
    st.integers(1, 30),
    st.just(False),
)
MARKET_ORDERS = st.builds(
    Place,
    ACCOUNTS,
    st.sampled_from(MARKETS),
    SIDES,
    st.just(OrderType.MARKET),
    st.just(TimeInForce.GTC),
    st.none(),
    st.integers(1, 60),
    st.booleans(),
)
STEPS = st.lists(
    st.one_of(LIMITS, LIMITS, LIMITS, POST_ONLY, MARKET_ORDERS, st.builds(Cancel, st.integers(0, 1000))),
    min_size=20,
    max_size=60,
)


@dataclass
class ModelOrder:
    id: int
    step: Place
    price: Fraction | None
    remaining: Fraction
    state: str = "open"


@dataclass
class Model:
    """The venue's rules once more, as plainly as they can be said."""

    holdings: defaultdict[tuple[str, str], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    resting: list[ModelOrder] = field(default_factory=list)  # oldest first
    orders: list[ModelOrder] = field(default_factory=list)
    trades: list[tuple[str, Fraction, Fraction, int, int]] = field(default_factory=list)  # ..., maker's id, taker's id

    def locked(self, account: str, asset: str) -> Fraction:
        needed = Fraction(0)
        for order in self.resting:
            buys = order.step.side is Side.BUY
            held = order.step.market.quote if buys else order.step.market.base
            if order.step.account == account and held == asset:
                needed += order.remaining * (order.price if buys else 1)
        return needed

    def makers(self, step: Place, price: Fraction | None) -> list[ModelOrder]:
        """Whom the order may trade with, the best price first, the older first at one price (sorting is stable)."""
        buys = step.side is Side.BUY
        others = [o for o in self.resting if o.step.market is step.market and o.step.side is not step.side]
        if price is not None:
            others = [o for o in others if (o.price <= price if buys else o.price >= price)]
        return sorted(others, key=lambda o: o.price if buys else -o.price)

    def place(self, step: Place, order_id: int) -> Rejection | ModelOrder:
        market, buys = step.market, step.side is Side.BUY
        lot = Fraction(market.lot_size)
        price = None if step.price is None else step.price * Fraction(market.tick_size)
        amount, cost = step.size * lot, step.size * lot * 100 * Fraction(market.tick_size)
        makers = self.makers(step, price)
        if step.type is OrderType.LIMIT_MAKER and makers:
            return Rejection.WOULD_CROSS
        if step.type is OrderType.MARKET and not makers:
            return Rejection.NO_LIQUIDITY

        matches: list[tuple[ModelOrder, Fraction]] = []
        left, is_done = (cost if step.by_cost else amount), False
        for maker in makers:
            most = left / maker.price // lot * lot if step.by_cost else left
            taken = min(most, maker.remaining)
            matches.append((maker, taken))
            left -= taken * maker.price if step.by_cost else taken
            if taken == most:
                is_done = True
                break
        taken_amount = sum((taken for _, taken in matches), Fraction(0))
        paid = sum((taken * maker.price for maker, taken in matches), Fraction(0))
        if step.by_cost and taken_amount == 0:
            return Rejection.BELOW_MIN_AMOUNT

        if buys:
            needed = cost if step.by_cost else paid if price is None else price * amount
        else:
            needed = taken_amount if step.by_cost else amount
        asset = market.quote if buys else market.base
        if needed > self.holdings[step.account, asset] - self.locked(step.account, asset):
            return Rejection.INSUFFICIENT_FUNDS

        order = ModelOrder(order_id, step, price, amount)
        self.orders.append(order)
        if step.time_in_force is TimeInForce.FOK and not is_done:
            order.state = "expired"
            return order
        for maker, taken in matches:
            if taken:
                self.trade(order, maker, taken)
        if is_done:
            order.state = "filled"
        elif step.type is OrderType.MARKET or step.time_in_force is TimeInForce.IOC:
            order.state = "expired"
        else:
            self.resting.append(order)
        return order

    def trade(self, taker: ModelOrder, maker: ModelOrder, amount: Fraction) -> None:
        market, cost = taker.step.market, amount * maker.price
        for order, rate_index in ((maker, 0), (taker, 1)):
            rate = Fraction(FEES[order.step.account][rate_index])
            buys = order.step.side is Side.BUY
            given, got = (
                ((market.quote, cost), (market.base, amount)) if buys else ((market.base, amount), (market.quote, cost))
            )
            self.holdings[order.step.account, given[0]] -= given[1]
            self.holdings[order.step.account, got[0]] += got[1] * (1 - rate)
            self.holdings[FEE_ACCOUNT, got[0]] += got[1] * rate
            order.remaining -= amount
        self.trades.append((market.symbol, maker.price, amount, maker.id, taker.id))
        if maker.remaining == 0:
            maker.state = "filled"
            self.resting.remove(maker)

    def cancel(self, order: ModelOrder) -> bool:
        if order.state != "open":
            return False
        order.state = "canceled"
        self.resting.remove(order)
        return True


class Replay:
    """What a listener that was there from the beginning knows from the events alone."""

    def __init__(self) -> None:
        self.levels: dict[tuple[str, Side], dict[Decimal, Decimal]] = defaultdict(dict)
        self.sequences: dict[str, int] = defaultdict(int)
        self.balances: dict[str, dict[str, Balance]] = defaultdict(dict)
        self.orders: dict[int, Order] = {}
        self.order_sequence = 0
        self.trades: list[tuple[str, Fraction, Fraction, int, int]] = []
        self.fills: dict[tuple[str, int], list[OrderEvent]] = defaultdict(list)
        self.count = 0

    def __call__(self, event: Event) -> None:
        self.count += 1
        match event:
            case BookLevel(symbol, side, price, amount, sequence):
                assert sequence == self.sequences[symbol] + 1
                self.sequences[symbol] = sequence
                self.levels[symbol, side][price] = amount
                if not amount:
                    del self.levels[symbol, side][price]
            case BalanceChanged(account_id, balances):
                self.balances[account_id].update(balances)
            case OrderEvent(order, _, fill, _, sequence):
                assert sequence == self.order_sequence + 1
                self.order_sequence = sequence
                self.orders[order.id] = order
                if fill:
                    self.fills[fill.symbol, fill.id].append(event)
            case Traded(trade):
                ids = (trade.buyer_order_id, trade.seller_order_id)
                taker, maker = ids if trade.taker_side is Side.BUY else ids[::-1]
                self.trades.append((trade.symbol, Fraction(trade.price), Fraction(trade.amount), maker, taker))


class Run:
    """The engine, the model and the replay side by side."""

    def __init__(self) -> None:
        self.now_ms = 1_700_000_000_000
        self.engine = Engine(MARKETS, clock_ms=lambda: self.now_ms)
        self.model, self.replay = Model(), Replay()
        self.refusals: Counter[Rejection] = Counter()
        self.engine.subscribe(self.replay)
        for account, (maker, taker) in FEES.items():
            self.engine.create_account(account, FUNDS, maker_fee=Decimal(maker), taker_fee=Decimal(taker))
            for asset, amount in FUNDS.items():
                self.model.holdings[account, asset] = Fraction(amount)

    def step(self, step: Place | Cancel) -> None:
        self.now_ms += 1
        before, events_before = self.state(), self.replay.count
        carried_out = self.place(step) if isinstance(step, Place) else self.cancel(step)
        if not carried_out:
            assert (self.state(), self.replay.count) == (before, events_before), "a refusal changed something"
        self.verify()

    def place(self, step: Place) -> bool:
        terms = {
            "symbol": step.market.symbol,
            "side": step.side,
            "type": step.type,
            "price": None if step.price is None else step.price * step.market.tick_size,
            "amount": None if step.by_cost else step.size * step.market.lot_size,
            "quote_amount": step.size * step.market.lot_size * 100 * step.market.tick_size if step.by_cost else None,
            "time_in_force": step.time_in_force,
        }
        expected = self.model.place(step, len(self.model.orders) + 1)
        if isinstance(expected, Rejection):
            self.refusals[expected] += 1
            for refusing in (self.engine.check, self.engine.place):
                with pytest.raises(Rejected) as refusal:
                    refusing(step.account, **terms)
                assert refusal.value.rejection is expected
            return False
        self.engine.check(step.account, **terms)
        placed = self.engine.place(step.account, **terms)
        assert placed.id == expected.id
        return True

    def cancel(self, step: Cancel) -> bool:
        if not self.model.orders:
            return False
        order = self.model.orders[step.number % len(self.model.orders)]
        if self.model.cancel(order):
            self.engine.cancel(order.step.account, order_id=order.id)
            return True
        with pytest.raises(Rejected) as refusal:
            self.engine.cancel(order.step.account, order_id=order.id)
        assert refusal.value.rejection is Rejection.ORDER_NOT_OPEN
        return False

    def state(self) -> object:
        books = [self.engine.book(market.symbol) for market in MARKETS]
        return (
            [(book.sequence, book.bids.levels(), book.asks.levels()) for book in books],
            [self.engine.balances(account) for account in (*FEES, FEE_ACCOUNT)],
            [[order.id for order in self.engine.open_orders(account)] for account in FEES],
        )

    def verify(self) -> None:
        self.engine.audit()
        self.verify_conservation()
        self.verify_orders()
        self.verify_fills()
        self.verify_replay()

    def verify_conservation(self) -> None:
        assert self.engine.totals() == self.engine.deposited() == {asset: 4 * sum_ for asset, sum_ in FUNDS.items()}
        assert self.engine.crossed() == []
        for account in (*FEES, FEE_ACCOUNT):
            for asset, balance in self.engine.balances(account).items():
                assert balance.free >= 0
                assert balance.locked >= 0
                assert Fraction(balance.locked) == self.model.locked(account, asset)
                assert Fraction(balance.total) == self.model.holdings[account, asset]

    def verify_orders(self) -> None:
        """Priority shows in who traded with whom, in which order, and in what is left of each order."""
        assert self.replay.trades == self.model.trades
        for expected in self.model.orders:
            order = self.engine.order(expected.step.account, order_id=expected.id)
            state = "open" if order.is_open else order.status.value
            assert state == expected.state
            assert order.is_open == (order.status in (OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED))
            if not expected.step.by_cost:
                assert Fraction(order.remaining) == expected.remaining
            assert order.filled == sum(fill.amount for fill in order.fills)
            assert order.filled_quote == sum(fill.quote_amount for fill in order.fills)

    def verify_fills(self) -> None:
        """The two sides of a trade say the same of it."""
        assert len(self.replay.fills) == len(self.model.trades)
        for events in self.replay.fills.values():
            maker, taker = (event.fill for event in events)
            assert (maker.is_maker, taker.is_maker) == (True, False)
            assert maker.side is taker.side.opposite
            assert (maker.price, maker.amount, maker.time_ms) == (taker.price, taker.amount, taker.time_ms)
            assert maker.quote_amount == taker.quote_amount == maker.price * maker.amount

    def verify_replay(self) -> None:
        for market in MARKETS:
            book = self.engine.book(market.symbol)
            bids, asks = self.replay.levels[market.symbol, Side.BUY], self.replay.levels[market.symbol, Side.SELL]
            assert book.bids.levels() == sorted(bids.items(), reverse=True)
            assert book.asks.levels() == sorted(asks.items())
            assert book.sequence == self.replay.sequences[market.symbol]
        for account in (*FEES, FEE_ACCOUNT):
            assert self.replay.balances[account] == self.engine.balances(account)
        open_ids = {order.id for account in FEES for order in self.engine.open_orders(account)}
        assert {order.id for order in self.replay.orders.values() if order.is_open} == open_ids


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_whatever_is_traded_the_ledger_balances_and_priority_is_kept(steps: list[Place | Cancel]) -> None:
    run = Run()
    for step in steps:
        run.step(step)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_holds_in_a_long_and_evenly_mixed_run(seed: int) -> None:
    """Hypothesis draws short runs with much of the same; this one fills books and empties purses."""
    run, generator = Run(), random.Random(seed)
    for _ in range(300):
        run.step(random_step(generator))
    assert len(run.model.trades) > 50
    assert {Rejection.WOULD_CROSS, Rejection.INSUFFICIENT_FUNDS} <= run.refusals.keys()
    assert {order.state for order in run.model.orders} == {"open", "filled", "expired", "canceled"}


def random_step(generator: random.Random) -> Place | Cancel:
    if generator.random() < 0.2:
        return Cancel(generator.randrange(1000))
    type_, time_in_force = generator.choice(
        [
            (OrderType.LIMIT, TimeInForce.GTC),
            (OrderType.LIMIT, TimeInForce.GTC),
            (OrderType.LIMIT, TimeInForce.IOC),
            (OrderType.LIMIT, TimeInForce.FOK),
            (OrderType.LIMIT_MAKER, TimeInForce.GTC),
            (OrderType.LIMIT_MAKER, TimeInForce.GTC),
            (OrderType.MARKET, TimeInForce.GTC),
        ]
    )
    is_market_order = type_ is OrderType.MARKET
    return Place(
        account=generator.choice(sorted(FEES)),
        market=generator.choice(MARKETS),
        side=generator.choice(list(Side)),
        type=type_,
        time_in_force=time_in_force,
        price=None if is_market_order else generator.randint(95, 105),
        size=generator.randint(1, 30),
        by_cost=is_market_order and generator.random() < 0.5,
    )
