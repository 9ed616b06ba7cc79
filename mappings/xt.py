"""XT spot: only what differs from what ccxt's own metadata says.

"ccxt" is ccxt 4.5.90: xt.py, and pro/xt.py where it says "pro".
"""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="xt",
    polled=frozenset({"fills"}),  # streamed ones name no fee; REST's do (pro :1395, sample; ccxt :2193)
    # ccxt gives no book before 25 changes have come (pro :1122), which on a quiet market is never.
    options={"watchOrderBook": {"snapshotDelay": 0}},
    errors=(
        ("ORDER_005", "gone"),  # "Order not exist", InvalidOrder to ccxt (:517)
        ("COMMON_002", "unknown"),  # "System busy, please try it later", ExchangeError to ccxt (:532)
    ),
)
