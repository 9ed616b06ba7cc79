"""Every reason for which the venue refuses, and that a refusal changes nothing."""

from decimal import Decimal

import pytest

from hummingbot_ccxt.sandbox.engine import (
    Engine,
    Event,
    FeeRates,
    Market,
    OrderStatus,
    OrderType,
    Rejected,
    Rejection,
    Side,
    TimeInForce,
)

D = Decimal
SYMBOL = "BTC/USDT"
BTC_USDT = Market("BTC", "USDT", D("0.05"), D("0.002"), D("0.01"), D(100), D(5))
BUY_1_AT_100 = {"symbol": SYMBOL, "side": Side.BUY, "type": OrderType.LIMIT, "price": D(100), "amount": D(1)}
MARKET_BUY = {"type": OrderType.MARKET, "price": None, "amount": None}


@pytest.fixture
def engine() -> Engine:
    """ann has 10 BTC and 1,000 USDT and offers 2 BTC at 110 (id `ask`) and bids for 2 at 90 (id `bid`)."""
    made = Engine([BTC_USDT], clock_ms=lambda: 0)
    made.create_account("ann", {"BTC": D(10), "USDT": D(1000)})
    made.create_account("bob", {"BTC": D(1), "USDT": D(150)})
    for side, price in ((Side.SELL, "110"), (Side.BUY, "90")):
        made.place(
            "ann",
            symbol=SYMBOL,
            side=side,
            type=OrderType.LIMIT,
            price=D(price),
            amount=D(2),
            client_order_id="ask" if side is Side.SELL else "bid",
        )
    return made


@pytest.mark.parametrize(
    ("rejection", "account_id", "changes"),
    [
        pytest.param(Rejection.UNKNOWN_ACCOUNT, "eve", {}, id="an account that was never opened"),
        pytest.param(Rejection.UNKNOWN_ACCOUNT, "venue-fees", {}, id="the venue's own account does not trade"),
        pytest.param(Rejection.UNKNOWN_MARKET, "bob", {"symbol": "BTC/EUR"}, id="a market that is not there"),
        pytest.param(Rejection.BAD_PRICE_TICK, "bob", {"price": D("100.01")}, id="a price between two ticks"),
        pytest.param(
            Rejection.BAD_PRICE_TICK, "bob", {"price": D("100.0500000000000000000000000001")}, id="a hair off"
        ),
        pytest.param(Rejection.BAD_PRICE_TICK, "bob", {"price": D(0)}, id="a price of zero"),
        pytest.param(Rejection.BAD_PRICE_TICK, "bob", {"price": D(-100)}, id="a negative price"),
        pytest.param(Rejection.BAD_PRICE_TICK, "bob", {"price": D("NaN")}, id="a price that is no number"),
        pytest.param(Rejection.BAD_PRICE_TICK, "bob", {"price": D("1E+400")}, id="a price beyond all measure"),
        pytest.param(Rejection.BAD_LOT, "bob", {"amount": D("1.001")}, id="an amount between two lots"),
        pytest.param(Rejection.BAD_LOT, "bob", {"amount": D(0)}, id="an amount of zero"),
        pytest.param(Rejection.BAD_LOT, "bob", {"amount": D(-1)}, id="a negative amount"),
        pytest.param(Rejection.BAD_LOT, "bob", {"amount": D("Infinity")}, id="an infinite amount"),
        pytest.param(Rejection.BELOW_MIN_AMOUNT, "bob", {"amount": D("0.008")}, id="less than the least amount"),
        pytest.param(Rejection.ABOVE_MAX_AMOUNT, "bob", {"amount": D("100.002")}, id="more than the greatest amount"),
        pytest.param(Rejection.BELOW_MIN_NOTIONAL, "bob", {"amount": D("0.048")}, id="4.80 USDT"),
        pytest.param(
            Rejection.BELOW_MIN_NOTIONAL, "bob", MARKET_BUY | {"amount": D("0.044")}, id="4.84 USDT at the best price"
        ),
        pytest.param(Rejection.BELOW_MIN_NOTIONAL, "bob", MARKET_BUY | {"quote_amount": D("4.99")}, id="a small cost"),
        pytest.param(Rejection.INSUFFICIENT_FUNDS, "bob", {"amount": D("1.502")}, id="a purchase beyond one's means"),
        pytest.param(Rejection.INSUFFICIENT_FUNDS, "bob", {"side": Side.SELL, "amount": D("1.002")}, id="a short sale"),
        pytest.param(
            Rejection.INSUFFICIENT_FUNDS, "bob", {"price": D(120), "amount": D("1.3")}, id="affordable only as improved"
        ),
        pytest.param(Rejection.INSUFFICIENT_FUNDS, "bob", MARKET_BUY | {"amount": D("1.4")}, id="a market purchase"),
        pytest.param(Rejection.INSUFFICIENT_FUNDS, "bob", MARKET_BUY | {"quote_amount": D("150.01")}, id="a cost"),
        pytest.param(
            Rejection.INSUFFICIENT_FUNDS,
            "bob",
            MARKET_BUY | {"side": Side.SELL, "amount": D("1.1")},
            id="a market sale",
        ),
        pytest.param(
            Rejection.INSUFFICIENT_FUNDS,
            "bob",
            MARKET_BUY | {"side": Side.SELL, "quote_amount": D(95)},
            id="a market sale by cost",
        ),
        pytest.param(
            Rejection.WOULD_CROSS, "bob", {"type": OrderType.LIMIT_MAKER, "price": D(110)}, id="post only at the ask"
        ),
        pytest.param(
            Rejection.WOULD_CROSS,
            "bob",
            {"type": OrderType.LIMIT_MAKER, "side": Side.SELL, "price": D(90)},
            id="post only at the bid",
        ),
        pytest.param(Rejection.DUPLICATE_CLIENT_ORDER_ID, "ann", {"client_order_id": "bid"}, id="an id in use"),
        pytest.param(Rejection.BAD_PARAMETERS, "bob", {"client_order_id": ""}, id="an empty client order id"),
        pytest.param(Rejection.BAD_PARAMETERS, "bob", {"price": None}, id="a limit order without a price"),
        pytest.param(Rejection.BAD_PARAMETERS, "bob", {"amount": None}, id="a limit order without an amount"),
        pytest.param(Rejection.BAD_PARAMETERS, "bob", {"quote_amount": D(5)}, id="a limit order by cost"),
        pytest.param(Rejection.BAD_PARAMETERS, "bob", {"type": OrderType.MARKET}, id="a market order with a price"),
        pytest.param(Rejection.BAD_PARAMETERS, "bob", MARKET_BUY, id="a market order of nothing"),
        pytest.param(
            Rejection.BAD_PARAMETERS, "bob", MARKET_BUY | {"amount": D(1), "quote_amount": D(9)}, id="amount and cost"
        ),
        pytest.param(Rejection.BAD_PARAMETERS, "bob", MARKET_BUY | {"quote_amount": D("NaN")}, id="a cost of NaN"),
        pytest.param(
            Rejection.BAD_PARAMETERS,
            "bob",
            {"type": OrderType.LIMIT_MAKER, "time_in_force": TimeInForce.IOC},
            id="post only and immediate",
        ),
    ],
)
def test_the_venue_refuses(engine: Engine, rejection: Rejection, account_id: str, changes: dict[str, object]) -> None:
    events: list[Event] = []
    engine.subscribe(events.append)
    before = state(engine)
    for refusing in (engine.check, engine.place):
        with pytest.raises(Rejected) as refusal:
            refusing(account_id, **(BUY_1_AT_100 | changes))
        assert refusal.value.rejection is rejection
    assert (state(engine), events) == (before, [])
    engine.audit()


def state(engine: Engine) -> object:
    book = engine.book(SYMBOL)
    return (
        book.sequence,
        book.bids.levels(),
        book.asks.levels(),
        [engine.balances(account_id) for account_id in ("ann", "bob")],
        [order.id for account_id in ("ann", "bob") for order in engine.orders(account_id)],
    )


def test_a_test_order_that_would_be_taken_changes_nothing(engine: Engine) -> None:
    before = state(engine)
    engine.check("bob", **(BUY_1_AT_100 | {"price": D(110)}))
    assert state(engine) == before


def test_refused_orders_use_up_no_order_ids(engine: Engine) -> None:
    first = engine.place("bob", **(BUY_1_AT_100 | {"price": D(1), "amount": D(5)}))
    with pytest.raises(Rejected):
        engine.place("bob", **(BUY_1_AT_100 | {"amount": D(99)}))
    assert engine.place("bob", **(BUY_1_AT_100 | {"price": D(1), "amount": D(5)})).id == first.id + 1


def test_a_market_order_against_an_empty_side_is_refused(engine: Engine) -> None:
    engine.cancel_all("ann")
    with pytest.raises(Rejected) as refusal:
        engine.place("bob", **(BUY_1_AT_100 | MARKET_BUY | {"amount": D(1)}))
    assert refusal.value.rejection is Rejection.NO_LIQUIDITY


def test_a_cost_that_buys_less_than_the_least_amount_is_refused(engine: Engine) -> None:
    engine.cancel("ann", client_order_id="ask")
    engine.place("ann", **(BUY_1_AT_100 | {"side": Side.SELL, "price": D(1000)}))
    with pytest.raises(Rejected) as refusal:
        engine.place("bob", **(BUY_1_AT_100 | MARKET_BUY | {"quote_amount": D("9.9")}))
    assert refusal.value.rejection is Rejection.BELOW_MIN_AMOUNT


def test_a_closed_market_refuses_new_orders_and_goes_on_canceling(engine: Engine) -> None:
    engine.set_open(SYMBOL, False)
    with pytest.raises(Rejected) as refusal:
        engine.place("bob", **BUY_1_AT_100)
    assert refusal.value.rejection is Rejection.MARKET_CLOSED
    assert engine.cancel("ann", client_order_id="bid").status is OrderStatus.CANCELED
    engine.set_open(SYMBOL, True)
    assert engine.place("bob", **BUY_1_AT_100).is_open


def test_another_accounts_client_order_id_is_no_duplicate(engine: Engine) -> None:
    assert engine.place("bob", **(BUY_1_AT_100 | {"client_order_id": "bid"})).client_order_id == "bid"


def test_a_cancel_tells_an_unknown_order_from_one_that_is_no_longer_open(engine: Engine) -> None:
    engine.cancel("ann", client_order_id="bid")
    engine.place("bob", **(BUY_1_AT_100 | {"price": D(110)}))
    engine.place("ann", **(BUY_1_AT_100 | {"price": D(110)}))
    for ids, rejection, detail in (
        ({"client_order_id": "bid"}, Rejection.ORDER_NOT_OPEN, "canceled"),
        ({"client_order_id": "ask"}, Rejection.ORDER_NOT_OPEN, "filled"),
        ({"order_id": 999}, Rejection.UNKNOWN_ORDER, None),
        ({"client_order_id": "never"}, Rejection.UNKNOWN_ORDER, None),
        ({}, Rejection.BAD_PARAMETERS, None),
    ):
        with pytest.raises(Rejected) as refusal:
            engine.cancel("ann", SYMBOL, **ids)
        assert refusal.value.rejection is rejection
        assert detail in (None, refusal.value.detail)


def test_questions_about_unknown_markets_and_accounts_are_refused(engine: Engine) -> None:
    for ask, rejection in (
        (lambda: engine.book("X/Y"), Rejection.UNKNOWN_MARKET),
        (lambda: engine.trades("X/Y"), Rejection.UNKNOWN_MARKET),
        (lambda: engine.open_orders("ann", "X/Y"), Rejection.UNKNOWN_MARKET),
        (lambda: engine.cancel_all("ann", "X/Y"), Rejection.UNKNOWN_MARKET),
        (lambda: engine.open_orders("eve"), Rejection.UNKNOWN_ACCOUNT),
        (lambda: engine.balances("eve"), Rejection.UNKNOWN_ACCOUNT),
        (lambda: engine.deposit("eve", "BTC", D(1)), Rejection.UNKNOWN_ACCOUNT),
    ):
        with pytest.raises(Rejected) as refusal:
            ask()
        assert refusal.value.rejection is rejection


def test_a_mistake_in_setting_the_venue_up_is_a_value_error(engine: Engine) -> None:
    for mistake in (
        lambda: engine.create_account("ann"),
        lambda: engine.create_account("venue-fees"),
        lambda: engine.create_account("dee", {"BTC": D(-1)}),
        lambda: engine.create_account("dee", maker_fee=D(1)),
        lambda: engine.deposit("ann", "BTC", D(0)),
        lambda: engine.set_fee_rates("ann", FeeRates(maker=D("-0.001"), taker=D(0))),
    ):
        with pytest.raises(ValueError):
            mistake()
    assert engine.accounts() == ["ann", "bob"]
