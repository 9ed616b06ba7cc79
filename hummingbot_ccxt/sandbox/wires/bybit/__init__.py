"""Bybit spot, version 5."""

from .wire import BybitWire

__all__ = ["BybitWire"]
