"""Aster spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, aster.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="aster",
    # ccxt asks its own variable for the market's type, which is never set: each subscription ends in ArgumentsRequired,
    # whatever is given (pro :1310, :1624, :1662)
    polled=frozenset({"orders", "fills", "balance"}),
)
