"""Whether the connector is right: its books, orders and balances beside the venue's, and how long that took."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hummingbot_ccxt.chaos.crowd import Crowd
from hummingbot_ccxt.chaos.facts import Episode
from hummingbot_ccxt.chaos.ledger import VenueLedger
from hummingbot_ccxt.sandbox import Sandbox
from hummingbot_ccxt.sandbox.sandbox import symbol_of

LEVELS = 10
"""So many a side at least must be there: every wire's streams go as deep. All that ours keeps are compared."""
_LOOK_S = 0.05
_STIR_S = 1.5

type Look = Callable[[], Awaitable[Mapping[str, Any]]]


@dataclass(slots=True)
class Rightness:
    """Compares what the trader's process sees (`look`) with the venue.

    `by_hand`: told which orders the connector tracks, does at the venue what nobody else can.
    """

    sandbox: Sandbox
    ledger: VenueLedger
    crowd: Crowd
    pairs: Sequence[str]
    look: Look
    by_hand: Callable[[Collection[str]], None]

    async def wait(
        self, episode: Episode, since: float, patience_s: float, book_limit_s: float, *, only_books: bool = False
    ) -> None:
        """Wait until all is as at the venue, and write down when the books were, when all was, and what is not.

        `since`: when the last fault ended, by the monotonic clock. A book that the venue has not touched since then is
        changed once: of a market in which nothing happens nobody can know that the last message was lost. Only after
        `book_limit_s` are books changed again, to tell a slow connector from one that stays wrong. `only_books`: until
        they are right.
        """
        missing, book_s, stirred = "no answer", None, -math.inf
        quiet = [pair for pair in self.pairs if self.crowd.touched(symbol_of(pair)) < since]
        if quiet:
            await self.crowd.stir(symbol_of(pair) for pair in quiet)
        while True:
            seen = await self.look()
            self.by_hand(seen["orders"].keys())
            books, now = self.wrong_books(seen), time.monotonic()
            if book_s is None and not books:
                book_s = now - since
            elif book_s is None:
                episode.book_missing = ", ".join(books)
            missing = ", ".join(sorted([*books, *self._wrong_account(seen)])[:8])
            if not missing or now > since + patience_s:
                break
            if only_books and not books:
                break
            if books and now - since > book_limit_s and now - stirred > _STIR_S:
                await self.crowd.stir()
                stirred = now
            await asyncio.sleep(_LOOK_S)
        took_s = time.monotonic() - since
        episode.book_s = took_s if book_s is None else book_s
        episode.book_right = book_s is not None and book_s <= book_limit_s
        if not only_books:
            episode.recovery_s, episode.recovered, episode.missing = took_s, not missing, missing

    def wrong_books(self, seen: Mapping[str, Any]) -> list[str]:
        """Pairs whose book is not the venue's, in any level that the connector keeps."""
        found = []
        for pair in self.pairs:
            book = self.sandbox.engine.book(symbol_of(pair))
            told = seen["books"].get(pair, ([], []))
            for levels, side in zip(told, (book.bids, book.asks), strict=True):
                wanted = [[float(price), float(amount)] for price, amount in side.levels()]
                if levels != wanted[: max(len(levels), LEVELS)]:
                    found.append(f"book of {pair}")
                    break
        return found

    def _wrong_account(self, seen: Mapping[str, Any]) -> list[str]:
        """Orders and balances that are not as at the venue."""
        open_orders = self.ledger.open_orders()
        tracked = seen["orders"]
        found = [f"order {order_id} not tracked" for order_id in open_orders.keys() - tracked.keys()]
        found += [
            f"order {order_id} still tracked ({tracked[order_id][0]})"
            for order_id in tracked.keys() - open_orders.keys()
        ]
        found += [
            f"order {order_id}: filled {tracked[order_id][1]}, not {order.filled}"
            for order_id, order in open_orders.items()
            if order_id in tracked and Decimal(tracked[order_id][1]) != order.filled
        ]
        held = {asset: [each.total, each.free] for asset, each in self.ledger.holdings().items()}
        believed = {asset: [Decimal(text) for text in texts] for asset, texts in seen["balances"].items()}
        assets = held.keys() | believed.keys()
        found += [f"balance of {asset}" for asset in assets if held.get(asset) != believed.get(asset)]
        return found + [f"order {order_id} lost" for order_id in seen["lost"]]
