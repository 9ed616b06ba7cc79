"""Bitbank: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, bitbank.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bitbank",
    post_only={"post_only": True},  # the venue's word, as its orders have it (:818); ccxt hands on postOnly as it is
)
