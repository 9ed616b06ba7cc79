"""Binance US: one API with Binance, spot only ("ccxt" is ccxt 4.5.90, binanceus.py: a subclass with other hosts)."""

import dataclasses

from hummingbot_ccxt.mappings.binance import MAPPING as BINANCE

from hummingbot_ccxt.mapping import Fees

MAPPING = dataclasses.replace(
    BINANCE,
    exchange="binanceus",
    fees=Fees(),  # as Binance has it, which ccxt says of this one by itself
    # Of Binance's options those that ccxt does not set by itself here.
    options={k: BINANCE.options[k] for k in ("streamLimits", "subscriptionLimitByStream", "createOrder")},
)
