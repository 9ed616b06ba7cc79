"""All trades, or orders, of a question that a venue answers page by page, 20 to 1000 at once, mostly newest first."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hummingbot_ccxt.venue.outcomes import Outcome, VenueError

Trades = list[dict[str, Any]]
AskWith = Callable[[dict[str, Any]], Awaitable[Trades]]
AskFor = Callable[[int, dict[str, Any]], Awaitable[Trades]]
Enough = Callable[[Trades], bool]

_DAY_MS = 86_400_000
_PAGES = 100
"""An end for what would not end."""
_STALE_PAGES = 3
"""How many pages in a row may bring nothing new; a venue that does not do as it is asked repeats one for ever."""
_SMALLEST_PAGE = 10
"""No venue's page of the newest trades is smaller: fewer are all that there are."""


async def pages_backwards(
    ask: AskWith, before: Mapping[str, str], limit: int | None, are_enough: Enough | None = None
) -> Trades:
    """Return the trades of all pages, oldest first, each page asked for with what the mapping says (`trades_before`).

    `ask(parameters)` gives one page. `limit`: how many trades it asks for, None for as many as the venue likes.
    `are_enough`: tells of those had so far whether no more are wanted.
    Raises VenueError, what `ask` raises and UNKNOWN where a page does not say how to go on.
    """
    trades: dict[str, dict[str, Any]] = {}
    more: dict[str, Any] = {}
    full, had, stale = limit or _SMALLEST_PAGE, 0, 0
    # Where pages are counted from the newest trade on, those that come meanwhile push known ones onto the next page.
    most_stale = _STALE_PAGES if any(what.startswith("#") for what in before.values()) else 0
    for number in range(1, _PAGES + 1):
        page = await ask(more)
        fresh = {_name_of(t): t for t in page if _name_of(t) not in trades}
        trades = fresh | trades
        stale = 0 if fresh else stale + 1
        if not before or stale > most_stale or len(page) < full:
            break
        full, had = max(full, len(page)), had + len(page)
        more = {name: _next(what, page, had, number) for name, what in before.items()}
        if "" in more.values() or (are_enough is not None and are_enough(list(trades.values()))):
            break
    return _by_time(trades)


async def pages_both_ways(ask: AskFor, since_ms: int, *, until_days: float | None) -> Trades:
    """Return the trades since a time, oldest first, where nothing is known of the venue's pages.

    `ask(since_ms, parameters)` gives one page. A page may hold the oldest trades since then, so that those after its
    newest are asked for, or the newest: where the venue can be told `until` when, those before its oldest are, too.
    `until_days`: how far apart the two times may be, None where it cannot. A page that brings nothing new is the last
    one; how many trades a full one has nobody knows. Raises what `ask` raises, but for a venue that refuses `until`.
    """
    trades: dict[str, dict[str, Any]] = {}

    async def is_last(from_ms: int, parameters: dict[str, Any]) -> bool:
        page = await ask(from_ms, parameters)
        fresh = {_name_of(t): t for t in page if _name_of(t) not in trades}
        trades.update(fresh)
        return not fresh

    def times() -> list[int]:
        return [t["timestamp"] for t in trades.values() if isinstance(t.get("timestamp"), int)]

    from_ms = since_ms
    for _ in range(_PAGES):
        if await is_last(from_ms, {}) or max(times(), default=from_ms) <= from_ms:
            break
        from_ms = max(times())
    if until_days is not None and len(trades) >= _SMALLEST_PAGE:
        for _ in range(_PAGES):
            oldest_ms = min(times(), default=since_ms)
            from_ms = max(since_ms, oldest_ms - int(until_days * _DAY_MS))
            try:
                if oldest_ms <= since_ms or await is_last(from_ms, {"until": oldest_ms}):
                    break
            except VenueError as err:
                if err.outcome is not Outcome.REFUSED:
                    raise
                break  # ccxt says that the venue can be told until when, the venue does not
    return _by_time(trades)


async def every_page(ask: Callable[[int], Awaitable[list[dict[str, Any]]]], size: int) -> list[dict[str, Any]]:
    """Return the orders of all pages; `ask(offset)` gives up to `size` of them, the newest `offset` left out.

    Those that come on top meanwhile push others onto the next page once more: so nobody is passed over, and a page may
    hold nothing new. Raises what `ask` raises, and VenueError UNKNOWN if there is no end.
    """
    orders: dict[str, dict[str, Any]] = {}
    for number in range(_PAGES):
        page = await ask(number * size)
        orders.update((str(order["id"]), order) for order in page)
        if len(page) < size:
            return list(orders.values())
    raise VenueError(f"{_PAGES} pages of orders, and no end", outcome=Outcome.UNKNOWN, kind="BadVenueData")


def _by_time(trades: Mapping[str, dict[str, Any]]) -> Trades:
    return sorted(trades.values(), key=lambda t: t.get("timestamp") or 0)


def _next(what: str, page: Trades, had: int, pages: int) -> Any:
    """The value that asks for the next page, "" if there is none. `had`: how many trades all pages so far held."""
    if what == "#trades":
        return had
    if what == "#page":
        return pages + 1
    forwards, what = what.startswith("+"), what.removeprefix("+")
    if forwards and pages == 1:
        return 0
    said = [str(t["info"][what]) for t in page if isinstance(t.get("info"), dict) and t["info"].get(what) is not None]
    if len(said) == 1 < len(page):  # ccxt put it there, of the whole page (bybit)
        return said[0]
    if not said or not all(each.isdecimal() for each in said):
        text = f"a page of {len(page)} trades does not say how to go on: {what} is {said[:1] or None}"
        raise VenueError(text, outcome=Outcome.UNKNOWN, kind="BadVenueData")
    return max(map(int, said)) + 1 if forwards else min(said, key=int)


def _name_of(trade: dict[str, Any]) -> str:
    """What tells one trade of a page from another: its id, else all that the venue says of it (hollaex).

    Both orders of a trade with ourselves bear its id; and markets may number their trades each by itself (binance).
    """
    if trade.get("id") is None:
        return str(trade.get("info"))
    return f"{trade.get('symbol')} {trade.get('order')} {trade['id']}"
