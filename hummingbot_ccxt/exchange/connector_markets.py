"""The part of `CcxtExchange` that knows the venue's markets: symbols, trading rules, prices, fees."""

import time
from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bidict import bidict
from hummingbot.connector.constants import s_decimal_NaN
from hummingbot.connector.exchange_py_base import ExchangePyBase
from hummingbot.connector.trading_rule import TradingRule
from hummingbot.connector.utils import combine_to_hb_trading_pair
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.order_book_tracker_data_source import OrderBookTrackerDataSource
from hummingbot.core.data_type.trade_fee import TradeFeeBase
from hummingbot.core.utils.estimate_fee import build_trade_fee

from hummingbot_ccxt.mapping import ExchangeMapping
from hummingbot_ccxt.translate.fees import MakerTaker, trading_fees
from hummingbot_ccxt.translate.markets import (
    SIGNIFICANT_DIGITS,
    is_spot,
    is_tradable_spot,
    price_increment,
    trading_pair,
    trading_rule,
)
from hummingbot_ccxt.translate.prices import last_price
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.market_steps import MarketSteps
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError
from hummingbot_ccxt.venue.venue import Venue

_MARKETS_FRESH_S = 30.0
_BEFORE_RETRY_S = 5.0
_BEFORE_LOOKING_AGAIN_S = 60.0


class CcxtMarkets(ExchangePyBase):
    """Markets of one venue, in Hummingbot's terms. `CcxtExchange` builds what is declared here."""

    _venue: Venue
    _mapping: ExchangeMapping
    _credentials: Credentials
    _symbols: bidict[str, str]
    """ccxt symbol -> trading pair, also of markets that are closed now: orders may rest there. The base class keeps
    those that can be traded."""
    _markets_loaded_at: float
    _steps: MarketSteps
    _without_steps: list[VenueError]
    """Why markets of ours have no steps for now."""
    _trading_rules: dict[str, TradingRule]
    _trading_fees: dict[str, MakerTaker]
    _orderbook_ds: OrderBookTrackerDataSource

    @abstractmethod
    def skipped(self, what: str, error: BadVenueData) -> None:
        """Log a message that cannot be used."""

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
        # Those that the venue closed, or lists no more, stay known: their orders are cancelled, polled and filled.
        self._symbols = _with_others(trading_pair_and_symbol_map or {}, self._symbols)

    async def exchange_symbol_associated_to_pair(self, trading_pair: str) -> str:
        """Return ccxt's symbol of a trading pair; the markets are loaded first if none are known."""
        symbol = self._symbols.inverse.get(trading_pair)
        return await super().exchange_symbol_associated_to_pair(trading_pair) if symbol is None else symbol

    def _initialize_trading_pair_symbols_from_exchange_info(self, exchange_info: Mapping[str, Any]) -> None:
        tradable: dict[str, str] = {}
        closed: dict[str, str] = {}
        for market in exchange_info.values():
            try:
                if is_spot(market, self._mapping):
                    pairs = tradable if is_tradable_spot(market, self._mapping) else closed
                    pairs[market["symbol"]] = trading_pair(market, self._mapping)
            except BadVenueData as err:
                self.skipped("a market", err)
        self._set_trading_pair_symbol_map(_with_others({}, tradable))
        self._symbols = _with_others(self._symbols, closed)

    async def _update_trading_rules(self) -> None:
        try:
            markets = await self._make_trading_rules_request()
        except VenueError:
            await self._sleep(_BEFORE_RETRY_S)  # the base class comes again at once, and again
            raise
        rules = {rule.trading_pair: rule for rule in await self._format_trading_rules(markets)}
        if rules or not self._trading_rules:
            self._trading_rules = rules  # replaced in one step: no order ever finds them half filled
        self._initialize_trading_pair_symbols_from_exchange_info(markets)
        if self._without_steps:
            await self._sleep(_BEFORE_LOOKING_AGAIN_S)
            raise self._without_steps[-1]  # so that the base class comes again now, and not in half an hour

    async def _format_trading_rules(self, exchange_info_dict: Mapping[str, Any]) -> list[TradingRule]:
        rules = []
        self._without_steps.clear()
        for market in exchange_info_dict.values():
            try:
                if is_tradable_spot(market, self._mapping):
                    pair = trading_pair(market, self._mapping)
                    precision_mode = self._venue.client.precisionMode
                    completed = await self._steps.complete(market, look=pair in self._trading_pairs)
                    rules.append(trading_rule(completed, trading_pair=pair, precision_mode=precision_mode))
            except (BadVenueData, VenueError) as err:
                if isinstance(err, VenueError):
                    self._without_steps.append(err)
                self.logger().error(
                    f"{self.name}: error parsing the trading pair rule {market.get('symbol')}. Skipping: {err}"
                )
        return rules

    def get_order_price_quantum(self, trading_pair: str, price: Decimal) -> Decimal:
        """Return the tick size at a price: with significant digits it depends on the price."""
        if self._venue.client.precisionMode != SIGNIFICANT_DIGITS:
            return super().get_order_price_quantum(trading_pair, price)
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
        if not self._credentials:
            return
        try:
            fetched = await self._fetched_fees()
        except VenueError as err:
            if err.outcome is Outcome.UNKNOWN:
                await self._sleep(_BEFORE_RETRY_S)
                raise
            self.logger().warning(f"{self.name} does not tell the account's fees ({err}); using the default ones.")
            return
        try:
            self._trading_fees = trading_fees(fetched, await self.trading_pair_symbol_map())
        except BadVenueData as err:
            self.skipped("the account's fees", err)

    async def _fetched_fees(self) -> dict[str, Any]:
        """ccxt's fee structures by symbol: all in one request where the venue has one, else those of our pairs.

        Some classes offer the one request, and refuse it for spot (bybit). Raises VenueError.
        """
        one_by_one = self._venue.offers("fetchTradingFee")
        if self._venue.offers("fetchTradingFees"):
            try:
                return dict(await self._venue.call("fetch_trading_fees"))
            except VenueError as err:
                if err.outcome is Outcome.UNKNOWN or not one_by_one:
                    raise
        elif not one_by_one:
            return {}
        await self.trading_pair_symbol_map()
        return {symbol: await self._venue.call("fetch_trading_fee", symbol) for symbol in self.traded_symbols()}

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


def _with_others(pairs: Mapping[str, str], others: Mapping[str, str]) -> bidict[str, str]:
    """Symbols and their pairs, with those of `others` that are not among them.

    Of two markets with the same tokens the first that the venue lists is the one.
    """
    known = bidict(pairs)
    for symbol, pair in others.items():
        if symbol not in known and pair not in known.inverse:
            known[symbol] = pair
    return known
