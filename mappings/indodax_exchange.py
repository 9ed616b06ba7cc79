"""Indodax, on top of ccxt's class, which takes an order's time, in seconds, for milliseconds.

"ccxt" is ccxt 4.5.90, indodax.py. With a time in 1970, no order would pass the filter of a list of those since a time,
nor be recognised as one of ours that was placed just now.
"""

from typing import Any

from ccxt.async_support.indodax import indodax as ccxts

_SECONDS = 1e11
"""Below it, a time is in seconds: in milliseconds it would be before 1974."""


class indodax(ccxts):
    """ccxt's class with the times of orders in milliseconds."""

    def parse_order(self, order: Any, market: Any = None) -> Any:
        """Return ccxt's order structure; "submit_time" and "finish_time" are in seconds (ccxt :763, :777, samples)."""
        parsed = super().parse_order(order, market)
        if parsed["timestamp"] and parsed["timestamp"] < _SECONDS:
            parsed["timestamp"] *= 1000
            parsed["datetime"] = self.iso8601(parsed["timestamp"])
        parsed["lastUpdateTimestamp"] = self.safe_timestamp(order, "finish_time")
        return parsed
