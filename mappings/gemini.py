"""Gemini spot: only what differs from what ccxt's own metadata says.

"docs" is docs.gemini.com, "ccxt" is ccxt 4.5.90, gemini.py.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="gemini",
    # Streamed events, whose name is the status to ccxt (pro/gemini.py :784). docs websocket-api, Order Events
    order_states={
        "initial": OrderState.OPEN,  # not in ccxt
        "fill": OrderState.OPEN,  # "closed" to ccxt, although it may be one fill of many
        "cancel_rejected": OrderState.OPEN,  # "rejected" to ccxt, as if the order had been, and not its cancellation
    },
    order_status_field=("type",),
    strictly_increasing_nonce=True,  # docs rest-api, Authentication, nonce
    errors=(("We are experiencing technical issues", "unknown"),),  # reason System; ExchangeError to ccxt (:331)
)
