"""Upbit spot: only what differs from what ccxt's own metadata says.

"docs" is docs.upbit.com, "ccxt" is ccxt 4.5.90: upbit.py, and pro/upbit.py where it says "pro".
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="upbit",
    # A reserved order waits; over REST ccxt hands on the raw text (ccxt :1717). docs websocket-myorder, "state"
    order_states={"watch": OrderState.OPEN},
    # REST has no list of own trades (ccxt: fetchMyTrades False): a fill that the stream misses could not be fetched. An
    # order's cumulative volume, funds and fee come both ways (pro :442, ccxt :1725).
    fills_from="order",
)
