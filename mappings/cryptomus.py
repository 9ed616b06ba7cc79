"""Cryptomus: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, cryptomus.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="cryptomus",
    has={"fetchOrder": False},  # claimed (:123), and written nowhere in the class
)
