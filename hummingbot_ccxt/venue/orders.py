"""Orders at the venue: place, cancel, find, and fetch the trades of one. Every failure is a VenueError."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from hummingbot_ccxt.registry import TELLING_OF_ORDERS
from hummingbot_ccxt.translate.values import as_decimal
from hummingbot_ccxt.venue.budget import Priority
from hummingbot_ccxt.venue.deadlines import placing_an_order
from hummingbot_ccxt.venue.numbers import exact_number
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError, is_of_ccxt, is_refused_for_good
from hummingbot_ccxt.venue.own_trades import OwnTrades
from hummingbot_ccxt.venue.recognition import OrderKey, ended_by_trades, looked_for_since_ms, order_of, recognised
from hummingbot_ccxt.venue.shared_answers import SharedAnswers
from hummingbot_ccxt.venue.trade_pages import every_page
from hummingbot_ccxt.venue.venue import Venue

OrderKind = Literal["limit", "limit_maker", "market"]

_LISTING_OPEN = frozenset({"fetch_open_orders", "fetch_orders"})
_LISTING_FILLED = frozenset({"fetch_orders", "fetch_closed_orders", "fetch_canceled_and_closed_orders"})
_PAGE_SIZES = frozenset({20, 25, 30, 50, 100, 200, 250, 300, 500, 1000})
"""Orders on a page of one venue or another, unless more are asked for; ccxt tells the most that may be."""
_YOUNG_S = 120.0
"""An older order's closing is on more pages than are worth to be asked for: it is asked for by itself."""
_UNKNOWN_ORDERS = 10
"""How many orders that only their trades tell of are looked at, the newest ones."""


@dataclass(frozen=True, slots=True)
class OrderToPlace:
    """An order as it goes out. Amount in base, price in quote per base; None for a market order without estimate."""

    symbol: str
    kind: OrderKind
    side: Literal["buy", "sell"]
    amount: Decimal
    price: Decimal | None
    client_order_id: str


class NotListed(VenueError):
    """The venue took an order, answers, and lists it nowhere.

    `lists_open`: among its open orders neither, so that the order has ended; otherwise it lists no orders at all.
    """

    def __init__(self, message: str, *, lists_open: bool) -> None:
        super().__init__(message, outcome=Outcome.UNKNOWN, kind="NotListed")
        self.lists_open = lists_open


class Orders:
    """The order requests of one venue."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._lists = SharedAnswers()
        self._trades = OwnTrades(venue, self._lists)
        self._found_by_our_id = venue.mapping.closed_pages is None
        """Whether the venue may be asked for an order by client order id; it did not yet refuse that."""
        self._may_place = False

    def market_buy_needs_price(self) -> bool:
        """Tell whether the venue wants a market buy as a cost in quote, which takes a price to work out."""
        wanted = self._venue.mapping.market_buy
        if wanted is not None:
            return wanted == "cost"
        return bool(self._venue.client.options.get("createMarketBuyOrderRequiresPrice", False)) or any(
            isinstance(option, dict) and option.get("createMarketBuyOrderRequiresPrice") is True
            for option in (self._venue.client.options.get("createOrder"),)
        )

    async def place(self, order: OrderToPlace) -> dict[str, Any]:
        """Return the venue's answer to a new order, ccxt's order structure; only its `id` can be relied on.

        Source: ccxt createOrder. A market buy that is sized by cost costs amount times price.
        Raises VenueError, REFUSED before anything is sent where no order can be followed or the user's configuration
        lacks what ccxt needs.
        """
        if not self._may_place:
            refused = self.why_not()
            if refused is not None:
                raise VenueError(f"create_order: {refused}", outcome=Outcome.REFUSED, kind="NotPossible")
            self._may_place = True
        params = self._named(order.client_order_id)
        if order.kind == "limit_maker":
            post_only = self._venue.mapping.post_only
            params.update(post_only or {"postOnly": True})
        price = None if order.price is None else exact_number(str(order.price))
        if order.kind == "market" and not (order.side == "buy" and self.market_buy_needs_price()):
            price = None
        with placing_an_order():
            answer: dict[str, Any] = await self._venue.call(
                "create_order",
                order.symbol,
                "market" if order.kind == "market" else "limit",
                order.side,
                exact_number(str(order.amount)),
                price,
                priority=Priority.ORDER,
                params=params,
            )
        return answer

    def can_follow(self) -> bool:
        """Tell whether anything tells what became of an order: itself, a list that it is in, its trades, a stream."""
        streamed = any(self._venue.streams_kind(kind) for kind in ("orders", "fills"))
        return streamed or any(self._venue.offers(method) for method in TELLING_OF_ORDERS)

    def why_not(self) -> str | None:
        """Why no order may be placed here: nothing would tell of it, or ccxt would not send it; else None."""
        if not self.can_follow():
            return f"ccxt has no method that tells what became of an order on {self._venue.id}"
        for option, what in self._venue.mapping.needs.items():
            if option_at(self._venue.client.options, option) is None:
                return f"options.{option} is missing ({what}): name it in conf/hummingbot_ccxt.yml"
        return None

    async def cancel(self, key: OrderKey) -> dict[str, Any]:
        """Return the venue's answer to a cancellation, ccxt's order structure, possibly with nothing in it.

        By exchange order id where it is known, else by client order id; where the venue takes none, the order is
        looked for first.
        """
        if key.exchange_order_id is not None:
            return await self._cancel(key.exchange_order_id, key, {})
        try:
            return await self._cancel(None, key, self._named(key.client_order_id))
        except VenueError as err:
            # For a wrong clock it would be refused every question as well.
            if is_of_ccxt(err) and not is_refused_for_good(err):
                raise
            found = await self.find(key, priority=Priority.ORDER)
            return await self._cancel(str(found["id"]), key, {})

    async def _cancel(self, exchange_order_id: str | None, key: OrderKey, params: dict[str, Any]) -> dict[str, Any]:
        params = {**self._terms(key), **params}
        extra = {"params": params} if params else {}
        answer = await self._venue.call("cancel_order", exchange_order_id, key.symbol, priority=Priority.ORDER, **extra)
        return answer if isinstance(answer, dict) else {}

    async def cancel_several(self, symbol: str, exchange_order_ids: list[str]) -> list[dict[str, Any]]:
        """Return the venue's answers to one request that cancels several orders of a symbol."""
        answer = await self._venue.call("cancel_orders", exchange_order_ids, symbol, priority=Priority.ORDER)
        return [entry for entry in answer if isinstance(entry, dict)] if isinstance(answer, list) else []

    def lists_open(self) -> bool:
        """Tell whether the venue lists an account's open orders, with the client order ids that we gave them."""
        return self._venue.offers("fetchOpenOrders") and self._venue.mapping.client_order_id.sent

    async def open_orders(self, symbol: str) -> list[dict[str, Any]]:
        """Return ccxt's structures of the account's open orders of a symbol, or of more. Raises VenueError."""
        of_all = self._venue.mapping.closed_pages is not None
        listed = await self._listed("fetch_open_orders", () if of_all else (symbol,), Priority.POLL)
        return [entry for entry in listed if isinstance(entry, dict)]

    def can_cancel_several(self) -> bool:
        """Tell whether one request can cancel several orders by their ids."""
        wanted = self._venue.mapping.batch_cancel
        return self._venue.offers("cancelOrders") if wanted is None else wanted

    async def find(self, key: OrderKey, *, priority: Priority = Priority.POLL) -> dict[str, Any]:
        """Return the order as the venue has it now, ccxt's order structure.

        By exchange order id where it is known, else by client order id, directly or among the account's orders.
        Raises VenueError: GONE only when the venue answered every question and knows no such order; NotListed for one
        that it took, where it can be asked for lists of orders only.
        """
        if self._venue.offers("fetchOrder") and (key.exchange_order_id or self._found_by_our_id):
            try:
                return await self._fetch(key, priority)
            except VenueError as err:
                # Not every venue can be asked by client order id; some take it for an exchange order id (Kraken), some
                # of ccxt's classes for a number, before anything is sent (mercado).
                if key.exchange_order_id or (err.outcome is Outcome.UNKNOWN and is_of_ccxt(err)):
                    raise
                self._found_by_our_id = not is_refused_for_good(err)
        return await self._search(key, priority)

    async def _fetch(self, key: OrderKey, priority: Priority) -> dict[str, Any]:
        params = {} if key.exchange_order_id else {"params": self._named(key.client_order_id)}
        order_id = key.exchange_order_id or key.client_order_id
        order: dict[str, Any] = await self._venue.call("fetch_order", order_id, key.symbol, priority=priority, **params)
        return order

    def _named(self, client_order_id: str) -> dict[str, Any]:
        """The parameter that names an order by our id; none where the venue keeps no such id."""
        rules = self._venue.mapping.client_order_id
        return {rules.param or "clientOrderId": client_order_id} if rules.sent else {}

    def _terms(self, key: OrderKey) -> dict[str, Any]:
        """What ccxt wants to know of an order to cancel it, as the mapping says."""
        terms = key.terms
        if terms is None:
            return {}
        held = {"side": terms.side, "is_sell": int(terms.side == "sell"), "amount": exact_number(str(terms.amount))}
        held["price"] = None if terms.price is None else exact_number(str(terms.price))
        return {name: held[what] for name, what in self._venue.mapping.cancel_params.items()}

    async def on_lists(self, key: OrderKey, *, priority: Priority = Priority.POLL) -> dict[str, Any] | None:
        """Return the order as it stands on the list of all open orders, else of the last closed ones; None on neither.

        Whoever asks for others at the same time shares the requests. A look-up for a young order shares all pages of
        closed ones with those for orders whose creation was not answered. Raises VenueError.
        """
        found = recognised(key, await self._listed("fetch_open_orders", (), priority))
        if found is not None:
            return found
        is_young = time.time() - key.created_ms / 1000 < _YOUNG_S
        if is_young and priority is not Priority.POLL and self._venue.mapping.closed_pages is not None:
            return recognised(key, await self._all_closed(looked_for_since_ms(key), priority))
        return recognised(key, await self._listed("fetch_closed_orders", (), priority))

    async def _search(self, key: OrderKey, priority: Priority) -> dict[str, Any]:
        since_ms = looked_for_since_ms(key)
        of_all = self._venue.mapping.closed_pages is not None
        asked = set()
        for method, arguments in (
            ("fetch_open_orders", () if of_all else (key.symbol,)),
            ("fetch_orders", (key.symbol, since_ms)),
            ("fetch_closed_orders", (key.symbol, since_ms)),
            ("fetch_canceled_orders", (key.symbol, since_ms)),
            ("fetch_canceled_and_closed_orders", (key.symbol, since_ms)),
        ):
            if not self._venue.offers(_unified(method)):
                continue
            is_whole = of_all and method == "fetch_closed_orders"
            if is_whole:
                listed = await self._all_closed(since_ms, priority)
            else:
                listed = await self._listed(method, arguments, priority)
            found = recognised(key, listed)
            if found is not None:
                return with_status(found, method, not_open="fetch_open_orders" in asked)
            if is_whole or not self._is_cut_off(method, len(listed)):
                asked.add(method)
        text = f"{self._venue.id} has no order {key.client_order_id} of {key.symbol}"
        lists_open = bool(asked & _LISTING_OPEN)
        if key.exchange_order_id is not None and not self._venue.offers("fetchOrder"):
            raise NotListed(text, lists_open=lists_open)
        # Open orders alone do not tell an order that never was from one that is finished: its trades may.
        settled = lists_open and bool(asked & _LISTING_FILLED)
        if not settled and key.exchange_order_id is None and self._venue.offers("fetchMyTrades"):
            found = await self._search_trades(key, priority)
            if found is not None:
                return found
            settled = lists_open
        raise VenueError(text, outcome=Outcome.GONE if settled else Outcome.UNKNOWN, kind="OrderNotFound")

    def _is_cut_off(self, method: str, listed: int) -> bool:
        """Tell whether a list may be a page of a longer one, so that it says nothing of an order that is not on it."""
        features = ((self._venue.client.features or {}).get("spot") or {}).get(_unified(method))
        if method == "fetch_open_orders" and features and features.get("limit") is None:
            return False  # ccxt knows of no pages
        return listed in _PAGE_SIZES or listed == (features or {}).get("limit")

    async def _listed(self, method: str, arguments: tuple[Any, ...], priority: Priority) -> Any:
        return await self._lists.get(
            (method, arguments, priority), lambda: self._venue.call(method, *arguments, priority=priority)
        )

    async def _all_closed(self, since_ms: int, priority: Priority) -> list[dict[str, Any]]:
        """All orders that ended after a time, of whatever symbol; many look-ups share them."""
        pages = self._venue.mapping.closed_pages
        assert pages is not None

        async def ask(offset: int) -> list[dict[str, Any]]:
            params = {pages.since: since_ms // 1000, pages.offset: offset}
            return list(await self._venue.call("fetch_closed_orders", priority=priority, params=params))

        asked = ("all closed", since_ms, priority)
        closed: list[dict[str, Any]] = await self._lists.get(asked, lambda: every_page(ask, pages.size))
        return closed

    async def _search_trades(self, key: OrderKey, priority: Priority) -> dict[str, Any] | None:
        """The order among those that are known by their trades only. Raises VenueError where these do not settle it."""
        by_order: dict[str | None, list[dict[str, Any]]] = {}
        for trade in await self._trades.since_creation(key, priority):
            by_order.setdefault(order_of(trade), []).append(trade)
        if None in by_order:
            raise VenueError(
                f"{self._venue.id} does not tell whose trades these are", outcome=Outcome.UNKNOWN, kind="OrderNotFound"
            )
        taken = key.taken()
        unknown = [order_id for order_id in by_order if order_id is not None and order_id not in taken]
        for order_id in unknown[-_UNKNOWN_ORDERS:]:
            if self._venue.offers("fetchOrder"):
                found = recognised(
                    key, [await self._venue.call("fetch_order", order_id, key.symbol, priority=priority)]
                )
            else:
                found = ended_by_trades(key, order_id, by_order[order_id])
            if found is not None:
                return found
        return None

    def can_fetch_trades(self) -> bool:
        """Tell whether the venue reports the account's trades over REST."""
        return self._trades.can_be_fetched()

    def shares_trades(self) -> bool:
        """Tell whether the trades of many orders are one answer, for who asks at the same time: the account's."""
        return self._trades.are_shared()

    async def trades(
        self, key: OrderKey, *, filled: Decimal | None = None, priority: Priority = Priority.POLL
    ) -> list[dict[str, Any]]:
        """Return every trade of an order, oldest first, ccxt's trade structures; none without an exchange order id.

        `filled`: the sum of their amounts, where it is known: no pages are asked for beyond those that hold them.
        """
        return await self._trades.of_order(key, filled, priority)


def with_status(order: dict[str, Any], method: str, *, not_open: bool) -> dict[str, Any]:
    """The order with the status that the list in which it was found means, where ccxt states none (p2b, cryptomus).

    `not_open`: it was looked for among the open orders before.
    """
    if order.get("status") is not None or (method == "fetch_orders" and not not_open):
        return order
    if method == "fetch_open_orders":
        return {**order, "status": "open"}
    filled, amount = as_decimal(order.get("filled")), as_decimal(order.get("amount"))
    whole = filled is not None and amount is not None and filled >= amount
    return {**order, "status": "closed" if whole else "canceled"}


def option_at(options: Mapping[str, Any], path: str) -> Any:
    """The option at a path such as "createOrder.accountId"; None if there is none, or an empty text."""
    found: Any = options
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return None if found == "" else found


def _unified(method: str) -> str:
    head, *rest = method.split("_")
    return head + "".join(part.capitalize() for part in rest)
