"""BTC Markets: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, btcmarkets.py."""

from decimal import Decimal

from hummingbot_ccxt.mapping import ExchangeMapping, Fees

MAPPING = ExchangeMapping(
    exchange="btcmarkets",
    # On AUD markets, declared where ccxt does not look itself (ccxt :299). native btc_markets_utils.py:14
    fees=Fees(maker=Decimal("0.0085"), taker=Decimal("0.0085")),
    errors=(  # "refused" to ccxt (:282, :284)
        ("OrderAlreadyCancelled", "gone"),
        ("OrderStatusIsFinal", "gone"),
    ),
)
