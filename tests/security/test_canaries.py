"""No credential, signature or listen key in anything that anybody can read, whatever goes wrong, on any wire.

Each account's key, secret and passphrase are canaries; so is every signature and token that the venue saw cross the
wire. They are looked for as they are, percent-encoded, in hexadecimal and in base64.
"""

import asyncio
import base64
import dataclasses
import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hummingbot.core.event.events import MarketEvent

from hummingbot_ccxt.cli import main
from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.rig.bot import Bot, running, short_waits
from hummingbot_ccxt.sandbox import Fault, Sandbox, Side
from hummingbot_ccxt.sandbox import OrderType as VenueOrderType
from hummingbot_ccxt.sandbox.sandbox import WIRES
from hummingbot_ccxt.venue import streams
from hummingbot_ccxt.venue.budget import RateBudget
from hummingbot_ccxt.venue.secrets import Secrets

from .canaries import Watch, Witness, found_in, watching_all_logs, written

PAIR = "BTC-USDT"
REQUESTS = ("fetch_balance", "fetch_open_orders", "fetch_my_trades")
_SHORTEST = 8
_REFUSED = re.compile("refused the credentials|Invalid signature")  # the latter is no AuthenticationError of kraken's


# --- what happens


async def trade(bot: Bot) -> None:
    """An order that rests and is cancelled, one that is filled, one that the venue refuses."""
    resting = bot.buy(PAIR, "0.01", "50000")
    await bot.event(MarketEvent.BuyOrderCreated, of=resting)
    bot.connector.cancel(PAIR, resting)
    await bot.event(MarketEvent.OrderCancelled, of=resting)
    filled = bot.buy(PAIR, "0.01", "60200")
    await bot.event(MarketEvent.OrderFilled, of=filled)
    refused = bot.buy(PAIR, "1000", "59000")
    await bot.event(MarketEvent.OrderFailure, of=refused)


async def fail(bot: Bot, watch: Watch, call: Callable[[], Awaitable[Any]], what: str) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(3):
            try:
                await call()
            except Exception as error:
                watch.note(what, error)


async def go_wrong(bot: Bot, watch: Watch) -> None:
    """Each kind of failure, for a poll and for an order."""
    venue, faults = bot.connector._venue, bot.sandbox.faults
    for number, fault in enumerate(f for f in Fault if f not in (Fault.MEANWHILE, Fault.LATE_BEFORE, Fault.LATE_AFTER)):
        faults.rest("*", fault, times=2, status=(403, 500, 502, 503)[number % 4], retry_after_s=0)
        calls = [fail(bot, watch, lambda m=method: venue.call(m, "BTC/USDT"), method) for method in REQUESTS[1:]]
        bot.buy(PAIR, "0.01", "50000")
        await asyncio.gather(fail(bot, watch, lambda: venue.call("fetch_balance"), "fetch_balance"), *calls)
        faults.clear()
        venue.client.parts.budget = RateBudget(rate=1e6, capacity=1e6)  # without the pause that a ban asks for


async def lose_streams(bot: Bot) -> None:
    faults = bot.sandbox.faults
    faults.refuse_connections = True
    faults.disconnect_streams()
    await bot.until(lambda: any("interrupted" in text for text in bot.logged()), "a stream was interrupted")
    faults.refuse_connections = False
    with suppress(NotImplementedError):
        faults.expire_sessions()
    faults.disconnect_streams(code=1011)


async def skew(bot: Bot, watch: Watch) -> None:
    bot.sandbox.faults.set_clock(skew_ms=86_400_000)
    await fail(bot, watch, lambda: bot.connector._venue.call("fetch_balance"), "with a wrong clock")
    bot.sandbox.faults.set_clock()


async def be_refused(bot: Bot, watch: Watch) -> None:
    """The key is deleted while the connector runs."""
    bot.sandbox.revoke(bot.account)
    bot.sandbox.faults.disconnect_streams()
    for method in REQUESTS:
        await fail(
            bot, watch, lambda m=method: bot.connector._venue.call(m, *(["BTC/USDT"] * (m != "fetch_balance"))), method
        )
    await fail(bot, watch, bot.connector._update_balances, "balances")


def shown(bot: Bot) -> Iterator[tuple[str, str]]:
    """Our objects as a debugger, a log line or a report shows them."""
    connector = bot.connector
    parts: dict[str, Any] = {
        "connector": connector,
        "venue": connector._venue,
        "authenticator": connector.authenticator,
        "credentials": connector._credentials,
        "secrets": connector._venue.secrets,
        "settings": connector._venue.settings,
        "client": connector._venue.client,
        "budget": connector._venue.budget,
        "events": [told.event for told in bot.told],
        "orders": [order.to_json() for order in connector.order_tracker.all_orders.values()],
        "sandbox's account": bot.account,
        "sandbox's requests": list(bot.sandbox.request_log.requests),
    }
    for name, part in parts.items():
        yield name, f"{part} {part!r}"
    for name in ("connector", "venue", "authenticator", "settings"):
        with suppress(TypeError):
            yield f"vars of {name}", repr(vars(parts[name]))


def fill_book(sandbox: Sandbox) -> None:
    assets = {asset for market in sandbox.engine.markets.values() for asset in (market.base, market.quote)}
    other = sandbox.create_account(dict.fromkeys(assets, Decimal(10**9)), name="counterparty")
    for side, price in ((Side.BUY, "59900"), (Side.SELL, "60100")):
        sandbox.engine.place(
            other.account_id,
            symbol="BTC/USDT",
            side=side,
            type=VenueOrderType.LIMIT,
            price=Decimal(price),
            amount=Decimal(5),
        )


def loosened(connector: Any) -> None:
    """The loudest client there is, and one that does not wait."""
    client = connector._venue.client
    client.verbose = True
    client.timeout = 300
    client.parts.budget = RateBudget(rate=1e6, capacity=1e6)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(streams, "_SETTLE_S", 0.1)
    monkeypatch.setattr(streams, "_TICK_S", 0.1)
    monkeypatch.setattr(constants, "SECOND_LOOK_S", 0.2)
    with short_waits():
        yield


async def leaks(exchange: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> list[str]:
    """Trade, fail in every way, and return where a canary was seen, with the text around it."""
    funds = {"USDT": Decimal(100_000), "BTC": Decimal(2)}
    recording = folder / "recording.jsonl"
    with watching_all_logs() as watch:
        log_file = logging.FileHandler(folder / "hummingbot.log")
        log_file.setFormatter(logging.Formatter("%(asctime)s - %(process)d - %(name)s - %(levelname)s - %(message)s"))
        logging.getLogger().addHandler(log_file)
        try:
            async with Sandbox(exchange, record=recording, book_interval_s=0.02, message_limit_per_s=1000) as sandbox:
                fill_book(sandbox)
                account, stranger = sandbox.create_account(funds), sandbox.create_account(funds)
                witness = Witness(sandbox)
                wrong = dataclasses.replace(stranger, secret=base64.b64encode(stranger.secret[::-1].encode()).decode())
                async with running("ours", sandbox, account, [PAIR], prepare=loosened) as bot:
                    await trade(bot)
                    await go_wrong(bot, watch)
                    await lose_streams(bot)
                    await skew(bot, watch)
                    await be_refused(bot, watch)
                    watch.texts.extend(shown(bot))
                async with running("ours", sandbox, wrong, [PAIR], prepare=loosened, ready=False) as bot:
                    await bot.until(lambda: any(_REFUSED.search(text) for text in bot.logged()), "a wrong secret")
                    watch.texts.extend(shown(bot))
        finally:
            logging.getLogger().removeHandler(log_file)
            log_file.close()
    out, err = capfd.readouterr()
    watch.texts += [("stdout", out), ("stderr", err), *written(folder)]
    canaries = {word for each in (account, stranger, wrong) for word in (each.api_key, each.secret, each.password)}
    assert len(witness.seen - canaries) > 20, "the witness saw too few signatures: it looks at the wrong place"
    assert {"file recording.jsonl", "file hummingbot.log", "vars of venue"} <= {
        where for where, text in watch.texts if text
    }
    return list(found_in(watch.texts, {word for word in canaries | witness.seen if len(word) >= _SHORTEST}))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("exchange", sorted(WIRES))
async def test_no_secret_is_written_anywhere(exchange: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert await leaks(exchange, tmp_path, capfd) == []


@pytest.mark.parametrize("arguments", [["--place-order", "--json"], []])
@pytest.mark.parametrize("wrong_secret", [False, True])
async def test_the_doctor_tells_no_secret(
    arguments: list[str], wrong_secret: bool, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On KuCoin, whose accounts have all three credentials, and a token for each stream."""
    with watching_all_logs() as watch:
        async with Sandbox("kucoin", participants=["BTC/USDT"], book_interval_s=0.02) as sandbox:
            account = sandbox.create_account({"USDT": Decimal(100_000), "BTC": Decimal(2)})
            witness = Witness(sandbox)
            secret = account.secret[::-1] if wrong_secret else account.secret
            given = {"API_KEY": account.api_key, "SECRET": secret, "PASSWORD": account.password}
            for name, value in given.items():
                monkeypatch.setenv(f"CCXT_KUCOIN_{name}", value)
            status = await asyncio.to_thread(
                main, ["doctor", "kucoin", "--base-url", sandbox.url, "--keys", *arguments]
            )
    watch.texts += list(zip(("stdout", "stderr"), capfd.readouterr(), strict=True))
    assert (status != 0) == wrong_secret
    assert ("Invalid KC-API-SIGN" in watch.texts[-2][1]) == wrong_secret  # the venue's word for it, in stdout
    assert len(witness.seen) > 3
    assert list(found_in(watch.texts, {word for word in (*given.values(), *witness.seen) if word})) == []


@pytest.mark.usefixtures("quick")
async def test_these_eyes_see_what_is_not_hidden(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Secrets, "hide", lambda self, text: str(text))
    seen = " ".join(await leaks("gate", tmp_path, capfd))
    for what in ("'KEY': ", "'SIGN': ", "log record of hummingbot_ccxt.venue.tap", "file hummingbot.log"):
        assert what in seen


def test_an_orders_id_with_key_in_it_by_chance_makes_no_secrets_of_what_stands_under_it():
    witness = Witness.__new__(Witness)
    witness.seen = set()
    order = {"cl_ord_id": "c38844af-830c-49c4-b0cb-a5d1ea00a8b1"}
    witness._note({"O4HKEY-ACZI5-LRERK5": order, "API-Key": 20 * "k", "OK-ACCESS-SIGN": 20 * "s"})
    assert witness.seen == {20 * "k", 20 * "s"}
