"""Foxbit spot: only what differs from what ccxt's own metadata says.

"docs" is docs.foxbit.com.br/rest/v3, "ccxt" is ccxt 4.5.90, foxbit.py.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="foxbit",
    order_states={  # native foxbit_constants.py:65-74
        "PARTIALLY_CANCELED": OrderState.CANCELED,  # "open" to ccxt (:1712)
        "PENDING_CANCEL": OrderState.PENDING_CANCEL,  # "canceled" to ccxt (:1716), while it may still be filled
        "PENDING": OrderState.OPEN,  # this and the rest: not in ccxt
        "NEW": OrderState.OPEN,
        "REJECTED": OrderState.FAILED,
        "EXPIRED": OrderState.CANCELED,
    },
    order_status_field=("state",),
    client_order_id=ClientOrderId(max_length=20, pattern="[0-9]+"),  # native foxbit_utils.py:25, foxbit_constants.py:8
    fills_from="order",  # ccxt's trades do not say whose they are (:1700), and name no usable fee token (:1690)
    errors=(  # docs #tag/API-Codes; ccxt's texts hold the message, not the code (:1982)
        ("Resource not found", "gone"),  # 404; BadRequest to ccxt
        ("Internal server error", "unknown"),  # 500; ExchangeError to ccxt
    ),
)
