"""Poloniex spot: only what differs from what ccxt's own metadata says.

"docs" is api-docs.poloniex.com/spot, "ccxt" is ccxt 4.5.90: poloniex.py, and pro/poloniex.py where it says "pro".
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="poloniex",
    # Both are "canceled" to ccxt (:1634), though the one may still be filled and the other never was an order.
    order_states={"PENDING_CANCEL": OrderState.PENDING_CANCEL, "FAILED": OrderState.FAILED},
    client_order_id=ClientOrderId(pattern="[A-Za-z0-9_-]+"),  # docs changelog, 2023-12-21
    has={"fetchClosedOrders": False},  # "not supported for spot markets yet" (:1961)
    # Books: ccxt compares neither `id` nor `lastId`, so a lost change stays lost (pro :1055). Orders: it takes
    # `filledAmount`, in quote, for the filled amount in base (pro :939). Fills: it takes the order's `filledQuantity`,
    # which is cumulative, for the fill's (pro :753; `tradeQty` is the fill's).
    polled=frozenset({"book", "orders", "fills"}),
    errors=(  # docs error-code
        ("Client orderId already exists", "unknown"),  # 21312: our own order, whose answer was lost, is there
        ("System Error", "unknown"),  # 415, ExchangeError to ccxt (:482)
    ),
)
