"""Gate in the European Union: one API with Gate, but for its book channel ("ccxt" is ccxt 4.5.90, pro/gate.py)."""

import dataclasses

from hummingbot_ccxt.mappings.gate import MAPPING as GATE

MAPPING = dataclasses.replace(
    GATE,
    exchange="gateeu",
    # spot.order_book_update (ccxt :452): no book before ten changes came (:655), and a snapshot of the very id before
    # the first of them, which quiet markets give, is turned down (:684). Asked for at the first change, it is newer.
    options={"watchOrderBook": {"snapshotDelay": 0}},
)
