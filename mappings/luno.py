"""Luno spot: only what differs from what ccxt's own metadata says.

"docs" is luno.com/en/developers/api, "ccxt" is ccxt 4.5.90: luno.py, and pro/luno.py where it says "pro".
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="luno",
    # "No longer active. It has been settled or has been cancelled" (docs, Order): no more can come, and what did come
    # is told by its trades. ccxt hands on the raw text (ccxt :771).
    order_states={"COMPLETE": OrderState.CANCELED},
    polled=frozenset({"trades"}),  # streamed ones have no price, side or time (pro :114)
    # ccxt sends a market buy's base amount as counter_volume, which is in quote (ccxt :1281).
    has={"createMarketOrder": False, "fetchCurrencies": False},  # currencies: a signed request
    post_only={"post_only": True},  # ccxt does not translate postOnly (ccxt :1281). docs PostLimitOrder
    # InvalidOrder to ccxt (:301), though it is what a cancel of an order that is no longer there gets
    errors=(("ErrCannotStopUnknownOrNonPendingOrder", "gone"),),
)
