"""Mercado Bitcoin: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, mercado.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="mercado",
    market_buy="cost",  # ccxt multiplies amount and price (:574), without an option that would say so
    post_only=False,  # ccxt hands the word postOnly on to a venue that does not know it: such an order may take
)
