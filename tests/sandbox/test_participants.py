"""The simulated traders: the market that they make, and that it can be made again."""

from decimal import Decimal

import pytest

from hummingbot_ccxt.sandbox.engine import Engine, Market, OrderType, Rejected, Rejection, Side
from hummingbot_ccxt.sandbox.participants import Behaviour, Participants

D = Decimal
BTC_USDT = Market("BTC", "USDT", D("0.01"), D("0.00001"), D("0.00001"), D(9000), D(5))
SHIB_USDT = Market("SHIB", "USDT", D("0.00000001"), D(1), D(1), D(46116860414), D(1))
ETH_BTC = Market("ETH", "BTC", D("0.00001"), D("0.0001"), D("0.0001"), D(100000), D("0.0001"))


class Exchange:
    """An engine with participants and a clock that moves with their steps."""

    def __init__(self, market: Market = BTC_USDT, seed: int = 1, mid_price: str = "60000", **more: object) -> None:
        self.now_ms = 1_700_000_000_000
        self.symbol = market.symbol
        self.engine = Engine([market], clock_ms=lambda: self.now_ms)
        self.participants = Participants(self.engine, self.symbol, seed=seed, mid_price=D(mid_price), **more)  # type: ignore[arg-type]

    def step(self) -> None:
        self.participants.step(self.now_ms)
        self.now_ms += Participants.STEP_INTERVAL_MS

    def run(self, seconds: int) -> None:
        for _ in range(seconds * 1000 // Participants.STEP_INTERVAL_MS):
            self.step()

    def mid_price(self) -> Decimal:
        book = self.engine.book(self.symbol)
        assert book.best_bid is not None
        assert book.best_ask is not None
        return (book.best_bid + book.best_ask) / 2


def test_the_first_step_fills_more_than_twenty_levels_a_side_around_the_price() -> None:
    exchange = Exchange()
    exchange.step()
    book = exchange.engine.book("BTC/USDT")
    assert len(book.bids) > 20
    assert len(book.asks) > 20
    assert D("59970") < exchange.mid_price() < D("60030")


@pytest.mark.parametrize(
    ("market", "mid_price", "behaviour"),
    [
        (BTC_USDT, "60000", Behaviour()),
        (SHIB_USDT, "0.00001234", Behaviour()),
        (ETH_BTC, "0.05", Behaviour(quote_per_level=D("0.03"), quote_per_trade=D("0.01"))),
    ],
    ids=lambda value: getattr(value, "symbol", None),
)
def test_they_trade_for_a_minute_and_the_books_balance(market: Market, mid_price: str, behaviour: Behaviour) -> None:
    exchange = Exchange(market, mid_price=mid_price, behaviour=behaviour)
    for _ in range(240):
        exchange.step()
        exchange.engine.audit()
        assert exchange.engine.book(market.symbol).bids
        assert exchange.engine.book(market.symbol).asks
    assert exchange.engine.totals() == exchange.engine.deposited()
    assert len(exchange.engine.trades(market.symbol)) > 60


def test_the_same_seed_makes_the_same_market_and_another_seed_another() -> None:
    runs = []
    for seed in (7, 7, 8):
        exchange = Exchange(seed=seed)
        exchange.run(seconds=10)
        runs.append((exchange.engine.trades("BTC/USDT"), exchange.engine.book("BTC/USDT").bids.levels()))
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("spread", "refresh_s", "fills"), [("0.001", 5, 6), ("0.002", 10, 3), ("0.005", 5, 1)])
def test_a_market_makers_quotes_are_filled_within_a_minute(seed: int, spread: str, refresh_s: int, fills: int) -> None:
    """As pure_market_making quotes: both sides at a fixed distance from the mid price, renewed every few seconds."""
    exchange = Exchange(seed=seed)
    engine = exchange.engine
    engine.create_account("bot", {"BTC": D(10), "USDT": D(600_000)})
    for _ in range(60 // refresh_s):
        exchange.step()
        engine.cancel_all("bot")
        for side, factor in ((Side.BUY, 1 - D(spread)), (Side.SELL, 1 + D(spread))):
            price = (exchange.mid_price() * factor).quantize(D("0.01"))
            engine.place("bot", symbol="BTC/USDT", side=side, type=OrderType.LIMIT, price=price, amount=D("0.01"))
        for _ in range(refresh_s * 4 - 1):
            exchange.step()
    assert len(engine.fills("bot")) >= fills


def test_an_offer_below_the_reference_price_is_taken() -> None:
    exchange = Exchange()
    exchange.engine.create_account("bot", {"BTC": D(10)})
    order = exchange.engine.place(
        "bot", symbol="BTC/USDT", side=Side.SELL, type=OrderType.LIMIT, price=D(59_000), amount=D(1)
    )
    exchange.step()
    assert exchange.engine.order("bot", order_id=order.id).filled == D(1)


def test_withdraw_takes_all_quotes_away_and_the_next_step_brings_them_back() -> None:
    exchange = Exchange()
    exchange.run(seconds=5)
    exchange.participants.withdraw()
    book = exchange.engine.book("BTC/USDT")
    assert (len(book.bids), len(book.asks)) == (0, 0)
    exchange.step()
    assert len(book.bids) > 20


def test_a_closed_market_is_left_alone_and_a_long_pause_is_no_jump() -> None:
    exchange = Exchange()
    exchange.run(seconds=2)
    exchange.engine.set_open("BTC/USDT", False)
    trades = exchange.engine.trades("BTC/USDT")
    exchange.run(seconds=2)
    assert exchange.engine.trades("BTC/USDT") == trades
    exchange.engine.set_open("BTC/USDT", True)
    exchange.now_ms += 3_600_000
    exchange.step()
    assert abs(exchange.participants.reference_price / D(60_000) - 1) < D("0.01")


def test_participants_of_one_market_cannot_be_made_twice_under_one_name() -> None:
    exchange = Exchange()
    with pytest.raises(ValueError):
        Participants(exchange.engine, "BTC/USDT", seed=2, mid_price=D(60_000))
    others = Participants(exchange.engine, "BTC/USDT", seed=2, mid_price=D(60_000), name="others")
    assert not set(others.accounts) & set(exchange.participants.accounts)


def test_the_participants_past_is_not_kept_for_ever() -> None:
    exchange = Exchange()
    exchange.run(seconds=60)
    account_id = exchange.participants.accounts[0]
    assert len(exchange.engine.orders(account_id)) <= 220
    with pytest.raises(Rejected) as refusal:
        exchange.engine.order(account_id, order_id=1)
    assert refusal.value.rejection is Rejection.UNKNOWN_ORDER
