"""Coinbase Advanced Trade: only what differs from what ccxt's own metadata says.

"docs" is docs.cdp.coinbase.com/api-reference/advanced-trade-api, "ccxt" is ccxt 4.5.90, coinbase.py. Streamed orders
name the filled quantity as their amount and hide their fee (pro/coinbase.py :812-819): `filled` is right, and fills and
fees come from REST trades, as ccxt streams none.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping, SymbolRules

MAPPING = ExchangeMapping(
    exchange="coinbase",
    order_states={  # ccxt hands on the raw text (:3316). docs Get Order, status
        "PENDING": OrderState.OPEN,
        "QUEUED": OrderState.OPEN,
        "EDIT_QUEUED": OrderState.OPEN,
        "CANCEL_QUEUED": OrderState.PENDING_CANCEL,
    },
    order_status_field=("status",),
    # Markets that take no new orders; of spot ones ccxt reads trading_disabled only (:1600). docs List Products
    symbols=SymbolRules(closed_if={"is_disabled": True, "cancel_only": True, "view_only": True}),
    # The other accounts request knows no holds, and other types of account, which ccxt drops (:2370-2393).
    options={"fetchBalance": "v3PrivateGetBrokerageAccounts"},
    errors=(
        ("order with this orderID was not found", "gone"),  # ccxt looks for "self orderID" (:386)
        ("cancelOrders() has failed", "unknown"),  # ccxt hides why the venue did not cancel (:3399): it may be filled
        ("internal_server_error", "unknown"),  # ExchangeError to ccxt (:375)
    ),
)
