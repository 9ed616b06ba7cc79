"""Kraken's rate limits: a counter of REST calls for each account, and the trading engine's for each account and pair.

Source: docs.kraken.com, "Spot REST Rate Limits" and "Spot Trading Limits", for all three levels of verification.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from ...engine import Engine, Order
from ...limits import Counts, Drain, Limit, Per, Verdict
from ..rest import Problem, Refusal, Spoken

_calls = partial(Limit, per=Per.ACCOUNT, counted=Drain, pool="calls")
_transactions = partial(Limit, per=Per.MARKET, counted=Drain, pool="transactions")
PUBLIC = Limit(15, 15, Per.ADDRESS, Drain, "public")
"""One a second never exceeds it. By how much it may be exceeded is not documented: here as by a Starter's calls."""
OF_A_PAIR = Limit(15, 15, Per.ADDRESS, Drain)
"""Trades and candles are counted for each pair; here all pairs together, each endpoint for itself."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A level of verification: what a client may ask for, and how many orders may be open on a pair."""

    calls: Limit
    transactions: Limit
    open_orders: int


TIERS: Mapping[str | None, Tier] = {
    "starter": Tier(_calls(15, 15 / 0.33), _transactions(60, 60), 60),
    "intermediate": Tier(_calls(20, 20 / 0.5), _transactions(125, 125 / 2.34), 80),
    "pro": Tier(_calls(20, 20), _transactions(180, 180 / 3.75), 225),
}
#: An order canceled before so many seconds costs so much; a later one nothing.
_CANCELS = ((5, 8), (10, 6), (15, 5), (45, 4), (90, 2), (300, 1))


class TradingEngine:
    """Counts orders and cancellations. "Further transactions" are refused over the limit, but for those of a batch."""

    def __init__(self, engine: Engine, tier: Tier, counts: Counts, *, pace: float) -> None:
        self._engine = engine
        self._tier = tier
        self._counts = counts
        self._pace = pace

    def add(self, account_id: str, symbol: str) -> None:
        """A new order, which counts whether it is taken or not; Refusal TOO_MANY_ORDERS over the limit."""
        self._count(1, account_id, symbol)
        if len(self._engine.open_orders(account_id, symbol)) >= self._tier.open_orders:
            raise Spoken({"error": ["EOrder:Orders limit exceeded"]})

    def cancel(self, order: Order, now_ms: int, *, in_batch: bool = False) -> None:
        """A cancellation of the order, which is open."""
        if not in_batch:
            self._count(0, order.account_id, order.symbol)
        age_s = (now_ms - order.created_ms) / 1000 * self._pace
        cost = next((cost for most, cost in _CANCELS if age_s < most), 0)
        self._counts.take(self._tier.transactions, cost, order.account_id, order.symbol)

    def _count(self, cost: int, account_id: str, symbol: str) -> None:
        decision = self._counts.take(self._tier.transactions, cost, account_id, symbol)
        if decision.verdict is not Verdict.ALLOWED:
            raise Refusal(Problem.TOO_MANY_ORDERS)
