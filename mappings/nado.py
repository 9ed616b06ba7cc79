"""Nado spot: only what differs from what ccxt's own metadata says; the price of its fills: nado_exchange.py.

"ccxt" is ccxt 4.5.90, nado.py.
"""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="nado",
    # To ccxt a streamed fill is `id` (pro :1205), and the same one over REST is this, as its stream says too (:2294)
    trade_id_field=("submission_idx",),
    has={"createMarketOrder": False},  # "createOrder() supports limit orders only" (:498)
)
