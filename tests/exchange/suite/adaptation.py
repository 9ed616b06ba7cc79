"""Hummingbot's own connector test suite, adapted to `CcxtExchange` once, for any wire.

The suite supplies the behaviours, a `Wire` the payloads. REST goes through aioresponses, the user stream through
ccxt's own handlers on connections that are never opened: the events that the suite puts on the connector's queue are
those that the connector's taps made of the venue's messages.
"""

import asyncio
import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any, Literal
from unittest.mock import patch
from urllib.parse import parse_qsl

from aioresponses import aioresponses
from aioresponses.core import RequestCall
from hummingbot.connector.test_support.exchange_connector_test import AbstractExchangeConnectorTests
from hummingbot.connector.trading_rule import TradingRule
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder
from hummingbot.core.data_type.trade_fee import TokenAmount, TradeFeeBase

from hummingbot_ccxt.exchange.ccxt_api_user_stream_data_source import UserEvent
from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
from hummingbot_ccxt.venue.streams import ACCOUNT

from .still_connection import StillConnections, deliver
from .wire import Endpoint, Fill, Rules, Sent, Status, Wire

Callback = Callable[..., None]

RULES = Rules(tick="0.00000100", lot="0.00100000", smallest="0.00100000", largest="200000.00", notional="0.00100000")
"""Of the market in the answers to the connector."""
RULES_OF_THE_SUITE = Rules(tick="0.0001", lot="0.000001", smallest="0.01", largest="200000.00", notional="0.000001")
"""Of the market that ccxt holds from the start: the same as `_simulate_trading_rules_initialized` of the suite."""

_TURNS = 1000


def _ignore(*args: Any, **kwargs: Any) -> None:
    pass


def answering(answer: Any) -> Callable[..., Any]:
    """A request that is answered without being sent."""

    async def answered(*args: Any, **kwargs: Any) -> Any:
        return answer

    return answered


def parsed_by(client: Any, answer: Any) -> list[dict[str, Any]]:
    """What the class's own `fetch_markets` makes of the answer that lists markets; not every class can parse one alone.

    In a thread of its own, since the suite builds connectors where its event loop is not to be waited for.
    """
    with patch.object(client, "fetch2", answering(answer)), ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(client.fetch_markets())).result()


class CcxtConnectorSuite(AbstractExchangeConnectorTests.ExchangeConnectorTests):
    """The suite for one wire: a subclass sets `wire`."""

    __test__ = False
    wire: Wire

    # --- the connector, with its markets known and its user stream subscribed

    def create_exchange_instance(self) -> CcxtExchange:
        exchange = CcxtExchange(
            trading_pairs=[self.trading_pair], domain=self.wire.exchange, **dict(self.wire.credentials)
        )
        client = exchange._venue.client
        client.options.update(self.wire.options)
        for endpoint, answer in self.wire.beside.items():
            setattr(client, endpoint, answering(answer))
        # The suite's tests trade at once; ccxt needs a market's details to write its orders.
        market = self.wire.market(self.base_asset, self.quote_asset, RULES_OF_THE_SUITE)
        client.set_markets(parsed_by(client, self.wire.markets([market])))
        return exchange

    async def asyncSetUp(self) -> None:
        await super().asyncSetUp()
        # Only the suite reads it: whether an order is done when its cancellation is answered, or has to be confirmed.
        tells_state = patch.object(
            CcxtExchange, "is_cancel_request_in_exchange_synchronous", self.wire.cancel_tells_state
        )
        tells_state.start()
        self.addCleanup(tells_state.stop)
        self._full_fill: dict[str, UserEvent] | None = None
        self._connections = StillConnections(self.wire.acknowledge)
        self._connections.start()
        self.addCleanup(self._connections.stop)
        self._events: asyncio.Queue[UserEvent] = asyncio.Queue()
        source = self.exchange._user_stream_tracker.data_source
        self.exchange._venue.client.open()  # as the first request does
        self._listening = asyncio.ensure_future(source.listen_for_user_stream(self._events))
        for _ in range(_TURNS):
            if len(source._feeds) == len(source.streamed_kinds()) and all(f.is_live(ACCOUNT) for f in source._feeds):
                return
            await asyncio.sleep(0)
        raise AssertionError(f"ccxt did not subscribe: {[feed.kind for feed in source._feeds]}")

    async def asyncTearDown(self) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        await self.exchange.stop_network()
        await super().asyncTearDown()

    def streamed(self, messages: list[Any]) -> list[UserEvent]:
        """What the connector's taps make of messages of the venue, through ccxt's handlers."""
        feeds = self.exchange._user_stream_tracker.data_source._feeds
        connection = feeds[0]._states[ACCOUNT].connection
        for message in messages:
            deliver(connection, message)
        events = []
        while not self._events.empty():
            events.append(self._events.get_nowait())
        return events

    # --- addresses and payloads

    def _url(self, endpoint: Endpoint) -> str:
        return self.wire.endpoints[endpoint][1]

    @property
    def all_symbols_url(self) -> str:
        return self._url("markets")

    @property
    def trading_rules_url(self) -> str:
        return self._url("markets")

    @property
    def latest_prices_url(self) -> str:
        query = self.wire.ticker_query(self.base_asset, self.quote_asset)
        return self._url("ticker") + (f"?{query}" if query else "")

    @property
    def network_status_url(self) -> str:
        return self._url("network")

    @property
    def order_creation_url(self) -> str:
        return self._url("create")

    @property
    def balance_url(self) -> str:
        return self._url("balance")

    @property
    def all_symbols_request_mock_response(self) -> Any:
        return self.wire.markets([self.wire.market(self.base_asset, self.quote_asset, RULES)])

    @property
    def all_symbols_including_invalid_pair_mock_response(self) -> tuple[str, Any]:
        markets = [
            self.wire.market(self.base_asset, self.quote_asset, RULES),
            self.wire.market("INVALID", "PAIR", RULES, tradable=False),
        ]
        return "INVALID-PAIR", self.wire.markets(markets)

    @property
    def trading_rules_request_mock_response(self) -> Any:
        return self.all_symbols_request_mock_response

    @property
    def trading_rules_request_erroneous_mock_response(self) -> Any:
        """A step that is missing would be observed from the book; a rule that is wrong makes none."""
        rule, value, _ = self.wire.unusable
        rules = dataclasses.replace(RULES, **{rule: value})
        return self.wire.markets([self.wire.market(self.base_asset, self.quote_asset, rules)])

    @property
    def latest_prices_request_mock_response(self) -> Any:
        return self.wire.ticker(self.base_asset, self.quote_asset, self.expected_latest_price)

    @property
    def network_status_request_successful_mock_response(self) -> Any:
        return self.wire.time()

    @property
    def order_creation_request_successful_mock_response(self) -> Any:
        return self.wire.created(self.base_asset, self.quote_asset)

    @property
    def balance_request_mock_response_for_base_and_quote(self) -> Any:
        return self.wire.balances({self.base_asset: ("10.0", "5.0"), self.quote_asset: ("2000", "0.00000000")})

    @property
    def balance_request_mock_response_only_base(self) -> Any:
        return self.wire.balances({self.base_asset: ("10.0", "5.0")})

    @property
    def balance_event_websocket_update(self) -> UserEvent:
        held = {self.base_asset: ("10", "5")}
        if not self.wire.streams_free:  # the connector asks for what is free
            self.exchange._venue.client.fetch2 = answering(self.wire.balances(held))
        (event,) = self.streamed(self.wire.balance_messages(held))
        return event

    # --- what the suite expects

    @property
    def expected_latest_price(self) -> float:
        return 9999.9

    @property
    def expected_supported_order_types(self) -> list[OrderType]:
        return [OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.MARKET]

    @property
    def expected_trading_rule(self) -> TradingRule:
        """The suite compares texts, so the figures here are written as ccxt hands them on: `200000.0`, `0.001`."""

        def number(text: str) -> Decimal:
            return Decimal(repr(float(text)))

        largest = {"max_order_size": number(RULES.largest)} if self.wire.has_largest else {}
        return TradingRule(
            trading_pair=self.trading_pair,
            min_order_size=number(RULES.smallest),
            **largest,
            min_price_increment=number(RULES.tick),
            min_base_amount_increment=number(RULES.lot),
            min_notional_size=number(RULES.notional) if self.wire.has_notional else Decimal(0),
            min_quote_amount_increment=Decimal(self.wire.quote_step),
        )

    @property
    def expected_logged_error_for_erroneous_trading_rule(self) -> str:
        return (
            f"{self.exchange.name}: error parsing the trading pair rule {self.base_asset}/{self.quote_asset}. "
            f"Skipping: {self.wire.unusable[2]}"
        )

    @property
    def expected_exchange_order_id(self) -> Any:
        return self.wire.order_id

    @property
    def is_order_fill_http_update_included_in_status_update(self) -> bool:
        return True

    @property
    def is_order_fill_http_update_executed_during_websocket_order_event_processing(self) -> bool:
        return not self.wire.streams_fills

    @property
    def expected_partial_fill_price(self) -> Decimal:
        return Decimal(10500)

    @property
    def expected_partial_fill_amount(self) -> Decimal:
        return Decimal("0.5")

    @property
    def _fee_asset(self) -> str:
        return str(self.base_asset if self.wire.fee_in_base else self.quote_asset)

    @property
    def expected_fill_fee(self) -> TradeFeeBase:
        return TradeFeeBase.new_spot_fee(
            fee_schema=self.exchange.trade_fee_schema(),
            trade_type=TradeType.BUY,
            percent_token=self._fee_asset,
            flat_fees=[TokenAmount(token=self._fee_asset, amount=Decimal(30))],
        )

    @property
    def expected_fill_trade_id(self) -> str:
        return "30000"

    def exchange_symbol_for_tokens(self, base_token: str, quote_token: str) -> str:
        """ccxt's symbol: the name under which the connector speaks of markets to ccxt."""
        return f"{base_token}/{quote_token}"

    # --- requests: ccxt puts the query into the URL, which aioresponses keeps apart from the call

    def _all_executed_requests(self, api_mock: aioresponses, url: str | re.Pattern[str]) -> list[RequestCall]:
        calls = []
        for (_, sent_to), requests in api_mock.requests.items():
            address = sent_to.human_repr()
            if url.search(address) if isinstance(url, re.Pattern) else address.startswith(url):
                parts = {"query": dict(sent_to.query), "path": sent_to.path}
                calls.extend(RequestCall(call.args, {**call.kwargs, **parts}) for call in requests)
        return calls

    def _sent(self, call: RequestCall) -> Sent:
        body = call.kwargs.get("data") or ""
        text = body.decode() if isinstance(body, bytes) else str(body)
        fields = json.loads(text) if text.startswith(("{", "[")) else dict(parse_qsl(text))
        if isinstance(fields, list):
            (fields,) = fields  # a batch of one
        parameters = {"path": call.kwargs["path"], **call.kwargs["query"], **fields}
        return Sent(headers=call.kwargs["headers"], parameters=parameters)

    def validate_auth_credentials_present(self, request_call: RequestCall) -> None:
        assert self.wire.is_signed(self._sent(request_call)), request_call

    def _validate(
        self, endpoint: Literal["create", "cancel", "order", "trades"], order: InFlightOrder, call: RequestCall
    ) -> None:
        sent = self._sent(call).parameters
        for name, expected in self.wire.expected_parameters(endpoint, order).items():
            value = Decimal(sent[name]) if isinstance(expected, Decimal) else str(sent[name])
            assert expected == value, f"{name} of {endpoint}"

    def validate_order_creation_request(self, order: InFlightOrder, request_call: RequestCall) -> None:
        self._validate("create", order, request_call)

    def validate_order_cancelation_request(self, order: InFlightOrder, request_call: RequestCall) -> None:
        self._validate("cancel", order, request_call)

    def validate_order_status_request(self, order: InFlightOrder, request_call: RequestCall) -> None:
        self._validate("order", order, request_call)

    def validate_trades_request(self, order: InFlightOrder, request_call: RequestCall) -> None:
        self._validate("trades", order, request_call)

    # --- answers

    def _answer(
        self, mock_api: aioresponses, endpoint: Endpoint, body: Any = "", *, status: int = 200, callback: Callback
    ) -> str:
        method, url = self.wire.endpoints[endpoint]
        text = body if isinstance(body, str) else json.dumps(body)
        known, has_id, _ = url.partition("{id}")
        address = re.escape(known) + ("[^/?]+" if has_id else "")
        mock_api.add(re.compile(rf"^{address}(\?|$)"), method, body=text, status=status, callback=callback)
        return known

    def _configure_balance_response(
        self, response: Mapping[str, Any], mock_api: aioresponses, callback: Callback = _ignore
    ) -> str:
        return self._answer(mock_api, "balance", response, callback=callback)

    def configure_successful_cancelation_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Callback = _ignore
    ) -> str:
        return self._answer(mock_api, "cancel", self.wire.canceled(order), callback=callback)

    def configure_erroneous_cancelation_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Callback = _ignore
    ) -> str:
        return self._answer(mock_api, "cancel", status=400, callback=callback)

    def configure_order_not_found_error_cancelation_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Callback = _ignore
    ) -> str:
        status, body = self.wire.unknown_order("cancel")
        return self._answer(mock_api, "cancel", body, status=status, callback=callback)

    def configure_one_successful_one_erroneous_cancel_all_response(
        self, successful_order: InFlightOrder, erroneous_order: InFlightOrder, mock_api: aioresponses
    ) -> list[str]:
        return [
            self.configure_successful_cancelation_response(successful_order, mock_api),
            self.configure_erroneous_cancelation_response(erroneous_order, mock_api),
        ]

    def _configure_status(
        self, order: InFlightOrder, status: Status, filled: Decimal, mock_api: aioresponses, callback: Callback
    ) -> str:
        return self._answer(mock_api, "order", self.wire.order(order, status, filled), callback=callback)

    def configure_completely_filled_order_status_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Callback = _ignore
    ) -> str:
        return self._configure_status(order, "filled", order.amount, mock_api, callback)

    def configure_canceled_order_status_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Callback = _ignore
    ) -> str:
        return self._configure_status(order, "canceled", Decimal(0), mock_api, callback)

    def configure_open_order_status_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Callback = _ignore
    ) -> str:
        return self._configure_status(order, "open", Decimal(0), mock_api, callback)

    def configure_partially_filled_order_status_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Callback = _ignore
    ) -> str:
        return self._configure_status(order, "partly filled", self.expected_partial_fill_amount, mock_api, callback)

    def configure_http_error_order_status_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Callback = _ignore
    ) -> str:
        """Only the venue's word that it does not know the order counts as "not found" (design.md, decision 4).

        `test_an_outage_is_not_counted_as_order_not_found` shows that an HTTP error does not.
        """
        return self.configure_order_not_found_error_order_status_response(order, mock_api, callback)[0]

    def configure_order_not_found_error_order_status_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Callback = _ignore
    ) -> list[str]:
        status, body = self.wire.unknown_order("order")
        return [self._answer(mock_api, "order", body, status=status, callback=callback)]

    def _fill(self, price: Decimal, amount: Decimal) -> Fill:
        fee = self.expected_fill_fee.flat_fees[0]
        return Fill(self.expected_fill_trade_id, price, amount, fee.amount, fee.token)

    def configure_partial_fill_trade_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Callback = _ignore
    ) -> str:
        fill = self._fill(self.expected_partial_fill_price, self.expected_partial_fill_amount)
        return self._answer(mock_api, "trades", self.wire.trades(order, [fill]), callback=callback)

    def configure_full_fill_trade_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Callback = _ignore
    ) -> str:
        fill = self._fill(order.price, order.amount)
        return self._answer(mock_api, "trades", self.wire.trades(order, [fill]), callback=callback)

    def configure_erroneous_http_fill_trade_response(
        self, order: InFlightOrder, mock_api: aioresponses, callback: Callback = _ignore
    ) -> str:
        return self._answer(mock_api, "trades", status=400, callback=callback)

    # --- the user stream

    def _order_event(self, messages: list[Any], kind: str) -> UserEvent:
        events = [event for event in self.streamed(messages) if event.kind == kind]
        assert len(events) == 1, f"events of kind {kind}"
        return events[0]

    def order_event_for_new_order_websocket_update(self, order: InFlightOrder) -> UserEvent:
        return self._order_event(self.wire.order_messages(order, "open"), "order")

    def order_event_for_canceled_order_websocket_update(self, order: InFlightOrder) -> UserEvent:
        return self._order_event(self.wire.order_messages(order, "canceled"), "order")

    def order_event_for_full_fill_websocket_update(self, order: InFlightOrder) -> UserEvent:
        return self._full_fill_events(order)["order"]

    def trade_event_for_full_fill_websocket_update(self, order: InFlightOrder) -> UserEvent | None:
        return self._full_fill_events(order).get("fill")

    def _full_fill_events(self, order: InFlightOrder) -> dict[str, UserEvent]:
        """Both events at once: on some venues one message says the fill and the order's new state."""
        if self._full_fill is None:
            fill = self._fill(order.price, order.amount)
            events = self.streamed(self.wire.order_messages(order, "filled", fill))
            kinds = ["fill", "order"] if self.wire.streams_fills else ["order"]
            assert sorted(event.kind for event in events) == kinds
            self._full_fill = {event.kind: event for event in events}
        return self._full_fill

    # --- beyond the suite, for every wire

    @aioresponses()
    async def test_an_outage_is_not_counted_as_order_not_found(self, mock_api: aioresponses) -> None:
        """The other half of `test_update_order_status_when_request_fails_marks_order_as_not_found`."""
        self.exchange._set_current_timestamp(1640780000)
        self.exchange.start_tracking_order(
            order_id=self.client_order_id_prefix + "1",
            exchange_order_id=str(self.expected_exchange_order_id),
            trading_pair=self.trading_pair,
            order_type=OrderType.LIMIT,
            trade_type=TradeType.BUY,
            price=Decimal(10000),
            amount=Decimal(1),
        )
        order = self.exchange.in_flight_orders[self.client_order_id_prefix + "1"]
        self._answer(mock_api, "trades", self.wire.trades(order, []), callback=_ignore)
        self._answer(mock_api, "order", status=500, callback=_ignore)

        await self.exchange._update_order_status()

        assert len(self._all_executed_requests(mock_api, self._url("order").partition("{id}")[0])) == 1
        assert order.is_open
        assert self.exchange._order_tracker._order_not_found_records.get(order.client_order_id, 0) == 0
