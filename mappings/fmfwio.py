"""FMFW.io spot: HitBTC's platform under another name, in ccxt too (4.5.90, fmfwio.py: class fmfwio(hitbtc))."""

import dataclasses

from hummingbot_ccxt.mappings.hitbtc import MAPPING as HITBTC

MAPPING = dataclasses.replace(HITBTC, exchange="fmfwio", polled=frozenset())  # ccxt.pro has no class of it
