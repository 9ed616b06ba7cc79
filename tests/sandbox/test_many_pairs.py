"""More pairs than some exchanges let one request subscribe to, on every wire."""

from decimal import Decimal

import pytest

from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import Market, OrderType, Sandbox, Side
from hummingbot_ccxt.sandbox.sandbox import WIRES

PAIRS = [f"T{number:02}-USDT" for number in range(12)]  # Bybit takes ten at once
RULES = [Decimal(each) for each in ("0.01", "0.0001", "0.001", "9000", "5")]


@pytest.mark.parametrize("exchange", sorted(WIRES))
async def test_our_connector_streams_a_dozen_pairs(exchange: str) -> None:
    markets = [Market(pair.removesuffix("-USDT"), "USDT", *RULES) for pair in PAIRS]
    async with Sandbox(exchange, markets=markets, book_interval_s=0.02) as sandbox:
        sandbox.engine.create_account("others", {"USDT": Decimal(10**6)})
        bid_everywhere(sandbox, "100")
        account = sandbox.create_account({"USDT": Decimal(1_000)}, name="trader")
        with short_waits():
            async with running("ours", sandbox, account, PAIRS) as bot:
                bid_everywhere(sandbox, "101")
                await bot.until(lambda: all(bot.book(pair) == bot.venue_book(pair) for pair in PAIRS), "the books")

                assert [line for line in bot.logged() if "the stream of" in line] == []


def bid_everywhere(sandbox: Sandbox, price: str) -> None:
    for symbol in sandbox.engine.markets:
        sandbox.engine.place(
            "others",
            symbol=symbol,
            side=Side.BUY,
            type=OrderType.LIMIT,
            price=Decimal(price),
            amount=Decimal("0.5"),
        )
