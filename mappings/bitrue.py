"""Bitrue spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, bitrue.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bitrue",
    polled=frozenset({"trades"}),  # ccxt streams those of swaps only (pro/bitrue.py :460)
    post_only=False,  # ccxt hands the word postOnly on to a venue that does not know it: such an order may take
    errors=(("System abnormality", "unknown"),),  # -1000; ExchangeError to ccxt (:609)
)
