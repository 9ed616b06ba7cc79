"""Carrying out what was admitted: money, orders, book and events move together; nothing here can be refused.

Plain operators are used throughout, so the caller (the engine) must have entered the `EXACT` decimal context.
"""

from collections.abc import Mapping
from decimal import Decimal

from .admission import Admission, MarketState
from .audit import hold_of
from .events import BalanceChanged, BookLevel, OrderEvent, OrderEventKind, Traded
from .exact import ZERO
from .ledger import Ledger
from .matching import Match
from .orders import OrderStore
from .publisher import Publisher
from .rules import OrderRequest
from .types import FeeRates, Fill, Market, Order, OrderStatus, OrderType, Side, TimeInForce, Trade


class Execution:
    """The one place that changes orders and books."""

    def __init__(
        self,
        states: Mapping[str, MarketState],
        orders: OrderStore,
        ledger: Ledger,
        publisher: Publisher,
        fee_rates: Mapping[str, FeeRates],
        first_order_id: int,
        fees_in_quote: bool,
    ) -> None:
        self._states = states
        self._orders = orders
        self._ledger = ledger
        self._publisher = publisher
        self._fee_rates = fee_rates
        self._next_order_id = first_order_id
        self._fees_in_quote = fees_in_quote
        self._event_sequence = 0

    def place(self, request: OrderRequest, admission: Admission | None, now_ms: int) -> Order:
        """The order as it stands after it has matched; canceled at once where it was not admitted."""
        order = self._accept(request, now_ms)
        if admission is None:
            order.would_have_taken = True
            self._close(order, OrderStatus.CANCELED, now_ms)
            return order
        state, plan = self._states[request.symbol], admission.plan
        if order.time_in_force is TimeInForce.FOK and not plan.is_complete:
            self._close(order, OrderStatus.EXPIRED, now_ms)
            return order
        self._ledger.lock(order.account_id, admission.hold_asset, admission.hold_amount)
        for index, match in enumerate(plan.matches, start=1):
            self._trade(state, order, match, ends_taker=plan.is_complete and index == len(plan.matches), now_ms=now_ms)
        if order.is_open:
            self._finish(state, order, now_ms)
        return order

    def cancel(self, order: Order, now_ms: int) -> None:
        """Takes an open order out of the book and frees what it held."""
        state = self._states[order.symbol]
        price = _price_of(order)
        level_amount = state.book.remove(order, price)
        self._ledger.release(order.account_id, *hold_of(state.market, order))
        self._close(order, OrderStatus.CANCELED, now_ms)
        self._add_level(state, order.side, price, level_amount, now_ms)

    def add_balances(self, now_ms: int) -> None:
        """Ends an operation: one event per account for the balances that it touched."""
        for account_id, balances in self._ledger.take_touched().items():
            self._publisher.add(BalanceChanged(account_id, balances, now_ms))

    def _accept(self, request: OrderRequest, now_ms: int) -> Order:
        order = Order(
            id=self._next_order_id,
            account_id=request.account_id,
            symbol=request.symbol,
            side=request.side,
            type=request.type,
            time_in_force=request.time_in_force,
            price=request.price,
            amount=request.amount,
            quote_amount=request.quote_amount,
            client_order_id=request.client_order_id or f"venue-{self._next_order_id}",
            created_ms=now_ms,
            updated_ms=now_ms,
            fee_reserve=request.fee_reserve,
        )
        self._next_order_id += 1
        self._orders.add(order)
        self._add_order(order, OrderEventKind.NEW, None, now_ms)
        return order

    def _finish(self, state: MarketState, order: Order, now_ms: int) -> None:
        """What is left after matching rests or expires."""
        if order.type is OrderType.MARKET:
            self._close(order, OrderStatus.EXPIRED, now_ms)
        elif order.time_in_force is TimeInForce.IOC:
            self._ledger.release(order.account_id, *hold_of(state.market, order))
            self._close(order, OrderStatus.EXPIRED, now_ms)
        else:
            price = _price_of(order)
            self._add_level(state, order.side, price, state.book.add(order, price), now_ms)

    def _trade(self, state: MarketState, taker: Order, match: Match, *, ends_taker: bool, now_ms: int) -> None:
        maker = match.maker
        buyer, seller = (taker, maker) if taker.side is Side.BUY else (maker, taker)
        trade = Trade(
            id=state.next_trade_id,
            symbol=state.market.symbol,
            price=match.price,
            amount=match.amount,
            buyer_order_id=buyer.id,
            seller_order_id=seller.id,
            taker_side=taker.side,
            time_ms=now_ms,
        )
        state.next_trade_id += 1
        state.trades.append(trade)
        maker_fill = self._fill(state.market, maker, trade, is_maker=True)
        taker_fill = self._fill(state.market, taker, trade, is_maker=False)
        bought, sold = (taker_fill, maker_fill) if buyer is taker else (maker_fill, taker_fill)
        held_at = (match.price if buyer.price is None else buyer.price) * (1 + buyer.fee_reserve)
        self._settle(state.market, bought, sold, held_at=held_at)
        level_amount = state.book.reduce(maker, match.price, match.amount)

        self._publisher.add(Traded(trade))
        self._after_fill(maker, maker_fill, is_done=maker.remaining == ZERO)
        self._after_fill(taker, taker_fill, is_done=ends_taker)
        self._add_level(state, maker.side, match.price, level_amount, now_ms)

    def _fill(self, market: Market, order: Order, trade: Trade, *, is_maker: bool) -> Fill:
        """Books the order's side of the trade in the order."""
        rates = self._fee_rates[order.account_id]
        rate = rates.maker if is_maker else rates.taker
        quote_amount = trade.price * trade.amount
        in_base = order.side is Side.BUY and not self._fees_in_quote
        fill = Fill(
            id=trade.id,
            order_id=order.id,
            account_id=order.account_id,
            client_order_id=order.client_order_id,
            symbol=trade.symbol,
            side=order.side,
            price=trade.price,
            amount=trade.amount,
            quote_amount=quote_amount,
            fee_asset=market.base if in_base else market.quote,
            fee=rate * (trade.amount if in_base else quote_amount),
            is_maker=is_maker,
            time_ms=trade.time_ms,
        )
        order.filled += fill.amount
        order.filled_quote += fill.quote_amount
        order.updated_ms = fill.time_ms
        order.fills.append(fill)
        self._orders.add_fill(fill)
        return fill

    def _settle(self, market: Market, bought: Fill, sold: Fill, *, held_at: Decimal) -> None:
        """Swaps base for quote; the buyer gets back what was held, `held_at` (quote per base), beyond the payment."""
        buyer, seller = bought.account_id, sold.account_id
        extra = bought.fee if self._fees_in_quote else ZERO
        self._ledger.pay(buyer, seller, market.quote, sold.quote_amount, fee=sold.fee)
        self._ledger.pay(seller, buyer, market.base, bought.amount, fee=bought.fee - extra)
        if extra:
            self._ledger.charge(buyer, market.quote, extra)
        improvement = held_at * bought.amount - bought.quote_amount - extra
        if improvement:
            self._ledger.release(buyer, market.quote, improvement)

    def _after_fill(self, order: Order, fill: Fill, *, is_done: bool) -> None:
        order.status = OrderStatus.FILLED if is_done else OrderStatus.PARTIALLY_FILLED
        if is_done:
            self._orders.close(order)
        self._add_order(order, OrderEventKind.TRADE, fill, fill.time_ms)

    def _close(self, order: Order, status: OrderStatus, now_ms: int) -> None:
        order.status = status
        order.updated_ms = now_ms
        self._orders.close(order)
        kind = OrderEventKind.CANCELED if status is OrderStatus.CANCELED else OrderEventKind.EXPIRED
        self._add_order(order, kind, None, now_ms)

    def _add_order(self, order: Order, kind: OrderEventKind, fill: Fill | None, now_ms: int) -> None:
        self._event_sequence += 1
        if self._publisher.has_listeners:
            self._publisher.add(OrderEvent(order.snapshot(), kind, fill, now_ms, self._event_sequence))

    def _add_level(self, state: MarketState, side: Side, price: Decimal, amount: Decimal, now_ms: int) -> None:
        self._publisher.add(BookLevel(state.market.symbol, side, price, amount, state.book.sequence, now_ms))


def _price_of(order: Order) -> Decimal:
    assert order.price is not None  # only limit orders rest
    return order.price
