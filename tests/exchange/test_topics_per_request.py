"""Where a venue takes few topics in one request, many pairs are subscribed in as few requests as it takes."""

from decimal import Decimal

import pytest

from hummingbot_ccxt.rig.bot import running, short_waits
from hummingbot_ccxt.sandbox import Market, OrderType, Sandbox, Side
from hummingbot_ccxt.sandbox.wires.bybit.sockets import PublicSocket

PAIRS = [f"C{number:02}-USDT" for number in range(25)]


async def test_25_pairs_of_bybit_are_subscribed_ten_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    change = PublicSocket.change

    def counting(self, session, operation, topics, message):
        asked.append((topics[0].partition(".")[0], len(topics)))
        return change(self, session, operation, topics, message)

    monkeypatch.setattr(PublicSocket, "change", counting)
    rules = Decimal("0.01"), Decimal("0.01"), Decimal("0.01"), Decimal(100_000), Decimal(5)
    markets = [Market(pair.removesuffix("-USDT"), "USDT", *rules) for pair in PAIRS]
    async with Sandbox("bybit", markets=markets, book_interval_s=0.02) as sandbox:
        sandbox.engine.create_account("others", {"USDT": Decimal(10**9)})
        for number, market in enumerate(markets):
            price, amount = Decimal(100 + number), Decimal(1)
            sandbox.engine.place(
                "others", symbol=market.symbol, side=Side.BUY, type=OrderType.LIMIT, price=price, amount=amount
            )
        account = sandbox.create_account({"USDT": Decimal(1000)})
        with short_waits():
            async with running("ours", sandbox, account, PAIRS) as bot:
                for pair in PAIRS:
                    await bot.until(lambda pair=pair: bot.book(pair) == bot.venue_book(pair), f"the book of {pair}")
                await bot.until(lambda: sum(topics for _, topics in asked) >= 2 * len(PAIRS), "all subscriptions")
    for kind in ("orderbook", "publicTrade"):
        assert [topics for what, topics in asked if what == kind] == [10, 10, 5]
