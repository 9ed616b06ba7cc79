"""WhiteBIT spot: only what differs from what ccxt's own metadata says.

"docs" is docs.whitebit.com, "ccxt" is ccxt 4.5.90, whitebit.py.
"""

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="whitebit",
    client_order_id=ClientOrderId(pattern="[A-Za-z0-9._-]+"),  # docs guides/client-order-id
    # A nonce need not be above the last one, only new and within 5 s of the venue's clock, so that requests may
    # overtake each other. docs authentication; ccxt :4004
    options={"nonceWindow": True},
    # Our own order, whose answer was lost, holds the id (code 36); ExchangeError to ccxt. docs create-limit-order
    errors=(("This client order id is already used", "unknown"),),
)
