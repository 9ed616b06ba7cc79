"""Bitso spot: only what differs from what ccxt's own metadata says.

"docs" is docs.bitso.com/bitso-api, "ccxt" is ccxt 4.5.90, bitso.py.
"""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bitso",
    has={"fetchMyTrades": False},  # ccxt refuses to ask for those since a time (:1108); an order's own can be asked for
    strictly_increasing_nonce=True,  # error 104, "nonce must be higher than" (ccxt :294)
    post_only={"time_in_force": "postonly"},  # ccxt does not translate postOnly (ccxt :1123). docs place-an-order
)
