"""The embedded venue: a matching engine behind an exchange's real protocol, over real sockets on 127.0.0.1.

It imports nothing of the connector, of ccxt or of Hummingbot: they are clients of it, unmodified but for addresses.
"""

from .accounts import ApiAccount
from .engine import Market, OrderType, Side, TimeInForce
from .faults import Fault, Faults, Outage, Rule, StreamFault
from .sandbox import Sandbox

__all__ = [
    "ApiAccount",
    "Fault",
    "Faults",
    "Market",
    "OrderType",
    "Outage",
    "Rule",
    "Sandbox",
    "Side",
    "StreamFault",
    "TimeInForce",
]
