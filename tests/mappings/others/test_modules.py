"""Every module of this group: it loads, it cites, and it holds nothing that is so without it."""

import ast
import dataclasses
import inspect
import re
import textwrap
from pathlib import Path

import hummingbot_ccxt.mappings
import pytest
from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt import registry
from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange.client_order_ids import new_client_order_id
from hummingbot_ccxt.mapping import ExchangeMapping, load_mapping
from hummingbot_ccxt.translate.orders import order_state
from hummingbot_ccxt.venue.venue import WATCHED

VENUES = [
    "alpaca",
    "aster",
    "bequant",
    "bit2c",
    "bitbank",
    "bitfinex",
    "bitflyer",
    "bithumb",
    "bitopro",
    "bitso",
    "bitvavo",
    "blockchaincom",
    "btse",
    "bybitid",
    "cex",
    "coinbaseexchange",
    "coincheck",
    "coinmate",
    "coinone",
    "coinspot",
    "cryptocom",
    "cryptomus",
    "delta",
    "digifinex",
    "fmfwio",
    "hashkey",
    "hitbtc",
    "hollaex",
    "independentreserve",
    "indodax",
    "lbank",
    "luno",
    "mercado",
    "nado",
    "onetrading",
    "p2b",
    "paymium",
    "phemex",
    "poloniex",
    "toobit",
    "upbit",
    "weex",
    "whitebit",
    "woo",
    "xt",
    "zaif",
    "zebpay",
]
MAPPINGS = {exchange: load_mapping(exchange) for exchange in VENUES}
FOLDER = Path(hummingbot_ccxt.mappings.__path__[0])

STATUS_PARSERS = ("parse_order_status", "parse_ws_order_status", "parse_order_state", "parse_status")
STATUS_FIELDS = {
    "blockchaincom": "ordStatus",
    "bithumb": "state",
    "luno": "state",
    "phemex": "ordStatus",
    "poloniex": "state",
    "upbit": "state",
    "xt": "state",
}
"""Where in an order's `info` the raw status stands, where that is not "status"; bitfinex's `info` is a list."""


def set_fields(mapping):
    """The fields that the mapping sets, by name; those that equal the schema's defaults are none of them."""
    default = ExchangeMapping()
    names = [field.name for field in dataclasses.fields(mapping) if field.name != "exchange"]
    return {name: getattr(mapping, name) for name in names if getattr(mapping, name) != getattr(default, name)}


def table_of(method):
    """The raw statuses in the dictionary that a status parser of ccxt looks them up in."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
    tables = [node for node in ast.walk(tree) if isinstance(node, ast.Dict) and node.keys]
    return [ast.literal_eval(key) for table in tables for key in table.keys if key is not None]


def raw_statuses(client):
    """(parser's name, raw status) for every status that the exchange's class, REST and streams, has a word for."""
    for name in STATUS_PARSERS:
        owner = next((cls for cls in type(client).__mro__ if name in vars(cls)), None)
        if owner is not None and ".base." not in owner.__module__:
            for raw in table_of(vars(owner)[name]):
                yield name, raw


def order_with(exchange, raw, unified):
    """An order structure as ccxt makes it of this raw status."""
    info = [raw] if exchange == "bitfinex" else {STATUS_FIELDS.get(exchange, "status"): raw}
    return {"status": unified, "info": info}


@pytest.mark.parametrize("exchange", VENUES)
def test_it_is_for_an_exchange_that_can_be_traded(exchange):
    assert MAPPINGS[exchange].exchange == exchange
    assert exchange in registry.exchanges()


@pytest.mark.parametrize("exchange", VENUES)
def test_it_says_something_and_is_short(exchange):
    assert set_fields(MAPPINGS[exchange])
    assert len((FOLDER / f"{exchange}.py").read_text(encoding="utf-8").splitlines()) < 40


@pytest.mark.parametrize("exchange", VENUES)
def test_it_says_where_each_quirk_is_known_from(exchange):
    text = (FOLDER / f"{exchange}.py").read_text(encoding="utf-8")
    assert re.search(r'"docs" is|"ccxt" is ccxt 4\.5\.90|4\.5\.90, ', text)
    if "dataclasses.replace" not in text:
        assert re.search(r"ccxt :\d|\(:\d|docs \S|pro :\d|\.java", text)


@pytest.mark.parametrize("exchange", VENUES)
def test_every_raw_status_that_ccxt_knows_has_a_state(client_of, exchange):
    client, mapping = client_of(exchange), MAPPINGS[exchange]
    unknown = {
        (parser, raw)
        for parser, raw in raw_statuses(client)
        if order_state(order_with(exchange, raw, getattr(client, parser)(raw)), mapping) is None
    }
    if exchange == "bitfinex":  # see test_a_status_of_an_order_whose_info_is_a_list
        unknown = {(parser, raw) for parser, raw in unknown if raw not in mapping.order_states}
    assert unknown == set()


@pytest.mark.parametrize(
    ("exchange", "raw"), [(e, raw) for e in VENUES if e != "bitfinex" for raw in MAPPINGS[e].order_states]
)
def test_a_mapped_status_takes_effect_and_is_not_what_ccxt_makes_of_it(client_of, exchange, raw):
    client, mapping = client_of(exchange), MAPPINGS[exchange]
    order = order_with(exchange, raw, client.parse_order_status(raw))
    assert order_state(order, mapping) is mapping.order_states[raw]
    parsers = [name for name in STATUS_PARSERS if hasattr(client, name)]
    made = {order_state(order_with(exchange, raw, getattr(client, name)(raw))) for name in parsers}
    assert made != {mapping.order_states[raw]}


@pytest.mark.parametrize("raw", MAPPINGS["bitfinex"].order_states)
def test_a_status_of_an_order_whose_info_is_a_list(client_of, raw):
    client, mapping = client_of("bitfinex"), MAPPINGS["bitfinex"]
    streamed = order_with("bitfinex", raw, client.parse_ws_order_status(raw))
    assert order_state(streamed, mapping) is mapping.order_states[raw]


@pytest.mark.parametrize("exchange", VENUES)
def test_no_field_equals_what_is_derived_without_it(client_of, exchange):
    client, mapping = client_of(exchange), MAPPINGS[exchange]
    for name, value in mapping.has.items():
        assert (name in registry.get(exchange).has) is not value, name
    for kind in mapping.polled:
        assert any(client.has.get(camel(method)) for method in WATCHED[kind] if method), kind
    for name, value in mapping.options.items():
        own = client.options.get(name)
        assert own != value, name
        if isinstance(value, dict) and isinstance(own, dict):
            assert not any(own.get(key) == each for key, each in value.items()), name
    assert mapping.client_order_id.max_length != constants.MAX_ORDER_ID_LEN
    assert mapping.heartbeat_s is None or mapping.heartbeat_s * 1000 < client.streaming["keepAlive"]
    assert mapping.post_only != {"postOnly": True}
    reports_trades = any(client.has.get(name) for name in ("watchMyTrades", "fetchMyTrades", "fetchOrderTrades"))
    assert mapping.fills_from is None or (mapping.fills_from == "order") is reports_trades


def camel(method):
    head, *rest = method.split("_")
    return head + "".join(part.capitalize() for part in rest)


@pytest.mark.parametrize("exchange", VENUES)
def test_client_order_ids_obey_its_rules(exchange):
    rules = MAPPINGS[exchange].client_order_id
    longest = rules.max_length or constants.MAX_ORDER_ID_LEN
    for is_buy in (True, False):
        made = new_client_order_id(
            is_buy=is_buy,
            trading_pair="ETH-USDT",
            prefix=rules.prefix or constants.HBOT_ORDER_ID_PREFIX,
            max_length=longest,
            pattern=rules.pattern,
        )
        assert len(made) <= longest
        assert re.fullmatch(rules.pattern or ".+", made)


def test_a_number_as_a_client_order_id_stays_exact_in_any_parser():
    longest = MAPPINGS["bitfinex"].client_order_id.max_length
    assert int(float("9" * longest)) == int("9" * longest)


def test_short_client_order_ids_do_not_repeat():
    rules = MAPPINGS["bitfinex"].client_order_id
    made = [
        new_client_order_id(
            is_buy=True,
            trading_pair="ETH-USDT",
            prefix=constants.HBOT_ORDER_ID_PREFIX,
            max_length=rules.max_length,
            pattern=rules.pattern,
        )
        for _ in range(3000)
    ]
    assert len(set(made)) == len(made)


def test_an_order_that_luno_ended_is_ended_here():
    ended = {"status": "COMPLETE", "info": {"state": "COMPLETE"}, "filled": 0.5, "amount": 1.0}
    assert order_state(ended, MAPPINGS["luno"]) is OrderState.CANCELED
