"""Bybit in the European Union: one API with Bybit (ccxt 4.5.90, bybiteu.py: a subclass with other hosts, spot only)."""

import dataclasses

from hummingbot_ccxt.mappings.bybit import MAPPING as BYBIT

MAPPING = dataclasses.replace(BYBIT, exchange="bybiteu")
