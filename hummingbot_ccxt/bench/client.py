"""The process of the connectors: it imports what all have in common, then runs one after the other, each in a fork.

Forks spare the six seconds that importing Hummingbot takes; each is a process of its own that imports its kind of
connector, and no other, and builds one.
"""

import asyncio
import gc
import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from hummingbot_ccxt.bench.link import Handler, answer_with, own_output, read_question, serve

_STATM = Path("/proc/self/statm")
_TRADED = "BTC-USDT"
_TICK_S = 0.1
_READY_S = 400.0
_LOOK_S = 0.01
_QUIET_S = 1.0
_LAST = 20
"""Among so many messages is the one that tells of the last step; those of a burst come book by book."""
_AMOUNT = itemgetter(1)
_SHARE = Decimal(10**6)
"""Rate limits out of the way: what is measured is the cost of frames and orders, not waiting."""


class BenchClient:
    """One running connector, and what it noticed."""

    def __init__(self, kind: str, connector: Any) -> None:
        self.kind = kind
        self._connector = connector
        self._seen: list[tuple[float, ...]] = []
        self._trades: list[tuple[int, float]] = []
        self._events: dict[tuple[str, str], int] = {}
        self._wake = asyncio.Event()
        self._marked = (0.0, 0.0)
        self._listeners: list[Any] = []

    def handlers(self) -> dict[str, Handler]:
        """What the conductor may ask."""
        return {
            "ready": self.ready,
            "idle": self.idle,
            "begin": self.begin,
            "finish": self.finish,
            "order": self.order,
            "cancel": self.cancel,
            "filled": self.filled,
            "memory": self.memory,
        }

    # --- what it notices

    def watch(self) -> None:
        """Listen to order events from now on, and let the tracker make books that note their changes."""
        from hummingbot.core.data_type.order_book import OrderBook
        from hummingbot.core.event.event_forwarder import SourceInfoEventForwarder
        from hummingbot.core.event.events import MarketEvent

        seen = self._seen

        class NotingBook(OrderBook):
            def apply_diffs(self, bids: Any, asks: Any, update_id: int) -> None:
                super().apply_diffs(bids, asks, update_id)
                seen.append((time.monotonic_ns(), _newest(bids), _newest(asks)))

            def apply_snapshot(self, bids: Any, asks: Any, update_id: int) -> None:
                super().apply_snapshot(bids, asks, update_id)
                seen.append((time.monotonic_ns(), _newest(bids), _newest(asks)))

        self._connector._orderbook_ds.order_book_create_function = NotingBook
        names = {
            MarketEvent.BuyOrderCreated: "created",
            MarketEvent.OrderCancelled: "cancelled",
            MarketEvent.OrderFilled: "filled",
            MarketEvent.OrderFailure: "failed",
        }

        def hear(tag: int, source: Any, event: Any) -> None:
            name = names[MarketEvent(tag)]
            self._events.setdefault((name, event.order_id), time.monotonic_ns())
            self._wake.set()

        forwarder = SourceInfoEventForwarder(hear)
        self._listeners.append(forwarder)
        for event in names:
            self._connector.add_listener(event, forwarder)

    def _watch_trades(self) -> None:
        from hummingbot.core.event.event_forwarder import SourceInfoEventForwarder
        from hummingbot.core.event.events import OrderBookEvent

        def hear(tag: int, source: Any, event: Any) -> None:
            self._trades.append((time.monotonic_ns(), float(event.amount)))

        forwarder = SourceInfoEventForwarder(hear)
        self._listeners.append(forwarder)
        for book in self._connector.order_books.values():
            book.add_listener(OrderBookEvent.TradeEvent, forwarder)

    # --- answers

    async def ready(self) -> float:
        """Seconds from now until the connector is ready."""
        began = time.monotonic()
        while not self._connector.ready:
            if time.monotonic() - began > _READY_S:
                raise TimeoutError(f"not ready: {self._connector.status_dict}")
            await asyncio.sleep(_LOOK_S)
        took = time.monotonic() - began
        self._watch_trades()
        self._spare_books()
        return took

    async def memory(self) -> float:
        """Resident memory in MB."""
        gc.collect()
        pages = int(_STATM.read_text(encoding="ascii").split()[1])  # noqa: ASYNC240 -- no disk behind it
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    async def idle(self, seconds: float) -> float:
        """CPU seconds a second while nothing is sent."""
        gc.collect()
        cpu, began = time.process_time(), time.monotonic()
        await asyncio.sleep(seconds)
        return (time.process_time() - cpu) / (time.monotonic() - began)

    async def begin(self) -> None:
        """Forget what was noticed, and mark the time."""
        self._seen.clear()
        self._trades.clear()
        self._spare_books()
        gc.collect()
        self._marked = time.process_time(), time.monotonic()

    async def finish(self, last: int, trades: bool = False) -> dict[str, Any]:
        """Wait until the step of that number was seen, or no more come.

        CPU and wall seconds since `begin`, and when each step was seen (its number, nanoseconds).
        """
        noticed: list[Any] = self._trades if trades else self._seen
        before, quiet_since = -1, time.monotonic()
        while not any(max(amounts) >= last for _, *amounts in noticed[-_LAST:]) and (
            time.monotonic() - quiet_since < _QUIET_S
        ):
            if len(noticed) != before:
                before, quiet_since = len(noticed), time.monotonic()
            await asyncio.sleep(_LOOK_S)  # an event would cost at each frame
        cpu, wall = time.process_time() - self._marked[0], time.monotonic() - self._marked[1]
        return {"cpu_s": cpu, "wall_s": wall, "seen": [(int(max(amounts)), int(at)) for at, *amounts in noticed]}

    async def order(self, price: str) -> dict[str, Any]:
        """Place a limit buy; its id, when `buy()` was called, and when Hummingbot told that it was created."""
        from hummingbot.core.data_type.common import OrderType

        at = time.monotonic_ns()
        order_id = self._connector.buy(_TRADED, Decimal("0.01"), OrderType.LIMIT, Decimal(price))
        return {"id": order_id, "at": at, "created": await self._event("created", order_id)}

    async def cancel(self, id: str) -> dict[str, Any]:
        """Cancel an order; when that was called, and when Hummingbot told that it was cancelled."""
        at = time.monotonic_ns()
        self._connector.cancel(_TRADED, id)
        return {"at": at, "cancelled": await self._event("cancelled", id)}

    async def filled(self, id: str) -> int:
        """When Hummingbot told of the order's first fill."""
        return await self._event("filled", id)

    def _spare_books(self) -> None:
        """Let ours compare no book with one over REST for a minute: frames are made before they are sent, so that the
        other is ahead, and would be taken for the right one (kraken's are compared each minute)."""
        if self.kind == "ours":
            source = self._connector._orderbook_ds
            source._verified.update(dict.fromkeys(source._pair_of, time.monotonic()))

    async def _event(self, name: str, order_id: str) -> int:
        async with asyncio.timeout(20):
            while (name, order_id) not in self._events:
                if ("failed", order_id) in self._events:
                    raise RuntimeError(f"order {order_id} failed")
                self._wake.clear()
                await self._wake.wait()
        return self._events[name, order_id]


def _newest(rows: Any) -> float:
    """The largest amount: it tells the last step of a message, which may stand for several; no row is kept alive."""
    return max(map(_AMOUNT, rows), default=0.0)


# --- building


def _import(kind: str, exchange: str) -> float:
    """Import a kind of connector; the CPU seconds that this took."""
    began = time.process_time()
    if kind == "ours":
        importlib.import_module("hummingbot_ccxt.exchange.ccxt_exchange")
        importlib.import_module("hummingbot_ccxt.venue.loading").exchange_class(exchange)
    else:
        from hummingbot_ccxt.rig.connectors import native_of

        native_of(exchange)
    return time.process_time() - began


def _build(kind: str, exchange: str, account: Any, pairs: list[str], stack: ExitStack, port: int) -> Any:
    from hummingbot_ccxt.rig import connectors

    url = f"http://127.0.0.1:{port}"
    more = {"rate_limits_share_pct": _SHARE}
    if kind == "ours":
        from hummingbot_ccxt.configuration import given_settings

        stack.enter_context(given_settings({exchange: connectors.settings_for(url)}))
        return connectors.ours(exchange, account, pairs, **more)
    from hummingbot_ccxt.rig.redirect import redirected

    stack.enter_context(redirected(_led_to(url)))
    return connectors.native(connectors.native_of(exchange), account, pairs, **more)


def _led_to(url: str) -> Callable[[str], str]:
    """The rule of `Sandbox.rewrite`, without importing the sandbox into the process that is measured."""

    def rewrite(address: str) -> str:
        scheme, _, rest = address.partition("://")
        return f"{url if scheme == 'https' else url.replace('http', 'ws', 1)}/{rest}"

    return rewrite


@contextmanager
def _short_waits(wanted: bool) -> Iterator[None]:
    """Within, no second passes after each pair's first book; for both kinds, and not where starting is measured."""
    if not wanted:
        yield
        return
    from hummingbot.core.data_type.order_book_tracker import OrderBookTracker

    with patch.object(OrderBookTracker, "_sleep", staticmethod(lambda delay: asyncio.sleep(0))):
        yield


async def _session(
    answers: int,
    kind: str,
    exchange: str,
    port: int,
    account: dict[str, str],
    pairs: list[str],
    short_waits: bool,
) -> None:
    from hummingbot.core.clock import Clock, ClockMode

    import_s = _import(kind, exchange)
    with ExitStack() as stack:
        stack.enter_context(_short_waits(short_waits))
        began = time.monotonic()
        connector = _build(kind, exchange, SimpleNamespace(**account), [*pairs, _TRADED], stack, port)
        client = BenchClient(kind, connector)
        client.watch()
        clock = Clock(ClockMode.REALTIME, _TICK_S)
        clock.add_iterator(connector)
        ticking = asyncio.ensure_future(_tick(clock))
        try:
            answer_with(answers, {"answer": {"import_s": import_s, "construct_s": time.monotonic() - began}})
            await serve(client.handlers(), answers)
        finally:
            clock.remove_iterator(connector)
            ticking.cancel()
            await connector.stop_network()


async def _tick(clock: Any) -> None:
    with clock as ticking:
        await ticking.run()


def main() -> None:
    """Import the base of all connectors when asked to begin, then run a session in a fork for each further question."""
    answers = own_output()
    if read_question() is None:
        return
    importlib.import_module("hummingbot.connector.exchange_py_base")
    answer_with(answers, {"answer": None})
    while (question := read_question()) is not None:
        question.pop("do")
        if os.fork() == 0:
            try:
                asyncio.run(_session(answers, **question))
            except BaseException as error:
                answer_with(answers, {"error": f"{type(error).__name__}: {error}"})
                raise
            finally:
                sys.stderr.flush()
                os._exit(0)
        os.wait()


if __name__ == "__main__":
    main()
