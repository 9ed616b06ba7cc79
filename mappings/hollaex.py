"""HollaEx: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, hollaex.py."""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="hollaex",
    # Own trades name their order and not themselves (:807, sample), and ccxt reads no average price and no fee of an
    # order (:1274-1284), so that its own figures would not do.
    trade_id_field=("timestamp+price+size",),
)
