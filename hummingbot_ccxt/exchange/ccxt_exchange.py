"""`CcxtExchange`: what Hummingbot builds for every connector `ccxt_<id>`."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from bidict import bidict
from hummingbot.connector.client_order_tracker import ClientOrderTracker
from hummingbot.connector.constants import s_decimal_NaN
from hummingbot.connector.exchange_py_base import ExchangePyBase
from hummingbot.connector.trading_rule import TradingRule
from hummingbot.connector.utils import combine_to_hb_trading_pair
from hummingbot.core.api_throttler.data_types import RateLimit
from hummingbot.core.data_type.cancellation_result import CancellationResult
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate, TradeUpdate
from hummingbot.core.data_type.trade_fee import TradeFeeBase
from hummingbot.core.utils.async_utils import safe_ensure_future
from hummingbot.core.utils.estimate_fee import build_trade_fee
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from hummingbot_ccxt.configuration import for_exchange
from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange import ccxt_web_utils as web_utils
from hummingbot_ccxt.exchange.balance_keeper import BalanceKeeper
from hummingbot_ccxt.exchange.ccxt_api_order_book_data_source import CcxtAPIOrderBookDataSource
from hummingbot_ccxt.exchange.ccxt_api_user_stream_data_source import CcxtAPIUserStreamDataSource, UserEvent
from hummingbot_ccxt.exchange.ccxt_auth import CcxtAuth
from hummingbot_ccxt.exchange.ccxt_utils import KEYWORDS
from hummingbot_ccxt.exchange.order_life import OrderLife
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.translate.fees import MakerTaker, trading_fees
from hummingbot_ccxt.translate.fills import trade_update
from hummingbot_ccxt.translate.markets import is_tradable_spot, price_increment, trading_pair, trading_rule
from hummingbot_ccxt.translate.orders import order_state, order_update
from hummingbot_ccxt.translate.prices import last_price
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.budget import BudgetThrottler, Priority
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.clock import VenueClock
from hummingbot_ccxt.venue.orders import OrderKind, Orders, OrderToPlace
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError
from hummingbot_ccxt.venue.venue import Venue
from hummingbot_ccxt.versions import check_versions

_MARKETS_FRESH_S = 30.0
_CREATE_UNDER_WAY_S = 10.0
_KINDS: Mapping[OrderType, OrderKind] = {
    OrderType.LIMIT: "limit",
    OrderType.LIMIT_MAKER: "limit_maker",
    OrderType.MARKET: "market",
}


class CcxtExchange(ExchangePyBase):
    """A spot connector over ccxt.pro for the exchange with ccxt's id `domain`.

    Credentials come as Hummingbot hands them on, one keyword each: `ccxt_api_key`, `ccxt_secret`, ... (KEYWORDS in
    `ccxt_utils`). Raises UnknownExchange, BadMapping, BadConfiguration or IncompatibleVersions when it cannot work.
    """

    web_utils = web_utils

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
        self._mapping = load_mapping(domain, Path(settings.mapping) if settings.mapping else None)
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
        self._markets_loaded_at = -_MARKETS_FRESH_S
        self._symbols: bidict[str, str] = bidict()
        self._skips: dict[str, int] = {}
        self._placing: dict[str, asyncio.Event] = {}
        self._resync: asyncio.Task[None] | None = None
        self._resync_again = False
        super().__init__(balance_asset_limit, rate_limits_share_pct)
        self._clock.follow(self._time_synchronizer)
        self._throttler = BudgetThrottler(self.rate_limits_rules, self._venue.budget, Decimal(rate_limits_share_pct))
        self._orders = Orders(self._venue)
        self._life = OrderLife(self, self._venue, self._orders)
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
        features = (self._venue.client.features or {}).get("spot") or {}
        create = features.get("createOrder") or {}
        in_force = create.get("timeInForce") or {}
        post_only = in_force.get("PO") is True or self._venue.offers("createPostOnlyOrder") or self._mapping.post_only
        types = [OrderType.LIMIT]
        if post_only:
            types.append(OrderType.LIMIT_MAKER)
        if self._venue.client.has.get("createMarketOrder") is not False:
            types.append(OrderType.MARKET)
        return types

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

    def on_balance(self, balance: dict[str, Any]) -> None:
        """Tap."""
        self._user_stream_tracker.data_source.on_balance(balance)

    def on_trade(self, trade: dict[str, Any]) -> None:
        """Tap."""
        self._orderbook_ds.on_trade(trade)

    def on_book(self, book: Any) -> None:
        """Tap."""
        self._orderbook_ds.on_book(book)

    def on_bad_message(self, where: str, error: Exception, private: bool) -> None:
        """Tap. What a private message said is lost: the account is asked for it over REST."""
        if private:
            self._user_stream_tracker.data_source.ask_for_resync()
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
        polled = [k for k in ("book", "trades", "orders", "fills", "balance") if not self._venue.streams_kind(k)]
        if polled:
            self.logger().info(f"{self.name}: {', '.join(polled)} polled every {self.poll_interval_s:g} s (no stream).")

    async def stop_network(self) -> None:
        """Stop, and close every connection."""
        await super().stop_network()
        if self._resync is not None:
            self._resync.cancel()
        if hasattr(self, "_life"):
            self._life.stop()
        await self._venue.close()

    async def _make_network_check_request(self) -> None:
        await self._venue.call(self.check_network_request_path, priority=Priority.LOOKUP)

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
        """Forget what was known of the venue's clock, which has proved wrong, and ask for it."""
        self._time_synchronizer.clear_time_offset_ms_samples()
        await self._update_time_synchronizer(pass_on_non_cancelled_error=True)

    async def ensure_time_is_synchronised(self) -> None:
        """Ask for the venue's clock unless it is known."""
        if self._venue.offers("fetchTime"):
            await self._time_synchronizer.update_server_time_if_not_initialized(self._venue.server_time_ms())

    async def _fresh_markets(self) -> dict[str, dict[str, Any]]:
        """Return the venue's markets, at most half a minute old: rules and pairs ask for them at the same time."""
        fresh = time.monotonic() - self._markets_loaded_at < _MARKETS_FRESH_S
        markets = await self._venue.markets(reload=not fresh)
        if not fresh:
            self._markets_loaded_at = time.monotonic()
        return markets

    async def _make_trading_rules_request(self) -> Any:
        return await self._fresh_markets()

    async def _make_trading_pairs_request(self) -> Any:
        return await self._fresh_markets()

    def _set_trading_pair_symbol_map(self, trading_pair_and_symbol_map: bidict[str, str] | None) -> None:
        super()._set_trading_pair_symbol_map(trading_pair_and_symbol_map)
        self._symbols = trading_pair_and_symbol_map or bidict()  # the base class keeps its copy out of reach

    def _initialize_trading_pair_symbols_from_exchange_info(self, exchange_info: Mapping[str, Any]) -> None:
        pairs: bidict[str, str] = bidict()
        for market in exchange_info.values():
            try:
                if not is_tradable_spot(market, self._mapping):
                    continue
                pair = trading_pair(market, self._mapping)
            except BadVenueData as err:
                self.skipped("a market", err)
                continue
            if pair in pairs.inverse:
                continue  # a second market of the same tokens; the first that the venue lists is the one
            pairs[market["symbol"]] = pair
        self._set_trading_pair_symbol_map(pairs)

    async def _update_trading_rules(self) -> None:
        markets = await self._make_trading_rules_request()
        rules = {rule.trading_pair: rule for rule in await self._format_trading_rules(markets)}
        if rules or not self._trading_rules:
            self._trading_rules = rules  # replaced in one step: no order ever finds them half filled
        self._initialize_trading_pair_symbols_from_exchange_info(markets)

    async def _format_trading_rules(self, exchange_info_dict: Mapping[str, Any]) -> list[TradingRule]:
        rules = []
        for market in exchange_info_dict.values():
            try:
                if is_tradable_spot(market, self._mapping):
                    pair = trading_pair(market, self._mapping)
                    precision_mode = self._venue.client.precisionMode
                    rules.append(trading_rule(market, trading_pair=pair, precision_mode=precision_mode))
            except BadVenueData as err:
                self.logger().error(f"Error parsing the trading pair rule {market.get('symbol')}. Skipping: {err}")
        return rules

    def get_order_price_quantum(self, trading_pair: str, price: Decimal) -> Decimal:
        """Return the tick size at a price: with significant digits it depends on the price."""
        market = (self._venue.client.markets or {}).get(self._symbols.inverse.get(trading_pair))
        if market is None or not price.is_finite() or price <= 0:
            return super().get_order_price_quantum(trading_pair, price)
        try:
            return price_increment(market, precision_mode=self._venue.client.precisionMode, price=price)
        except BadVenueData:
            return super().get_order_price_quantum(trading_pair, price)

    async def _get_last_traded_price(self, trading_pair: str) -> float:
        prices = await self._orderbook_ds.get_last_traded_prices([trading_pair])
        return prices[trading_pair]

    async def get_all_pairs_prices(self) -> list[dict[str, str]]:
        """Return the last price of every pair: [{"symbol": trading pair, "price": decimal string}]."""
        symbols = await self.trading_pair_symbol_map()
        tickers = await self._venue.call("fetch_tickers")
        prices = []
        for symbol, ticker in tickers.items():
            if symbol in symbols:
                try:
                    price = last_price(ticker)
                except BadVenueData as err:
                    self.skipped(f"the ticker of {symbol}", err)
                    continue
                if price is not None:
                    prices.append({"symbol": symbols[symbol], "price": str(price)})
        return prices

    # --- fees

    async def _update_trading_fees(self) -> None:
        if not (self._credentials and self._venue.offers("fetchTradingFees")):
            return
        symbols = await self.trading_pair_symbol_map()
        try:
            self._trading_fees = trading_fees(await self._venue.call("fetch_trading_fees"), symbols)
        except BadVenueData as err:
            self.skipped("the account's fees", err)

    def _get_fee(
        self,
        base_currency: str,
        quote_currency: str,
        order_type: OrderType,
        order_side: TradeType,
        amount: Decimal,
        price: Decimal = s_decimal_NaN,
        is_maker: bool | None = None,
    ) -> TradeFeeBase:
        maker = order_type is OrderType.LIMIT_MAKER if is_maker is None else is_maker
        own = self._trading_fees.get(combine_to_hb_trading_pair(base_currency, quote_currency))
        if own is None:
            return build_trade_fee(
                self.name, maker, base_currency, quote_currency, order_type, order_side, amount, price
            )
        schema = self.trade_fee_schema()
        return TradeFeeBase.new_spot_fee(
            fee_schema=schema,
            trade_type=order_side,
            percent=own.maker if maker else own.taker,
            percent_token=schema.percent_fee_token,
        )

    # --- orders

    async def _place_order(
        self,
        order_id: str,
        trading_pair: str,
        amount: Decimal,
        trade_type: TradeType,
        order_type: OrderType,
        price: Decimal,
        **kwargs: Any,
    ) -> tuple[str, float]:
        answer = await self._send_order(order_id, trading_pair, amount, trade_type, order_type, price)
        return str(answer["id"]), self.now()

    async def _send_order(
        self,
        order_id: str,
        trading_pair: str,
        amount: Decimal,
        trade_type: TradeType,
        order_type: OrderType,
        price: Decimal | None,
    ) -> dict[str, Any]:
        symbol = await self.exchange_symbol_associated_to_pair(trading_pair)
        if order_type is OrderType.MARKET and (price is None or price.is_nan()):
            price = None
            if trade_type is TradeType.BUY and self._orders.market_buy_needs_price():
                price = Decimal(self.get_price_for_volume(trading_pair, True, amount).result_price)
        answer = await self._orders.place(
            OrderToPlace(
                symbol=symbol,
                kind=_KINDS[order_type],
                side="buy" if trade_type is TradeType.BUY else "sell",
                amount=amount,
                price=price,
                client_order_id=order_id,
            )
        )
        if not isinstance(answer, dict) or answer.get("id") in (None, ""):
            raise VenueError("create_order: the answer names no order", outcome=Outcome.UNKNOWN, kind="BadResponse")
        return answer

    async def _place_order_and_process_update(self, order: InFlightOrder, **kwargs: Any) -> str:
        """Place an order. Without an answer it stays tracked, and the venue is asked until it tells (decision 4)."""
        done = self._placing[order.client_order_id] = asyncio.Event()
        try:
            answer = await self._send_order(
                order.client_order_id, order.trading_pair, order.amount, order.trade_type, order.order_type, order.price
            )
        except VenueError as err:
            if err.outcome is Outcome.REFUSED:
                raise
            self.logger().warning(
                f"{self.name}: no answer to {order.order_type.name} {order.trade_type.name} order "
                f"{order.client_order_id} ({order.trading_pair}): {err}. It may be live; asking the venue."
            )
            self._life.look_for(order)
            return ""
        finally:
            del self._placing[order.client_order_id]
            done.set()
        exchange_order_id = str(answer["id"])
        if order.is_pending_create:
            self._order_tracker.process_order_update(
                OrderUpdate(
                    client_order_id=order.client_order_id,
                    exchange_order_id=exchange_order_id,
                    trading_pair=order.trading_pair,
                    update_timestamp=self.now(),
                    new_state=OrderState.OPEN,
                )
            )
            await asyncio.sleep(0)
        elif order.exchange_order_id is None:
            order.update_exchange_order_id(exchange_order_id)
        self._life.retry_unmatched()
        if not self._venue.streams_kind("orders"):
            self._life.look_for(order, after_s=0.5)
        return exchange_order_id

    async def _place_cancel(self, order_id: str, tracked_order: InFlightOrder) -> bool:
        await self._cancel_at_venue(tracked_order)
        return True

    async def _cancel_at_venue(self, order: InFlightOrder) -> dict[str, Any]:
        under_way = self._placing.get(order.client_order_id)
        if under_way is not None and order.exchange_order_id is None:
            async with asyncio.timeout(_CREATE_UNDER_WAY_S):
                await under_way.wait()
        symbol = await self.exchange_symbol_associated_to_pair(order.trading_pair)
        return await self._orders.cancel(self._life.key(order, symbol))

    async def _execute_order_cancel(self, order: InFlightOrder) -> str | None:
        """Cancel an order. One that the venue does not know is looked up; without an answer, nothing is concluded."""
        try:
            cancelled = await self._execute_order_cancel_and_process_update(order=order)
            return order.client_order_id if cancelled else None
        except VenueError as err:
            if err.outcome is Outcome.GONE:
                self.logger().warning(f"Failed to cancel order {order.client_order_id} (order not found)")
                await self._order_tracker.process_order_not_found(order.client_order_id)
                self._life.look_again_after_cancel(order)
            elif err.outcome is Outcome.UNKNOWN:
                self.logger().warning(f"Failed to cancel order {order.client_order_id}: no answer ({err})")
                self._life.look_for(order)
            else:
                self.logger().error(f"Failed to cancel order {order.client_order_id}: {err}")
        except TimeoutError:
            self.logger().warning(f"Failed to cancel order {order.client_order_id}: it is still being created")
        except Exception as err:
            self.logger().error(
                f"Failed to cancel order {order.client_order_id}: {type(err).__name__}: {self._venue.secrets.hide(err)}"
            )
        return None

    async def _execute_order_cancel_and_process_update(self, order: InFlightOrder) -> bool:
        answer = await self._cancel_at_venue(order)
        self._take_cancel_answer(order, answer)
        return True

    def _take_cancel_answer(self, order: InFlightOrder, answer: dict[str, Any]) -> None:
        try:
            state = order_state(answer, self._mapping)
        except BadVenueData:
            state = None
        if state in (OrderState.CANCELED, OrderState.FILLED):
            self._life.apply_order(order, answer)
            return
        # The venue took the request and does not say how it ended.
        self._order_tracker.process_order_update(
            OrderUpdate(
                client_order_id=order.client_order_id,
                trading_pair=order.trading_pair,
                update_timestamp=self.now(),
                new_state=OrderState.PENDING_CANCEL,
            )
        )
        self._life.look_for(order, after_s=2.0)

    async def cancel_all(self, timeout_seconds: float) -> list[CancellationResult]:
        """Cancel every open order; several in one request where the venue can."""
        if not self._orders.can_cancel_several():
            return await super().cancel_all(timeout_seconds)
        open_orders = [o for o in self.in_flight_orders.values() if not o.is_done]
        cancelled: set[str] = set()
        try:
            async with asyncio.timeout(timeout_seconds):
                for pair in {o.trading_pair for o in open_orders}:
                    cancelled |= await self._cancel_pair([o for o in open_orders if o.trading_pair == pair])
        except TimeoutError:
            self.logger().warning(f"{self.name}: not every order was cancelled within {timeout_seconds:g} s.")
        results = [CancellationResult(o.client_order_id, o.client_order_id in cancelled) for o in open_orders]
        return sorted(results, key=lambda result: not result.success)

    async def _cancel_pair(self, orders: list[InFlightOrder]) -> set[str]:
        named = {o.exchange_order_id: o for o in orders if o.exchange_order_id}
        cancelled: set[str] = set()
        if len(named) > 1:
            symbol = await self.exchange_symbol_associated_to_pair(orders[0].trading_pair)
            try:
                for answer in await self._orders.cancel_several(symbol, list(named)):
                    order = named.get(str(answer.get("id")))
                    if order is not None and answer.get("status") in ("canceled", "closed"):
                        self._take_cancel_answer(order, answer)
                        cancelled.add(order.client_order_id)
            except VenueError as err:
                self.logger().warning(f"{self.name}: cancelling {len(named)} orders at once failed ({err}).")
        rest = [o for o in orders if o.client_order_id not in cancelled]
        done = await asyncio.gather(*(self._execute_order_cancel(o) for o in rest))
        return cancelled | {order_id for order_id in done if order_id is not None}

    # --- status polls

    def _get_poll_interval(self, timestamp: float) -> float:
        streamed = self._user_stream_tracker.data_source.streamed_kinds()
        if "orders" not in streamed or not ({"fills", "balance"} <= set(streamed)):
            return self.poll_interval_s
        return float(super()._get_poll_interval(timestamp))

    async def _request_order_status(self, tracked_order: InFlightOrder) -> OrderUpdate:
        found = await self._find(tracked_order)
        state = order_state(found, self._mapping) or tracked_order.current_state
        return order_update(found, tracked_order, state=state, now=self.now())

    async def _find(self, order: InFlightOrder) -> dict[str, Any]:
        symbol = await self.exchange_symbol_associated_to_pair(order.trading_pair)
        return await self._orders.find(self._life.key(order, symbol))

    async def _update_orders_with_error_handler(
        self, orders: list[InFlightOrder], error_handler: Callable[[InFlightOrder, Exception], Awaitable[None]]
    ) -> None:
        for order in orders:
            try:
                self._life.apply_order(order, await self._find(order))
            except Exception as err:
                await error_handler(order, err)

    async def _handle_update_error_for_active_order(self, order: InFlightOrder, error: Exception) -> None:
        """Count an order as not found only when the venue said so: an outage must never lose one."""
        self.logger().warning(f"Error fetching status update for the active order {order.client_order_id}: {error}.")
        if not self._is_order_not_found_during_status_update_error(error):
            return
        if order.is_pending_create or order.client_order_id in self._placing:
            self._life.look_for(order)  # it may not have arrived yet: the look-up knows how long to wait
            return
        await self._order_tracker.process_order_not_found(order.client_order_id)

    def _is_request_exception_related_to_time_synchronizer(self, request_exception: Exception) -> bool:
        return isinstance(request_exception, VenueError) and request_exception.clock_skew

    def _is_order_not_found_during_status_update_error(self, status_update_exception: Exception) -> bool:
        return isinstance(status_update_exception, VenueError) and status_update_exception.outcome is Outcome.GONE

    def _is_order_not_found_during_cancelation_error(self, cancelation_exception: Exception) -> bool:
        return isinstance(cancelation_exception, VenueError) and cancelation_exception.outcome is Outcome.GONE

    async def trade_updates(self, order: InFlightOrder, *, priority: Priority) -> list[TradeUpdate]:
        """Return every trade of an order, from REST. Raises VenueError; a broken trade is logged and left out."""
        if self._life.fills_from != "trades" or not self._orders.can_fetch_trades():
            return []
        symbol = await self.exchange_symbol_associated_to_pair(order.trading_pair)
        updates = []
        for trade in await self._orders.trades(self._life.key(order, symbol), priority=priority):
            try:
                updates.append(trade_update(trade, order, fee_schema=self.trade_fee_schema(), mapping=self._mapping))
            except BadVenueData as err:
                self.skipped(f"a fill of {order.client_order_id} ({order.trading_pair})", err)
        return updates

    async def _all_trade_updates_for_order(self, order: InFlightOrder) -> list[TradeUpdate]:
        return await self.trade_updates(order, priority=Priority.POLL)

    # --- balances

    async def _update_balances(self) -> None:
        with self._balances.fetching() as fetch:
            fetched = await self._venue.call("fetch_balance")
            self._user_stream_tracker.data_source.note_answer()
            for token, error in fetch.take(fetched).items():
                self.skipped(f"the balance of {token}", error)

    def _take_streamed_balance(self, balance: dict[str, Any]) -> None:
        unreadable, incomplete = self._balances.take_streamed(balance)
        for token, error in unreadable.items():
            self.skipped(f"the balance of {token}", error)
        if incomplete:
            self.in_background(self._update_all_balances())

    # --- the user stream

    async def _user_stream_event_listener(self) -> None:
        async for event in self._iter_user_event_queue():
            try:
                await self._take_event(event)
            except Exception:
                self.logger().error("Unexpected error in user stream listener loop.", exc_info=True)

    async def _take_event(self, event: UserEvent) -> None:
        if event.kind == "balance":
            self._take_streamed_balance(event.data)
        elif event.kind == "resync":
            self._fetch_what_was_missed_soon()
        else:
            await self._life.take(event)

    def _fetch_what_was_missed_soon(self) -> None:
        if self._resync is None or self._resync.done():
            self._resync = asyncio.ensure_future(self._fetch_what_was_missed())
        else:
            self._resync_again = True

    async def _fetch_what_was_missed(self) -> None:
        """After a gap in the user stream: fills, states and balances over REST, twice, for what was in flight."""
        self._resync_again = True
        while self._resync_again:
            self._resync_again = False
            await self._status_polling_loop_fetch_updates()
            await self._sleep(constants.SECOND_LOOK_S)
            await self._update_order_status()

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
