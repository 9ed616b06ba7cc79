"""Backpack spot: only what differs from what ccxt's own metadata says; its referral id: backpack_exchange.py.

"docs" is docs.backpack.exchange, "ccxt" is ccxt 4.5.90, backpack.py.
"""

from decimal import Decimal

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping, Fees

MAPPING = ExchangeMapping(
    exchange="backpack",
    fees=Fees(maker=Decimal("0.0008"), taker=Decimal("0.001")),  # ccxt has none. native backpack_utils.py:13
    # A number of 32 bits (docs #tag/Order, clientId); ccxt drops what is no number in silence (:2499).
    client_order_id=ClientOrderId(max_length=9, pattern="[1-9][0-9]{8}"),
    # Streamed orders: `filled` is the last fill, "l" (pro/backpack.py :1375), not the total, "z". REST has the total.
    order_fields={"filled": ("z",)},
    errors=(('"RESOURCE_NOT_FOUND"', "gone"),),  # ExchangeNotAvailable to ccxt. native backpack_constants.py:114
)
