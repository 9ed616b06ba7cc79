"""Crypto.com Exchange spot: only what differs from what ccxt's own metadata says.

"docs" is exchange-docs.crypto.com/exchange/v1/rest-ws, "ccxt" is ccxt 4.5.90, cryptocom.py.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="cryptocom",
    # Accepted, not yet in the book; ccxt hands on the raw text. docs user.advanced.order, "status"
    order_states={"NEW": OrderState.OPEN, "PENDING": OrderState.OPEN},
    # ccxt leaves `clientOrderId` out of the request (ccxt :1328; the venue's name is client_oid), so that no list can
    # tell that an order whose answer was lost never arrived. Orders that have an id are asked for by it.
    has={"fetchOrders": False, "fetchOpenOrders": False, "fetchCurrencies": False},  # currencies: a signed request
    depth_limits=(10, 50),  # of the stream; REST takes up to 50. docs book.{instrument_name}.{depth}, public/get-book
    errors=(  # docs "Response and Reason Codes"
        ("DUPLICATE_CLORDID", "unknown"),  # 204: our own order, whose answer was lost, is there
        ("INVALID_ORDERID", "gone"),  # 212
        ("NO_ACTIVE_ORDER", "gone"),  # 316
        ("ERR_INTERNAL", "unknown"),  # 50001, ExchangeError to ccxt
    ),
)
