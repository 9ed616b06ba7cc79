"""Nado spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, nado.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="nado",
    has={"createMarketOrder": False},  # "createOrder() supports limit orders only" (:498)
)
