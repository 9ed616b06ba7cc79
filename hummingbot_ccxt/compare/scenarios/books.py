"""Order books and public trades: after thousands of changes, after lost messages, after lost connections."""

import asyncio
from decimal import Decimal
from typing import Any

from hummingbot.core.event.event_forwarder import SourceInfoEventForwarder
from hummingbot.core.event.events import OrderBookEvent

from hummingbot_ccxt.compare.book import scenario
from hummingbot_ccxt.compare.normal import PLAUSIBLE, moment, number
from hummingbot_ccxt.compare.scene import PAIR, Scene
from hummingbot_ccxt.sandbox import Side, StreamFault

_CHANGES, _FRAMES = 4_000, 800
_INTERVAL_S = 0.005
_SINCE_READY, _SINCE_READY_S = 30, 1.5


async def note_book(scene: Scene, step: str, patience_s: float = 3.0) -> None:
    """Whether the book becomes the venue's, and each level of both sides, up to the first that is wrong.

    What follows a wrong level is mostly shifted by it: it would count one fault many times.
    """
    same = await scene.until(lambda: scene.bot.book(PAIR) == scene.bot.venue_book(PAIR), patience_s)
    scene.note(f"book/{step}/is the venue's", same, True)
    seen, venue = scene.bot.book(PAIR), scene.bot.venue_book(PAIR)
    for side, levels, right in (("bid", seen[0], venue[0]), ("ask", seen[1], venue[1])):
        scene.note(f"book/{step}/{side}s", len(levels), len(right))
        for number_, (level, wanted) in enumerate(zip(levels, right, strict=False), start=1):
            scene.note(f"level/{step}/{side} {number_}", _level(level), _level(wanted))
            if level != wanted:
                break


def _level(level: tuple[float, float]) -> str:
    return f"{number(level[0])}: {number(level[1])}"


def change_book(scene: Scene, changes: int) -> None:
    """Some orders placed and cancelled, now and then a trade, by the scene's own random numbers; about 40 levels."""
    for _ in range(changes):
        resting = scene.others.open_orders()
        roll = scene.random.random()
        if roll < 0.03:
            (scene.others.buy if roll < 0.015 else scene.others.sell)(str(scene.random.randint(1, 200) / 100))
        elif len(resting) > 44 or (roll < 0.5 and len(resting) > 30):
            scene.others.cancel(scene.random.choice(resting))
        else:
            _rest(scene)


def _rest(scene: Scene) -> None:
    amount = str(scene.random.randint(1, 400) / 100)
    away = Decimal(scene.random.randint(1, 4_000)) / 100
    if scene.random.random() < 0.5:
        scene.others.bid(Decimal(60_000) - away, amount)
    else:
        scene.others.ask(Decimal(60_000) + away, amount)


@scenario(
    "book", f"The order book after a snapshot and {_CHANGES:,} changes, level by level",
    venue={"book_interval_s": _INTERVAL_S},
)  # fmt: skip
async def book(scene: Scene) -> None:
    await note_book(scene, "after the snapshot")
    for frame in range(1, _FRAMES + 1):
        change_book(scene, _CHANGES // _FRAMES)
        await asyncio.sleep(_INTERVAL_S)  # the venue's book stream sends what changed in this time
        if frame % 200 == 0:
            await note_book(scene, f"after {frame * _CHANGES // _FRAMES} changes")


@scenario("book-gap", "A message of the book's stream is lost on the way")
async def book_gap(scene: Scene) -> None:
    rule = scene.sandbox.faults.stream("depth", StreamFault.DROP, times=1)
    scene.script("one message of the book is lost")
    scene.others.bid("59995", "0.7")
    await scene.until(lambda: not rule.is_armed)
    for step in range(20):
        scene.others.ask(60_300 + step, "0.1")
        await asyncio.sleep(0.02)
    await note_book(scene, "after the gap", 5.0)


@scenario("book-reconnect", "The public connection is lost, and the book changes meanwhile")
async def book_reconnect(scene: Scene) -> None:
    scene.script("the public connection is lost")
    scene.sandbox.faults.disconnect_streams(private=False)
    scene.others.bid("59995", "0.7")
    scene.others.sell("2.5")
    scene.others.ask("60005", "0.3")
    await note_book(scene, "within 12 s of the loss", 12.0)


@scenario("trades", "Public trades: each once, from ready on, with price, amount, side and id", starts=False)
async def trades(scene: Scene) -> None:
    heard: list[Any] = []
    listener = SourceInfoEventForwarder(lambda tag, source, event: heard.append(event))
    await scene.start(streams=False)
    scene.connector.get_order_book(PAIR).add_listener(OrderBookEvent.TradeEvent, listener)
    scene.script("the connector is ready; the others trade at once")
    for _ in range(_SINCE_READY):
        scene.others.buy("0.001")
        await asyncio.sleep(_SINCE_READY_S / _SINCE_READY)
    await scene.until(lambda: len(heard) >= _SINCE_READY, 1.0)
    scene.note("trades/told of those since it is ready", len(heard), _SINCE_READY)
    await scene.streams_up()
    heard.clear()
    before = len(scene.sandbox.engine.trades("BTC/USDT"))
    for amount in ("0.1", "1.25", "0.03"):
        scene.others.buy(amount)
        scene.others.sell(amount)
    made = scene.sandbox.engine.trades("BTC/USDT")[before:]
    await scene.until(lambda: len(heard) >= len(made))
    scene.note("trades/told", len(heard), len(made))
    now_s = scene.sandbox.clock() / 1000
    for index, (event, trade) in enumerate(zip(heard, made, strict=False), start=1):
        side = "BUY" if trade.taker_side is Side.BUY else "SELL"
        scene.note(f"trades/{index}/price", number(event.price), number(trade.price))
        scene.note(f"trades/{index}/amount", number(event.amount), number(trade.amount))
        scene.note(f"trades/{index}/taker's side", event.type.name, side)
        scene.note(f"trades/{index}/pair", event.trading_pair, PAIR)
        scene.note(f"trades/{index}/time", moment(event.timestamp, now_s), PLAUSIBLE)
        scene.note(f"trades/{index}/has an id", event.trade_id not in (None, "", "None"), True)
