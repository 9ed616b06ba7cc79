"""NDAX spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, ndax.py."""

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="ndax",
    # A number (native ndax_exchange.py:228); ccxt drops what is none in silence, and reads it through a float (:1544).
    client_order_id=ClientOrderId(max_length=15, pattern="[1-9][0-9]{14}"),
    # What ccxt takes for an order's trades are the states that it went through, which have no id (:2099, :1124).
    # fetchMyTrades has the trades.
    has={"fetchOrderTrades": False},
    post_only=False,  # ccxt hands the word postOnly on to a venue that does not know it: such an order may take
    errors=(("Server Error", "unknown"),),  # ExchangeError to ccxt (:382)
)
