"""Every way in which the three sources can disagree is found, and named."""

from dataclasses import replace
from decimal import Decimal

import pytest

from hummingbot_ccxt.demo.facts import StoredOrder
from hummingbot_ccxt.demo.reconcile import Reconciliation, reconcile

from .conftest import BOUGHT, Books, order


def compared(books: Books) -> Reconciliation:
    return reconcile(books.venue, books.hummingbot, books.connector, base="BTC", quote="USDT")


def test_books_that_agree_show_no_problem(books: Books) -> None:
    result = compared(books)

    assert result.problems() == []
    assert result.balance_difference == {"BTC": Decimal(0), "USDT": Decimal(0)}
    assert (result.orders_created, result.orders_cancelled, result.orders_filled) == (21, 20, 1)
    assert (result.fills, result.fills_in_hummingbot) == (1, 1)


def test_a_fill_that_hummingbot_never_heard_of_is_lost_and_the_balance_says_by_how_much(books: Books) -> None:
    books.hummingbot = replace(books.hummingbot, fills=())

    result = compared(books)

    assert result.lost == ("fill 77 of order buy-1",)
    assert result.balance_difference == {"BTC": Decimal("-0.004995"), "USDT": Decimal("300.0025")}
    assert result.problems()


@pytest.mark.parametrize("trade_id", ["77", "78"], ids=["the same trade id", "an id that the venue never gave"])
def test_a_fill_that_is_booked_twice_is_duplicated(books: Books, trade_id: str) -> None:
    books.hummingbot = replace(books.hummingbot, fills=(BOUGHT, replace(BOUGHT, trade_id=trade_id)))

    result = compared(books)

    assert result.duplicated == (f"fill {trade_id} of order buy-1",)
    assert result.lost == ()
    assert result.balance_difference["BTC"] == Decimal("0.004995")


@pytest.mark.parametrize(
    "changed",
    [
        {"price": Decimal("60000.4")}, {"amount": Decimal("0.004")}, {"fee": Decimal(0)}, {"fee_asset": "USDT"},
        {"side": "sell"},
    ],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
def test_a_fill_with_other_figures_is_different(books: Books, changed: dict[str, object]) -> None:
    books.hummingbot = replace(books.hummingbot, fills=(replace(BOUGHT, **changed),))

    result = compared(books)

    assert len(result.different) == 1
    assert "fill 77 of order buy-1" in result.different[0]
    assert any(result.balance_difference.values())


def test_the_same_figures_written_with_other_zeros_are_the_same(books: Books) -> None:
    books.hummingbot = replace(books.hummingbot, fills=(replace(BOUGHT, amount=Decimal("0.00500")),))

    assert compared(books).problems() == []


def test_an_order_that_hummingbot_does_not_have_is_lost(books: Books) -> None:
    books.hummingbot = replace(books.hummingbot, orders=books.hummingbot.orders[:-1])

    assert compared(books).lost == ("order quiet-19 is not in Hummingbot's database",)


def test_an_order_that_reached_the_venue_twice_is_duplicated(books: Books) -> None:
    books.venue = replace(books.venue, orders=(*books.venue.orders, order("quiet-3")))

    assert compared(books).duplicated == ("order quiet-3 reached the venue 2 times",)


def test_an_order_that_only_hummingbot_has_is_different(books: Books) -> None:
    books.hummingbot = replace(books.hummingbot, orders=(*books.hummingbot.orders, StoredOrder("ghost", "canceled")))

    assert compared(books).different == ("the venue never had order ghost",)


def test_an_order_that_ended_otherwise_in_hummingbot_is_different(books: Books) -> None:
    books.hummingbot = replace(
        books.hummingbot, orders=(StoredOrder("buy-1", "canceled"), *books.hummingbot.orders[1:])
    )

    assert compared(books).different == ("order buy-1 is filled at the venue, canceled in Hummingbot's database",)


def test_orders_left_open_at_the_venue_or_in_the_connector_are_named(books: Books) -> None:
    books.venue = replace(books.venue, orders=(*books.venue.orders, order("late", "open")))
    books.hummingbot = replace(books.hummingbot, orders=(*books.hummingbot.orders, StoredOrder("late", "open")))
    books.connector = replace(books.connector, tracked=("late",))

    result = compared(books)

    assert result.open_orders_left == ("order late at the venue", "order late in the connector")
    assert len(result.problems()) == 2


def test_a_connector_that_is_off_in_the_last_digit_is_a_difference(books: Books) -> None:
    books.connector = replace(books.connector, balances={**books.connector.balances, "USDT": Decimal("29699.99750001")})

    result = compared(books)

    assert result.balance_difference == {"BTC": Decimal(0), "USDT": Decimal("0.00000001")}
    assert result.problems() == [
        "USDT: the venue has 29699.9975, Hummingbot's trades make 29699.9975, the connector says 29699.99750001"
    ]


def test_an_asset_that_the_connector_forgot_is_a_difference(books: Books) -> None:
    books.connector = replace(books.connector, balances={"BTC": Decimal("0.504995")})

    assert compared(books).balance_difference["USDT"] == Decimal("-29699.9975")


def test_too_few_orders_and_no_fill_are_problems_of_their_own(books: Books) -> None:
    venue = replace(books.venue, orders=books.venue.orders[1:11], fills=(), end=books.venue.start)
    quiet = Books(
        venue,
        replace(books.hummingbot, orders=books.hummingbot.orders[1:11], fills=()),
        replace(books.connector, balances=books.venue.start),
    )

    assert compared(quiet).problems() == [
        "10 orders were placed, at least 20 are wanted",
        "no order was filled",
    ]
