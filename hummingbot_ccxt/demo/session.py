"""One run of the demo: venue, home, bot, a while of trading, an orderly end, and what is left to compare."""

import asyncio
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from hummingbot_ccxt import registry
from hummingbot_ccxt.demo import home as homes
from hummingbot_ccxt.demo import loopback
from hummingbot_ccxt.demo.bot import NAME, Bot
from hummingbot_ccxt.demo.facts import ConnectorFacts, Sample, VenueFacts
from hummingbot_ccxt.demo.market import DemoMarket
from hummingbot_ccxt.demo.reconcile import ZERO, reconcile
from hummingbot_ccxt.demo.records import read_hummingbot, read_tracked
from hummingbot_ccxt.demo.report import Run, profit
from hummingbot_ccxt.demo.view import Picture, View
from hummingbot_ccxt.errors import HummingbotCcxtError

_FIRST_ORDER_S = 60.0
_SETTLE_S = 10.0
_FRAME_S = 0.25

STRATEGY_SETTINGS = {
    "bid_spread": "0.15",  # per cent from the mid price; the venue's maker fee is 0.1
    "ask_spread": "0.15",
    "order_levels": "3",
    "order_level_spread": "0.1",
    "order_level_amount": "0",
    "order_refresh_time": "2",
    "filled_order_delay": "1",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What the user chose. `folder` gets the home and the reports."""

    seconds: int
    exchange: str
    pair: str
    seed: int
    folder: Path


class NoOrders(HummingbotCcxtError):
    """The bot runs and places nothing."""


async def run(options: Options, view: View, bots: list[Bot]) -> Run:
    """The whole demo. `bots` gets the bot while there is one, so that an impatient user can have it killed.

    Whatever ends this early (an error, a cancellation) stops the bot first, then the venue.
    """
    began = time.monotonic()
    market = DemoMarket(options.exchange, options.pair, options.seed)
    async with market:
        view.say(f"{options.exchange} on {market.sandbox.url}, with simulated traders on {options.pair}")
        home = homes.make(options.folder / "home", exchange=options.exchange, base_url=market.sandbox.url)
        connector = registry.get(options.exchange).connector
        async with Bot(home, connector) as bot:
            bots.append(bot)
            try:
                with view.step(f"Hummingbot: connect {connector}, with keys of the venue"):
                    await bot.connect(keys(options.exchange, market))
                with view.step("Hummingbot: start pure_market_making"):
                    await bot.start(_settings(options, connector, market))
                    await _first_order(market, bot)
                start_up_s = time.monotonic() - began
                await _trade(options, view, market, bot, connector)
                with view.step("let Hummingbot hear of the last fills, stop it"):
                    await market.rest()
                    balances = await _settled_balances(market, bot)
                    graceful = await bot.stop()
            finally:
                # The bot has its orders cancelled when it stops; only one that was killed leaves any.
                await bot.stop()
                venue = market.facts()
                if left_over := market.cancel_left_over():
                    view.say(f"{left_over} orders were left open by the bot and are cancelled now")
                home.forget_keys()
        samples = list(market.samples)
    return _run(options, home, venue, balances, start_up_s, samples, graceful)


def keys(exchange: str, market: DemoMarket) -> dict[str, str]:
    """What the exchange asks for, by the names of Hummingbot's fields: key and secret, of some a passphrase too."""
    account, known = market.account, registry.get(exchange)
    fields = {"apiKey": ("api_key", account.api_key), "secret": ("secret", account.secret)}
    fields["password"] = ("password", account.password)
    return {f"{known.connector}_{name}": value for asked, (name, value) in fields.items() if asked in known.credentials}


def _settings(options: Options, connector: str, market: DemoMarket) -> dict[str, str]:
    return STRATEGY_SETTINGS | {
        "exchange": connector,
        "market": options.pair,
        "order_amount": str(market.order_amount),
    }


async def _first_order(market: DemoMarket, bot: Bot) -> None:
    deadline = time.monotonic() + _FIRST_ORDER_S
    while not market.orders():
        bot.check()
        if time.monotonic() > deadline:
            raise NoOrders(f"Hummingbot runs and placed no order within {_FIRST_ORDER_S:g} s; see {bot.home.log(NAME)}")
        await asyncio.sleep(_FRAME_S)


async def _trade(options: Options, view: View, market: DemoMarket, bot: Bot, connector: str) -> None:
    """Let the bot trade for the given time, and show it."""
    ends = time.monotonic() + options.seconds
    market.samples.clear()  # the report is about the time in which the bot trades
    with view.live():
        while (left_s := ends - time.monotonic()) > 0:
            bot.check()
            market.check()
            view.show(picture(options, market, connector, left_s))
            await asyncio.sleep(min(_FRAME_S, left_s))
        view.show(picture(options, market, connector, 0.0))


def picture(options: Options, market: DemoMarket, connector: str, left_s: float) -> Picture:
    """The market and the account now."""
    base, quote = market.market.base, market.market.quote
    fills = market.fills()
    price = market.samples[-1].mid if market.samples else ZERO
    return Picture(
        connector=connector,
        pair=options.pair,
        seconds=options.seconds,
        left_s=left_s,
        best=market.best(),
        orders=market.orders(),
        fills=fills,
        balances=market.balances(),
        profit=profit(fills, price, base=base, quote=quote),
        now_ms=market.sandbox.clock(),
    )


async def _settled_balances(market: DemoMarket, bot: Bot) -> dict[str, Decimal]:
    """What the connector reports once the market is at rest; it has ten seconds to agree with the venue."""
    deadline = time.monotonic() + _SETTLE_S
    while True:
        await asyncio.sleep(1.0)
        reported = await bot.reported_balances()
        held = {asset: amount for asset, amount in market.balances().items() if amount}
        if reported == held or time.monotonic() > deadline:
            return reported


def _run(
    options: Options,
    home: homes.Home,
    venue: VenueFacts,
    balances: dict[str, Decimal],
    start_up_s: float,
    samples: list[Sample],
    graceful: bool,
) -> Run:
    base, quote = options.pair.split("-")
    hummingbot = read_hummingbot(home.database(NAME), home.log(NAME))
    connector = ConnectorFacts(balances, tuple(read_tracked(home.database(NAME))))
    inside, outside = loopback.read_journal(home.journal)
    return Run(
        exchange=options.exchange,
        pair=options.pair,
        seed=options.seed,
        seconds=options.seconds,
        start_up_s=start_up_s,
        orders=venue.orders,
        fills=venue.fills,
        samples=samples,
        reconciliation=reconcile(venue, hummingbot, connector, base=base, quote=quote),
        errors=[error.replace(str(home.root), "HOME") for error in hummingbot.errors],
        calls_inside=inside,
        calls_outside=outside,
        stopped_gracefully=graceful,
    )
