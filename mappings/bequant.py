"""Bequant spot: HitBTC's platform under another name, in ccxt too (4.5.90, bequant.py: class bequant(hitbtc))."""

import dataclasses

from hummingbot_ccxt.mappings.hitbtc import MAPPING as HITBTC

MAPPING = dataclasses.replace(HITBTC, exchange="bequant")
