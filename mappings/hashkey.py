"""HashKey Global spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, hashkey.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="hashkey",
    has={"fetchCanceledOrders": False},  # claimed (:95), and written nowhere in the class
)
