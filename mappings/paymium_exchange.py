"""Paymium, on top of ccxt's class, which can place and cancel an order and has no method that tells what became of it.

"docs" is paymium.github.io/api-documentation: Get order, List orders; its states stand in an earlier edition, "Order
states" (github.com/Paymium/api-documentation, README of 2014 to 2018).
"""

from typing import Any

from ccxt.async_support.paymium import paymium as ccxts

_PAGE = 100
_NONE: Any = {}
_TRADES = ("LimitOrder", "MarketOrder")
"""Among an account's orders are its deposits and withdrawals as well. docs List orders, types"""


class paymium(ccxts):
    """ccxt's class with fetchOrder, fetchOpenOrders and fetchOrders."""

    def describe(self) -> Any:
        """Return ccxt's description, and that orders can be fetched."""
        told = dict.fromkeys(("fetchOrder", "fetchOpenOrders", "fetchOrders"), True)
        return self.deep_extend(super().describe(), {"has": told})

    async def fetch_order(self, id: str, symbol: str | None = None, params: Any = _NONE) -> Any:
        """Return one order by the venue's id (docs Get order)."""
        if self.markets is None:
            await self.load_markets()
        answer = await self.privateGetUserOrdersUuid(self.extend({"uuid": id}, params))
        return self.parse_order(answer, self.market(symbol) if symbol else None)

    async def fetch_open_orders(
        self, symbol: Any = None, since: Any = None, limit: Any = None, params: Any = _NONE
    ) -> Any:
        """Return the orders that may still be filled (docs List orders, active)."""
        return await self.fetch_orders(symbol, since, limit, self.extend({"active": "true"}, params))

    async def fetch_orders(self, symbol: Any = None, since: Any = None, limit: Any = None, params: Any = _NONE) -> Any:
        """Return the account's newest orders, those of trading only (docs List orders)."""
        if self.markets is None:
            await self.load_markets()
        answer = await self.privateGetUserOrders(self.extend({"limit": limit or _PAGE}, params))
        traded = [order for order in answer if self.safe_string(order, "type") in _TRADES]
        return self.parse_orders(traded, self.market(symbol) if symbol else None, since, limit)

    def parse_order_status(self, status: Any) -> Any:
        """Return ccxt's word for one of the venue's states (docs "Order states")."""
        statuses = {
            "pending_execution": "open",
            "pending": "open",
            "processing": "open",
            "authorized": "open",
            "active": "open",
            "filled": "closed",
            "executed": "closed",
            "canceled": "canceled",
        }
        return self.safe_string(statuses, status, status)

    def parse_order(self, order: Any, market: Any = None) -> Any:
        """Return ccxt's order structure.

        {"uuid": "4924ee0f-...", "type": "LimitOrder", "state": "active", "currency": "EUR", "direction": "buy",
        "price": "300.0", "amount": "1.0", "traded_btc": "0.25", "traded_currency": "75.0", "btc_fee": "0.0",
        "currency_fee": "0.375", "created_at": "2013-11-21T15:27:04.000Z", "updated_at": ..., "account_operations": []}
        (docs Order). Both traded figures and both fees are cumulative.
        """
        market = self.safe_market(self.safe_string_lower(order, "currency"), market)
        created = self.parse8601(self.safe_string(order, "created_at"))
        fees = [
            {"cost": self.safe_string(order, field), "currency": code}
            for field, code in (("btc_fee", "BTC"), ("currency_fee", market["quote"]))
            if self.safe_number(order, field)
        ]
        return self.safe_order(
            {
                "info": order,
                "id": self.safe_string(order, "uuid"),
                "timestamp": created,
                "datetime": self.iso8601(created),
                "lastUpdateTimestamp": self.parse8601(self.safe_string(order, "updated_at")),
                "symbol": market["symbol"],
                "type": (self.safe_string(order, "type") or "").removesuffix("Order").lower() or None,
                "side": self.safe_string(order, "direction"),
                "price": self.safe_string(order, "price"),
                "amount": self.safe_string(order, "amount"),
                "filled": self.safe_string(order, "traded_btc"),
                "cost": self.safe_string(order, "traded_currency"),
                "status": self.parse_order_status(self.safe_string(order, "state")),
                "fees": fees,
            },
            market,
        )
