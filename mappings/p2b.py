"""P2B spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, p2b.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="p2b",
    has={"fetchTrades": False},  # it takes the id of a trade to begin at (:651); streamed ones need none
    post_only=False,  # ccxt hands the word postOnly on to a venue that does not know it: such an order may take
)
