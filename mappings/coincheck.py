"""Coincheck: only what differs from what ccxt's own metadata says.

"docs" is coincheck.com/documents/exchange/api, "ccxt" is ccxt 4.5.90, coincheck.py. Neither states steps of prices and
amounts: they are taken from its order book.
"""

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="coincheck",
    client_order_id=ClientOrderId(sent=False),  # no id of ours in any of its answers (:384-415)
    strictly_increasing_nonce=True,  # "ACCESS-NONCE: a positive integer that has to increase with every request". docs
    has={"createMarketOrder": False},  # a market buy goes out without any amount (:738-741)
    post_only=False,  # ccxt hands the word postOnly on to a venue that does not know it (:746): such an order may take
)
