"""Paymium: only what differs from what ccxt's own metadata says; how its orders are read stands in paymium_exchange.py.

"docs" is paymium.github.io/api-documentation, "ccxt" is ccxt 4.5.90, paymium.py.
"""

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="paymium",
    strictly_increasing_nonce=True,  # "must increase with every request you make". docs Authentication
    client_order_id=ClientOrderId(sent=False),  # docs Create order knows none; ccxt hands on whatever it gets (:490)
    trusts_terminal_filled=True,  # traded_btc is cumulative, in one answer with the state. docs Order
    post_only=False,  # ccxt hands the word postOnly on to a venue that does not know it: such an order may take
)
