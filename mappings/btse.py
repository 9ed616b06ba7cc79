"""BTSE spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, btse.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="btse",
    market_buy="cost",  # ccxt multiplies amount and price unless told otherwise (:1884), and no option says so
)
