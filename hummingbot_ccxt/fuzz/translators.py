"""What must hold of each translator, whatever it is handed.

It raises nothing but BadVenueData, and lets nothing through that is no number, infinite or, where that cannot be,
negative.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from math import isfinite
from typing import Any

from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState
from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.data_type.trade_fee import TradeFeeSchema

from hummingbot_ccxt.exchange.balance_keeper import BalanceKeeper
from hummingbot_ccxt.fuzz import structures
from hummingbot_ccxt.mapping import NO_QUIRKS, ExchangeMapping
from hummingbot_ccxt.translate import markets, steps
from hummingbot_ccxt.translate.books import change_rows, diff_message, snapshot_message
from hummingbot_ccxt.translate.corrections import corrected
from hummingbot_ccxt.translate.fees import paid_fees, trading_fees
from hummingbot_ccxt.translate.fills import derived_trade_update, is_makers, trade_id, trade_update
from hummingbot_ccxt.translate.orders import filled_amount, order_state, order_update
from hummingbot_ccxt.translate.prices import last_price
from hummingbot_ccxt.translate.trades import public_trade, trade_event, trade_message
from hummingbot_ccxt.translate.values import BadVenueData

_SCHEMA = TradeFeeSchema(buy_percent_fee_deducted_from_returns=True)
_MAPPING = ExchangeMapping(order_states={"NEW": OrderState.OPEN}, trade_id_field=("t",), maker_field=("m",))
_STEPS = steps.Steps(price=Decimal("0.01"), amount=Decimal("0.001"), min_amount=Decimal(1), min_cost=Decimal(5))


class Broken(AssertionError):
    """A promise that was not kept; the text says which."""


@dataclass(frozen=True)
class Target:
    """Something to feed: its samples, and what it does with one. `feed` returns whether it took the input, and raises
    Broken, or whatever escaped."""

    name: str
    samples: tuple[Any, ...]
    feed: Callable[[Any], bool]
    kind: str
    """Which of ccxt's structures it takes; structures of that kind that a venue told are samples as well."""


def _require(true: bool, what: str) -> None:
    if not true:
        raise Broken(what)


def is_positive(number: Any) -> bool:
    """Tell a finite number above zero."""
    return isinstance(number, Decimal | float) and isfinite(number) and number > 0


def is_amount(number: Any) -> bool:
    """Tell a finite number that is not negative."""
    return isinstance(number, Decimal | float) and isfinite(number) and number >= 0


def tracked_order(order_id: str | None = "12345678") -> InFlightOrder:
    """An order of ours, half-way through its life."""
    return InFlightOrder(
        client_order_id="c",
        exchange_order_id=order_id,
        trading_pair="BTC-USDT",
        order_type=OrderType.LIMIT,
        trade_type=TradeType.BUY,
        amount=Decimal(1),
        price=Decimal(2500),
        creation_timestamp=1.0,
    )


# --- one function a translator: what it makes must be right


def _market(market: Any) -> None:
    is_open = markets.is_tradable_spot(market)
    _require(isinstance(is_open, bool), "is_tradable_spot says neither yes nor no")
    for mode in (markets.TICK_SIZE, markets.DECIMAL_PLACES, markets.SIGNIFICANT_DIGITS):
        _attempt(partial(_rule, mode=mode), market)
    pair = markets.trading_pair(market)
    _require(pair.count("-") == 1 and all(pair.split("-")), f"{pair!r} is no trading pair")


def _rule(market: Any, mode: int) -> None:
    _attempt(lambda m: _step(markets.price_increment(m, precision_mode=mode, price=Decimal("1.5"))), market)
    _attempt(lambda m: _step(markets.amount_increment(m, precision_mode=mode)), market)
    rule = markets.trading_rule(market, trading_pair="BTC-USDT", precision_mode=mode)
    for name in ("min_price_increment", "min_base_amount_increment", "min_quote_amount_increment", "max_order_size"):
        _require(is_positive(getattr(rule, name)), f"{name} is {getattr(rule, name)}")
    for name in ("min_order_size", "min_notional_size", "min_order_value", "max_price_significant_digits"):
        _require(is_amount(getattr(rule, name)), f"{name} is {getattr(rule, name)}")


def _step(step: Any) -> None:
    _require(is_positive(step), f"the step is {step}")


def _completed_rule(market: Any, mode: int) -> None:
    _rule(steps.with_steps(market, _STEPS, precision_mode=mode), mode)


def _completed_market(market: Any) -> None:
    if not isinstance(market, Mapping):
        raise BadVenueData("market", "", market, "is no dictionary")  # its caller sees to that
    steps.lacks_steps(market)
    for mode in (markets.TICK_SIZE, markets.DECIMAL_PLACES, markets.SIGNIFICANT_DIGITS):
        _attempt(partial(_completed_rule, mode=mode), market)


def _order(order: Any) -> None:
    state = order_state(order, _MAPPING)
    _require(state is None or isinstance(state, OrderState), f"{state!r} is no state")
    filled = filled_amount(order)
    _require(filled is None or is_amount(filled), f"{filled} is filled")
    for order_id in ("12345678", None):
        update = order_update(order, tracked_order(order_id), state=OrderState.OPEN, now=5.0)
        _require(is_positive(update.update_timestamp), f"it is from {update.update_timestamp}")
        _require(update.exchange_order_id is None or _is_id(update.exchange_order_id), "its id is none")


def _derived_fill(order: Any) -> None:
    for order_id in ("12345678", None):
        update = derived_trade_update(order, tracked_order(order_id), fee_schema=_SCHEMA, now=5.0, mapping=_MAPPING)
        if update is not None:
            check_fill(update)


def _fill(trade: Any) -> None:
    is_makers(trade, _MAPPING) if isinstance(trade, Mapping) else None
    _require(_is_id(trade_id(trade, NO_QUIRKS)), "its id is none")
    for mapping in (NO_QUIRKS, _MAPPING):
        check_fill(trade_update(trade, tracked_order(), fee_schema=_SCHEMA, mapping=mapping))


def check_fill(update: Any) -> None:
    """Raise Broken unless the fill can be booked."""
    _require(_is_id(update.trade_id), f"the fill's id is {update.trade_id!r}")
    for name in ("fill_price", "fill_base_amount", "fill_quote_amount"):
        _require(is_positive(getattr(update, name)), f"the {name} is {getattr(update, name)}")
    _require(is_positive(update.fill_timestamp), f"it is from {update.fill_timestamp}")
    for fee in update.fee.flat_fees:
        _require(isinstance(fee.amount, Decimal) and fee.amount.is_finite(), f"the fee is {fee.amount}")
        _require(isinstance(fee.token, str) and bool(fee.token), f"the fee is in {fee.token!r}")


def _fees(trade: Any) -> None:
    for fee in paid_fees(trade, _MAPPING, default_token="USDT"):
        _require(fee.amount.is_finite() and isinstance(fee.token, str), f"the fee is {fee}")


def _trading_fees(fees: Any) -> None:
    for rate in trading_fees(fees, {"BTC/USDT": "BTC-USDT"}).values():
        _require(all(abs(each) < 1 for each in rate), f"the rate is {rate}")


def _trade(trade: Any) -> None:
    check_trade(trade_message(trade, trading_pair="BTC-USDT"))
    event = trade_event(public_trade(trade), trading_pair="BTC-USDT")
    _require(is_positive(event.price) and is_positive(event.amount), f"it is {event.amount} at {event.price}")


def check_trade(message: Any) -> None:
    """Raise Broken unless the public trade is one."""
    _require(is_positive(Decimal(message.content["price"])), f"the price is {message.content['price']}")
    _require(is_positive(Decimal(message.content["amount"])), f"the amount is {message.content['amount']}")
    _require(is_positive(message.timestamp) and _is_id(message.trade_id), "its time or id is none")


def _book(book: Any) -> None:
    if not isinstance(book, Mapping):
        raise BadVenueData("book", "", book, "is no dictionary")  # its caller sees to that
    for make in (snapshot_message, diff_message):
        _attempt(partial(_applied, make), book)
    sides = [_as_levels(book.get(side)) for side in ("bids", "asks")]
    _attempt(lambda _: check_rows(*change_rows(sides[0], sides[1], 7)), book)


def _as_levels(rows: Any) -> Any:
    """Rows as a side of changed levels: price -> amount, of whatever type."""
    try:
        return {row[0]: row[1] for row in rows}
    except (TypeError, LookupError):
        return {}


def _applied(make: Callable[..., Any], book: Any) -> None:
    message = make(trading_pair="BTC-USDT", bids=book.get("bids"), asks=book.get("asks"), update_id=7, timestamp=1.0)
    check_rows(message.bids, message.asks)
    order_book = OrderBook()
    order_book.apply_snapshot(message.bids, message.asks, message.update_id)


def check_rows(bids: Any, asks: Any) -> None:
    """Raise Broken unless every row is a level."""
    for price, amount, *_ in (*bids, *asks):
        _require(is_positive(float(price)) and is_amount(float(amount)), f"a level is {price!r}, {amount!r}")


def _ticker(ticker: Any) -> None:
    price = last_price(ticker)
    _require(price is None or is_positive(price), f"the price is {price}")


def _balance(balance: Any) -> None:
    total: dict[str, Decimal] = {"USDT": Decimal(1), "OLD": Decimal(1)}
    available = dict(total)
    for take in ("streamed", "fetched"):
        keeper = BalanceKeeper(total, available, NO_QUIRKS)
        if take == "streamed":
            keeper.take_streamed(balance)
        else:
            with keeper.fetching() as fetch:
                fetch.take(balance)
        check_balances(total, available)


def check_balances(total: Mapping[str, Any], available: Mapping[str, Any]) -> None:
    """Raise Broken unless every balance is an amount."""
    for name, held in (("total", total), ("available", available)):
        for token, amount in held.items():
            _require(is_amount(amount) and isinstance(token, str), f"the {name} balance of {token!r} is {amount!r}")


def _corrected(order: Any) -> None:
    if not isinstance(order, Mapping):
        raise BadVenueData("order", "", order, "is no dictionary")  # ccxt's caches hand on dictionaries only
    fields = {"filled": ("z", "a.b"), "fee.cost": ("-paid", "-z"), "id": ("i",)}
    _attempt(lambda o: _order(corrected(o, fields)), order)
    _attempt(lambda o: _fill(corrected(o, fields)), order)


def _shown_steps(book: Any) -> None:
    rows = book.get("bids") if isinstance(book, Mapping) else book
    if not isinstance(rows, list) or not all(isinstance(row, list | tuple) and len(row) >= 2 for row in rows):
        raise BadVenueData("book", "bids", rows, "is no list of levels")  # its caller sees to that
    found = steps.shown_steps(rows * 3)
    for step in (found.price, found.amount) if found is not None else ():
        _require(step is None or is_positive(step), f"the step is {step}")


def _is_id(text: Any) -> bool:
    return isinstance(text, str) and bool(text)


def _attempt(act: Callable[[Any], None], structure: Any) -> bool:
    """Do it; False where it was refused properly."""
    try:
        act(structure)
    except BadVenueData as error:
        _require(len(str(error)) < 600, "the refusal's text is too long for a log line")
        return False
    return True


def _target(name: str, kind: str, act: Callable[[Any], None], *samples: Any) -> Target:
    return Target(name, samples, lambda structure: _attempt(act, structure), kind)


TARGETS = (
    _target(
        "market", "market", _market, structures.MARKET, {**structures.MARKET, "precision": {"amount": 8, "price": 5}}
    ),
    _target(
        "market with steps", "market", _completed_market, structures.MARKET, {**structures.MARKET, "precision": {}}
    ),
    _target("order", "order", _order, structures.ORDER),
    _target("fill derived from an order", "order", _derived_fill, structures.ORDER),
    _target("corrected order", "order", _corrected, structures.ORDER),
    _target("fill", "fill", _fill, structures.TRADE),
    _target("paid fees", "fill", _fees, structures.TRADE),
    _target("public trade", "trade", _trade, structures.TRADE),
    _target("book", "book", _book, structures.BOOK),
    _target("steps shown by a book", "book", _shown_steps, structures.BOOK),
    _target("ticker", "ticker", _ticker, structures.TICKER),
    _target("balance", "balance", _balance, structures.BALANCE),
    _target("trading fees", "fees", _trading_fees, structures.FEES),
)


def unchanged(structure: Any) -> Callable[[Any], bool]:
    """Remember a structure; the function returned tells whether another is the same, NaN and all."""
    before = written(structure)
    return lambda after: written(after) == before


def written(value: Any) -> str:
    """Return a structure's text; NaN has one, and so has an integer that Python does not write in decimal digits."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(each) for each in value) + "]"
    try:
        return repr(value)
    except ValueError:
        return hex(value)
