"""OKX spot, version 5."""

from .wire import OkxWire

__all__ = ["OkxWire"]
