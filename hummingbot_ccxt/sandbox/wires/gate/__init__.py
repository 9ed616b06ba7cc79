"""Gate spot, version 4."""

from .wire import GateWire

__all__ = ["GateWire"]
