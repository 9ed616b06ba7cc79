"""ZebPay spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, zebpay.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="zebpay",
    has={
        "createMarketOrder": False,  # of spot it takes a `cost` for both sides (:1053); a sell of ours has none
        "fetchMyTrades": False,  # of contracts only (:827)
    },
)
