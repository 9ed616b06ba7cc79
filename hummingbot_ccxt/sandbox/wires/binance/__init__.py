"""Binance's spot protocol over the engine."""

from .wire import BinanceWire

__all__ = ["BinanceWire"]
