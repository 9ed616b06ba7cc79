"""Delta Exchange spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, delta.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="delta",
    post_only={"post_only": "true"},  # the venue's word (:2001); ccxt hands on postOnly as it is
)
