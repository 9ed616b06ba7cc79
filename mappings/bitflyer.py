"""bitFlyer: only what differs from what ccxt's own metadata says.

"docs" is lightning.bitflyer.com/docs, "ccxt" is ccxt 4.5.90, bitflyer.py. Neither states steps of prices and amounts:
they are taken from its order book.
"""

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bitflyer",
    client_order_id=ClientOrderId(sent=False),  # the venue makes the child_order_acceptance_id itself (:677)
    post_only=False,  # ccxt hands the word postOnly on to a venue that does not know it (:669): such an order may take
)
