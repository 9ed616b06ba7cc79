"""For each of the 87 exchanges: the connector is built, knows its venue's rules, and understands its statuses."""

import re
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest
from hummingbot.core.data_type.common import OrderType

from hummingbot_ccxt import registry
from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange import ccxt_utils
from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
from hummingbot_ccxt.exchange.client_order_ids import new_client_order_id
from hummingbot_ccxt.mapping import Steps, load_mapping
from hummingbot_ccxt.metadata import REQUIRED_METHODS
from hummingbot_ccxt.translate.markets import trading_pair, trading_rule
from hummingbot_ccxt.translate.orders import order_state
from hummingbot_ccxt.translate.steps import lacks_steps, shown_steps, with_steps
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.loading import exchange_class
from hummingbot_ccxt.venue.venue import Venue

from . import documented, report, samples
from .statuses import raw_statuses

ROWS: dict[str, dict[str, Any]] = {exchange_id: {} for exchange_id in registry.exchanges()}
EXCHANGES = list(ROWS)

NOT_OF_AN_ORDER = {("binance", "S"), ("binanceus", "S")}
"""In ccxt's table of order statuses, but the success of a request."""


@pytest.fixture(scope="module", autouse=True)
def kept() -> Any:
    yield
    report.keep("exchanges", ROWS)


@pytest.mark.parametrize("exchange_id", EXCHANGES)
async def test_the_connector_is_built_and_agrees_with_registry_and_ccxt(exchange_id: str) -> None:
    info, ending = registry.get(exchange_id), ccxt_utils.KEYWORDS
    keys = {f"ccxt_{ending[name]}": f"dummy {name}" for name in info.credentials}
    connector = CcxtExchange(trading_pairs=[info.example_pair], domain=exchange_id, **keys)
    client = connector._venue.client
    try:
        assert connector.name == info.connector
        assert {name for name, needed in client.requiredCredentials.items() if needed} == set(info.credentials)
        assert {name: getattr(client, name) for name in info.credentials} == {n: f"dummy {n}" for n in info.credentials}
        assert all(client.has[method] for method in REQUIRED_METHODS)
        assert any(client.has.get(method) for method in client.has if method.startswith("watch")) == info.pro
        types = connector.supported_order_types()
        assert OrderType.LIMIT in types
        takes_market = load_mapping(exchange_id).has.get("createMarketOrder", "market" in info.order_types)
        assert (OrderType.MARKET in types) == takes_market
        assert connector.client_order_id_max_length >= 8
        for kind in ("book", "trades", "orders", "fills", "balance"):
            assert not connector._venue.streams_kind(kind) or info.pro
    finally:
        await connector._venue.close()
    ROWS[exchange_id]["constructed"] = True


@pytest.mark.parametrize("exchange_id", EXCHANGES)
def test_the_config_map_asks_for_the_credentials_that_ccxt_requires(exchange_id: str) -> None:
    info = registry.get(exchange_id)
    prompts = type(ccxt_utils.OTHER_DOMAINS_KEYS[info.connector]).model_fields
    secret = {name for name, field in prompts.items() if (field.json_schema_extra or {}).get("is_secure")}
    assert secret == {f"{info.connector}_{ccxt_utils.KEYWORDS[name]}" for name in info.credentials}


@pytest.mark.parametrize("exchange_id", EXCHANGES)
async def test_trading_rules_form_from_the_markets_that_ccxt_makes_of_a_documented_answer(exchange_id: str) -> None:
    mapping = load_mapping(exchange_id)
    venue = Venue(
        exchange_id, credentials=Credentials({}), mapping=mapping, settings=ExchangeSettings(), updates=Mock()
    )
    client = venue.client
    client.options.update(samples.OPTIONS.get(exchange_id, {}))
    given = samples.SAMPLES.get(exchange_id)
    try:
        markets = await documented.markets_of(client, given)
    finally:
        await venue.close()
    mode, rules, defects = client.precisionMode, [], []
    shown = shown_steps(samples.BOOKS.get(exchange_id, [])) or Steps()
    for market in markets:
        if mapping.symbols.excludes(market["symbol"]):
            continue
        completed = with_steps(market, mapping.steps_of(market["symbol"]), precision_mode=mode)
        assert lacks_steps(completed) or shown == Steps(), "the book is asked only where nothing else tells"
        completed = with_steps(completed, shown, precision_mode=mode)
        try:
            pair = trading_pair(market, mapping)
            rules.append(trading_rule(completed, trading_pair=pair, precision_mode=mode))
        except BadVenueData as err:
            defects.append(err)
    source = "written by the venue's documentation" if given else "documented in ccxt"
    ROWS[exchange_id]["markets"] = f"{len(rules)} of {len(markets)} {source}" + (", steps shown" * (shown != Steps()))
    assert rules, defects
    for rule in rules:
        assert Decimal(0) < rule.min_price_increment < Decimal(100_000)
        assert Decimal(0) < rule.min_base_amount_increment < Decimal(100_000)


@pytest.mark.parametrize("exchange_id", EXCHANGES)
def test_every_raw_order_status_that_ccxt_knows_is_a_state(exchange_id: str) -> None:
    found = raw_statuses(exchange_class(exchange_id)[0])
    client, mapping = exchange_class(exchange_id)[0](), load_mapping(exchange_id)
    unknown, count = [], 0
    for parser, raws in found.items():
        for raw in raws:
            count += 1
            unified = getattr(client, parser)(raw)
            info = {field: raw for field in mapping.order_status_field if "." not in field}
            if (exchange_id, raw) not in NOT_OF_AN_ORDER and order_state(
                {"status": unified, "info": info}, mapping
            ) is None:
                unknown.append((parser, raw, unified))
    ROWS[exchange_id]["statuses"] = count
    assert unknown == []


def test_nearly_all_classes_have_a_table_of_statuses() -> None:
    without = {each for each in EXCHANGES if not raw_statuses(exchange_class(each)[0])}
    assert without == {"bit2c", "coincheck", "coinspot", "nado", "p2b", "paymium", "zaif", "zebpay"}


@pytest.mark.parametrize("exchange_id", EXCHANGES)
def test_client_order_ids_obey_the_venues_rules_and_do_not_repeat(exchange_id: str) -> None:
    rules, length = load_mapping(exchange_id).client_order_id, constants.MAX_ORDER_ID_LEN
    made = [
        new_client_order_id(
            is_buy=bool(number % 2),
            trading_pair=registry.get(exchange_id).example_pair,
            prefix=rules.prefix or constants.HBOT_ORDER_ID_PREFIX,
            max_length=rules.max_length or length,
            pattern=rules.pattern,
        )
        for number in range(200)
    ]
    assert len(set(made)) == len(made)
    for order_id in made:
        assert len(order_id) <= (rules.max_length or length)
        assert rules.pattern is None or re.fullmatch(rules.pattern, order_id)
        assert order_id.startswith(rules.prefix or "")
