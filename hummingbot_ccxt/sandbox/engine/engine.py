"""The venue's core: accepts orders or refuses them, matches them, and keeps accounts and books in step."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, localcontext

from .admission import Admission, MarketState, admit
from .audit import audit
from .book import Book
from .errors import Rejected, Rejection
from .events import Event
from .exact import EXACT, ZERO, is_usable
from .execution import Execution
from .ledger import Ledger
from .orders import OrderStore
from .publisher import Publisher
from .rules import OrderRequest
from .types import Balance, FeeRates, Fill, Market, Order, OrderType, Side, TimeInForce, Trade


class Engine:
    """One venue with its markets and accounts.

    Synchronous, and deterministic for a deterministic `clock_ms`. Every method that can refuse raises `Rejected` and
    has then changed nothing. All orders handed out are copies. Nothing is rounded: a fee is the exact product of rate
    and receipt, so its digits are those of tick, lot and rate together, and may be more than the venue would print.
    """

    def __init__(
        self,
        markets: Iterable[Market],
        *,
        clock_ms: Callable[[], int],
        maker_fee: Decimal = Decimal("0.001"),
        taker_fee: Decimal = Decimal("0.001"),
        first_order_id: int = 1,
        first_trade_id: int = 1,
        history_limit: int = 10_000,
        fees_in_quote: bool = False,
    ) -> None:
        """The fees are the default rates of new accounts; `history_limit` bounds closed orders and fills per account.

        `fees_in_quote`: a buy pays its fee in quote too, on top of its cost, instead of out of the base it receives.

        Order ids are one sequence per engine, trade ids one per market. Raises ValueError for a bad fee rate.
        """
        self._states = {market.symbol: MarketState(market, first_trade_id) for market in markets}
        self.markets: dict[str, Market] = {symbol: state.market for symbol, state in self._states.items()}
        self._clock_ms = clock_ms
        self._default_rates = _checked_rates(FeeRates(maker=maker_fee, taker=taker_fee))
        self._fee_rates: dict[str, FeeRates] = {}
        self._ledger = Ledger()
        self._orders = OrderStore()
        self._history_limit = history_limit
        self._publisher = Publisher()
        self._execution = Execution(
            self._states, self._orders, self._ledger, self._publisher, self._fee_rates, first_order_id, fees_in_quote
        )
        self._fees_in_quote = fees_in_quote

    # --- accounts

    def create_account(
        self,
        account_id: str,
        balances: Mapping[str, Decimal] | None = None,
        *,
        maker_fee: Decimal | None = None,
        taker_fee: Decimal | None = None,
        history_limit: int | None = None,
    ) -> None:
        """Opens an account and deposits `balances`; a fee rate or history limit not given is the engine's.

        Raises ValueError if the account exists, or an amount or a rate is out of range.
        """
        if account_id in self._ledger:
            raise ValueError(f"account {account_id!r} exists")
        rates = _checked_rates(
            FeeRates(
                maker=self._default_rates.maker if maker_fee is None else maker_fee,
                taker=self._default_rates.taker if taker_fee is None else taker_fee,
            )
        )
        deposits = {asset: _checked_deposit(amount) for asset, amount in (balances or {}).items() if amount != ZERO}
        self._ledger.open_account(account_id)
        self._orders.open_account(account_id, self._history_limit if history_limit is None else history_limit)
        self._fee_rates[account_id] = rates
        with localcontext(EXACT):
            for asset, amount in deposits.items():
                self._ledger.deposit(account_id, asset, amount)
            self._execution.add_balances(self._clock_ms())
        self._publisher.publish()

    def deposit(self, account_id: str, asset: str, amount: Decimal) -> None:
        """Pays `amount` in from outside. Raises Rejected UNKNOWN_ACCOUNT, ValueError for an amount not above zero."""
        self._require_account(account_id)
        with localcontext(EXACT):
            self._ledger.deposit(account_id, asset, _checked_deposit(amount))
            self._execution.add_balances(self._clock_ms())
        self._publisher.publish()

    def accounts(self) -> list[str]:
        """The clients' accounts; the venue's own, FEE_ACCOUNT, is not among them."""
        return self._orders.accounts()

    def fee_rates(self, account_id: str) -> FeeRates:
        self._require_account(account_id)
        return self._fee_rates[account_id]

    def set_fee_rates(self, account_id: str, rates: FeeRates) -> None:
        """For fills from now on. Raises ValueError for a rate outside 0 .. 1."""
        self._require_account(account_id)
        self._fee_rates[account_id] = _checked_rates(rates)

    def balances(self, account_id: str) -> dict[str, Balance]:
        """By asset, each one the account ever held; FEE_ACCOUNT may be asked for too."""
        if account_id not in self._ledger:
            raise Rejected(Rejection.UNKNOWN_ACCOUNT, account_id)
        return self._ledger.balances(account_id)

    # --- markets

    def set_open(self, symbol: str, is_open: bool) -> None:
        """A closed market refuses new orders; cancels go on."""
        self._state(symbol).is_open = is_open

    def is_open(self, symbol: str) -> bool:
        return self._state(symbol).is_open

    def book(self, symbol: str) -> Book:
        """The live book, to be read only."""
        return self._state(symbol).book

    def trades(self, symbol: str) -> list[Trade]:
        """The newest 10,000 public trades, oldest first."""
        return list(self._state(symbol).trades)

    # --- orders

    def place(
        self,
        account_id: str,
        *,
        symbol: str,
        side: Side,
        type: OrderType,
        price: Decimal | None = None,
        amount: Decimal | None = None,
        quote_amount: Decimal | None = None,
        time_in_force: TimeInForce = TimeInForce.GTC,
        client_order_id: str | None = None,
        cancels_crossing: bool = False,
    ) -> Order:
        """The order as it stands after it has matched, with its fills; raises Rejected.

        A market order takes `amount` (base) or `quote_amount` (quote; whole lots within it, buying or selling), and
        what the book does not offer expires. Without a client order id, the engine makes one. `cancels_crossing`: a
        LIMIT_MAKER order that would take is accepted and canceled at once, as many exchanges do, not refused.
        """
        request = OrderRequest(
            account_id, symbol, side, type, price, amount, quote_amount, time_in_force, client_order_id,
            self._fee_reserve(account_id, side),
        )  # fmt: skip
        with localcontext(EXACT):
            try:
                admission = self._admit(request)
            except Rejected as rejected:
                if not cancels_crossing or rejected.rejection is not Rejection.WOULD_CROSS:
                    raise
                admission = None
            now_ms = self._clock_ms()
            placed = self._execution.place(request, admission, now_ms).snapshot()
            self._execution.add_balances(now_ms)
        self._publisher.publish()
        return placed

    def check(
        self,
        account_id: str,
        *,
        symbol: str,
        side: Side,
        type: OrderType,
        price: Decimal | None = None,
        amount: Decimal | None = None,
        quote_amount: Decimal | None = None,
        time_in_force: TimeInForce = TimeInForce.GTC,
        client_order_id: str | None = None,
    ) -> None:
        """Raises Rejected exactly where `place` would now, and changes nothing."""
        request = OrderRequest(
            account_id, symbol, side, type, price, amount, quote_amount, time_in_force, client_order_id
        )
        with localcontext(EXACT):
            self._admit(request)

    def cancel(
        self,
        account_id: str,
        symbol: str | None = None,
        *,
        order_id: int | None = None,
        client_order_id: str | None = None,
    ) -> Order:
        """The canceled order.

        All properties given must fit. Raises Rejected UNKNOWN_ORDER, or ORDER_NOT_OPEN (detail: its status) for one
        that is filled, canceled or expired.
        """
        order = self._find(account_id, symbol, order_id, client_order_id)
        if not order.is_open:
            raise Rejected(Rejection.ORDER_NOT_OPEN, order.status.value)
        return self._cancel([order])[0]

    def cancel_all(self, account_id: str, symbol: str | None = None) -> list[Order]:
        """The account's canceled orders, oldest first; none open is no error."""
        self._require_symbol(symbol)
        return self._cancel(self._orders.open_orders(account_id, symbol))

    def order(
        self,
        account_id: str,
        symbol: str | None = None,
        *,
        order_id: int | None = None,
        client_order_id: str | None = None,
    ) -> Order:
        """The order that has all the properties given; of a client order id used twice, the later. Raises Rejected."""
        return self._find(account_id, symbol, order_id, client_order_id).snapshot()

    def open_orders(self, account_id: str, symbol: str | None = None) -> list[Order]:
        """Oldest first."""
        self._require_symbol(symbol)
        return [order.snapshot() for order in self._orders.open_orders(account_id, symbol)]

    def orders(self, account_id: str, symbol: str | None = None) -> list[Order]:
        """Open ones and the remembered past, oldest first."""
        self._require_symbol(symbol)
        return [order.snapshot() for order in self._orders.orders(account_id, symbol)]

    def fills(self, account_id: str, symbol: str | None = None) -> list[Fill]:
        """The remembered fills, oldest first."""
        self._require_symbol(symbol)
        return self._orders.fills(account_id, symbol)

    # --- events, and the books' own checks

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Calls `listener` with every event from now on, after the operation that caused it; the result ends that.

        A listener may use the engine; what it causes is delivered after what is waiting.
        """
        return self._publisher.subscribe(listener)

    def totals(self) -> dict[str, Decimal]:
        """Each asset's sum over all accounts, FEE_ACCOUNT included."""
        with localcontext(EXACT):
            return self._ledger.totals()

    def deposited(self) -> dict[str, Decimal]:
        """Each asset's sum of all deposits; always equal to `totals`."""
        return self._ledger.deposited()

    def crossed(self) -> list[str]:
        """The symbols whose book is crossed; always none."""
        return [symbol for symbol, state in self._states.items() if state.book.is_crossed]

    def audit(self) -> None:
        """Raises LedgerError if any invariant does not hold: sums, signs, holds, queues, levels, crossed books."""
        with localcontext(EXACT):
            books = {symbol: state.book for symbol, state in self._states.items()}
            audit(self.markets, books, self._orders, self._ledger)

    # --- helpers

    def _fee_reserve(self, account_id: str, side: Side) -> Decimal:
        """The highest rate that a buy may have to pay beside its price."""
        if side is Side.SELL or not self._fees_in_quote or account_id not in self._fee_rates:
            return ZERO
        rates = self._fee_rates[account_id]
        return max(rates.maker, rates.taker)

    def _admit(self, request: OrderRequest) -> Admission:
        self._require_account(request.account_id)
        return admit(self._state(request.symbol), request, self._orders, self._ledger)

    def _cancel(self, orders: Iterable[Order]) -> list[Order]:
        now_ms = self._clock_ms()
        canceled = []
        with localcontext(EXACT):
            for order in orders:
                self._execution.cancel(order, now_ms)
                canceled.append(order.snapshot())
            self._execution.add_balances(now_ms)
        self._publisher.publish()
        return canceled

    def _find(self, account_id: str, symbol: str | None, order_id: int | None, client_order_id: str | None) -> Order:
        self._require_symbol(symbol)
        return self._orders.find(account_id, symbol, order_id, client_order_id)

    def _state(self, symbol: str) -> MarketState:
        try:
            return self._states[symbol]
        except KeyError:
            raise Rejected(Rejection.UNKNOWN_MARKET, symbol) from None

    def _require_symbol(self, symbol: str | None) -> None:
        if symbol is not None:
            self._state(symbol)

    def _require_account(self, account_id: str) -> None:
        if account_id not in self._orders:
            raise Rejected(Rejection.UNKNOWN_ACCOUNT, account_id)


def _checked_rates(rates: FeeRates) -> FeeRates:
    for rate in (rates.maker, rates.taker):
        if rate != ZERO and not (is_usable(rate) and rate < 1):
            raise ValueError(f"a fee rate of {rate}; it is a fraction from 0 to below 1")
    return rates


def _checked_deposit(amount: Decimal) -> Decimal:
    if not is_usable(amount):
        raise ValueError(f"a deposit of {amount}")
    return amount
