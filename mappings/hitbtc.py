"""HitBTC spot: only what differs from what ccxt's own metadata says.

"docs" is api.hitbtc.com, "ccxt" is ccxt 4.5.90: hitbtc.py, and pro/hitbtc.py where it says "pro".
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="hitbtc",
    order_states={"expired": OrderState.CANCELED},  # ccxt makes it "failed", which is no status of its own (ccxt :2402)
    # Over REST an order's id is its client_order_id (ccxt :2477), streamed it is the venue's number (pro :994). ccxt
    # leaves the choice of the first to the venue (ccxt :2344), so that streamed orders cannot be recognised.
    polled=frozenset({"orders"}),
    errors=(  # docs "List of errors"
        ("Duplicate clientOrderId", "unknown"),  # 20008: our own order, whose answer was lost, is there
        ("Internal Server Error", "unknown"),  # 500, ExchangeError to ccxt (:440)
    ),
)
