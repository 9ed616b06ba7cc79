"""Tries every stream of a connector once the sky is clear: what happens at the venue must come by the streams."""

import asyncio
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hummingbot_ccxt.chaos.rightness import Rightness
from hummingbot_ccxt.sandbox.markets import MID_PRICES
from hummingbot_ccxt.sandbox.sandbox import symbol_of

_LEAST_S, _PATIENCE_S = 8.0, 60.0
"""How long streams may take to bring anything, the latter at pace 1: a refused log-on is tried again after a minute."""
_NEXT_S = 2.0
"""After which another order is placed: what was told of the first one is lost to a stream that came back after it."""
_STREAM_S = 0.3
"""How soon a living stream has told what happened at the venue; far sooner than a poll."""


async def dead_streams(rightness: Rightness, ask: Callable[..., Any], pace: float) -> list[str]:
    """Which streams do not bring what now happens at the venue, although they had time to come back.

    Judged by what streams alone brought (`Heard`); polls go on meanwhile. For a native connector it is known of trades,
    of books that stay wrong, and of messages about its own orders, but not of balances.
    """
    crowd, ledger, pairs = rightness.crowd, rightness.ledger, rightness.pairs
    before, trades_before = await ask("heard", orders=[]), (await rightness.look())["trades"]
    middle = MID_PRICES[symbol_of(pairs[0])]
    terms: dict[str, Any] = {"pair": pairs[0], "amount": str(200 / middle), "price": str(middle * Decimal("0.99"))}
    probes: list[str] = []
    end, next_probe = time.monotonic() + max(_LEAST_S, _PATIENCE_S / pace), 0.0
    while True:
        if time.monotonic() > next_probe:
            probes.append(await ask("probe", **terms))
            next_probe = time.monotonic() + _NEXT_S
        for pair in pairs:
            crowd.move(symbol_of(pair))
            crowd.trade(symbol_of(pair))
        for order_id in probes:
            placed = ledger.open_orders().get(order_id)
            if placed is not None:
                crowd.hit(placed, share=1.0)
        await asyncio.sleep(_STREAM_S)
        seen, heard = await rightness.look(), await ask("heard", orders=probes)
        dead = [name for name, count in heard.items() if count <= before.get(name, 0)]
        dead += [f"trades of {p}" for p in pairs if seen["trades"].get(p, 0) <= trades_before.get(p, 0)]
        dead += rightness.wrong_books(seen)
        if not any(_is_filled(rightness, order_id) and order_id not in seen["orders"] for order_id in probes):
            dead.append("own orders")
        if not dead or time.monotonic() > end:
            return list(dict.fromkeys(dead))


def _is_filled(rightness: Rightness, client_order_id: str) -> bool:
    orders = (o for o in reversed(rightness.ledger.orders.values()) if o.client_order_id == client_order_id)
    order = next(orders, None)
    return order is not None and not order.is_open
