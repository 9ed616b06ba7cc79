"""DigiFinex spot: only what differs from what ccxt's own metadata says.

"ccxt" is ccxt 4.5.90, digifinex.py.
"""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="digifinex",
    errors=(
        ("No order info found", "gone"),  # 20013, InvalidOrder to ccxt (:394)
        ("Exception error", "unknown"),  # 50000, ExchangeError to ccxt (:420)
    ),
)
