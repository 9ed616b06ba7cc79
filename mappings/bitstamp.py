"""Bitstamp spot: only what differs from what ccxt's own metadata says.

"docs" is bitstamp.net/api and bitstamp.net/websocket/v2, "ccxt" is ccxt 4.5.90, bitstamp.py.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bitstamp",
    order_states={
        "Expired": OrderState.CANCELED,  # REST, not in ccxt. native bitstamp_constants.py:19
        "order_created": OrderState.OPEN,  # streamed; ccxt knows the end of an order only (pro/bitstamp.py :683-687)
        "order_changed": OrderState.OPEN,
    },
    order_status_field=("event", "status"),  # stream; REST
    # A snapshot that fits no change exactly loses those that came after it, and leaves wrong prices (pro/bitstamp.py
    # :206-211): in a recording one book of nine, with watchOrderBook.snapshotDelay 0 too, if the snapshot takes time.
    polled=frozenset({"book"}),
    post_only={"moc_order": True},  # ccxt hands postOnly on as it is (:1643). native bitstamp_exchange.py:226
    clock_skew=("API0017",),  # native bitstamp_constants.py:26; ccxt does not know it
    errors=(("Order not found", "gone"),),  # ccxt waits for a full stop (:550). native bitstamp_constants.py:25
)
