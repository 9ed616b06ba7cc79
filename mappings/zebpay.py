"""ZebPay spot: only what differs from what ccxt's own metadata says; how its orders are read: zebpay_exchange.py.

"docs" is github.com/zebpay/zebpay-api-references, spot/api-reference, "ccxt" is ccxt 4.5.90, zebpay.py.
"""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="zebpay",
    has={
        "createMarketOrder": False,  # of spot it takes a `cost` for both sides (:1053); a sell of ours has none
        "fetchMyTrades": False,  # of contracts only (:827)
        # The venue answers with the order, its fills inside without ids (docs Get Order Fills); ccxt makes one trade of
        # the whole, without id or amount (:872-874). The order's own figures have all that is needed.
        "fetchOrderTrades": False,
    },
)
