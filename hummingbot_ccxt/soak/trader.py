"""The trader's process of a soak: what Hummingbot and the rig keep of the past is let go before each measurement.

python -m hummingbot_ccxt.soak.trader
"""

import time
from collections import Counter
from typing import Any
from unittest.mock import patch

from hummingbot.core.event.event_logger import EventLogger
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.bench.link import Handler
from hummingbot_ccxt.chaos.trader import Trader, main
from hummingbot_ccxt.exchange import memory
from hummingbot_ccxt.soak.kept import kept
from hummingbot_ccxt.soak.use import use
from hummingbot_ccxt.venue import client

_REMEMBERED, _TRADES_KEPT = 1_000, 10
"""Orders, in place of ten times as many; public trades of a market in ccxt's cache, in place of a hundred: it gets few,
as most go a shorter way, and took more than an hour to fill, at 3 KB each (80 minutes on binance)."""


class SoakTrader(Trader):
    """A trader whose pace changes, and who can be measured."""

    def handlers(self) -> dict[str, Handler]:
        """By name."""
        return super().handlers() | {"act_at": self.act_at, "measure": self.measure, "kept": self.kept}

    async def begin(self, *arguments: Any, **named: Any) -> int:
        """As a storm's trader does, but what is bounded is bounded so that the warm-up fills it: else it grows for
        hours, which would have to be told from a leak."""
        self._stack.enter_context(patch.object(memory, "_ORDERS_REMEMBERED", _REMEMBERED))
        self._stack.enter_context(patch.object(client, "_TRADES_KEPT", _TRADES_KEPT))
        return await super().begin(*arguments, **named)

    async def kept(self) -> dict[str, int]:
        """How many things are in each container that hangs on the connector, and how many were let go so far, of what
        Hummingbot itself keeps for good."""
        began_s = time.process_time()
        counts = kept(self.connector, "connector") | {
            f"{name} (Hummingbot's own, not in the memory measured)": count for name, count in self._let_go.items()
        }
        self._counting_s += time.process_time() - began_s
        return counts

    def __init__(self) -> None:
        super().__init__()
        self._let_go: Counter[str] = Counter()
        self._counting_s = 0.0

    async def act_at(self, rate: float) -> None:
        """Act so often a second from now on."""
        assert self._actor is not None
        self._actor.act_at(rate)

    async def measure(self) -> dict[str, float]:
        """What this process uses now.

        Hummingbot remembers the last 100,000 events of every connector, and for good each fill and each order's id that
        its recorder wrote: some 4 KB an order, native connector or ours, which would hide what grows in ours.
        """
        assert self._bot is not None
        assert self._actor is not None
        self._bot.told.clear()
        self._bot.records.clear()
        self._actor.forget()
        connector = self.connector
        for name in ("_current_trade_fills", "_exchange_order_ids"):
            self._let_go[f"connector.{name}"] += len(getattr(connector, name))
        for listener in self.connector.get_listeners(MarketEvent.OrderFilled):
            if isinstance(listener, EventLogger):
                listener.clear()
        self.connector._current_trade_fills.clear()
        self.connector._exchange_order_ids.clear()
        used = use()
        return used | {"cpu_s": used["cpu_s"] - self._counting_s}


if __name__ == "__main__":
    main(SoakTrader)
