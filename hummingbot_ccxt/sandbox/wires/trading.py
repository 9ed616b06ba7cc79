"""What clients ask of a spot exchange's orders: to place, find, list and cancel them, and their fills; and balances.

The parameters of a request have the names that the wire gives in `names`.
"""

import hmac
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, ClassVar, Self

from ..accounts import ApiAccount
from ..engine import (
    Balance,
    BalanceChanged,
    Fill,
    Market,
    Order,
    OrderType,
    Rejected,
    Rejection,
    Side,
    TimeInForce,
)
from .base import Venue
from .markets import SpotMarkets
from .notation import given_id, number
from .rest import Call, Problem, Reason, Refusal

_END_OF_TIME_MS = 1 << 62  # a number that no id reaches either
SIDES = {side.value: side for side in Side}
#: What a limit order's time in force means; and what stands in its place where an exchange has a word for post-only.
LIMIT_TERMS = {force.value: (OrderType.LIMIT, force) for force in TimeInForce}
POST_ONLY = (OrderType.LIMIT_MAKER, TimeInForce.GTC)
MARKET_TERMS = (OrderType.MARKET, TimeInForce.GTC)


class SpotTrading(SpotMarkets):
    """See the module's docstring.

    `client_order_ids`: what such an id looks like; `uses_up_ids`: whether one that was taken can never be taken again,
    or can be once its order has ended; `cancels_crossing`: whether a post-only order that would take is accepted and
    canceled, or refused.
    """

    client_order_ids: ClassVar[re.Pattern[str]]
    uses_up_ids: ClassVar[bool] = False
    cancels_crossing: ClassVar[bool] = False

    def __init__(self, venue: Venue) -> None:
        super().__init__(venue)
        self._users: dict[str, int] = {}
        self._held: dict[str, dict[str, Balance]] = {}
        self._used_ids: dict[str, set[str]] = {}

    # -- accounts
    def account_of(self, api_key: Any) -> ApiAccount:
        """Whose key it is; raises Refusal UNKNOWN_KEY."""
        account = self.venue.accounts.by_key(str(api_key))
        if account is None:
            raise Refusal(Problem.UNKNOWN_KEY)
        return account

    @staticmethod
    def check_signature(given: str, right: str) -> None:
        """In constant time; raises Refusal BAD_SIGNATURE."""
        if not hmac.compare_digest(given.encode(), right.encode()):
            raise Refusal(Problem.BAD_SIGNATURE)

    def user_number(self, account_id: str) -> int:
        """How an exchange with numbered users knows the account."""
        return self._users.setdefault(account_id, 1_000_001 + len(self._users))

    def held(self, account_id: str) -> dict[str, Balance]:
        """What the account has anything of."""
        return {asset: each for asset, each in self.engine.balances(account_id).items() if each.total}

    def fee_rates(self, account_id: str) -> dict[str, str]:
        """Both, as several exchanges call them."""
        rates = self.engine.fee_rates(account_id)
        return {"takerFeeRate": number(rates.taker), "makerFeeRate": number(rates.maker)}

    def fee_rate(self, account_id: str, fill: Fill) -> Decimal:
        """At which rate the account pays its fee for the fill."""
        rates = self.engine.fee_rates(account_id)
        return rates.maker if fill.is_maker else rates.taker

    # -- ids
    def fill_id(self, fill: Fill) -> str:
        return str(self.trade_number(fill.symbol, fill.id))

    def order_id(self, number: int) -> str:
        """How the exchange writes the engine's order ids."""
        return str(number)

    def engine_order_id(self, text: str, reason: Reason = Rejection.UNKNOWN_ORDER) -> int:
        """The other way round; raises Refusal `reason` for a text that is no order id."""
        if not text.isascii() or not text.isdigit():
            raise Refusal(reason, text, name=text)
        return int(text)

    def client_order_id(self, call: Call) -> str | None:
        """The id that a new order is given; raises Refusal BAD_CLIENT_ORDER_ID, or DUPLICATE_CLIENT_ORDER_ID for one
        that is used up (the engine refuses that of an open order)."""
        name = self.names.client_order_id
        word = call.optional(name)
        if word is not None and not self.client_order_ids.fullmatch(word):
            raise Refusal(Problem.BAD_CLIENT_ORDER_ID, word, name=name)
        if word is not None and word in self._used_ids.get(call.account_id, ()):
            raise Refusal(Rejection.DUPLICATE_CLIENT_ORDER_ID, word, name=name)
        return word

    def use_up(self, order: Order) -> None:
        """The client order id that the order was given is taken for good, where the exchange has it so."""
        if self.uses_up_ids and given_id(order):
            self._used_ids.setdefault(order.account_id, set()).add(order.client_order_id)

    def ids_asked(self, call: Call) -> tuple[str | None, str | None]:
        """(order id, client order id) of the order that is meant, one of both: the first where both are given.

        Raises Refusal BAD_PARAMETER where neither is.
        """
        names = self.names
        order_id, client_order_id = call.optional(names.order_id), call.optional(names.client_order_id)
        if order_id is None and client_order_id is None:
            text = f"{names.order_id} or {names.client_order_id} is required"
            raise Refusal(Problem.BAD_PARAMETER, text, name=names.order_id)
        return order_id, client_order_id if order_id is None else None

    # -- placing, finding and canceling
    def deadline_ms(self, call: Call) -> float | None:
        """Until when the call's order may be taken, milliseconds since the epoch; None where it does not say."""
        return None

    @staticmethod
    def told_ms(call: Call, header: str) -> float | None:
        """A header that holds milliseconds since the epoch; raises Refusal BAD_PARAMETER for anything else."""
        told = call.request.headers.get(header)
        if told is not None and not re.fullmatch("[0-9]{1,15}", told, re.ASCII):
            raise Refusal(Problem.BAD_PARAMETER, told, name=header)
        return None if told is None else float(told)

    def place(
        self,
        call: Call,
        market: Market,
        side: Side,
        type: OrderType,
        size: Decimal,
        *,
        is_cost: bool,
        force: TimeInForce = TimeInForce.GTC,
    ) -> Order:
        """A new order with the call's client order id and, unless it is a market order, its price.

        `is_cost`: the size is in quote. `force` counts for plain limit orders only. Raises Refusal or Rejected.
        """
        deadline_ms = self.deadline_ms(call)
        if deadline_ms is not None and self.clock() > deadline_ms:
            raise Refusal(Problem.EXPIRED)
        is_market = type is OrderType.MARKET
        return self.engine.place(
            call.account_id,
            symbol=market.symbol,
            side=side,
            type=type,
            price=None if is_market else call.decimal(self.names.price),
            amount=None if is_cost else size,
            quote_amount=size if is_cost else None,
            time_in_force=force if type is OrderType.LIMIT else TimeInForce.GTC,
            client_order_id=self.client_order_id(call),
            cancels_crossing=self.cancels_crossing,
        )

    def find_order(
        self, account_id: str, symbol: str | None, order_id: str | None, client_order_id: str | None
    ) -> Order:
        """The order that is meant; raises Refusal UNKNOWN_ORDER, also for an order id that can be none of ours."""
        number = None if order_id is None else self.engine_order_id(order_id)
        try:
            return self.engine.order(account_id, symbol, order_id=number, client_order_id=client_order_id)
        except Rejected as rejected:
            raise Refusal(rejected.rejection, rejected.detail, name=order_id or client_order_id or "") from None

    def cancel_order(
        self, account_id: str, symbol: str | None, order_id: str | None, client_order_id: str | None
    ) -> Order:
        """The canceled order; Refusal UNKNOWN_ORDER_ON_CANCEL or NOT_CANCELABLE."""
        number = None if order_id is None else self.engine_order_id(order_id, Problem.UNKNOWN_ORDER_ON_CANCEL)
        try:
            return self.engine.cancel(account_id, symbol, order_id=number, client_order_id=client_order_id)
        except Rejected as rejected:
            reasons: dict[Rejection, Reason] = {
                Rejection.UNKNOWN_ORDER: Problem.UNKNOWN_ORDER_ON_CANCEL,
                Rejection.ORDER_NOT_OPEN: Problem.NOT_CANCELABLE,
            }
            reason = reasons.get(rejected.rejection, rejected.rejection)
            raise Refusal(reason, rejected.detail, name=order_id or client_order_id or "") from None

    def carried_out[T](
        self, call: Call, entries: Iterable[Any], act: Callable[[Self, Call], T]
    ) -> Iterator[tuple[Call, T | Refusal]]:
        """A batch: of each entry the call, and what `act` makes of it or why it was refused."""
        for entry in entries:
            one = call.within(entry)
            try:
                yield one, act(self, one)
            except Refusal as refusal:
                yield one, refusal
            except Rejected as rejected:
                yield one, Refusal(rejected.rejection, rejected.detail)

    # -- lists
    def order_market(self, call: Call) -> Market:
        """The market whose orders are meant; raises Refusal BAD_PARAMETER, UNKNOWN_MARKET."""
        return self.market_asked(call)

    def span_asked(self, call: Call) -> tuple[int, int]:
        """First and last millisecond of the time that is asked for."""
        names, unit_ms = self.names, self.names.time_unit_ms
        end = call.integer(names.end, _END_OF_TIME_MS // unit_ms)
        return call.integer(names.start, 0) * unit_ms, (end + 1) * unit_ms - 1

    def orders_asked(self, call: Call, *, is_open: bool | None = None) -> list[Order]:
        """The account's orders of the market and the time that are asked for, newest first; `is_open`: or not, or all.

        Those of one id, too, if the request names one.
        """
        fits = self._asked(call)
        return [
            order
            for order in reversed(self.engine.orders(call.account_id, self._symbol_of_orders(call)))
            if is_open in (None, order.is_open) and fits(order.id, order.id, order.client_order_id, order.created_ms)
        ]

    def fills_asked(self, call: Call) -> list[Fill]:
        """The same for fills."""
        fits = self._asked(call)
        return [
            fill
            for fill in reversed(self.engine.fills(call.account_id, self._symbol_of_orders(call)))
            if fits(self.trade_number(fill.symbol, fill.id), fill.order_id, fill.client_order_id, fill.time_ms)
        ]

    def _symbol_of_orders(self, call: Call) -> str | None:
        return self.order_market(call).symbol if call.has(self.names.market) else None

    def _asked(self, call: Call) -> Callable[[int, int, str, int], bool]:
        """Whether something with this number, order id, client order id and time is asked for."""
        names, (start, end) = self.names, self.span_asked(call)
        order_id, client_order_id = call.optional(names.order_id), call.optional(names.client_order_id)
        before = call.integer(names.older_than, _END_OF_TIME_MS) if names.older_than else _END_OF_TIME_MS

        def fits(number: int, of_order: int, word: str, time_ms: int) -> bool:
            is_meant = order_id in (None, self.order_id(of_order)) and client_order_id in (None, word)
            return is_meant and number < before and start <= time_ms <= end

        return fits

    # -- help for streams of balances that say what changed
    def hold(self, account_id: str) -> None:
        """Remembers what an account has; to be called when someone subscribes to its balances."""
        self._held[account_id] = dict(self.engine.balances(account_id))

    def balance_changes(self, event: BalanceChanged) -> list[tuple[str, Balance, Balance]]:
        """(asset, balance now, balance before) since `hold` or the last call; the event's account must be held."""
        held = self._held[event.account_id]
        nothing = Balance(Decimal(0), Decimal(0))
        changes = [(asset, now, held.get(asset, nothing)) for asset, now in event.balances.items()]
        held.update(event.balances)
        return changes
