"""Lighter spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, lighter.py."""

from decimal import Decimal

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping, Fees

MAPPING = ExchangeMapping(
    exchange="lighter",
    order_states={"canceled-invalid-balance": OrderState.FAILED},  # not in ccxt. native lighter_constants.py:79
    order_status_field=("status",),
    fees=Fees(maker=Decimal(0), taker=Decimal(0)),  # ccxt has none. native lighter_utils.py:10
    # A number of 48 bits (native lighter_constants.py:29); ccxt makes one up for what is no number (:791).
    client_order_id=ClientOrderId(max_length=14, pattern="[1-9][0-9]{13}"),
    has={"createMarketOrder": False},  # ccxt wants a price for both sides (:733); a market sell of ours has none
    post_only={"postOnly": True},  # ccxt does it (:761, :774), without saying so in `features`
)
