"""Bit2C: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, bit2c.py.

Neither ccxt nor the venue's documentation states steps of prices and amounts: they are taken from its order book.
"""

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bit2c",
    client_order_id=ClientOrderId(sent=False),  # no id of ours in any of its answers (:748-769)
    strictly_increasing_nonce=True,  # "Request Nonce (...) is not bigger than last nonce (...)" (:288)
    signed_amounts=True,  # "firstAmount": "-0.015" of a sale (:872, sample), handed on as it is (:897)
    params={"fetchMyTrades": {"take": 100}},  # ccxt writes take=None (:790)
)
