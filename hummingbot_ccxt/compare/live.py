"""`compare --live`: what both connectors read from the real venue's public side, beside each other, for a minute.

Live, the two cannot be asked at the same instant: prices and books are compared by how far they are apart, not for
equality. No account is used, and nothing is ordered.
"""

import asyncio
import statistics
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hummingbot.core.clock import Clock, ClockMode
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory
from rich.console import Console
from rich.table import Table

from hummingbot_ccxt.compare.normal import number
from hummingbot_ccxt.doctor import surroundings
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.registry import get
from hummingbot_ccxt.rig.connectors import native, native_class, native_of, ours
from hummingbot_ccxt.sandbox import ApiAccount

WATCH_S = 60.0
_SAMPLE_S = 1.0
_READY_S = 90.0
_RULES = ("min_order_size", "min_price_increment", "min_base_amount_increment", "min_notional_size")
#: The best prices of two connectors that are asked one after the other may be this far apart and still both be right.
_APART = Decimal("0.001")


class NoNetwork(HummingbotCcxtError):
    """The venue cannot be reached from here."""


def compare_live(console: Console, exchanges: Sequence[str], native_place: str | None, watch_s: float = WATCH_S) -> int:
    """Compare on each exchange in turn; 1 if anything differs. Raises NoNetwork."""
    differing = 0
    for exchange in exchanges:
        differing += asyncio.run(_exchange(console, exchange, native_place, watch_s))
    return 1 if differing else 0


async def _exchange(console: Console, exchange: str, native_place: str | None, watch_s: float) -> int:
    pair = get(exchange).example_pair
    nobody = ApiAccount("nobody", "", "", "")
    kind = native_class(native_place) if native_place else native_of(exchange)
    connectors: dict[str, Any] = {
        "ours": ours(exchange, nobody, [pair], trading_required=False),
        "native": native(kind, nobody, [pair], trading_required=False),
    }
    async with _closing(list(connectors.values())) as clock:
        await _reachable(exchange, connectors["ours"])
        for connector in connectors.values():
            clock.add_iterator(connector)
        with console.status(f"{exchange}: both start"):
            await _ready(exchange, connectors)
            for connector in connectors.values():
                await connector._update_trading_rules()
            seen = {name: await read(connector, pair) for name, connector in connectors.items()}
        with console.status(f"{exchange}: the books of {pair}, for {watch_s:g} s"):
            books = await sample(connectors, pair, watch_s)
    rows = [*compared(seen["native"], seen["ours"]), *books]
    table = Table("what", "native", "ours", "", title=f"{exchange}, {pair}", box=None, header_style="dim")
    for what, left, right, equal in rows:
        table.add_row(what, left, right, "[green3]equal[/]" if equal else "[yellow3]differs[/]")
    console.print(table)
    return sum(not equal for *_, equal in rows)


async def _reachable(exchange: str, connector: Any) -> None:
    """Raises NoNetwork with one line."""
    try:
        await surroundings.network(connector._venue.client)
    except surroundings.NoNetwork as error:
        raise NoNetwork(f"--live needs the network, and {exchange} cannot be reached from here: {error}") from error


@asynccontextmanager
async def _closing(connectors: Sequence[Any]) -> AsyncIterator[Clock]:
    """A running clock of Hummingbot's; at the end the connectors are stopped."""
    clock = Clock(ClockMode.REALTIME, 1.0)

    async def tick() -> None:
        with clock as ticking:
            await ticking.run()

    running = asyncio.ensure_future(tick())
    try:
        yield clock
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        for connector in connectors:
            await connector.stop_network()
        await ConnectionsFactory().close()


async def _ready(exchange: str, connectors: dict[str, Any]) -> None:
    try:
        async with asyncio.timeout(_READY_S):
            # Hummingbot has no event for it.
            while not all(connector.ready for connector in connectors.values()):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    except TimeoutError:
        waiting = [name for name, connector in connectors.items() if not connector.ready]
        raise NoNetwork(f"{exchange}: not ready within {_READY_S:g} s: {', '.join(waiting)}") from None


async def read(connector: Any, pair: str) -> dict[str, Any]:
    """Pairs, the rules of them all, and the last price of one pair, as a connector has them."""
    return {
        "pairs": set(await connector.all_trading_pairs()),
        "rules": {
            name: tuple(number(getattr(rule, field)) for field in _RULES)
            for name, rule in connector.trading_rules.items()
        },
        "last": Decimal(str((await connector.get_last_traded_prices([pair]))[pair])),
    }


def compared(native_seen: dict[str, Any], ours_seen: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    """(what, native, ours, whether they agree) of what `read` gave."""
    left, right = native_seen["pairs"], ours_seen["pairs"]
    rows = [("trading pairs", f"{len(left)}", f"{len(right)}", left == right)]
    if left != right:
        rows.append(("only there", _some(left - right), _some(right - left), False))
    shared = sorted(native_seen["rules"].keys() & ours_seen["rules"].keys())
    rows.append(("trading rules, pairs of both", f"{len(shared)}", f"{len(shared)}", bool(shared)))
    for place, field in enumerate(_RULES):
        other = [name for name in shared if native_seen["rules"][name][place] != ours_seen["rules"][name][place]]
        example = other[0] if other else ""
        sides = [f"{example} {seen['rules'][example][place]}" if other else "" for seen in (native_seen, ours_seen)]
        rows.append((f"{field}: {len(other)} differ", sides[0], sides[1], not other))
    last = native_seen["last"], ours_seen["last"]
    rows.append(("last price", number(last[0]), number(last[1]), _close(*last)))
    return rows


async def sample(connectors: dict[str, Any], pair: str, watch_s: float) -> list[tuple[str, str, str, bool]]:
    """Each second, the best prices of both books; how often they were crossed, and how far apart they were."""
    ended = asyncio.get_running_loop().time() + watch_s
    mids: dict[str, list[Decimal]] = {name: [] for name in connectors}
    crossed = dict.fromkeys(connectors, 0)
    while asyncio.get_running_loop().time() < ended:
        for name, connector in connectors.items():
            bid, ask = (Decimal(str(connector.get_price(pair, is_buy))) for is_buy in (False, True))
            mids[name].append((bid + ask) / 2)
            crossed[name] += bid >= ask
        await asyncio.sleep(min(_SAMPLE_S, watch_s))
    apart = [abs(a - b) / a for a, b in zip(mids["native"], mids["ours"], strict=True)]
    moves = {name: sum(a != b for a, b in pairwise(each)) for name, each in mids.items()}
    worst = max(apart)
    return [
        ("samples of the book", f"{len(mids['native'])}", f"{len(mids['ours'])}", True),
        ("samples in which the middle moved", f"{moves['native']}", f"{moves['ours']}", True),
        ("samples with a crossed book", f"{crossed['native']}", f"{crossed['ours']}", not any(crossed.values())),
        (
            f"middle prices apart: median {statistics.median(apart):.6%}, most {worst:.6%}",
            number(mids["native"][-1]),
            number(mids["ours"][-1]),
            worst <= _APART,
        ),
    ]  # fmt: skip


def _close(left: Decimal, right: Decimal) -> bool:
    return abs(left - right) <= _APART * abs(left)


def _some(names: set[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")
