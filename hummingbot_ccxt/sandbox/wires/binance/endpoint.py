"""What a REST endpoint of Binance is: a name, its price, who may ask, and the function that answers."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from .call import Call

if TYPE_CHECKING:
    from .wire import BinanceWire


class Security(Enum):
    """ "Request security" (rest-api.md)."""

    NONE = "none"
    KEY = "key"  # X-MBX-APIKEY only
    SIGNED = "signed"  # key, timestamp and signature


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`weight` is the request weight, or a function of the request that gives it."""

    name: str
    answer: "Callable[[BinanceWire, Call], Any]"
    weight: int | Callable[[Call], int] = 1
    security: Security = Security.NONE
    counts_as_order: bool = False

    def weigh(self, call: Call) -> int:
        return self.weight if isinstance(self.weight, int) else self.weight(call)


Endpoints = dict[tuple[str, str], Endpoint]
