"""CEX.IO: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, cex.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="cex",
    needs={"createOrder.accountId": "the name of the sub-account to trade from"},  # none from the main account (:1243)
)
