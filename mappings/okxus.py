"""OKX in the USA: one API with OKX (ccxt 4.5.90, okxus.py: a subclass with other hosts and fewer markets)."""

import dataclasses

from hummingbot_ccxt.mappings.okx import MAPPING as OKX

MAPPING = dataclasses.replace(OKX, exchange="okxus")
