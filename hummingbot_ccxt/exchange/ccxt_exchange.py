"""`CcxtExchange`: what Hummingbot builds for every connector `ccxt_<id>`."""

import asyncio
import math
import time
from collections.abc import Awaitable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from bidict import bidict
from hummingbot.connector.client_order_tracker import ClientOrderTracker
from hummingbot.core.api_throttler.data_types import RateLimit
from hummingbot.core.data_type.common import OrderType
from hummingbot.core.network_iterator import NetworkStatus
from hummingbot.core.utils.async_utils import safe_ensure_future
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from hummingbot_ccxt.configuration import for_exchange
from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange import ccxt_web_utils as web_utils
from hummingbot_ccxt.exchange.balance_keeper import BalanceKeeper
from hummingbot_ccxt.exchange.ccxt_api_order_book_data_source import CcxtAPIOrderBookDataSource
from hummingbot_ccxt.exchange.ccxt_api_user_stream_data_source import CcxtAPIUserStreamDataSource, UserEvent
from hummingbot_ccxt.exchange.ccxt_auth import CcxtAuth
from hummingbot_ccxt.exchange.ccxt_order_book_tracker import CcxtOrderBookTracker
from hummingbot_ccxt.exchange.ccxt_utils import KEYWORDS
from hummingbot_ccxt.exchange.connector_balances import CcxtBalances
from hummingbot_ccxt.exchange.order_life import OrderLife
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.translate.fees import MakerTaker
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.broken_books import broken_books
from hummingbot_ccxt.venue.budget import BudgetThrottler, Priority
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.clock import VenueClock
from hummingbot_ccxt.venue.market_steps import MarketSteps
from hummingbot_ccxt.venue.orders import Orders
from hummingbot_ccxt.venue.outcomes import VenueError
from hummingbot_ccxt.venue.venue import Venue
from hummingbot_ccxt.versions import check_versions

_ALIVE_S = 30.0
_MORE_OFTEN = 5
"""How many times as often it is asked whether the venue is there, while it is not."""


class CcxtExchange(CcxtBalances):
    """A spot connector over ccxt.pro for the exchange with ccxt's id `domain`.

    Credentials come as Hummingbot hands them on, one keyword each: `ccxt_api_key`, `ccxt_secret`, ... (KEYWORDS in
    `ccxt_utils`). Raises UnknownExchange, BadMapping, BadConfiguration or IncompatibleVersions when it cannot work.
    """

    web_utils = web_utils
    check_network_interval: float  # a property of a compiled class

    def __init__(
        self,
        balance_asset_limit: dict[str, dict[str, Decimal]] | None = None,
        rate_limits_share_pct: Decimal = Decimal("100"),
        trading_pairs: list[str] | None = None,
        trading_required: bool = True,
        domain: str = constants.DEFAULT_DOMAIN,
        **credentials: str,
    ) -> None:
        check_versions()
        if not domain:
            raise ValueError("`ccxt` stands for all ccxt connectors; choose one of them: ccxt_<exchange>")
        self._domain = domain
        self._trading_required = trading_required
        self._trading_pairs = list(trading_pairs or [])
        self._credentials = Credentials(_by_ccxt_name(credentials))
        settings = for_exchange(domain)
        self._mapping = load_mapping(domain, settings.folder)
        self.poll_interval_s = settings.poll_interval or constants.POLL_INTERVAL_S
        self._clock = VenueClock()
        self._venue = Venue(
            domain,
            credentials=self._credentials,
            mapping=self._mapping,
            settings=settings,
            updates=self,
            share_pct=Decimal(rate_limits_share_pct),
            venue_time=self._clock.time,
            resynchronise=self.synchronise_time,
        )
        self._steps = MarketSteps(self._venue, lambda said: self.logger().warning(f"{self.name}: {said}"))
        self._without_steps: list[VenueError] = []
        self._markets_loaded_at = -math.inf
        self._symbols: bidict[str, str] = bidict()
        self._skips: dict[str, int] = {}
        self._placing: dict[str, asyncio.Event] = {}
        self._acting: set[asyncio.Task[Any]] = set()
        self._clock_fetch: asyncio.Task[None] | None = None
        self._usual_check_interval: float | None = None
        """While the venue is away; None while it is there."""
        self._awaits_events = False
        """Whether whoever applies the user stream's events has applied all that it took, and waits for more."""
        super().__init__(balance_asset_limit, rate_limits_share_pct)
        self._set_order_book_tracker(CcxtOrderBookTracker(self._orderbook_ds, self._trading_pairs, self._domain))
        self._clock.follow(self._time_synchronizer)
        self._throttler = BudgetThrottler(self.rate_limits_rules, self._venue.budget, Decimal(rate_limits_share_pct))
        self._orders = Orders(self._venue)
        self._life = OrderLife(self, self._venue, self._orders)
        refused = self._orders.why_not()
        if refused is not None and self._credentials:
            self.logger().error(f"{self.name}: no order will be placed: {refused}")
        self._balances = BalanceKeeper(self._account_balances, self._account_available_balances, self._mapping)
        self._trading_fees: dict[str, MakerTaker] = {}
        self.real_time_balance_update = self._venue.streams_kind("balance")

    # --- what Hummingbot asks of every connector

    @property
    def name(self) -> str:
        """The connector's name in Hummingbot: ccxt_<id>."""
        return f"ccxt_{self._domain}"

    @property
    def authenticator(self) -> CcxtAuth:
        """The credentials, and ccxt's signature for requests of Hummingbot's web assistants."""
        return CcxtAuth(self._credentials, self._venue.client)

    @property
    def rate_limits_rules(self) -> list[RateLimit]:
        """ccxt's limits: the pool, and each endpoint's weight in it."""
        return web_utils.rate_limits(self._venue.client)

    @property
    def domain(self) -> str:
        """ccxt's id of the exchange."""
        return self._domain

    @property
    def client_order_id_max_length(self) -> int:
        """How long a client order id may be."""
        return self._mapping.client_order_id.max_length or constants.MAX_ORDER_ID_LEN

    @property
    def client_order_id_prefix(self) -> str:
        """What every client order id begins with."""
        return self._mapping.client_order_id.prefix or constants.HBOT_ORDER_ID_PREFIX

    @property
    def trading_rules_request_path(self) -> str:
        """ccxt's method in the place of a path: the connector's requests are unified methods."""
        return "load_markets"

    @property
    def trading_pairs_request_path(self) -> str:
        """As `trading_rules_request_path`."""
        return "load_markets"

    @property
    def check_network_request_path(self) -> str:
        """The cheapest public method that the exchange has."""
        if self._venue.offers("fetchTime"):
            return "fetch_time"
        return "fetch_status" if self._venue.offers("fetchStatus") else "load_markets"

    @property
    def trading_pairs(self) -> list[str]:
        """The pairs that the connector was built for, plus those added since."""
        return self._trading_pairs

    @property
    def is_cancel_request_in_exchange_synchronous(self) -> bool:
        """True: the venue's answer to a cancel is read, and an order that it calls canceled is so at once."""
        return True

    @property
    def is_trading_required(self) -> bool:
        """Whether the connector trades, or only follows the market."""
        return self._trading_required

    @property
    def order_tracker(self) -> ClientOrderTracker:
        """Hummingbot's tracker of this connector's orders."""
        return self._order_tracker

    def supported_order_types(self) -> list[OrderType]:
        """Return what ccxt's `features` (else `has`) say that the exchange takes for spot."""
        return list(self._order_types)

    @cached_property
    def _order_types(self) -> tuple[OrderType, ...]:
        features = (self._venue.client.features or {}).get("spot") or {}
        create = features.get("createOrder") or {}
        in_force = create.get("timeInForce") or {}
        post_only = in_force.get("PO") is True or self._venue.offers("createPostOnlyOrder") or self._mapping.post_only
        if self._mapping.post_only is False:
            post_only = False
        types = [OrderType.LIMIT]
        if post_only:
            types.append(OrderType.LIMIT_MAKER)
        if self._venue.client.has.get("createMarketOrder") is not False:
            types.append(OrderType.MARKET)
        return tuple(types)

    def now(self) -> float:
        """Return Hummingbot's clock in seconds, the machine's before Hummingbot's runs."""
        current = self.current_timestamp
        return current if current == current and current > 0 else time.time()

    def in_background(self, awaitable: Awaitable[Any]) -> None:
        """Run something whose end nobody waits for; an exception of it is logged."""
        safe_ensure_future(awaitable)

    def traded_symbols(self) -> list[str]:
        """Return ccxt's symbols of the connector's trading pairs, as far as they are known."""
        return [self._symbols.inverse[pair] for pair in self._trading_pairs if pair in self._symbols.inverse]

    def skipped(self, what: str, error: BadVenueData) -> None:
        """Log a message that cannot be used: once for each kind of defect, then every hundredth time."""
        kind = f"{error.structure}.{error.field}"
        count = self._skips[kind] = self._skips.get(kind, 0) + 1
        if count == 1 or count % 100 == 0:
            text = self._venue.secrets.hide(error)
            self.logger().warning(f"{self.name}: skipped {what}: {text} (seen {count} times)")

    # --- what the venue streams (see `venue.Updates`)

    def on_order(self, order: dict[str, Any]) -> None:
        """Tap."""
        self._user_stream_tracker.data_source.on_order(order)

    def on_fill(self, trade: dict[str, Any]) -> None:
        """Tap."""
        self._user_stream_tracker.data_source.on_fill(trade)

    def books_at_once(self, trade: dict[str, Any]) -> bool:
        """Book a fill now, 0.3 ms earlier than by the queue, which must be empty; tell whether it was a known order's.

        Not while an event is being applied, or nobody applies them.
        """
        order = self._life.tracked(trade, order_field="order") if self._awaits_events else None
        if order is not None and self._life.fills.source == "trades":
            try:
                self._life.apply_trade(order, trade)
            except Exception:
                self.logger().error("Unexpected error in user stream listener loop.", exc_info=True)
        return order is not None

    def asks_for_fills(self, data: dict[str, Any]) -> None:
        """Ask for the fills that an order's update tells of, if the order is known; the update itself comes after."""
        order = self._life.tracked(data, order_field="id")
        if order is not None:
            self._life.ask_for_fills(order, data)

    def on_balance(self, balance: dict[str, Any]) -> None:
        """Tap."""
        self._user_stream_tracker.data_source.on_balance(balance)

    def on_trade(self, trade: dict[str, Any]) -> None:
        """Tap."""
        self._orderbook_ds.on_trade(trade)

    def on_book(self, book: Any) -> None:
        """Tap."""
        self._orderbook_ds.on_book(book)

    def on_book_gap(self, symbol: str) -> None:
        """Tap."""
        for ours in self._orderbook_ds.known_symbols([symbol]):
            self._orderbook_ds.begin_anew(ours, "one of its messages was lost, or came too late")

    def on_bad_message(self, where: str, error: Exception, private: bool) -> None:
        """Tap. What a private message said is lost: the account is asked for it over REST; a book begins anew."""
        if private:
            self._user_stream_tracker.data_source.ask_for_resync()
        for symbol in self._orderbook_ds.known_symbols(broken_books(error)):
            self._orderbook_ds.begin_anew(symbol, "a message about it could not be read")
        self.skipped(
            where,
            BadVenueData(
                "stream message", type(error).__name__, self._venue.secrets.hide(error), "could not be handled"
            ),
        )

    # --- network, clock, markets

    async def start_network(self) -> None:
        """Start, and say once what is polled because the venue has no stream of it."""
        await super().start_network()
        self._life.start()
        polled = [k for k in ("book", "trades", "orders", "fills", "balance") if not self._venue.streams_kind(k)]
        if polled:
            self.logger().info(f"{self.name}: {', '.join(polled)} polled every {self.poll_interval_s:g} s (no stream).")

    async def stop_network(self) -> None:
        """Stop, and close every connection."""
        await super().stop_network()
        for under_way in (*self._fetched_soon(), self._clock_fetch):
            if under_way is not None:
                under_way.cancel()
        if hasattr(self, "_life"):
            self._life.stop()
        await self._venue.close()

    async def check_network(self) -> NetworkStatus:
        """As Hummingbot's, which ends every stream when the venue is away, and starts them at the next check that finds
        it: up to ten seconds after it came back, if no check came sooner then.
        """
        status = NetworkStatus.NOT_CONNECTED
        try:
            status = await super().check_network()
        finally:  # also when Hummingbot gives the check up
            is_away, usual = status is not NetworkStatus.CONNECTED, self._usual_check_interval
            if is_away and usual is None:
                self._usual_check_interval = self.check_network_interval
                self.check_network_interval /= _MORE_OFTEN
            elif not is_away and usual is not None:
                self.check_network_interval, self._usual_check_interval = usual, None
        return status

    async def _make_network_check_request(self) -> None:
        if time.time() - self._user_stream_tracker.last_recv_time < _ALIVE_S:
            return  # the venue spoke just now on a stream (or answered a poll): every request counts on Kraken
        # Ahead of look-ups: behind many of them it would time out, and Hummingbot would end every stream.
        await self._venue.call(self.check_network_request_path, priority=Priority.ORDER)

    async def _update_time_synchronizer(self, pass_on_non_cancelled_error: bool = False) -> None:
        if not self._venue.offers("fetchTime"):
            return
        try:
            await self._time_synchronizer.update_server_time_offset_with_time_provider(self._venue.server_time_ms())
        except Exception:
            if not pass_on_non_cancelled_error:
                self.logger().exception(f"Error requesting time from {self.name_cap} server")
                raise

    async def synchronise_time(self) -> None:
        """Ask for the venue's clock, and forget what was known of it, which has proved wrong; once for all who ask."""
        if self._clock_fetch is None or self._clock_fetch.done():
            self._clock_fetch = asyncio.ensure_future(self._fetch_clock())
        await asyncio.shield(self._clock_fetch)

    async def _fetch_clock(self) -> None:
        # What is known stays until the answer is there: a request signed meanwhile, by no clock, would be refused.
        samples = self._time_synchronizer._time_offset_ms
        before = list(samples)
        await self._update_time_synchronizer(pass_on_non_cancelled_error=True)
        if list(samples) != before:
            newest = samples[-1]
            self._time_synchronizer.clear_time_offset_ms_samples()
            self._time_synchronizer.add_time_offset_ms_sample(newest)

    async def ensure_time_is_synchronised(self) -> None:
        """Ask for the venue's clock unless it is known."""
        if self._venue.offers("fetchTime"):
            await self._time_synchronizer.update_server_time_if_not_initialized(self._venue.server_time_ms())

    # --- the user stream

    async def _user_stream_event_listener(self) -> None:
        self._awaits_events = True
        try:
            async for event in self._iter_user_event_queue():
                self._awaits_events = False
                try:
                    await self._take_event(event)
                except Exception:
                    self.logger().error("Unexpected error in user stream listener loop.", exc_info=True)
                self._awaits_events = True
        finally:
            self._awaits_events = False

    async def _take_event(self, event: UserEvent) -> None:
        if event.kind == "balance":
            self._take_streamed_balance(event.data)
        elif event.kind == "resync":
            self._fetch_what_was_missed_soon()
        else:
            await self._life.take(event)
            if event.kind == "order":
                self.holds_changed()

    # --- building parts

    def _create_web_assistants_factory(self) -> WebAssistantsFactory:
        return web_utils.build_api_factory(
            throttler=self._throttler,
            time_synchronizer=self._time_synchronizer,
            domain=self._domain,
            time_provider=self._venue.server_time_ms,
            auth=self._auth,
        )

    def _create_order_book_data_source(self) -> CcxtAPIOrderBookDataSource:
        return CcxtAPIOrderBookDataSource(trading_pairs=self._trading_pairs, connector=self, venue=self._venue)

    def _create_user_stream_data_source(self) -> CcxtAPIUserStreamDataSource:
        return CcxtAPIUserStreamDataSource(trading_pairs=self._trading_pairs, connector=self, venue=self._venue)


def _by_ccxt_name(credentials: Mapping[str, str]) -> dict[str, str]:
    """Return credentials under ccxt's names: `ccxt_api_key` -> `apiKey`. Raises TypeError for an unknown keyword."""
    names = {f"ccxt_{ending}": name for name, ending in KEYWORDS.items()}
    for keyword in credentials:
        if keyword not in names:
            raise TypeError(f"CcxtExchange got an unexpected keyword {keyword!r}; credentials are {', '.join(names)}")
    return {names[keyword]: value for keyword, value in credentials.items()}
