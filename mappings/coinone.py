"""Coinone: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, coinone.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="coinone",
    cancel_params={"price": "price", "qty": "amount", "is_ask": "is_sell"},  # ccxt cancels nothing without (:1149)
)
