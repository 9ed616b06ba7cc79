"""Toobit spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, toobit.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="toobit",
    polled=frozenset({"fills"}),  # streamed ones name no fee (pro/toobit.py :947); REST's do
    has={
        "createMarketOrder": False,  # a market buy takes a parameter `cost`, and nothing else will do (:1769)
        "fetchClosedOrders": False,  # of contracts only (:2293); fetchOrders has those of spot
    },
)
