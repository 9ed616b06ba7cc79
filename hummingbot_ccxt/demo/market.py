"""The demo's venue: one lively market, one account for the bot, and the venue's own record of both."""

import asyncio
from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Self

from hummingbot_ccxt.demo.facts import End, FillFact, OrderFact, Sample, VenueFacts
from hummingbot_ccxt.demo.facts import Side as SideName
from hummingbot_ccxt.demo.records import STORED_DECIMALS
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.sandbox import Market, Sandbox
from hummingbot_ccxt.sandbox.engine import Order, OrderStatus, Side
from hummingbot_ccxt.sandbox.markets import DEFAULT_MARKETS, MID_PRICES
from hummingbot_ccxt.sandbox.participants import Behaviour, Participants

ACCOUNT = "bot"
SAMPLE_INTERVAL_S = 0.25
_FUNDS = 6000  # of each asset, in smallest notionals: 30,000 USDT on a market that asks for 5
_ENDS: Mapping[OrderStatus, End] = {
    OrderStatus.FILLED: "filled",
    OrderStatus.CANCELED: "canceled",
    OrderStatus.EXPIRED: "canceled",
}


class NoMarket(HummingbotCcxtError):
    """The pair cannot be traded in the demo."""


class DemoMarket:
    """The venue while the demo runs.

    The traders sweep the book more often than those of `hummingbot-ccxt sandbox` do, so that a bot which quotes
    0.15 % from the mid price is filled every few seconds, whatever the seed.
    """

    def __init__(self, exchange: str, pair: str, seed: int) -> None:
        """Nothing runs yet. Raises NoMarket."""
        self.market = market_of(pair)
        self.pair = pair
        self.sandbox = Sandbox(exchange, markets=DEFAULT_MARKETS, seed=seed)
        self._mid_price = MID_PRICES[self.market.symbol]
        self._seed = seed
        self._tasks: list[asyncio.Task[None]] = []
        self._trading: asyncio.Task[None] | None = None
        self.start = funds(self.market, self._mid_price)
        self.account = self.sandbox.create_account(self.start, name=ACCOUNT)
        self.samples: list[Sample] = []

    async def __aenter__(self) -> Self:
        await self.sandbox.start()
        scale = self.market.min_notional
        traders = Participants(
            self.sandbox.engine,
            self.market.symbol,
            seed=self._seed,
            mid_price=self._mid_price,
            behaviour=Behaviour(
                sweep_rate=0.9, sweep_depth=0.0045, quote_per_level=300 * scale, quote_per_trade=120 * scale
            ),
        )
        traders.step(self.sandbox.clock())
        self._trading = asyncio.create_task(self._trade(traders))
        self._tasks = [self._trading, asyncio.create_task(self._sample())]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.rest()
        for task in self._tasks:
            await _ended(task)
        await self.sandbox.stop()

    async def rest(self) -> None:
        """The simulated traders trade no more; their quotes stay, and the venue goes on serving."""
        if self._trading is not None:
            await _ended(self._trading)

    @property
    def order_amount(self) -> Decimal:
        """What an order of the bot is worth trading: sixty times the least notional, in whole lots."""
        return _lots(60 * self.market.min_notional / self._mid_price, self.market)

    def check(self) -> None:
        """Raises what ended the simulated traders, if anything did."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.result()

    # -- the present
    def best(self) -> tuple[Decimal, Decimal] | None:
        """Best bid and ask; None while a side is empty."""
        book = self.sandbox.engine.book(self.market.symbol)
        return None if book.best_bid is None or book.best_ask is None else (book.best_bid, book.best_ask)

    def balances(self) -> dict[str, Decimal]:
        """Asset -> total, what is locked included."""
        return {asset: held.total for asset, held in self.sandbox.engine.balances(ACCOUNT).items()}

    def orders(self) -> list[OrderFact]:
        """Every order of the bot, oldest first."""
        return [_order(order) for order in self.sandbox.engine.orders(ACCOUNT)]

    def fills(self) -> list[FillFact]:
        """Every fill of the bot, oldest first."""
        wire = self.sandbox.wire
        assert wire is not None  # the venue runs, or did
        return [
            FillFact(
                trade_id=wire.fill_id(fill),
                client_order_id=fill.client_order_id,
                side=_side(fill.side),
                price=fill.price,
                amount=fill.amount,
                fee_asset=fill.fee_asset,
                fee=fill.fee,
                time_ms=fill.time_ms,
            )
            for fill in self.sandbox.engine.fills(ACCOUNT)
        ]

    def facts(self) -> VenueFacts:
        """The venue's books on the bot, as they are now."""
        return VenueFacts(tuple(self.orders()), tuple(self.fills()), self.start, self.balances())

    def cancel_left_over(self) -> int:
        """Cancel what the bot left open; returns how many orders those were."""
        return len(self.sandbox.engine.cancel_all(ACCOUNT))

    # -- tasks
    async def _trade(self, traders: Participants) -> None:
        while True:
            await asyncio.sleep(Participants.STEP_INTERVAL_MS / 1000)
            traders.step(self.sandbox.clock())

    async def _sample(self) -> None:
        while True:
            best = self.best()
            if best is not None:
                held = self.balances()
                self.samples.append(
                    Sample(self.sandbox.clock(), *best, held[self.market.base], held[self.market.quote])
                )
            await asyncio.sleep(SAMPLE_INTERVAL_S)


def market_of(pair: str) -> Market:
    """The venue's market for a pair. Raises NoMarket."""
    markets = {market.symbol.replace("/", "-"): market for market in DEFAULT_MARKETS}
    usable = [name for name, market in markets.items() if _decimals(market.tick_size) <= STORED_DECIMALS]
    if pair not in markets:
        raise NoMarket(f"the venue has no {pair}; it has {', '.join(usable)}")
    if pair not in usable:
        raise NoMarket(
            f"{pair} has prices of {_decimals(markets[pair].tick_size)} decimals, Hummingbot's trade database keeps "
            f"{STORED_DECIMALS}, and the demo compares to the last digit; choose {', '.join(usable)}"
        )
    return markets[pair]


def funds(market: Market, mid_price: Decimal) -> dict[str, Decimal]:
    """What the bot's account starts with: half in base, half in quote."""
    quote = _FUNDS * market.min_notional
    return {market.base: _lots(quote / mid_price, market), market.quote: quote.normalize() + 0}


def _lots(amount: Decimal, market: Market) -> Decimal:
    return (amount / market.lot_size).to_integral_value(ROUND_DOWN) * market.lot_size


def _decimals(step: Decimal) -> int:
    exponent = step.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)


def _order(order: Order) -> OrderFact:
    return OrderFact(
        client_order_id=order.client_order_id,
        side=_side(order.side),
        price=order.price or Decimal(0),
        amount=order.amount or order.filled,
        filled=order.filled,
        created_ms=order.created_ms,
        ended_ms=None if order.is_open else order.updated_ms,
        end=_ENDS.get(order.status, "open"),
    )


def _side(side: Side) -> SideName:
    return "buy" if side is Side.BUY else "sell"


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
