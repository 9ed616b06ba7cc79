"""Indodax: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, indodax.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="indodax",
    cancel_params={"side": "side"},  # ccxt cancels nothing without (:1022)
    market_buy="cost",  # ccxt multiplies amount and price (:981), without an option that would say so
)
