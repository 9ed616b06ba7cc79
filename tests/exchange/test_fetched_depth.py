"""How many levels of a book are asked for over REST, where the venue would tell few."""

from decimal import Decimal

import pytest

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.rig.bot import running
from hummingbot_ccxt.sandbox import Sandbox


@pytest.mark.parametrize(("settings", "asked"), [(ExchangeSettings(), "100"), (ExchangeSettings(depth=400), "400")])
async def test_gate_is_asked_for_a_hundred_levels_unless_the_user_wants_others(
    settings: ExchangeSettings, asked: str
) -> None:
    async with Sandbox("gate") as sandbox:
        account = sandbox.create_account({"USDT": Decimal(1000)})
        async with running("ours", sandbox, account, ["BTC-USDT"], settings=settings) as bot:
            await bot.connector._orderbook_ds._fetched_snapshot("BTC-USDT", "BTC/USDT")
            assert sandbox.request_log.of("depth")[-1].parameters["limit"] == asked
