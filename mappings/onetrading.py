"""One Trading: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, onetrading.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="onetrading",
    post_only={"is_post_only": True},  # the venue's word (:1417); ccxt hands on postOnly as it is
)
