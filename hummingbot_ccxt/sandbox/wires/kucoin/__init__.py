"""KuCoin spot, classic account: the high-frequency endpoints and those of version 1."""

from .wire import KucoinWire

__all__ = ["KucoinWire"]
