"""The demo's venue has the pairs that it says, and what is shown fits where it is shown."""

import io
from decimal import Decimal

import pytest
from rich.console import Console

from hummingbot_ccxt import cli
from hummingbot_ccxt.demo import market as markets
from hummingbot_ccxt.demo.command import DemoRunning, _alone
from hummingbot_ccxt.demo.market import DemoMarket, NoMarket
from hummingbot_ccxt.demo.session import keys
from hummingbot_ccxt.demo.view import Picture, TerminalView, View, drawn, view_for

from .conftest import BOUGHT, order

PICTURE = Picture(
    connector="ccxt_binance", pair="BTC-USDT", seconds=60, left_s=41.4, best=(Decimal("60000.10"), Decimal("60010.00")),
    orders=[order("a"), order("b", "open")], fills=[BOUGHT],
    balances={"BTC": Decimal("0.5"), "USDT": Decimal(30000)}, profit=Decimal("-1.234"), now_ms=1_000_900,
)  # fmt: skip


def test_a_pair_that_the_venue_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(NoMarket, match=r"the venue has no BTC-EUR; it has BTC-USDT, ETH-USDT, "):
        markets.market_of("BTC-EUR")


def test_a_pair_with_finer_prices_than_hummingbots_database_is_refused_with_the_reason() -> None:
    with pytest.raises(NoMarket, match=r"SOL-BTC has prices of 7 decimals, Hummingbot's trade database keeps 6"):
        markets.market_of("SOL-BTC")


@pytest.mark.parametrize("pair", ["BTC-USDT", "ETH-BTC", "DOGE-USDT", "XRP-USDT"])
async def test_the_bot_has_funds_for_all_its_orders_and_may_place_them(pair: str) -> None:
    async with DemoMarket("binance", pair, seed=1) as market:
        rules = market.market
        price = sum(market.best() or ()) / 2
        for asset, needed in ((rules.base, market.order_amount), (rules.quote, market.order_amount * price)):
            assert market.start[asset] > 10 * needed
        assert market.order_amount % rules.lot_size == 0
        assert market.order_amount * price > 2 * rules.min_notional


@pytest.mark.parametrize(
    ("exchange", "asked"), [("binance", ["api_key", "secret"]), ("okx", ["api_key", "secret", "password"])]
)
def test_hummingbot_is_given_all_that_an_exchange_asks_for(exchange: str, asked: list[str]) -> None:
    given = keys(exchange, DemoMarket(exchange, "BTC-USDT", seed=1))

    assert list(given) == [f"ccxt_{exchange}_{name}" for name in asked]
    assert len(set(given.values())) == len(asked)


async def test_a_market_at_rest_changes_no_more() -> None:
    async with DemoMarket("binance", "BTC-USDT", seed=1) as market:
        await market.rest()
        before = list(market.sandbox.engine.book("BTC/USDT").bids.levels())

        market.check()

        assert list(market.sandbox.engine.book("BTC/USDT").bids.levels()) == before
        assert market.sandbox.engine.crossed() == []


def test_without_a_terminal_there_are_plain_lines_and_not_too_many() -> None:
    written = io.StringIO()
    view = view_for(Console(file=written, width=80))

    assert type(view) is View
    with view.live():
        for _ in range(50):
            view.show(PICTURE)

    assert written.getvalue().count("\n") == 1
    assert (
        " 41 s left  bid 60000.10  ask 60010.00  orders 1 open, 2 placed  fills 1  BTC 0.5  USDT 30000  "
        "profit -1.23 USDT" in written.getvalue()
    )
    assert "\x1b" not in written.getvalue()


def test_in_a_terminal_the_picture_shows_time_prices_orders_fills_balances_and_profit() -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True, _environ={"TERM": "xterm"})

    assert isinstance(view_for(console), TerminalView)
    shown = Console(file=io.StringIO(), width=100, record=True)
    shown.print(drawn(PICTURE))
    text = shown.export_text()
    for part in (
        "41 s left", "60000.10", "60010.00", "our orders: 1 open, 2 placed", "0.9 s", "fills: 1", "0.000005 BTC",
        "BTC 0.5", "USDT 30000", "-1.23 USDT",
    ):  # fmt: skip
        assert part in text


@pytest.mark.parametrize("words", [["--seconds", "5"], ["--seconds", "soon"], ["--exchange", "nowhere"]])
def test_wrong_arguments_are_refused_at_once(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["demo", *words])

    assert ended.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_a_wrong_pair_ends_with_one_line(capsys: pytest.CaptureFixture[str], tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert cli.main(["demo", "--pair", "btc-eur"]) == 2
    assert capsys.readouterr().err.startswith("hummingbot-ccxt: error: the venue has no BTC-EUR; it has ")
    assert list(tmp_path.iterdir()) == []


def test_two_demos_cannot_share_a_folder(tmp_path) -> None:
    with _alone(tmp_path), pytest.raises(DemoRunning, match="another demo is running"), _alone(tmp_path):
        pass
