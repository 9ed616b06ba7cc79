"""What listeners are told, and in which order."""

import dataclasses
from decimal import Decimal

import pytest

from hummingbot_ccxt.sandbox.engine import (
    FEE_ACCOUNT,
    Balance,
    BalanceChanged,
    BookLevel,
    Engine,
    Event,
    Market,
    Order,
    OrderEvent,
    OrderEventKind,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
    Traded,
)

D = Decimal
SYMBOL = "BTC/USDT"
BTC_USDT = Market("BTC", "USDT", D("0.01"), D("0.001"), D("0.001"), D(100), D(1))


@pytest.fixture
def engine() -> Engine:
    made = Engine([BTC_USDT], clock_ms=lambda: 1_234)
    for account_id in ("ann", "bob"):
        made.create_account(account_id, {"BTC": D(10), "USDT": D(10_000)})
    return made


@pytest.fixture
def events(engine: Engine) -> list[Event]:
    heard: list[Event] = []
    engine.subscribe(heard.append)
    return heard


def place(engine: Engine, account_id: str, side: Side, price: int, amount: int, **more: TimeInForce) -> Order:
    return engine.place(
        account_id, symbol=SYMBOL, side=side, type=OrderType.LIMIT, price=D(price), amount=D(amount), **more
    )


def kinds(events: list[Event]) -> list[str]:
    return [event.kind.name if isinstance(event, OrderEvent) else type(event).__name__ for event in events]


def test_a_resting_order_is_told_as_new_then_as_a_level_then_as_a_balance(engine: Engine, events: list[Event]) -> None:
    placed = place(engine, "ann", Side.BUY, 100, 2)
    new, level, balance = events
    assert isinstance(new, OrderEvent)
    assert (new.order.id, new.kind, new.fill, new.time_ms) == (placed.id, OrderEventKind.NEW, None, 1_234)
    assert level == BookLevel(SYMBOL, Side.BUY, D(100), D(2), sequence=1, time_ms=1_234)
    assert balance == BalanceChanged("ann", {"USDT": Balance(D(9_800), D(200))}, 1_234)


def test_a_trade_is_told_to_the_public_the_maker_the_taker_and_the_book(engine: Engine, events: list[Event]) -> None:
    place(engine, "ann", Side.SELL, 100, 2)
    events.clear()
    place(engine, "bob", Side.BUY, 100, 3)
    assert kinds(events) == [
        "NEW",
        "Traded",
        "TRADE",
        "TRADE",
        "BookLevel",
        "BookLevel",
        "BalanceChanged",
        "BalanceChanged",
        "BalanceChanged",
    ]
    traded, maker, taker, gone, rests = events[1:6]
    assert isinstance(traded, Traded)
    assert (traded.trade.taker_side, traded.trade.amount) == (Side.BUY, D(2))
    assert isinstance(maker, OrderEvent)
    assert (maker.order.account_id, maker.order.status) == ("ann", OrderStatus.FILLED)
    assert isinstance(taker, OrderEvent)
    assert (taker.order.account_id, taker.order.status) == ("bob", OrderStatus.PARTIALLY_FILLED)
    assert (gone, rests) == (
        BookLevel(SYMBOL, Side.SELL, D(100), D(0), sequence=2, time_ms=1_234),
        BookLevel(SYMBOL, Side.BUY, D(100), D(1), sequence=3, time_ms=1_234),
    )
    changed = {event.account_id for event in events if isinstance(event, BalanceChanged)}
    assert changed == {"ann", "bob", FEE_ACCOUNT}


def test_an_order_that_takes_two_makers_is_told_step_by_step(engine: Engine, events: list[Event]) -> None:
    for _ in range(2):
        place(engine, "ann", Side.SELL, 100, 1)
    taker = place(engine, "bob", Side.BUY, 100, 3, time_in_force=TimeInForce.IOC)
    mine = [event for event in events if isinstance(event, OrderEvent) and event.order.id == taker.id]
    assert [(event.kind.name, event.order.status.name, event.order.filled) for event in mine] == [
        ("NEW", "NEW", D(0)),
        ("TRADE", "PARTIALLY_FILLED", D(1)),
        ("TRADE", "PARTIALLY_FILLED", D(2)),
        ("EXPIRED", "EXPIRED", D(2)),
    ]
    assert [len(event.order.fills) for event in mine] == [0, 1, 2, 2]


def test_a_cancel_is_told_with_what_it_frees(engine: Engine, events: list[Event]) -> None:
    order = place(engine, "ann", Side.BUY, 100, 2)
    events.clear()
    engine.cancel("ann", order_id=order.id)
    assert kinds(events) == ["CANCELED", "BookLevel", "BalanceChanged"]
    assert events[2] == BalanceChanged("ann", {"USDT": Balance(D(10_000), D(0))}, 1_234)


def test_deposits_and_new_accounts_are_told_as_balances(engine: Engine, events: list[Event]) -> None:
    engine.create_account("dee", {"BTC": D(1)})
    engine.deposit("dee", "BTC", D(2))
    assert events == [
        BalanceChanged("dee", {"BTC": Balance(D(1), D(0))}, 1_234),
        BalanceChanged("dee", {"BTC": Balance(D(3), D(0))}, 1_234),
    ]


def test_events_cannot_be_changed(engine: Engine, events: list[Event]) -> None:
    place(engine, "ann", Side.BUY, 100, 2)
    for event in events:
        with pytest.raises(dataclasses.FrozenInstanceError):
            event.time_ms = 0  # type: ignore[union-attr,misc]


def test_a_listener_sees_the_engine_after_the_whole_operation(engine: Engine) -> None:
    place(engine, "ann", Side.SELL, 100, 1)
    seen: list[object] = []
    engine.subscribe(lambda _: seen.append((engine.audit(), engine.book(SYMBOL).best_bid)))
    place(engine, "bob", Side.BUY, 100, 2)
    assert set(seen) == {(None, D(100))}


def test_all_listeners_hear_one_order_of_events_though_one_of_them_trades(engine: Engine) -> None:
    heard: list[Event] = []
    answers = iter([True])

    def trader(event: Event) -> None:
        if isinstance(event, BookLevel) and next(answers, False):
            place(engine, "bob", Side.SELL, 200, 1)

    engine.subscribe(trader)
    engine.subscribe(heard.append)
    place(engine, "ann", Side.BUY, 100, 1)
    sequences = [event.sequence for event in heard if isinstance(event, BookLevel)]
    assert (kinds(heard), sequences) == (["NEW", "BookLevel", "BalanceChanged"] * 2, [1, 2])


def test_a_failing_listener_keeps_no_event_from_the_others_and_is_heard_of(engine: Engine) -> None:
    heard: list[Event] = []

    def fail(event: Event) -> None:
        raise RuntimeError("broken pipe")

    unsubscribe = engine.subscribe(fail)
    engine.subscribe(heard.append)
    with pytest.raises(ExceptionGroup, match="carried out") as failure:
        place(engine, "ann", Side.BUY, 100, 1)
    assert len(failure.value.exceptions) == len(heard) == 3
    assert len(engine.open_orders("ann")) == 1
    unsubscribe()
    place(engine, "ann", Side.BUY, 100, 1)
    assert len(heard) == 6


def test_who_has_unsubscribed_hears_no_more(engine: Engine) -> None:
    heard: list[Event] = []
    unsubscribe = engine.subscribe(heard.append)
    unsubscribe()
    unsubscribe()
    place(engine, "ann", Side.BUY, 100, 1)
    assert heard == []
