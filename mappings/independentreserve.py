"""Independent Reserve: only what differs from what ccxt's own metadata says; its steps: independentreserve_exchange.py.

"docs" is independentreserve.com/features/api, "ccxt" is ccxt 4.5.90, independentreserve.py. It would take a clientId
(docs PlaceLimitOrder), which ccxt puts at the end of what is signed (:879, :1092), and the docs want in its place.
"""

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="independentreserve",
    client_order_id=ClientOrderId(sent=False),  # see above; "parameter sequence ... must match". docs Signature
    strictly_increasing_nonce=True,  # "must increase with each request made to the API". docs Nonce or Expiry
    post_only=False,  # ccxt hands on the word postOnly, the venue's is a timeInForce (ccxt :652): it may take
)
