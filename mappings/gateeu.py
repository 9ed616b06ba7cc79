"""Gate in the European Union: one API with Gate (ccxt 4.5.90, gateeu.py: a subclass with other hosts, spot only).

Its book channel is another one (pro/gate.py :452), where ccxt turns down a snapshot of the very id before the first
change (:684). Asked for at that change, as all our books are, a snapshot is newer, or is asked for again.
"""

import dataclasses

from hummingbot_ccxt.mappings.gate import MAPPING as GATE

MAPPING = dataclasses.replace(GATE, exchange="gateeu")
