"""Bitso spot: only what differs from what ccxt's own metadata says.

"docs" is docs.bitso.com/bitso-api, "ccxt" is ccxt 4.5.90, bitso.py.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bitso",
    # ccxt hands on the raw text (ccxt :1246). github.com/bitsoex/bitso-java, BitsoOrder: "open || partially filled ||
    # completed || cancelled || queued"
    order_states={"cancelled": OrderState.CANCELED},
    strictly_increasing_nonce=True,  # error 104, "nonce must be higher than" (ccxt :294)
    post_only={"time_in_force": "postonly"},  # ccxt does not translate postOnly (ccxt :1123). docs place-an-order
)
