"""The ledger by itself, and that the engine's audit notices every kind of error in the books."""

from collections.abc import Callable
from decimal import Decimal, localcontext

import pytest

from hummingbot_ccxt.sandbox.engine import Balance, Engine, LedgerError, Market, OrderType, Side
from hummingbot_ccxt.sandbox.engine.exact import EXACT, is_multiple, is_usable
from hummingbot_ccxt.sandbox.engine.ledger import FEE_ACCOUNT, Ledger

D = Decimal
SYMBOL = "BTC/USDT"
BTC_USDT = Market("BTC", "USDT", D("0.01"), D("0.001"), D("0.001"), D(100), D(1))


@pytest.fixture
def ledger():
    made = Ledger()
    made.open_account("ann")
    made.open_account("bob")
    with localcontext(EXACT):
        made.deposit("ann", "USDT", D(100))
        yield made


def test_locking_and_releasing_move_between_free_and_locked(ledger: Ledger) -> None:
    ledger.lock("ann", "USDT", D(60))
    ledger.release("ann", "USDT", D(10))
    assert ledger.balance("ann", "USDT") == Balance(free=D(50), locked=D(50))


def test_a_payment_comes_from_what_is_locked_and_leaves_the_fee_with_the_venue(ledger: Ledger) -> None:
    ledger.lock("ann", "USDT", D(60))
    ledger.pay("ann", "bob", "USDT", D(60), fee=D("0.06"))
    assert ledger.balance("ann", "USDT") == Balance(free=D(40), locked=D(0))
    assert ledger.balance("bob", "USDT") == Balance(free=D("59.94"), locked=D(0))
    assert ledger.balance(FEE_ACCOUNT, "USDT").free == D("0.06")
    assert ledger.totals() == ledger.deposited() == {"USDT": D(100)}


def test_what_was_touched_is_told_once(ledger: Ledger) -> None:
    ledger.deposit("bob", "BTC", D(1))
    assert list(ledger.take_touched()) == ["ann", "bob"]
    assert ledger.take_touched() == {}


def test_the_audit_finds_money_that_nobody_paid_in(ledger: Ledger) -> None:
    ledger.audit()
    ledger._free["bob"]["USDT"] += D("1E-28")
    with pytest.raises(LedgerError, match="USDT: the accounts hold"):
        ledger.audit()


def test_the_audit_finds_a_negative_balance(ledger: Ledger) -> None:
    ledger.lock("ann", "USDT", D(101))
    with pytest.raises(LedgerError, match="ann holds -1 free"):
        ledger.audit()


def test_arithmetic_that_would_round_raises_instead() -> None:
    with pytest.raises(ArithmeticError):
        EXACT.divide(D(1), D(3))
    assert EXACT.multiply(D(3) ** 40, D("1E-60")) == D("1E-60") * 3**40


@pytest.mark.parametrize("number", ["1E-30", "0.1", "1E+30", "123456789012345678.000000000000000001"])
def test_a_usable_number_is_one_that_a_venue_could_quote(number: str) -> None:
    assert is_usable(D(number))


@pytest.mark.parametrize("number", ["0", "-0", "-1", "NaN", "sNaN", "Infinity", "-Infinity", "1E-31", "1E+31"])
def test_other_numbers_are_not_usable(number: str) -> None:
    assert not is_usable(D(number))


def test_multiples_are_exact_to_the_last_digit() -> None:
    assert is_multiple(D("0.3"), D("0.1"))
    assert is_multiple(D("100000000000000000000.05"), D("0.05"))
    assert not is_multiple(D("100000000000000000000.05000000000001"), D("0.05"))


def mislay_an_order(engine: Engine) -> None:
    engine.book(SYMBOL).bids._levels[D(100)].queue.pop()


def misprice_a_level(engine: Engine) -> None:
    engine.book(SYMBOL).bids._levels[D(100)].amount += D(1)


def let_someone_jump_the_queue(engine: Engine) -> None:
    engine.book(SYMBOL).bids._levels[D(100)].queue.reverse()


def forget_a_hold(engine: Engine) -> None:
    engine._ledger.release("ann", "USDT", D(1))


def cross_the_book(engine: Engine) -> None:
    order = engine._orders.open_orders("ann", None)[0]
    engine.book(SYMBOL).asks.add(order, D(99))


def drop_a_level(engine: Engine) -> None:
    book_side = engine.book(SYMBOL).bids
    book_side._prices.clear()


@pytest.mark.parametrize(
    ("break_", "message"),
    [
        (mislay_an_order, "shows"),
        (misprice_a_level, "shows"),
        (let_someone_jump_the_queue, "order of their arrival"),
        (forget_a_hold, "its orders need"),
        (cross_the_book, "is crossed"),
        (drop_a_level, "not in the book"),
    ],
)
def test_the_engines_audit_finds(break_: Callable[[Engine], None], message: str) -> None:
    engine = Engine([BTC_USDT], clock_ms=lambda: 0)
    engine.create_account("ann", {"USDT": D(1000)})
    for _ in range(2):
        engine.place("ann", symbol=SYMBOL, side=Side.BUY, type=OrderType.LIMIT, price=D(100), amount=D(2))
    engine.audit()
    break_(engine)
    with pytest.raises(LedgerError, match=message):
        engine.audit()
