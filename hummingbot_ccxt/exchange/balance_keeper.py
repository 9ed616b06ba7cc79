"""Balances from two sources, REST and stream: the newer word wins, and a word that says too little is not taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from hummingbot_ccxt.mapping import ExchangeMapping
from hummingbot_ccxt.translate.balances import balances
from hummingbot_ccxt.translate.values import BadVenueData


class BalanceKeeper:
    """Writes into Hummingbot's own dictionaries: token -> total, token -> available."""

    def __init__(self, total: dict[str, Decimal], available: dict[str, Decimal], mapping: ExchangeMapping) -> None:
        self._total = total
        self._available = available
        self._mapping = mapping
        self._streamed: dict[str, int] = {}
        self._messages = 0
        self._without_holds: set[str] = set()
        self._lacking: set[str] = set()

    @property
    def holds_are_told(self) -> bool:
        """Whether the stream also says what orders hold; if not, an order that rests changes nothing in it."""
        return not self._without_holds

    @property
    def lacks_something(self) -> bool:
        """Whether the stream told of something since it was last fetched, and not all of it."""
        return bool(self._lacking)

    @contextmanager
    def fetching(self) -> Iterator["Fetch"]:
        """Give what takes a REST answer; it knows when the request began."""
        yield Fetch(self, self._messages)

    def take_streamed(self, balance: dict[str, Any]) -> tuple[dict[str, BadVenueData], frozenset[str]]:
        """Take a streamed message; return what was unreadable in it, and the tokens that must be fetched.

        A total that is known already says nothing new (kraken begins its stream with all of them).
        """
        said = balances(balance, self._mapping)
        self._messages += 1
        known = {
            token
            for token, total in said.totals.items()
            if token not in self._lacking and token in self._available and self._total.get(token) == total
        }
        lacking = said.incomplete - known
        self._lacking = (self._lacking - said.complete.keys()) | lacking
        for token, (total, available) in said.complete.items():
            if self._total.get(token) != total or self._available.get(token) != available:
                self._streamed[token] = self._messages
            self._total[token] = total
            self._available[token] = available
            self._without_holds.discard(token)
        for token, total in said.totals.items():
            if self._total.get(token) != total:
                self._streamed[token] = self._messages
            self._total[token] = total
            self._available[token] = min(total, self._available.get(token, total))  # until it is fetched
            self._without_holds.add(token)
        return dict(said.unreadable), lacking

    def take_fetched(self, balance: dict[str, Any], began: int) -> dict[str, BadVenueData]:
        """Take a REST answer to a request that began after `began` streamed messages.

        A token that the stream changed since then keeps what the stream said (which may be its total only); a token
        that the answer leaves out is gone.
        """
        said = balances(balance, self._mapping)
        newer = {token for token, at in self._streamed.items() if at > began}
        for token in set(self._total) - set(said.complete) - said.incomplete - newer:
            del self._total[token]
            self._available.pop(token, None)
        for token, (total, available) in said.complete.items():
            if token not in newer:
                self._total[token] = total
                self._available[token] = available
            elif token in self._without_holds:
                self._available[token] = min(available, self._total[token])
        # What the stream told during the request is in the answer if the totals agree.
        self._lacking = {t for t in self._lacking & newer if said.complete.get(t, (None,))[0] != self._total.get(t)}
        return dict(said.unreadable)


class Fetch:
    """One REST request for balances, from its beginning to its answer."""

    def __init__(self, keeper: BalanceKeeper, began: int) -> None:
        self._keeper = keeper
        self._began = began

    def take(self, balance: dict[str, Any]) -> dict[str, BadVenueData]:
        """Take the answer; return what was unreadable in it, by token."""
        return self._keeper.take_fetched(balance, self._began)
