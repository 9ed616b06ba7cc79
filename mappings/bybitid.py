"""Bybit in Indonesia: one API with Bybit (ccxt 4.5.90, bybitid.py: a subclass with other hosts)."""

import dataclasses

from hummingbot_ccxt.mappings.bybit import MAPPING as BYBIT

MAPPING = dataclasses.replace(BYBIT, exchange="bybitid")
