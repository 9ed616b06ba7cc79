"""Every module of the venues with a native connector, and of their siblings: it loads, and holds quirks only."""

import ast
import re
from pathlib import Path

import hummingbot_ccxt.mappings
import pytest

from hummingbot_ccxt import registry
from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange.client_order_ids import new_client_order_id
from hummingbot_ccxt.mapping import ExchangeMapping, Fees, load_mapping
from hummingbot_ccxt.translate.orders import order_state

from .clients import SIBLINGS, VENUES, offline_client, raw_statuses
from .defaults import repeated_defaults

MAPPINGS = {exchange: load_mapping(exchange) for exchange in (*VENUES, "binance")}
FOLDER = Path(hummingbot_ccxt.mappings.__path__[0])

# In ccxt's table, and never the status of an order of ours.
NOT_OURS = {
    ("binanceus", "S"),  # of contracts
    ("coinbase", "UNKNOWN_ORDER_STATUS"),  # says what it says: the order stays as it is
}


@pytest.mark.parametrize("exchange", VENUES)
def test_a_module_is_the_mapping_of_its_exchange(exchange):
    assert MAPPINGS[exchange].exchange == exchange


def test_every_native_spot_connector_with_a_ccxt_id_is_mapped():
    native = {info.id for info in registry.exchanges().values() if info.native}
    assert native - {"bitmart", "dexalot"} <= {*VENUES, "binance"} | {"cryptocom", "ascendex"}


@pytest.mark.parametrize("exchange", VENUES)
def test_it_repeats_no_default(exchange):
    assert repeated_defaults(MAPPINGS[exchange], offline_client(exchange)) == []


def test_a_repeated_default_is_found():
    options = {"watchOrderBook": {"snapshotDelay": 0, "snapshotMaxRetries": 4}}
    mapping = ExchangeMapping(exchange="kucoin", options=options, has={"fetchOrder": True}, fees=Fees(charged=None))
    assert repeated_defaults(mapping, offline_client("kucoin")) == [
        "options.watchOrderBook.snapshotDelay = 0",
        "has.fetchOrder = True",
    ]
    assert repeated_defaults(ExchangeMapping(exchange="kucoin"), offline_client("kucoin")) == ["says nothing"]


@pytest.mark.parametrize("exchange", VENUES)
def test_it_says_where_it_knows_its_quirks_from(exchange):
    text = (FOLDER / f"{exchange}.py").read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(text)) or ""
    assert "ccxt 4.5.90" in doc
    assert len(text.splitlines()) < 50
    if exchange not in SIBLINGS:
        assert re.search(r":\d{3}|native \w+\.py|docs [#\w]", text)


@pytest.mark.parametrize(("sibling", "elder"), SIBLINGS.items())
def test_a_sibling_is_derived_from_its_elder(sibling, elder):
    text = (FOLDER / f"{sibling}.py").read_text(encoding="utf-8")
    assert f"from hummingbot_ccxt.mappings.{elder} import MAPPING" in text
    assert MAPPINGS[sibling].errors == MAPPINGS[elder].errors
    assert MAPPINGS[sibling].order_states == MAPPINGS[elder].order_states
    assert MAPPINGS[sibling].client_order_id == MAPPINGS[elder].client_order_id


@pytest.mark.parametrize("exchange", VENUES)
def test_every_raw_status_that_ccxt_knows_has_a_state(exchange):
    mapping = MAPPINGS[exchange]
    stateless = {
        (exchange, raw)
        for raw, unified in raw_statuses(exchange)
        if order_state({"status": unified, "info": dict.fromkeys(mapping.order_status_field, raw)}, mapping) is None
    }
    assert stateless == {each for each in NOT_OURS if each[0] == exchange}


@pytest.mark.parametrize(("exchange", "raw"), [(e, raw) for e in VENUES for raw in MAPPINGS[e].order_states])
def test_a_mapped_status_wins_and_is_not_what_ccxt_makes_of_it(exchange, raw):
    mapping, client = MAPPINGS[exchange], offline_client(exchange)
    parsers = [getattr(client, n) for n in ("parse_order_status", "parse_ws_order_status") if hasattr(client, n)]
    for field in mapping.order_status_field:
        assert order_state({"status": None, "info": {field: raw}}, mapping) is mapping.order_states[raw]
    assert any(order_state({"status": parse(raw)}) is not mapping.order_states[raw] for parse in parsers)


@pytest.mark.parametrize("exchange", VENUES)
@pytest.mark.parametrize("is_buy", [True, False], ids=["buy", "sell"])
def test_client_order_ids_obey_the_venues_rules(exchange, is_buy):
    rules = MAPPINGS[exchange].client_order_id
    longest = rules.max_length or constants.MAX_ORDER_ID_LEN
    made = new_client_order_id(
        is_buy=is_buy,
        trading_pair="ETH-USDT",
        prefix=rules.prefix or constants.HBOT_ORDER_ID_PREFIX,
        max_length=longest,
        pattern=rules.pattern,
    )
    assert len(made) <= longest
    assert re.fullmatch(rules.pattern or "[A-Za-z0-9]+", made)


@pytest.mark.parametrize("exchange", ["gate", "foxbit", "backpack", "lighter"])
def test_short_client_order_ids_do_not_repeat(exchange):
    rules = MAPPINGS[exchange].client_order_id
    made = [
        new_client_order_id(
            is_buy=True,
            trading_pair="ETH-USDT",
            prefix=rules.prefix or constants.HBOT_ORDER_ID_PREFIX,
            max_length=rules.max_length,
            pattern=rules.pattern,
        )
        for _ in range(8000)
    ]
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("exchange", ["backpack", "lighter", "ndax"])
def test_an_id_that_must_be_a_number_passes_through_ccxt(exchange):
    rules = MAPPINGS[exchange].client_order_id
    longest = "9" * rules.max_length
    assert re.fullmatch(rules.pattern, longest)
    assert offline_client(exchange).safe_integer({"clientOrderId": longest}, "clientOrderId") == int(longest)
    bits = {"backpack": 32, "lighter": 48, "ndax": 53}[exchange]
    assert int(longest) < 2**bits
