"""Kraken spot: REST, WebSocket versions 2 and 1."""

from .wire import KrakenWire

__all__ = ["KrakenWire"]
