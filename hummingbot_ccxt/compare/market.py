"""Everybody else at the venue: a scripted counterparty with deep pockets that acts in the matching engine at once."""

from collections.abc import Mapping
from decimal import Decimal

from hummingbot_ccxt.sandbox import OrderType, Sandbox, Side

ACCOUNT = "others"


class Others:
    """What both runs of a scenario find at the venue, to the last digit the same."""

    def __init__(self, sandbox: Sandbox, shifts: Mapping[str, Decimal] | None = None) -> None:
        """`shifts`: what is added to each price that is named, by symbol."""
        self._engine = sandbox.engine
        self._shifts = dict(shifts or {})
        assets = {asset for market in sandbox.engine.markets.values() for asset in (market.base, market.quote)}
        self._engine.create_account(ACCOUNT, dict.fromkeys(assets, Decimal(10**9)))

    def fill_book(self, symbol: str = "BTC/USDT", mid: int = 60_000, step: int = 10, amount: str = "1") -> None:
        """Twenty levels a side, `amount` at each, from `step` away from the middle on."""
        for number in range(1, 21):
            self.bid(mid - step * number, amount, symbol)
            self.ask(mid + step * number, amount, symbol)

    def bid(self, price: str | int | Decimal, amount: str, symbol: str = "BTC/USDT") -> int:
        """The engine's id of a limit buy order."""
        return self._place(Side.BUY, OrderType.LIMIT, amount, symbol, Decimal(price))

    def ask(self, price: str | int | Decimal, amount: str, symbol: str = "BTC/USDT") -> int:
        """The engine's id of a limit sell order."""
        return self._place(Side.SELL, OrderType.LIMIT, amount, symbol, Decimal(price))

    def sell(self, amount: str, symbol: str = "BTC/USDT") -> int:
        """Sells at market, into the best bids."""
        return self._place(Side.SELL, OrderType.MARKET, amount, symbol, None)

    def buy(self, amount: str, symbol: str = "BTC/USDT") -> int:
        """Buys at market, from the best asks."""
        return self._place(Side.BUY, OrderType.MARKET, amount, symbol, None)

    def cancel(self, order_id: int) -> None:
        """Takes one of their resting orders out."""
        self._engine.cancel(ACCOUNT, order_id=order_id)

    def open_orders(self, symbol: str = "BTC/USDT") -> list[int]:
        """The engine's ids of their resting orders, oldest first."""
        return [order.id for order in self._engine.open_orders(ACCOUNT, symbol)]

    def _place(self, side: Side, kind: OrderType, amount: str, symbol: str, price: Decimal | None) -> int:
        if price is not None:
            price += self._shifts.get(symbol, Decimal(0))
        placed = self._engine.place(ACCOUNT, symbol=symbol, side=side, type=kind, price=price, amount=Decimal(amount))
        return placed.id
