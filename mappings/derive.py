"""Derive spot: only what differs from what ccxt's own metadata says.

"docs" is docs.derive.xyz, "ccxt" is ccxt 4.5.90, derive.py. ccxt signs a `max_fee` into every order and has no default
for it (:1940): the user's configuration must name one, as `options: {createOrder: {max_fee: ...}}`.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping, Fees

MAPPING = ExchangeMapping(
    exchange="derive",
    order_states={
        "expired": OrderState.CANCELED,  # "rejected" to ccxt (:2622), while it had been accepted
        "algo_active": OrderState.OPEN,  # not in ccxt. native derive_constants.py:123
    },
    order_status_field=("order_status",),
    fees=Fees(charged="deducted_from_returns"),  # native derive_utils.py:43
    has={"createMarketOrder": False},  # ccxt wants a price for both sides (:1922); a market sell of ours has none
    errors=(  # docs reference/error-codes; all of them "refused" to ccxt (:393-414)
        ("Order confirmation timeout", "unknown"),  # 9000
        ("Engine confirmation timeout", "unknown"),  # 9001. native derive_constants.py:159
        ("Already cancelled", "gone"),
        ("Already filled", "gone"),
        ("Already expired", "gone"),
    ),
)
