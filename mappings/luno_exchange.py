"""Luno, on top of ccxt's class, which reads every trade as those of the public stream.

"ccxt" is ccxt 4.5.90: luno.py, and pro/luno.py where it says "pro". The streaming class overrides the parser of the
one for REST (pro :114), so that trades over REST, own ones among them, would have no id, price or time.
"""

from typing import Any

from ccxt.pro.luno import luno as ccxts


class luno(ccxts):
    """ccxt's class with trades over REST read as its class for REST reads them, and both of their fees."""

    def parse_trade(self, trade: Any, market: Any = None) -> Any:
        """Return ccxt's trade structure.

        Streamed: {"base": "69.0", "counter": "113.65", "maker_order_id": "BXEEU4S2BWF5WRB", "taker_order_id":
        "BXKNCSF7JDHXY3H", "order_id": "BXEEU4S2BWF5WRB"} (pro :118, sample). Own ones, over REST: {"pair": "LTCXBT",
        "sequence": 3256813, "order_id": "BXEX6XHHDT5EGW2", "type": "ASK", "timestamp": 1648652135235, "price":
        "0.002786", "volume": "0.10", ..., "fee_base": "0.0001", "fee_counter": "0.00"} (ccxt :828, sample), of which
        ccxt leaves the fee in quote out, since there is always one in base, if only 0 (ccxt :870).
        """
        if "maker_order_id" in trade:
            return super().parse_trade(trade, market)
        parsed = super(ccxts, self).parse_trade(trade, market)
        paid = [(self.safe_string(trade, f"fee_{side}"), side) for side in ("base", "counter")]
        fees = [
            {
                "cost": self.parse_number(cost),
                "currency": self.safe_string(market, "base" if side == "base" else "quote"),
            }
            for cost, side in paid
            if self.safe_number({"cost": cost}, "cost")
        ]
        return {**parsed, "fees": fees, "fee": fees[0] if fees else None}
