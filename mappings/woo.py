"""WOO X spot: only what differs from what ccxt's own metadata says.

"docs" is kronosresearch.github.io/wootrade-documents, "ccxt" is ccxt 4.5.90, woo.py.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping, Fees

MAPPING = ExchangeMapping(
    exchange="woo",
    # The answer to a cancel: it was sent on. ccxt calls it canceled, while the order may still be filled.
    order_states={"CANCEL_SENT": OrderState.PENDING_CANCEL, "CANCEL_ALL_SENT": OrderState.PENDING_CANCEL},
    fees=Fees(charged="deducted_from_returns"),  # a buy of BTC pays in BTC: ccxt's sample, pro/woo.py :762
    # A number up to 2**63 - 1. docs send-order, client_order_id
    client_order_id=ClientOrderId(max_length=18, pattern="[1-9][0-9]*"),
    errors=(  # BadRequest to ccxt (:492)
        ("The data is not found in server", "gone"),  # -1006, for one "when client try canceling a CANCELLED order"
        ("or your request is duplicated", "unknown"),  # -1007: our own order, whose answer was lost, is there
    ),
)
