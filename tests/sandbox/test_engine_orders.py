"""What becomes of an order: how each type and time in force matches, holds, pays and ends."""

from collections.abc import Callable
from decimal import Decimal, getcontext, localcontext

import pytest

from hummingbot_ccxt.sandbox.engine import (
    FEE_ACCOUNT,
    Balance,
    Engine,
    FeeRates,
    Market,
    Order,
    OrderStatus,
    OrderType,
    Rejected,
    Rejection,
    Side,
    TimeInForce,
)

D = Decimal
SYMBOL = "BTC/USDT"
BTC_USDT = Market("BTC", "USDT", D("0.01"), D("0.00001"), D("0.0001"), D(100), D(5))


class Venue:
    """An engine with three funded accounts, ann, bob and cyd, and short words for what tests do on it."""

    def __init__(self) -> None:
        self.now_ms = 1_000
        self.engine = Engine([BTC_USDT], clock_ms=lambda: self.now_ms)
        for account_id in ("ann", "bob", "cyd"):
            self.engine.create_account(account_id, {"BTC": D(10), "USDT": D(100_000)})

    def limit(self, account_id: str, side: Side, price: str, amount: str, **more: object) -> Order:
        return self.place(account_id, side, OrderType.LIMIT, price=D(price), amount=D(amount), **more)

    def place(self, account_id: str, side: Side, type: OrderType, **more: object) -> Order:
        return self.engine.place(account_id, symbol=SYMBOL, side=side, type=type, **more)  # type: ignore[arg-type]

    def order(self, order: Order) -> Order:
        return self.engine.order(order.account_id, order_id=order.id)

    def balance(self, account_id: str, asset: str) -> Balance:
        return self.engine.balances(account_id)[asset]

    def bids(self) -> list[tuple[Decimal, Decimal]]:
        return self.engine.book(SYMBOL).bids.levels()

    def asks(self) -> list[tuple[Decimal, Decimal]]:
        return self.engine.book(SYMBOL).asks.levels()


@pytest.fixture
def venue():
    made = Venue()
    yield made
    made.engine.audit()


# --- resting and holding


def test_a_limit_buy_rests_and_holds_price_times_amount_of_the_quote_asset(venue: Venue) -> None:
    order = venue.limit("ann", Side.BUY, "9000.10", "0.5")
    assert (order.status, order.remaining, order.created_ms) == (OrderStatus.NEW, D("0.5"), 1_000)
    assert venue.balance("ann", "USDT") == Balance(free=D("95499.95"), locked=D("4500.05"))
    assert venue.bids() == [(D("9000.10"), D("0.5"))]


def test_a_limit_sell_rests_and_holds_its_amount_of_the_base_asset(venue: Venue) -> None:
    venue.limit("ann", Side.SELL, "9000", "0.5")
    assert venue.balance("ann", "BTC") == Balance(free=D("9.5"), locked=D("0.5"))
    assert venue.asks() == [(D(9000), D("0.5"))]


def test_the_book_shows_the_best_prices_first_and_sums_a_level(venue: Venue) -> None:
    for price in ("99", "101", "100", "100.00"):
        venue.limit("ann", Side.BUY, price, "1")
        venue.limit("bob", Side.SELL, str(D(price) + 10), "2")
    book = venue.engine.book(SYMBOL)
    assert book.bids.levels() == [(D(101), D(1)), (D(100), D(2)), (D(99), D(1))]
    assert book.asks.levels(limit=2) == [(D(109), D(2)), (D(110), D(4))]
    assert (book.best_bid, book.best_ask, book.sequence) == (D(101), D(109), 8)


# --- priority and prices


def test_the_better_price_trades_first_and_at_one_price_the_older_order(venue: Venue) -> None:
    late = venue.limit("ann", Side.SELL, "101", "1")
    first = venue.limit("bob", Side.SELL, "100", "1")
    second = venue.limit("ann", Side.SELL, "100", "1")
    taker = venue.limit("cyd", Side.BUY, "101", "2.5")
    trades = venue.engine.trades(SYMBOL)
    assert [trade.seller_order_id for trade in trades] == [first.id, second.id, late.id]
    assert [trade.price for trade in trades] == [D(100), D(100), D(101)]
    assert [trade.id for trade in trades] == [1, 2, 3]
    assert (taker.status, taker.filled, taker.filled_quote) == (OrderStatus.FILLED, D("2.5"), D("250.5"))
    assert taker.average_price == D("100.2")


def test_a_partly_filled_order_keeps_its_place_in_the_queue(venue: Venue) -> None:
    first = venue.limit("ann", Side.SELL, "100", "2")
    second = venue.limit("bob", Side.SELL, "100", "2")
    venue.limit("cyd", Side.BUY, "100", "1")
    venue.limit("cyd", Side.BUY, "100", "1")
    assert venue.order(first).status is OrderStatus.FILLED
    assert venue.order(second).filled == 0


def test_a_canceled_and_repeated_order_goes_to_the_end_of_the_queue(venue: Venue) -> None:
    first = venue.limit("ann", Side.BUY, "100", "1")
    second = venue.limit("bob", Side.BUY, "100", "1")
    venue.engine.cancel("ann", order_id=first.id)
    again = venue.limit("ann", Side.BUY, "100", "1")
    venue.limit("cyd", Side.SELL, "100", "1")
    assert venue.order(second).status is OrderStatus.FILLED
    assert venue.order(again).status is OrderStatus.NEW


def test_a_crossing_buy_pays_the_makers_price_and_gets_the_improvement_back_at_once(venue: Venue) -> None:
    venue.limit("bob", Side.SELL, "100", "1")
    order = venue.limit("ann", Side.BUY, "110", "3")
    assert order.fills[0].price == D(100)
    assert venue.balance("ann", "USDT") == Balance(free=D(100_000) - 100 - 220, locked=D(220))
    assert venue.bids() == [(D(110), D(2))]


def test_a_crossing_sell_gets_the_makers_price(venue: Venue) -> None:
    venue.limit("bob", Side.BUY, "110", "1")
    order = venue.limit("ann", Side.SELL, "100", "1")
    assert order.fills[0].price == D(110)
    assert venue.balance("bob", "USDT") == Balance(free=D(99_890), locked=D(0))


# --- fees


def test_each_side_pays_its_fee_from_what_it_receives_to_the_venue(venue: Venue) -> None:
    venue.engine.set_fee_rates("ann", FeeRates(maker=D("0.0002"), taker=D("0.5")))
    venue.engine.set_fee_rates("bob", FeeRates(maker=D("0.5"), taker=D("0.00075")))
    venue.limit("ann", Side.SELL, "100", "2")
    order = venue.limit("bob", Side.BUY, "100", "2")
    maker_fill, taker_fill = venue.engine.fills("ann")[0], order.fills[0]
    assert (maker_fill.fee, maker_fill.fee_asset, maker_fill.is_maker) == (D("0.04"), "USDT", True)
    assert (taker_fill.fee, taker_fill.fee_asset, taker_fill.is_maker) == (D("0.0015"), "BTC", False)
    assert maker_fill.id == taker_fill.id
    assert venue.balance("ann", "USDT").free == D("100199.96")
    assert venue.balance("bob", "BTC").free == D("11.9985")
    assert venue.engine.balances(FEE_ACCOUNT) == {
        "USDT": Balance(D("0.04"), D(0)),
        "BTC": Balance(D("0.0015"), D(0)),
    }


def test_no_fee_is_rounded_even_where_the_callers_decimal_context_would(venue: Venue) -> None:
    venue.engine.set_fee_rates("ann", FeeRates(maker=D("0.000123456789"), taker=D("0.000123456789")))
    with localcontext() as context:
        context.prec = 4
        venue.limit("bob", Side.BUY, "98765.43", "0.12345")
        order = venue.limit("ann", Side.SELL, "98765.43", "0.12345")
        assert venue.engine.totals() == venue.engine.deposited()
        total = venue.balance("ann", "USDT").total
    assert order.fills[0].fee == D("98765.43") * D("0.12345") * D("0.000123456789")
    assert total == D(100_000) + order.filled_quote - order.fills[0].fee
    assert getcontext().prec == 28


def test_an_account_may_have_fees_of_its_own_from_the_start(venue: Venue) -> None:
    venue.engine.create_account("dee", maker_fee=D(0))
    assert venue.engine.fee_rates("dee") == FeeRates(maker=D(0), taker=D("0.001"))


# --- post only, immediate or cancel, fill or kill


def test_a_post_only_order_that_does_not_cross_rests(venue: Venue) -> None:
    venue.limit("bob", Side.SELL, "100", "1")
    order = venue.place("ann", Side.BUY, OrderType.LIMIT_MAKER, price=D("99.99"), amount=D(1))
    assert order.status is OrderStatus.NEW


def test_immediate_or_cancel_takes_what_there_is_and_the_rest_expires(venue: Venue) -> None:
    venue.limit("bob", Side.SELL, "100", "1")
    order = venue.limit("ann", Side.BUY, "101", "3", time_in_force=TimeInForce.IOC)
    assert (order.status, order.filled, order.is_open) == (OrderStatus.EXPIRED, D(1), False)
    assert venue.balance("ann", "USDT") == Balance(free=D(99_900), locked=D(0))
    assert venue.bids() == []


def test_immediate_or_cancel_without_a_match_expires_unfilled(venue: Venue) -> None:
    order = venue.limit("ann", Side.SELL, "101", "3", time_in_force=TimeInForce.IOC)
    assert (order.status, order.fills) == (OrderStatus.EXPIRED, [])
    assert venue.balance("ann", "BTC") == Balance(free=D(10), locked=D(0))


def test_fill_or_kill_takes_all_of_its_amount_over_several_levels(venue: Venue) -> None:
    venue.limit("bob", Side.SELL, "100", "1")
    venue.limit("cyd", Side.SELL, "101", "1")
    order = venue.limit("ann", Side.BUY, "101", "2", time_in_force=TimeInForce.FOK)
    assert (order.status, order.filled_quote) == (OrderStatus.FILLED, D(201))


def test_fill_or_kill_that_cannot_be_filled_within_its_price_expires_without_a_fill(venue: Venue) -> None:
    venue.limit("bob", Side.SELL, "100", "1")
    venue.limit("cyd", Side.SELL, "101", "1")
    order = venue.limit("ann", Side.BUY, "100.99", "2", time_in_force=TimeInForce.FOK)
    assert (order.status, order.fills) == (OrderStatus.EXPIRED, [])
    assert venue.asks() == [(D(100), D(1)), (D(101), D(1))]
    assert venue.balance("ann", "USDT") == Balance(free=D(100_000), locked=D(0))


# --- market orders


def test_a_market_order_takes_level_after_level(venue: Venue) -> None:
    venue.limit("bob", Side.BUY, "100", "1")
    venue.limit("cyd", Side.BUY, "90", "1")
    order = venue.place("ann", Side.SELL, OrderType.MARKET, amount=D("1.5"))
    assert (order.status, order.price, order.filled_quote) == (OrderStatus.FILLED, None, D(145))
    assert venue.balance("ann", "BTC") == Balance(free=D("8.5"), locked=D(0))


def test_what_a_market_order_finds_no_maker_for_expires(venue: Venue) -> None:
    venue.limit("bob", Side.SELL, "100", "1")
    order = venue.place("ann", Side.BUY, OrderType.MARKET, amount=D(2))
    assert (order.status, order.filled, order.remaining) == (OrderStatus.EXPIRED, D(1), D(1))
    assert venue.balance("ann", "USDT") == Balance(free=D(99_900), locked=D(0))


def test_a_market_buy_may_spend_the_last_cent_but_not_more(venue: Venue) -> None:
    venue.limit("bob", Side.SELL, "25000", "3")
    venue.limit("bob", Side.SELL, "25000.01", "1")
    with pytest.raises(Rejected) as refusal:
        venue.place("ann", Side.BUY, OrderType.MARKET, amount=D(4))
    assert refusal.value.rejection is Rejection.INSUFFICIENT_FUNDS
    venue.limit("cyd", Side.SELL, "25000", "1")
    assert venue.place("ann", Side.BUY, OrderType.MARKET, amount=D(4)).status is OrderStatus.FILLED
    assert venue.balance("ann", "USDT") == Balance(free=D(0), locked=D(0))


def test_a_market_buy_by_cost_buys_whole_lots_within_its_cost_and_is_filled(venue: Venue) -> None:
    venue.limit("bob", Side.SELL, "30000", "0.001")
    venue.limit("bob", Side.SELL, "31000", "1")
    order = venue.place("ann", Side.BUY, OrderType.MARKET, quote_amount=D(100))
    assert (order.status, order.amount, order.quote_amount) == (OrderStatus.FILLED, None, D(100))
    assert [fill.amount for fill in order.fills] == [D("0.001"), D("0.00225")]
    assert order.filled_quote == D("99.75")
    assert venue.balance("ann", "USDT") == Balance(free=D("99900.25"), locked=D(0))


def test_a_market_sell_by_cost_sells_what_brings_at_most_its_cost(venue: Venue) -> None:
    venue.limit("bob", Side.BUY, "30000", "1")
    order = venue.place("ann", Side.SELL, OrderType.MARKET, quote_amount=D(100))
    assert (order.status, order.filled, order.filled_quote) == (OrderStatus.FILLED, D("0.00333"), D("99.9"))


def test_a_market_order_by_cost_that_empties_the_book_expires(venue: Venue) -> None:
    venue.limit("bob", Side.SELL, "100", "1")
    order = venue.place("ann", Side.BUY, OrderType.MARKET, quote_amount=D(150))
    assert (order.status, order.filled) == (OrderStatus.EXPIRED, D(1))


# --- trading with oneself


def test_an_account_may_trade_with_itself_and_gets_both_fills(venue: Venue) -> None:
    venue.limit("ann", Side.SELL, "100", "1")
    venue.limit("ann", Side.BUY, "100", "1")
    fills = venue.engine.fills("ann", SYMBOL)
    assert [(fill.id, fill.side, fill.is_maker) for fill in fills] == [(1, Side.SELL, True), (1, Side.BUY, False)]
    assert venue.balance("ann", "BTC") == Balance(free=D("9.999"), locked=D(0))
    assert venue.balance("ann", "USDT") == Balance(free=D("99999.9"), locked=D(0))


# --- canceling


def test_cancel_frees_what_the_rest_of_the_order_held(venue: Venue) -> None:
    order = venue.limit("ann", Side.BUY, "100", "3", client_order_id="mine")
    venue.limit("bob", Side.SELL, "100", "1")
    venue.now_ms = 2_000
    canceled = venue.engine.cancel("ann", SYMBOL, client_order_id="mine")
    assert (canceled.id, canceled.status, canceled.filled) == (order.id, OrderStatus.CANCELED, D(1))
    assert (canceled.created_ms, canceled.updated_ms) == (1_000, 2_000)
    assert venue.balance("ann", "USDT") == Balance(free=D(99_900), locked=D(0))
    assert venue.bids() == []


def test_cancel_all_takes_one_accounts_orders_of_one_market(venue: Venue) -> None:
    mine = [venue.limit("ann", Side.BUY, price, "1").id for price in ("100", "99")]
    venue.limit("bob", Side.BUY, "98", "1")
    assert [order.id for order in venue.engine.cancel_all("ann", SYMBOL)] == mine
    assert venue.bids() == [(D(98), D(1))]
    assert venue.engine.cancel_all("ann") == []


# --- looking up


def test_an_order_is_found_by_either_id_and_must_have_every_property_asked_for(venue: Venue) -> None:
    order = venue.limit("ann", Side.BUY, "100", "1", client_order_id="mine")
    find: Callable[..., Order] = venue.engine.order
    assert find("ann", order_id=order.id).id == order.id
    assert find("ann", client_order_id="mine").id == order.id
    assert find("ann", SYMBOL, order_id=order.id, client_order_id="mine").id == order.id
    for account_id, ids in (("bob", {"order_id": order.id}), ("ann", {"order_id": order.id, "client_order_id": "x"})):
        with pytest.raises(Rejected) as refusal:
            find(account_id, **ids)
        assert refusal.value.rejection is Rejection.UNKNOWN_ORDER


def test_a_client_order_id_may_be_used_again_once_its_order_is_closed_and_means_the_later_one(venue: Venue) -> None:
    first = venue.limit("ann", Side.BUY, "100", "1", client_order_id="mine")
    venue.engine.cancel("ann", order_id=first.id)
    second = venue.limit("ann", Side.BUY, "101", "1", client_order_id="mine")
    assert venue.engine.order("ann", client_order_id="mine").id == second.id
    assert venue.engine.order("ann", order_id=first.id).status is OrderStatus.CANCELED


def test_what_the_engine_hands_out_is_a_copy(venue: Venue) -> None:
    order = venue.limit("ann", Side.BUY, "100", "1")
    order.filled = D(1)
    order.fills.append(None)  # type: ignore[arg-type]
    assert (venue.order(order).filled, venue.order(order).fills) == (D(0), [])


def test_the_past_is_forgotten_beyond_its_limit_but_open_orders_never_are(venue: Venue) -> None:
    venue.engine.create_account("dee", {"USDT": D(1000)}, history_limit=2)
    opened = venue.limit("dee", Side.BUY, "10", "1", client_order_id="open")
    closed = [venue.limit("dee", Side.BUY, "10", "1", client_order_id=f"c{n}") for n in range(3)]
    for order in closed:
        venue.engine.cancel("dee", order_id=order.id)
    assert [order.id for order in venue.engine.orders("dee")] == [opened.id, closed[1].id, closed[2].id]
    for ids in ({"order_id": closed[0].id}, {"client_order_id": "c0"}):
        with pytest.raises(Rejected) as refusal:
            venue.engine.order("dee", **ids)
        assert refusal.value.rejection is Rejection.UNKNOWN_ORDER


def test_order_ids_begin_where_the_venue_wants_and_client_ids_are_made_where_none_is_given() -> None:
    engine = Engine([BTC_USDT], clock_ms=lambda: 0, first_order_id=5_000_000_000, first_trade_id=77)
    engine.create_account("ann", {"BTC": D(1), "USDT": D(1000)})
    for side in (Side.SELL, Side.BUY):
        engine.place("ann", symbol=SYMBOL, side=side, type=OrderType.LIMIT, price=D(100), amount=D(1))
    assert [order.id for order in engine.orders("ann")] == [5_000_000_000, 5_000_000_001]
    assert len({order.client_order_id for order in engine.orders("ann")}) == 2
    assert [fill.id for fill in engine.fills("ann")] == [77, 77]


def test_a_maker_order_that_would_take_is_canceled_at_once_where_the_exchange_does_so(venue: Venue) -> None:
    venue.limit("bob", Side.SELL, "100", "1")
    terms = {"price": D("100"), "amount": D("0.5"), "cancels_crossing": True}
    order = venue.place("ann", Side.BUY, OrderType.LIMIT_MAKER, **terms)

    assert (order.status, order.filled) == (OrderStatus.CANCELED, 0)
    assert venue.balance("ann", "USDT") == Balance(free=D(100_000), locked=D(0))
    assert venue.asks() == [(D(100), D(1))]


def test_fees_in_quote_are_held_and_charged_on_top_of_a_buy() -> None:
    engine = Engine([BTC_USDT], clock_ms=lambda: 0, maker_fee=D("0.001"), taker_fee=D("0.002"), fees_in_quote=True)
    for account in ("buyer", "seller"):
        engine.create_account(account, {"BTC": D(10), "USDT": D(100_200)})
    terms = {"symbol": "BTC/USDT", "type": OrderType.LIMIT, "price": D(50_000)}

    engine.place("buyer", side=Side.BUY, amount=D(2), **terms)
    assert engine.balances("buyer")["USDT"] == Balance(free=D(0), locked=D("100200"))
    engine.audit()
    engine.place("seller", side=Side.SELL, amount=D(1), **terms)
    engine.audit()

    fill = engine.fills("buyer")[0]
    assert (fill.fee, fill.fee_asset) == (D(50), "USDT")
    assert engine.balances("buyer") == {
        "BTC": Balance(free=D(11), locked=D(0)),
        "USDT": Balance(free=D(50), locked=D("50100")),
    }
    assert engine.fills("seller")[0].fee == D(100)


def test_a_buy_whose_fee_in_quote_is_not_covered_is_refused() -> None:
    engine = Engine([BTC_USDT], clock_ms=lambda: 0, fees_in_quote=True)
    engine.create_account("buyer", {"USDT": D(50_000)})

    with pytest.raises(Rejected, match="insufficient_funds"):
        engine.place("buyer", symbol="BTC/USDT", side=Side.BUY, type=OrderType.LIMIT, price=D(50_000), amount=D(1))
