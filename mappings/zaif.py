"""Zaif: only what differs from what ccxt's own metadata says. It cannot be traded through ccxt 4.5.90: see `has`.

"ccxt" is ccxt 4.5.90, zaif.py.
"""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="zaif",
    # What ccxt hands on as closed orders are the account's trades (:710), under ids of their own, each of them "open"
    # (:634), and none names its order (:599, sample). An order that is open no more may have been filled or cancelled.
    has={"fetchClosedOrders": False},
)
