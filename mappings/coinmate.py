"""Coinmate: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, coinmate.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="coinmate",
    # A number, 1 or 0; ccxt writes "true". XChange sends the number (CoinmateTradeService.java, placeLimitOrder)
    post_only={"postOnly": "1"},
)
