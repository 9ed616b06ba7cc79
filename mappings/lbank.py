"""LBank spot: only what differs from what ccxt's own metadata says.

"docs" is lbank.com/en-US/docs, "ccxt" is ccxt 4.5.90: lbank.py, and pro/lbank.py where it says "pro".
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="lbank",
    # 4 is "cancelling", which ccxt calls closed, that is filled (ccxt, pro :677); 3, cancelled after some fills, is
    # missing from the stream's table. docs order info, "status"
    order_states={"3": OrderState.CANCELED, "4": OrderState.PENDING_CANCEL},
    order_status_field=("status", "orderUpdate.orderStatus"),  # REST; the stream (pro :596)
    # ccxt's features deny post-only orders, its code sends buy_maker (ccxt :1587). docs create_order, type
    post_only={"timeInForce": "PO"},
    # docs "Error code". ccxt tells the texts of the codes that it knows, else the whole answer (ccxt :2970).
    errors=(
        ('"error_code":10032', "gone"),  # the order number does not exist
        ('"error_code":10037', "gone"),  # cancelled or completed
        ("Internal error", "unknown"),  # 10000
        ("Server Error", "unknown"),  # 10017
    ),
)
