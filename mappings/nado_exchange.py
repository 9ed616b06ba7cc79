"""Nado, on top of ccxt's class: over REST it gives a taker's own trade the price of its order; streamed ones are right.

"ccxt" is ccxt 4.5.90, nado.py: parse_trade (:2251-2255). In its sample (:2218) quote_filled is base_filled times the
price, the fee of it all, and 0.025 more.
"""

from decimal import Decimal
from typing import Any

from ccxt.pro.nado import nado as ccxts


class nado(ccxts):
    """ccxt's class with what a taker's fill was executed at."""

    def parse_trade(self, trade: Any, market: Any = None) -> Any:
        """Return ccxt's trade structure; of a taker's match, with the price that its amounts tell.

        Never worse than the order's own: what else is in them cannot be told apart. A maker's is the order's.
        """
        parsed = super().parse_trade(trade, market)
        limit = self.safe_string(self.safe_dict(trade, "order", {}), "priceX18")
        if limit is None or self.safe_bool(trade, "is_taker") is not True:
            return parsed
        amounts = [self.safe_string(trade, name) for name in ("base_filled", "quote_filled", "fee")]
        base, quote, fee = (Decimal(each or 0) for each in amounts)
        if not base or not quote:
            return parsed
        worst = Decimal(limit).scaleb(-18)
        buys = base > 0
        told = (abs(quote) - fee if buys else abs(quote) + fee) / abs(base)
        price = min(worst, told) if buys else max(worst, told)
        return {**parsed, "price": self.parse_number(f"{price:.18f}"), "cost": None}
