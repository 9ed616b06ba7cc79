"""Coinmate: only what differs from what ccxt's own metadata says."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="coinmate",
    # A number, 1 or 0; ccxt 4.5.90 writes "true". XChange sends the number (CoinmateTradeService.java, placeLimitOrder)
    post_only={"postOnly": 1},
)
