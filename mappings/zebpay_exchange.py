"""ZebPay, on top of ccxt's class, which reads the orders of its contracts and not those of its spot markets.

"docs" is github.com/zebpay/zebpay-api-references, spot/api-reference/private-endpoints.md: Place New Order, Get Orders,
Get Order Details.
"""

from typing import Any

from ccxt.async_support.zebpay import zebpay as ccxts


class zebpay(ccxts):
    """ccxt's class with what the venue says of an order on a spot market."""

    def parse_order(self, order: Any, market: Any = None) -> Any:
        """Return ccxt's order structure.

        {"orderId": 660529, "symbol": "TRX-INR", "side": "BUY", "type": "LIMIT", "origQty": "5.744925", "price":
        "2.611", "avgExecutedPrice": "2.610999", "openQty": "0", "filledQty": "5.744925", "cancelledQty": "0", "status":
        "FILLED", "feeCurrency": "INR", "fees": "0.02", "createdAt": 1601280571090, "updatedAt": 1610362215763, ...}
        (docs Get Order Details), all of them cumulative; a new order has "quantity" for "origQty".
        """
        parsed = super().parse_order(order, market)
        if "orderId" not in order:
            return parsed
        created = self.safe_integer(order, "createdAt", parsed["timestamp"])
        paid, currency = self.safe_string(order, "fees"), self.safe_string(order, "feeCurrency")
        return self.safe_order(
            {
                **parsed,
                "timestamp": created,
                "datetime": self.iso8601(created),
                "lastUpdateTimestamp": self.safe_integer(order, "updatedAt"),
                "side": self.safe_string_lower(order, "side"),
                "type": self.safe_string_lower(order, "type"),
                "price": self.safe_string(order, "price"),
                "amount": self.safe_string_n(order, ["origQty", "quantity", "amount"]),
                "filled": self.safe_string(order, "filledQty"),
                "remaining": None,
                "average": self.omit_zero(self.safe_string(order, "avgExecutedPrice")),
                "cost": None,
                "status": self.parse_order_status(self.safe_string_upper(order, "status")),
                "fee": None if paid is None else {"cost": paid, "currency": self.safe_currency_code(currency)},
                "fees": None,
            },
            self.safe_market(self.safe_string(order, "symbol"), market),
        )

    def parse_order_status(self, status: Any) -> Any:
        """Return ccxt's word for one of the venue's states (docs, examples; data-models.md, Order)."""
        statuses = {
            **dict.fromkeys(("NEW", "OPEN", "PARTIALLY_FILLED"), "open"),
            **dict.fromkeys(("CANCELLED", "CANCELED"), "canceled"),
            "FILLED": "closed",
            "REJECTED": "rejected",
            "EXPIRED": "expired",
        }
        return self.safe_string(statuses, status, status)
