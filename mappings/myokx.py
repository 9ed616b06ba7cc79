"""OKX in Europe: one API with OKX (ccxt 4.5.90, myokx.py: a subclass with other hosts and fewer markets)."""

import dataclasses

from hummingbot_ccxt.mappings.okx import MAPPING as OKX

MAPPING = dataclasses.replace(OKX, exchange="myokx")
