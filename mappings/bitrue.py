"""Bitrue spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, bitrue.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bitrue",
    errors=(("System abnormality", "unknown"),),  # -1000; ExchangeError to ccxt (:609)
)
