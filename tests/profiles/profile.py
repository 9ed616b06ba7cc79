"""A capability profile: what the connector can see of one exchange, taken from ccxt's own class of it."""

import inspect
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from hummingbot_ccxt import registry
from hummingbot_ccxt.mapping import ExchangeMapping, load_mapping
from hummingbot_ccxt.venue.loading import exchange_class

BookStyle = Literal["deltas", "snapshot over REST", "whole books"]

_DEMANDS_SYMBOL = re.compile(r"symbol is None:\s*\n\s*raise ArgumentsRequired|check_required_symbol")
_MAY_DEMAND_SYMBOL = ("watch_orders", "watch_my_trades")


@dataclass(frozen=True)
class Profile:
    """What one exchange offers, in ccxt's own words."""

    id: str
    description: dict[str, Any]
    """The class's `describe()`: `has`, `features`, `options`, `precisionMode`, `requiredCredentials`, ..."""
    credentials: tuple[str, ...]
    """The credentials that it requires, by ccxt's names."""
    client_order_ids: frozenset[str]
    """Which of create, fetch and cancel take a client order id."""
    demands_symbol: frozenset[str]
    """The streams that its class refuses to open for the whole account at once."""
    book_style: BookStyle
    """How its class keeps the streamed book."""
    mapping: ExchangeMapping

    @property
    def has(self) -> dict[str, Any]:
        """What the connector believes about the unified methods: ccxt's word, corrected by the mapping."""
        return {**self.description["has"], **self.mapping.has}

    def offers(self, *methods: str) -> bool:
        """Whether any of these unified methods works."""
        return any(self.has.get(method) for method in methods)

    @property
    def tells_of_orders(self) -> bool:
        """Whether anything tells what became of an order: itself, a list that it is in, or its trades."""
        # Not fetchOpenOrders: an order that is open no more may have been filled or cancelled (zaif).
        lists = ("fetchOrders", "fetchClosedOrders", "fetchCanceledOrders", "fetchCanceledAndClosedOrders")
        return self.offers("fetchOrder", *lists, "fetchMyTrades", "fetchOrderTrades", "watchOrders", "watchMyTrades")

    @property
    def lists_open_orders(self) -> bool:
        """Whether an order that rests can be found without knowing its exchange order id."""
        by_own_id = self.offers("fetchOrder") and {"create", "fetch"} <= self.client_order_ids
        return by_own_id or self.offers("fetchOpenOrders", "fetchOrders")

    @property
    def settles_orders(self) -> bool:
        """Whether an order that the venue never got can be told from one that it has finished already."""
        finished = ("fetchOrders", "fetchClosedOrders", "fetchCanceledAndClosedOrders", "fetchMyTrades")
        return self.offers("fetchOpenOrders", "fetchOrders") and self.offers(*finished)

    def stepping(self) -> str | None:
        """Why no life cycle can be run, if none can."""
        return None if self.tells_of_orders else "ccxt has no method that tells of its orders or trades"


@cache
def profile_of(exchange_id: str) -> Profile:
    """The profile of the exchange with ccxt's id `exchange_id`."""
    real, _ = exchange_class(exchange_id)
    described = real()
    return Profile(
        id=exchange_id,
        description=described.describe(),
        credentials=tuple(name for name, needed in described.requiredCredentials.items() if needed),
        client_order_ids=frozenset(registry.get(exchange_id).client_order_id),
        demands_symbol=frozenset(name for name in _MAY_DEMAND_SYMBOL if _demands_symbol(real, name)),
        book_style=_book_style(real),
        mapping=load_mapping(exchange_id),
    )


def _demands_symbol(real: type, name: str) -> bool:
    method = getattr(real, name)
    if method.__qualname__.startswith("Exchange."):
        return False
    return _DEMANDS_SYMBOL.search(inspect.getsource(method).split('"""')[-1]) is not None


def _book_style(real: type) -> BookStyle:
    modules = {cls.__module__ for cls in real.__mro__ if cls.__module__.startswith("ccxt.pro.")}
    source = "".join(inspect.getsource(inspect.getmodule(cls)) for cls in real.__mro__ if cls.__module__ in modules)
    if "load_order_book" in source:
        return "snapshot over REST"
    return "deltas" if re.search(r"storeArray|\.store\(|handle_deltas?\(", source) else "whole books"
