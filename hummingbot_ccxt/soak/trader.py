"""The trader's process of a soak: what Hummingbot and the rig keep of the past is let go before each measurement.

python -m hummingbot_ccxt.soak.trader
"""

from hummingbot.core.event.event_logger import EventLogger
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.bench.link import Handler
from hummingbot_ccxt.chaos.trader import Trader, main
from hummingbot_ccxt.soak.use import use


class SoakTrader(Trader):
    """A trader whose pace changes, and who can be measured."""

    def handlers(self) -> dict[str, Handler]:
        """By name."""
        return super().handlers() | {"act_at": self.act_at, "measure": self.measure}

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
        for listener in self.connector.get_listeners(MarketEvent.OrderFilled):
            if isinstance(listener, EventLogger):
                listener.clear()
        self.connector._current_trade_fills.clear()
        self.connector._exchange_order_ids.clear()
        return use()


if __name__ == "__main__":
    main(SoakTrader)
