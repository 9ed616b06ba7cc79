"""The public checks: the venue's clock, its markets and their rules, book and trades as they come."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

from hummingbot_ccxt.doctor.findings import Finding, doubtful, failed, misled, remedy_of, well
from hummingbot_ccxt.doctor.listener import Listener
from hummingbot_ccxt.translate.markets import is_tradable_spot, trading_pair, trading_rule
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.market_steps import MarketSteps
from hummingbot_ccxt.venue.outcomes import VenueError, is_refused_credentials
from hummingbot_ccxt.venue.streams import FeedEvents
from hummingbot_ccxt.venue.venue import Venue

_CLOCK_SAMPLES = 3
_CLOCK_OFF_MS = 1000
_UPDATES = 10
_WATCH_S = 5.0


async def clock(venue: Venue) -> tuple[Finding, float]:
    """How far the venue's clock is ahead of this machine's, and that in seconds."""
    if not venue.offers("fetchTime"):
        return well("clock", "the venue does not tell its time: requests bear this machine's"), 0.0
    ahead_ms = []
    for _ in range(_CLOCK_SAMPLES):
        began = time.time()
        try:
            theirs_ms = await venue.server_time_ms()
        except VenueError as err:
            return failed(
                "clock",
                f"the venue's time could not be asked for: {err}",
                remedy_of(err, venue.id, venue.settings.base_url),
            ), 0.0
        ahead_ms.append(theirs_ms - (began + time.time()) / 2 * 1000)
    off_ms = median(ahead_ms)
    said = f"this machine's clock is {abs(off_ms):.0f} ms {'behind' if off_ms > 0 else 'ahead of'} the venue's"
    if abs(off_ms) < _CLOCK_OFF_MS:
        return well("clock", said), off_ms / 1000
    remedy = "the connector allows for it; better, have the clock set by NTP (timedatectl set-ntp true)"
    return doubtful("clock", said, remedy), off_ms / 1000


async def markets(venue: Venue, wanted_pair: str) -> tuple[list[Finding], str | None]:
    """How many markets can be traded, how many not and why; and ccxt's symbol of the wanted pair, if it is one."""
    try:
        known = await venue.markets()
    except VenueError as err:
        remedy = remedy_of(err, venue.id, venue.settings.base_url)
        found = [failed("markets", f"the markets could not be loaded: {err}", remedy)]
        if is_refused_credentials(err):
            found.append(failed("keys", "not accepted, by what the venue said when the markets were asked for", remedy))
        return found, None
    symbols: dict[str, str] = {}
    told: list[str] = []
    steps = MarketSteps(venue, told.append)
    skipped: Counter[str] = Counter()
    closed = 0
    for market in known.values():
        if not is_tradable_spot(market, venue.mapping):
            closed += 1
            continue
        try:
            pair = trading_pair(market, venue.mapping)
            completed = await steps.complete(market, look=pair == wanted_pair)
            trading_rule(completed, trading_pair=pair, precision_mode=venue.client.precisionMode)
        except BadVenueData as err:
            skipped[f"{err.structure}.{err.field} {err.reason}"] += 1
            continue
        except VenueError as err:
            skipped[str(err)] += 1
            continue
        symbols.setdefault(pair, market["symbol"])
    text = f"{len(symbols)} spot markets with trading rules; {closed} others are closed or no spot markets"
    reasons = ", ".join(f"{count} ({reason})" for reason, count in skipped.most_common(3))
    if not symbols:
        base_url = venue.settings.base_url
        remedy = misled(venue.id, base_url) if base_url else "a mapping may be needed; please report"
        return [failed("markets", f"no market can be traded: {reasons or text}", remedy)], None
    loaded = well("markets", text)
    if skipped:
        remedy = "none needed unless yours is among them; otherwise a mapping (symbols, aliases)"
        loaded = doubtful("markets", f"{text}; skipped: {reasons}", remedy)
    if wanted_pair not in symbols:
        some = ", ".join(sorted(symbols)[:5])
        return [
            loaded,
            failed("pair", f"{wanted_pair} is not among them", f"--pair with one that is, such as {some}"),
        ], None
    shown = [doubtful("steps", said, "check them against the venue's documentation") for said in told]
    return [loaded, *shown], symbols[wanted_pair]


def pair_of(venue: Venue, symbol: str) -> str:
    """Hummingbot's name of a market that is loaded: `BTC-USDT` for ccxt's `BTC/USDT`."""
    return trading_pair(venue.client.markets[symbol], venue.mapping)


@asynccontextmanager
async def watching(venue: Venue, kind: str, key: str, failures: list[str]) -> AsyncIterator[None]:
    """Keep one stream of the venue running; why it was interrupted goes into `failures`."""

    def on_failure(error: BaseException, authentication: bool) -> None:
        failures.append(f"{type(error).__name__}: {venue.secrets.hide(error)[:200]}")

    feed = venue.feed(kind, FeedEvents(failed=on_failure))
    feed.add(key)
    task = asyncio.ensure_future(feed.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        venue.streams.discard(feed)


async def book(venue: Venue, listener: Listener, symbol: str) -> list[Finding]:
    """Whether the book comes within the heartbeat, in order, never crossed."""
    if not venue.streams_kind("book"):
        return [await _polled_book(venue, symbol)]
    failures: list[str] = []
    pair = pair_of(venue, symbol)
    began = time.monotonic()
    async with watching(venue, "book", symbol, failures):
        if not await listener.until(lambda: listener.books, venue.stale_after_s):
            seen = failures[0] if failures else (listener.bad[0] if listener.bad else "nothing came")
            remedy = "check that WebSocket connections pass; a mapping can poll it instead (polled={'book'})"
            return [failed("book", f"no book of {pair} within {venue.stale_after_s:g} s: {seen}", remedy)]
        first_s = time.monotonic() - began
        await listener.until(lambda: listener.books >= _UPDATES, _WATCH_S)
    found = [well("book", f"{pair} streamed after {first_s:.1f} s: {_top(listener.book)}")]
    told = f"{listener.books} states of the book"
    if listener.crossed or listener.backwards or listener.bad:
        wrong = f"{listener.crossed} crossed, {listener.backwards} backwards, {len(listener.bad)} unreadable"
        wrong += f" ({listener.bad[0]})" if listener.bad else ""
        remedy = "please report; until then, a mapping can poll it (polled={'book'})"
        return [*found, failed("sequence", f"{told}, of which {wrong}", remedy)]
    return [*found, well("sequence", f"{told}: none crossed, none out of order, none unreadable")]


async def _polled_book(venue: Venue, symbol: str) -> Finding:
    try:
        fetched = await venue.call("fetch_order_book", symbol)
    except VenueError as err:
        return failed(
            "book",
            f"the book of {pair_of(venue, symbol)} could not be fetched: {err}",
            remedy_of(err, venue.id, venue.settings.base_url),
        )
    bids, asks = fetched["bids"], fetched["asks"]
    top = (float(bids[0][0]), float(asks[0][0])) if bids and asks else None
    if top is not None and top[0] >= top[1]:
        return failed("book", f"{pair_of(venue, symbol)} is crossed: {_top(top)}", "please report")
    return well("book", f"{pair_of(venue, symbol)} polled (no stream): {_top(top)}")


def _top(best: tuple[float, float] | None) -> str:
    return "one side is empty" if best is None else f"bid {best[0]:g}, ask {best[1]:g}"


async def trades(venue: Venue, listener: Listener, symbol: str) -> Finding:
    """Whether public trades come."""
    if not venue.streams_kind("trades"):
        return await _polled_trades(venue, symbol)
    failures: list[str] = []
    pair = pair_of(venue, symbol)
    async with watching(venue, "trades", symbol, failures):
        came = await listener.until(lambda: listener.trades, venue.stale_after_s)
    if came:
        return well("trades", f"{pair} streamed, the first one {_trade(listener.trades[0])}")
    if failures:
        return failed("trades", f"the stream of {pair} failed: {failures[0]}", "check that WebSocket connections pass")
    remedy = "--pair with a busier market tells a quiet market from a broken stream"
    return doubtful("trades", f"no trade of {pair} within {venue.stale_after_s:g} s", remedy)


async def _polled_trades(venue: Venue, symbol: str) -> Finding:
    if not venue.offers("fetchTrades"):
        return doubtful(
            "trades", "ccxt knows no public trades of this venue", "strategies that need trades cannot be used"
        )
    try:
        fetched = await venue.call("fetch_trades", symbol)
    except VenueError as err:
        return failed(
            "trades",
            f"the trades of {pair_of(venue, symbol)} could not be fetched: {err}",
            remedy_of(err, venue.id, venue.settings.base_url),
        )
    return well("trades", f"{pair_of(venue, symbol)} polled (no stream): {len(fetched)} trades")


def _trade(trade: dict[str, Any]) -> str:
    return f"{trade.get('side')} {trade.get('amount')} at {trade.get('price')}"
