"""The fields of a mapping: what one exchange does differently from what ccxt's own metadata says.

A mapping module is data: `MAPPING = ExchangeMapping(exchange="okx", ...)`, every field optional, each with the reason
and the source of the quirk beside it. Whatever is wrong in it is refused when it is loaded (`BadMapping`), never at the
first order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt import mapping_checks as check
from hummingbot_ccxt.mapping_parts import (
    BookChecksum,
    BookSequence,
    ClientOrderId,
    Fees,
    OrderDeadline,
    OrderPages,
    Steps,
    SymbolRules,
)

type FillsFrom = Literal["trades", "order"]
type MarketBuy = Literal["amount", "cost"]
type BookFrom = Literal["deltas", "snapshots", "rest"]
type RetryUnit = Literal["s", "ms", "at_s", "at_ms"]
type OutcomeName = Literal["refused", "gone", "unknown"]
type OrderTerm = Literal["side", "amount", "price", "is_sell"]


@dataclass(frozen=True, kw_only=True)
class ExchangeMapping(check.Strict):
    """What one exchange does differently; every field is optional, and left out means "as ccxt's metadata says".

    Dictionaries are copied when the mapping is built; treat them as read-only.
    """

    exchange: str | None = None
    """ccxt's exchange id."""

    order_states: Mapping[str, OrderState] = field(default_factory=dict)
    """The venue's raw order status -> Hummingbot's state; goes before ccxt's unified status."""
    order_status_field: tuple[str, ...] = ("X", "status", "state", "ordStatus", "orderStatus")
    """Where in an order's `info` the raw status may stand; "a.b" is b inside of a. The first one that is known wins."""
    trade_id_field: tuple[str, ...] = ()
    """Where in a trade's `info` the venue's trade id stands, if ccxt's `id` is wrong there. Where a venue has none,
    several fields may make one: "timestamp+price+size"."""
    maker_field: tuple[str, ...] = ()
    """Where in a trade's `info` it says whether we were the maker (true, 1 or "maker"), if ccxt does not read it."""
    signed_amounts: bool = False
    """Whether the amount of an own trade is negative for a sale, beside `side`."""
    order_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field of a streamed order ("filled") -> where in its `info` the true value stands, if ccxt's is wrong there."""
    trade_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same for own trades of the stream ("price", "amount", "fee.cost", "fee.currency"). A minus before the name in
    `info` turns the sign: in ccxt a fee that was paid is positive."""
    fee_list: tuple[str, ...] = ()
    """Of an own trade's `info`, where ccxt reads the first of several fees only: the list of them, and in each of these
    the asset and what was paid: ("fees", "asset", "qty")."""
    ignored_fields: tuple[str, ...] = ()
    """Fields of the venue's messages that ccxt is not shown, wherever they stand, since it misreads them."""
    split_frames: tuple[tuple[str, str, str], ...] = ()
    """(field, its value, list): of a streamed message with that value, ccxt is handed each element of the list in a
    message of its own, since it judges all of them by the first."""

    asked_once: tuple[str, ...] = ()
    """ccxt's own methods that keep what they were told, and whose requests all who come before the answer would repeat:
    these wait for it."""

    fees: Fees = field(default_factory=Fees)
    symbols: SymbolRules = field(default_factory=SymbolRules)
    steps: Mapping[str, Steps] = field(default_factory=dict)
    """Steps and smallest orders where ccxt states none: of a symbol (BTC/JPY), a quote (*/JPY), or all markets (*); the
    first of these. Without any, the steps are taken from the digits that the venue's order book shows."""
    client_order_id: ClientOrderId = field(default_factory=ClientOrderId)

    heartbeat_s: float | None = None
    """Seconds between pings."""
    stale_after_s: float | None = None
    """Seconds of silence after which a stream counts as dead."""
    order_settle_s: float | None = None
    """Seconds after an unanswered create within which the venue may still take the order."""
    order_deadline: OrderDeadline | None = None
    """How the venue is told until when it may take an order, where its requests do not say so anyway (a window for
    their time stamp): soon after it is then certain that an order which is not there never will be."""

    market_buy: MarketBuy | None = None
    """What the venue wants a market buy sized in: base "amount", or quote "cost"."""
    strictly_increasing_nonce: bool = False
    """The venue refuses a nonce that is not above the last one, so that signed requests must go one after another."""

    burst_s: float | None = None
    """How many seconds' worth of ccxt's rate limit may be used at once, where the venue documents a counter that fills
    up and drains; else one second's."""

    fills_from: FillsFrom | None = None
    """One source of fills: the account's trades, or the order's cumulative figures."""
    trusts_terminal_filled: bool = False
    """A finished order's cumulative filled amount is true as reported; otherwise its trades must confirm it."""
    trades_before: Mapping[str, str] = field(default_factory=dict)
    """Where a page holds an order's newest trades only: the parameter that asks for the page before it, and what it
    takes: a field of the venue's own trades ({"lastId": "id"}; of several numbers the smallest), the number of trades
    had so far ("#trades"), or that of the next page ("#page"). {"fromId": "+id"}, where it asks for the trades from one
    on: 0, then one more than the largest."""
    trades_of_order: str | None = None
    """The parameter of fetchMyTrades that narrows it to one order, where ccxt's fetchOrderTrades takes no others."""
    trades_of_all_symbols: bool = False
    """Whether a page of fetchMyTrades holds those of all symbols, of which ccxt would hand out one symbol's: it is
    asked for all, since what is left of a page tells neither whether it was full nor where the next one begins."""
    book_from: BookFrom | None = None
    """Where the book comes from: changed levels, whole books on the stream, or polling."""
    polled: frozenset[str] = frozenset()
    """Streams that ccxt claims but that do not work, so that they are polled: book, trades, orders, fills, balance."""
    topics_per_request: int | None = None
    """How many symbols one subscription may name, where ccxt can name several and the venue takes fewer than 100."""
    book_sequence: BookSequence | None = None
    """The numbers of a book's messages, where ccxt's class would not notice that one is missing or came too late."""
    book_checksum: BookChecksum | None = None
    """The checksum in a book's messages, where ccxt's class would not notice a wrong book."""
    verify_book_s: float | None = None
    """Seconds after which a streamed book is compared with one over REST although it moves, again and again; for where
    neither the venue's messages nor ccxt would show that a change got lost."""
    depth: int | None = None
    """Levels a side to ask a book for unless the user says otherwise, where ccxt's own choice is too few."""
    depth_limits: tuple[int, ...] = ()
    """The book depths that the venue accepts, ascending."""

    lists_first: bool = False
    """Whether several orders are looked for in the lists of all open and of the last closed orders first, one request
    each, since one for every order would take too long."""
    closed_pages: OrderPages | None = None
    """The pages of closed orders, where they and the open ones are of all symbols, and no order can be asked for by our
    id: what ccxt hands out of one symbol's does not tell whether a page was full."""
    cancel_params: Mapping[str, OrderTerm] = field(default_factory=dict)
    """What ccxt wants to know of an order to cancel it: parameter -> "side", "amount", "price" or "is_sell" (0, 1)."""
    batch_cancel: bool | None = None
    """Whether one request can cancel several orders by id."""
    has: Mapping[str, bool] = field(default_factory=dict)
    """Corrections of ccxt's `has`: unified method -> whether it works."""

    options: Mapping[str, Any] = field(default_factory=dict)
    """ccxt's `options`, merged deeply over ccxt's own."""
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Extra parameters per unified method: {"createOrder": {...}}."""
    post_only: Mapping[str, Any] | Literal[False] | None = None
    """The parameters that make a limit order post-only, if ccxt's {"postOnly": True} does not; False: nothing does."""
    needs: Mapping[str, str] = field(default_factory=dict)
    """Options that the user's configuration must name, or no order passes: "createOrder.accountId" -> what it is."""
    testnet: bool | None = None
    """False: what ccxt takes for the venue's test network is none."""

    clock_skew: tuple[str, ...] = ()
    """Fragments of error texts that mean: the time stamp of the request is off; where ccxt does not say so."""
    refused_credentials: tuple[str, ...] = ()
    """Fragments of error texts that mean: the venue does not accept the account's credentials; for ccxt's own table."""
    too_many_requests: tuple[str, ...] = ()
    """Error codes, whole, that mean: too many requests, this one was not carried out; where ccxt takes them for what
    may be any page of a gateway (DDoSProtection). For ccxt's own table."""
    retry_after: Mapping[str, RetryUnit] = field(default_factory=dict)
    """Headers beside Retry-After that say when requests may be made again, after too many of them: in seconds or
    milliseconds ("s", "ms"), or at a time of the venue's clock ("at_s", "at_ms")."""
    ended_sessions: Mapping[str, str] = field(default_factory=dict)
    """Fragment of a private stream's error that means: its session is over -> the name under which ccxt's class keeps
    the session among a connection's `subscriptions`, which it would go on using."""
    errors: tuple[tuple[str, OutcomeName], ...] = ()
    """(text fragment or code of an error, what it means for the order), where ccxt's error class is too coarse."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.heartbeat_s and self.stale_after_s and self.stale_after_s <= self.heartbeat_s:
            raise check.BadMapping(
                "ExchangeMapping.stale_after_s", self.stale_after_s, f"more than heartbeat_s ({self.heartbeat_s})"
            )

        if self.order_deadline and self.order_settle_s and self.order_settle_s <= self.order_deadline.after_s:
            raise check.BadMapping(
                "ExchangeMapping.order_settle_s",
                self.order_settle_s,
                f"more than order_deadline.after_s ({self.order_deadline.after_s})",
            )

    def _checks(self) -> dict[str, check.Check]:
        return {
            "exchange": check.optional(check.exchange_id),
            "order_states": check.order_states,
            "order_status_field": check.texts,
            "trade_id_field": check.texts,
            "maker_field": check.texts,
            "signed_amounts": check.flag,
            "order_fields": check.where_in_info("filled", "amount", "average", "cost"),
            "trade_fields": check.where_in_info("price", "amount", "fee.cost", "fee.currency"),
            "fee_list": check.three_texts,
            "ignored_fields": check.texts,
            "asked_once": check.texts,
            "split_frames": check.split_frames,
            "fees": check.instance(Fees),
            "symbols": check.instance(SymbolRules),
            "steps": check.steps(Steps),
            "client_order_id": check.instance(ClientOrderId),
            "heartbeat_s": check.optional(check.seconds),
            "stale_after_s": check.optional(check.seconds),
            "order_settle_s": check.optional(check.seconds),
            "order_deadline": check.optional(check.instance(OrderDeadline)),
            "market_buy": check.optional(check.one_of("amount", "cost")),
            "strictly_increasing_nonce": check.flag,
            "burst_s": check.optional(check.seconds),
            "fills_from": check.optional(check.one_of("trades", "order")),
            "trusts_terminal_filled": check.flag,
            "trades_before": check.dict_of(check.text, "a dict, parameter to field of a trade"),
            "trades_of_order": check.optional(check.text),
            "trades_of_all_symbols": check.flag,
            "lists_first": check.flag,
            "closed_pages": check.optional(check.instance(OrderPages)),
            "book_from": check.optional(check.one_of("deltas", "snapshots", "rest")),
            "polled": check.streams,
            "topics_per_request": check.optional(check.count),
            "book_sequence": check.optional(check.instance(BookSequence)),
            "book_checksum": check.optional(check.instance(BookChecksum)),
            "verify_book_s": check.optional(check.seconds),
            "depth": check.optional(check.levels),
            "depth_limits": check.depths,
            "cancel_params": check.dict_of(
                check.one_of("side", "amount", "price", "is_sell"), "a dict, parameter to what it holds"
            ),
            "batch_cancel": check.optional(check.flag),
            "has": check.dict_of(check.flag, "a dict, unified method to True or False"),
            "options": check.plain_dict,
            "params": check.dict_of(check.unified_method, "a dict, unified method to a dict of parameters"),
            "post_only": check.optional(check.false_or_dict),
            "needs": check.dict_of(check.text, "a dict, option to what it is"),
            "testnet": check.optional(check.flag),
            "clock_skew": check.texts,
            "refused_credentials": check.texts,
            "too_many_requests": check.texts,
            "retry_after": check.dict_of(check.one_of("s", "ms", "at_s", "at_ms"), "a dict, header to its unit"),
            "ended_sessions": check.dict_of(check.text, "a dict, text of an error to the name of a subscription"),
            "errors": check.error_texts,
        }

    @property
    def settle_s(self) -> float | None:
        """`order_settle_s`; else a fifth more than an order's deadline, since clocks differ; None without both."""
        by_deadline = None if self.order_deadline is None else self.order_deadline.after_s * 1.2
        return self.order_settle_s or by_deadline

    def steps_of(self, symbol: str) -> Steps:
        """What the mapping says of a market's steps: by its symbol, else its quote, else of all."""
        quote = symbol.partition("/")[2]
        return next((self.steps[name] for name in (symbol, f"*/{quote}", "*") if name in self.steps), Steps())


NO_QUIRKS: Final = ExchangeMapping()
"""The mapping of an exchange that behaves as ccxt's metadata says."""
