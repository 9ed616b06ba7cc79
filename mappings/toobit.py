"""Toobit spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, toobit.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="toobit",
    has={"createMarketOrder": False},  # a market buy takes a parameter `cost`, and nothing else will do (:1769)
)
