"""WEEX spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, weex.py."""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="weex",
    order_states={
        # "closed" to ccxt, in either spelling (:3026), which is to have been filled altogether
        "partial_fill": OrderState.OPEN,
        "PARTIAL_FILL": OrderState.OPEN,
        "PENDING": OrderState.OPEN,  # a new order on the stream (pro/weex.py :1419, sample), and no word of ccxt's
    },
    has={"fetchCanceledAndClosedOrders": False},  # of contracts only (:2820); fetchOrders has those of spot
)
