"""Tokocrypto spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, tokocrypto.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="tokocrypto",
    errors=(  # ExchangeError to ccxt (:424, :500)
        ("System abnormality", "unknown"),
        ('"code":-3000,', "unknown"),  # internal server error
    ),
)
