"""Alpaca: only what differs from what ccxt's own metadata says.

"ccxt" is ccxt 4.5.90: pro/alpaca.py where it says "pro".
"""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="alpaca",
    # ccxt makes a streamed fill of the order in its message: no id, the whole filled amount, the average price
    # (pro :574-584), and leaves out the execution_id beside it (pro :505, sample). REST tells each fill.
    polled=frozenset({"fills"}),
)
