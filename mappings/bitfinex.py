"""Bitfinex spot: only what differs from what ccxt's own metadata says.

"docs" is docs.bitfinex.com, "ccxt" is ccxt 4.5.90: bitfinex.py, and pro/bitfinex.py where it says "pro".
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bitfinex",
    # ccxt cuts a status at its first space and then knows neither these (ccxt :1588) nor, streamed, any of their heads
    # (pro :1080). docs ws-auth-orders, "ORDER_STATUS"
    order_states={
        "POSTONLY CANCELED": OrderState.CANCELED,
        "IOC CANCELED": OrderState.CANCELED,
        "FILLORKILL CANCELED": OrderState.CANCELED,
        "POSTONLY": OrderState.CANCELED,
        "IOC": OrderState.CANCELED,
        "FILLORKILL": OrderState.CANCELED,
        "INSUFFICIENT": OrderState.CANCELED,
        "RSN_DUST": OrderState.FAILED,
        "RSN_PAUSE": OrderState.FAILED,
    },
    # "cid" is an integer (docs rest-auth-submit-order); 13 digits stay exact in JSON, and below any limit stated for it
    client_order_id=ClientOrderId(max_length=13, pattern="[1-9][0-9]*"),
    strictly_increasing_nonce=True,  # error 10114, "nonce: small". docs rest-auth
    # A streamed fill's fee keeps the venue's sign, minus for paid (pro :425); REST turns it round (ccxt :1397).
    polled=frozenset({"fills"}),
    # fetchOrder asks the list of active orders and makes an order of nothing from its empty answer (ccxt :3699); open
    # and closed orders are two lists, and name the client order id.
    has={"fetchOrder": False},
    depth_limits=(25, 100),  # any other is refused by ccxt itself (pro :596)
)
