"""The schema of a mapping: what it holds, what it refuses, and where mappings are found."""

import copy
import importlib.metadata
import os
import pickle
import sys
import types
from decimal import Decimal

import pytest
from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt import mapping as module
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.mapping import (
    BadMapping,
    BookChecksum,
    BookSequence,
    ClientOrderId,
    ExchangeMapping,
    Fees,
    OrderDeadline,
    OrderPages,
    Steps,
    SymbolRules,
    is_usable_token,
    load_mapping,
)
from hummingbot_ccxt.mapping_checks import OUTCOMES
from hummingbot_ccxt.venue.outcomes import Outcome

FULL = {
    "exchange": "okx",
    "order_states": {"mmp_canceled": OrderState.CANCELED},
    "order_status_field": ("state",),
    "trade_id_field": ("tradeId",),
    "maker_field": ("isMaker",),
    "signed_amounts": True,
    "order_fields": {"filled": ("z",)},
    "trade_fields": {"price": ("L",), "fee.cost": ("-fillFee",)},
    "fee_list": ("fees", "asset", "qty"),
    "ignored_fields": ("availableToWithdraw",),
    "asked_once": ("is_unified_enabled",),
    "split_frames": (("channel", "executions", "data"),),
    "fees": Fees(maker=Decimal("0.0008"), taker=Decimal("0.001"), charged="deducted_from_returns"),
    "symbols": SymbolRules(aliases={"XBT": "BTC"}, excluded=frozenset({"A/B"}), excluded_pattern=r".*/KRW"),
    "steps": {"BTC/JPY": Steps(price=Decimal(1)), "*/JPY": Steps(), "*": Steps(amount=Decimal("0.1"))},
    "client_order_id": ClientOrderId(max_length=32, pattern="[A-Za-z0-9]+", prefix="hb", sent=False),
    "heartbeat_s": 20,
    "stale_after_s": 45.5,
    "order_settle_s": 10,
    "order_deadline": OrderDeadline(after_s=8, header="X-Expires", iso8601=True),
    "market_buy": "cost",
    "strictly_increasing_nonce": True,
    "burst_s": 15,
    "fills_from": "order",
    "trusts_terminal_filled": True,
    "trades_before": {"lastId": "id"},
    "trades_of_order": "order_id",
    "trades_of_all_symbols": True,
    "lists_first": True,
    "closed_pages": OrderPages(since="start", offset="ofs", size=50),
    "book_from": "snapshots",
    "polled": frozenset({"balance"}),
    "topics_per_request": 10,
    "book_sequence": BookSequence(holder="data", of="s", first="U", last="u", whole=("full", True)),
    "book_checksum": BookChecksum(
        holder="data", of="symbol", field="c", levels=10, price_decimals="pair", amount_decimals=8
    ),
    "verify_book_s": 60,
    "depth": 20,
    "depth_limits": (5, 20),
    "cancel_params": {"side": "side", "is_ask": "is_sell"},
    "batch_cancel": False,
    "has": {"cancelOrders": False},
    "options": {"fetchMarkets": {"types": ["spot"]}, "n": 1.5, "off": None},
    "params": {"createOrder": {"tdMode": "cash"}},
    "post_only": {"ordType": "post_only"},
    "needs": {"createOrder.accountId": "the sub-account"},
    "testnet": False,
    "clock_skew": ("REQUEST_EXPIRED",),
    "refused_credentials": ("Invalid signature",),
    "too_many_requests": ("Rate limit",),
    "retry_after": {"X-Reset": "at_ms"},
    "ended_sessions": {"Invalid session": "authenticated"},
    "errors": (("51603", "gone"), ("no such order", "refused")),
}


def test_every_field_is_optional():
    assert ExchangeMapping() == ExchangeMapping(exchange=None)


def test_a_full_mapping_holds_what_it_was_given():
    mapping = ExchangeMapping(**FULL)
    assert {name: getattr(mapping, name) for name in FULL} == FULL
    assert FULL.keys() == {field.name for field in module.dataclasses.fields(ExchangeMapping)}


def test_every_field_is_checked():
    for kind in (ExchangeMapping, Fees, SymbolRules, Steps, ClientOrderId):
        assert kind()._checks().keys() == {field.name for field in module.dataclasses.fields(kind)}
    for name in ("book_sequence", "book_checksum", "order_deadline"):
        whole = FULL[name]
        assert whole._checks().keys() == {field.name for field in module.dataclasses.fields(whole)}


class Nonsense:
    """A value that no field takes."""


BAD = [
    ("exchange", ["OKX", "", 5, "../x", "a.b"]),
    ("order_states", [[], {"x": "OPEN"}, {"x": 1}, {1: OrderState.OPEN}, {"": OrderState.OPEN}]),
    ("order_status_field", ["X", [1], ("",), {"X"}]),
    ("trade_id_field", ["tradeId", (None,)]),
    ("maker_field", ["isMaker", (1,)]),
    ("signed_amounts", [1, "yes", None]),
    ("order_fields", ["z", {"filled": "z"}, {"filled": ()}, {"status": ("z",)}, {"filled": (1,)}]),
    ("trade_fields", [("L",), {"id": ("t",)}, {"price": ("",)}, {"fee": ("n",)}]),
    ("fee_list", ["fees", ("fees",), ("fees", "asset", ""), {}]),
    ("ignored_fields", ["availableToWithdraw", ("",), {"a": 1}]),
    ("asked_once", ["is_unified_enabled", ("",), {"a": 1}]),
    (
        "split_frames",
        ["data", ("channel", "executions", "data"), (("channel", "data"),), (("channel", "", "data"),), {}],
    ),
    ("fees", [{}, (Decimal(0), Decimal(0))]),
    ("symbols", [{"XBT": "BTC"}]),
    ("steps", [Steps(), {"BTC-JPY": Steps()}, {"BTC/": Steps()}, {"*": {"price": 1}}, {1: Steps()}]),
    ("client_order_id", [36]),
    ("heartbeat_s", [0, -1, "20", True, float("nan"), float("inf")]),
    ("stale_after_s", [0, "1"]),
    ("order_settle_s", [-5, False]),
    ("order_deadline", [8, {"after_s": 8, "header": "X-Expires"}]),
    ("market_buy", ["quote", 1, True]),
    ("strictly_increasing_nonce", [None, 1, "yes"]),
    ("burst_s", [0, "15", True]),
    ("fills_from", ["fills", 0]),
    ("trusts_terminal_filled", [None, 0]),
    ("trades_before", ["lastId", {"lastId": 1}]),
    ("trades_of_order", ["", 1]),
    ("trades_of_all_symbols", [None, 0]),
    ("lists_first", [None, 1]),
    ("closed_pages", [{"since": "start"}, "start"]),
    ("book_from", ["stream", 1]),
    ("polled", ["book", {"books"}, {"book": 1}, [1]]),
    ("topics_per_request", [0, "10", True]),
    ("book_sequence", [{"first": "U"}, "u"]),
    ("book_checksum", [{"field": "c"}, "c"]),
    ("verify_book_s", [0, "60", True]),
    ("depth", [0, 1.5, True, "20"]),
    ("depth_limits", [5, (20, 5), (5, 5), (0,), (1.5,), (True,), ("5",)]),
    ("cancel_params", ["side", {"side": "buy"}, {"side": None}, {1: "side"}]),
    ("batch_cancel", [0, "no"]),
    ("has", [[], {"cancelOrders": "emulated"}, {1: True}]),
    ("options", [[], {1: 2}, {"a": object}, {"a": {"b": {1, 2}}}, {"a": lambda: None}]),
    (
        "params",
        [{"createOrder": []}, {"create_order": {}}, {"createorder": {}}, {"": {}}, {"createOrder": {"a": b"x"}}],
    ),
    ("post_only", [True, {"a": object()}, {1: 1}]),
    ("needs", ["accountId", {"accountId": ""}, {"accountId": 1}]),
    ("testnet", ["no", 0, []]),
    ("clock_skew", ["REQUEST_EXPIRED", ("",), (304,)]),
    ("refused_credentials", ["Invalid signature", ("",), (401,)]),
    ("too_many_requests", ["Rate limit", ("",), (429,)]),
    ("retry_after", ["X-Reset", {"X-Reset": "minutes"}, {"": "s"}, {"X-Reset": 1}]),
    ("ended_sessions", ["Invalid session", {"Invalid session": ""}, {"": "authenticated"}, {"a": 1}]),
    (
        "errors",
        ["gone", (("-2013", "GONE"),), (("", "gone"),), ("ab",), (("-2013",),), ((-2013, "gone"),), {"a": "gone"}],
    ),
]


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in BAD for value in [*values, Nonsense()]],
    ids=lambda v: str(v)[:20],
)
def test_a_wrong_value_is_refused_naming_the_field_and_what_is_allowed(name, value):
    with pytest.raises(BadMapping) as caught:
        ExchangeMapping(**{name: value})
    assert caught.value.field.startswith(f"ExchangeMapping.{name}")
    assert caught.value.allowed
    assert caught.value.field in str(caught.value)
    assert caught.value.allowed in str(caught.value)


def test_every_field_is_among_the_wrong_ones():
    assert {name for name, _ in BAD} == FULL.keys()


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (Fees, "maker", 0.001), (Fees, "maker", "0.001"), (Fees, "taker", Decimal(1)), (Fees, "taker", Decimal("NaN")),
        (Fees, "charged", "quote"), (Fees, "percent_fee_token", ""), (Fees, "percent_fee_token", 5),
        (SymbolRules, "aliases", {"XBT": "B-TC"}), (SymbolRules, "aliases", {"XBT": ""}), (SymbolRules, "aliases", []),
        (SymbolRules, "excluded", "A/B"), (SymbolRules, "excluded", {""}), (SymbolRules, "excluded_pattern", "("),
        (SymbolRules, "excluded_pattern", ""), (ClientOrderId, "max_length", 7), (ClientOrderId, "max_length", 256),
        (ClientOrderId, "max_length", 36.0), (ClientOrderId, "pattern", "["), (ClientOrderId, "prefix", ""),
        (ClientOrderId, "param", ""), (ClientOrderId, "param", 5), (ClientOrderId, "sent", None),
        (Steps, "price", 1), (Steps, "price", Decimal(0)), (Steps, "amount", "0.1"), (Steps, "amount", Decimal("-1")),
        (Steps, "min_amount", Decimal("NaN")), (Steps, "min_cost", 0.5),
    ],
)  # fmt: skip
def test_a_wrong_value_of_a_part_is_refused_by_name(kind, name, value):
    with pytest.raises(BadMapping) as caught:
        kind(**{name: value})
    assert caught.value.field.startswith(f"{kind.__name__}.{name}")


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("book_sequence", "holder", ""), ("book_sequence", "of", 5), ("book_sequence", "first", None),
        ("book_sequence", "last", ["u"]), ("book_sequence", "whole", "full"), ("book_sequence", "whole", ("full",)),
        ("book_sequence", "whole", ("", True)), ("book_checksum", "field", ""), ("book_checksum", "levels", 0),
        ("book_checksum", "price_decimals", 8), ("book_checksum", "amount_decimals", "lot"),
        ("order_deadline", "after_s", 0), ("order_deadline", "header", ""), ("order_deadline", "param", 5),
        ("order_deadline", "iso8601", "yes"),
    ],
)  # fmt: skip
def test_a_wrong_value_in_a_rule_is_refused_by_name(part, name, value):
    with pytest.raises(BadMapping) as caught:
        module.dataclasses.replace(FULL[part], **{name: value})
    assert caught.value.field == f"{type(FULL[part]).__name__}.{name}"


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(
            lambda: Fees(charged="deducted_from_returns", percent_fee_token="BNB"), id="a third token that is deducted"
        ),
        pytest.param(lambda: ClientOrderId(max_length=16, prefix="x" * 9), id="a prefix that leaves no room"),
        pytest.param(lambda: ExchangeMapping(heartbeat_s=30, stale_after_s=30), id="stale before the next ping"),
        pytest.param(lambda: OrderDeadline(after_s=8), id="a deadline that is not told"),
        pytest.param(lambda: OrderDeadline(after_s=8, header="X", param="x"), id="a deadline that is told twice"),
        pytest.param(
            lambda: ExchangeMapping(order_settle_s=8, order_deadline=OrderDeadline(after_s=8, param="x")),
            id="a deadline after the last look",
        ),
    ],
)
def test_values_that_contradict_each_other_are_refused(build):
    with pytest.raises(BadMapping):
        build()


def test_hummingbot_does_refuse_a_third_token_that_is_deducted():
    from hummingbot.core.data_type.trade_fee import TradeFeeSchema

    with pytest.raises(AssertionError):
        TradeFeeSchema(percent_fee_token="BNB", buy_percent_fee_deducted_from_returns=True)


def test_an_order_is_looked_for_until_after_its_deadline():
    deadline = OrderDeadline(after_s=10, header="X-Expires")
    assert ExchangeMapping(order_deadline=deadline).settle_s == 12
    assert ExchangeMapping(order_deadline=deadline, order_settle_s=11).settle_s == 11
    assert ExchangeMapping().settle_s is None


def test_an_unknown_field_is_refused_with_the_nearest_one():
    with pytest.raises(BadMapping, match=r"ExchangeMapping\.heartbeat is 20; allowed: did you mean heartbeat_s\?"):
        ExchangeMapping(heartbeat=20)


def test_a_value_without_a_name_is_refused():
    with pytest.raises(BadMapping, match="fields by name only"):
        ExchangeMapping("okx")


def test_the_outcomes_are_those_of_the_connector():
    assert set(OUTCOMES) == {outcome.value for outcome in Outcome}


@pytest.mark.parametrize(
    ("symbol", "price"),
    [
        pytest.param("BTC/JPY", Decimal(1), id="by its symbol"),
        pytest.param("ETH/JPY", Decimal(2), id="by its quote"),
        pytest.param("ETH/BTC", None, id="by no name of its own"),
    ],
)
def test_the_steps_of_a_market_are_those_of_its_nearest_name(symbol, price):
    steps = {"*": Steps(amount=Decimal("0.1")), "*/JPY": Steps(price=Decimal(2)), "BTC/JPY": Steps(price=Decimal(1))}
    assert ExchangeMapping(steps=steps).steps_of(symbol).price == price
    assert ExchangeMapping().steps_of(symbol) == Steps()


def test_a_mapping_does_not_change_with_what_it_was_made_of():
    options, states = {"a": {"b": [1]}}, {"x": OrderState.OPEN}
    mapping = ExchangeMapping(options=options, order_states=states)
    options["a"]["b"].append(2)
    states["y"] = OrderState.FILLED
    assert mapping.options == {"a": {"b": [1]}}
    assert mapping.order_states == {"x": OrderState.OPEN}


def test_a_mapping_cannot_be_changed():
    with pytest.raises(module.dataclasses.FrozenInstanceError):
        ExchangeMapping().heartbeat_s = 5


def test_a_mapping_can_be_copied_replaced_and_pickled():
    mapping = ExchangeMapping(**FULL)
    assert copy.deepcopy(mapping) == pickle.loads(pickle.dumps(mapping)) == mapping
    assert module.dataclasses.replace(mapping, heartbeat_s=5).heartbeat_s == 5


def test_the_error_is_ours_and_survives_pickling():
    error = BadMapping("Fees.maker", 1, "a Decimal", module="m")
    assert isinstance(error, HummingbotCcxtError)
    assert str(pickle.loads(pickle.dumps(error))) == str(error) == "m: Fees.maker is 1; allowed: a Decimal"


@pytest.mark.parametrize("token", ["BTC", "1INCH", "USDT.E", "$DOGE", "币安"])
def test_a_token_that_can_stand_in_a_trading_pair(token):
    assert is_usable_token(token)


@pytest.mark.parametrize("token", ["A-B", "A/B", "A B", "A:B", "A\n", "", None, 5, "A\u200b", "X" * 51])
def test_a_token_that_cannot_stand_in_a_trading_pair(token):
    assert not is_usable_token(token)


# --- where mappings are found ---


@pytest.fixture
def folder(tmp_path):
    """Return a writer of a user's own mapping, and its folder."""
    folder = tmp_path / "mappings"
    folder.mkdir(mode=0o700)

    def write(exchange_id, text):
        (folder / f"{exchange_id}.py").write_text(text)
        (folder / f"{exchange_id}.py").chmod(0o600)

    return types.SimpleNamespace(path=folder, write=write)


HEAD = "from hummingbot_ccxt.mapping import *\n"


def test_an_exchange_that_nobody_mapped_has_an_empty_mapping():
    assert load_mapping("nobody_mapped_this") == ExchangeMapping(exchange="nobody_mapped_this")


def test_our_own_mapping_is_found():
    assert load_mapping("binance").client_order_id.max_length == 36


def test_the_users_folder_wins(folder):
    folder.write("binance", HEAD + "MAPPING = ExchangeMapping(heartbeat_s=7)")
    assert load_mapping("binance", folder.path) == ExchangeMapping(exchange="binance", heartbeat_s=7)
    assert load_mapping("binance").heartbeat_s == 20


@pytest.mark.parametrize("place", ["a folder without a mapping", "no such folder"])
def test_a_folder_without_a_mapping_leaves_ours(folder, place):
    path = folder.path if place == "a folder without a mapping" else folder.path / "none"
    assert load_mapping("binance", path) == load_mapping("binance")


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_users_mapping_that_everybody_may_write_is_refused(folder, what):
    folder.write("okx", HEAD + "MAPPING = ExchangeMapping()")
    place = folder.path if what == "folder" else folder.path / "okx.py"
    place.chmod(0o777)
    with pytest.raises(BadMapping, match="chmod o-w") as caught:
        load_mapping("okx", folder.path)
    assert str(place) in str(caught.value)


def test_an_entry_point_wins_over_ours(monkeypatch):
    plugin = types.ModuleType("their_plugin")
    plugin.MAPPING = ExchangeMapping(exchange="binance", heartbeat_s=9)
    monkeypatch.setitem(sys.modules, "their_plugin", plugin)
    point = importlib.metadata.EntryPoint("binance", "their_plugin", module.ENTRY_POINT_GROUP)
    monkeypatch.setattr(module, "mapping_entry_points", lambda: {"binance": point})
    assert load_mapping("binance").heartbeat_s == 9
    assert load_mapping("okx").exchange == "okx"


def test_an_entry_point_may_name_the_mapping_itself(monkeypatch, folder):
    plugin = types.ModuleType("their_plugin")
    plugin.QUIRKS = ExchangeMapping(heartbeat_s=9)
    monkeypatch.setitem(sys.modules, "their_plugin", plugin)
    point = importlib.metadata.EntryPoint("binance", "their_plugin:QUIRKS", module.ENTRY_POINT_GROUP)
    monkeypatch.setattr(module, "mapping_entry_points", lambda: {"binance": point})
    assert load_mapping("binance").heartbeat_s == 9
    folder.write("binance", HEAD + "MAPPING = ExchangeMapping(heartbeat_s=7)")
    assert load_mapping("binance", folder.path).heartbeat_s == 7


@pytest.mark.parametrize(
    ("text", "field", "allowed"),
    [
        pytest.param("MAPPING = ExchangeMapping(heartbeat_s=-1)", "heartbeat_s", "seconds above 0", id="a wrong value"),
        pytest.param("MAPPING = ExchangeMapping(hearbeat_s=1)", "hearbeat_s", "heartbeat_s", id="an unknown field"),
        pytest.param("MAPPING = ExchangeMapping(exchange='kraken')", "exchange", "'okx'", id="another exchange's"),
        pytest.param("MAPPING = {}", "MAPPING", "ExchangeMapping", id="no ExchangeMapping"),
        pytest.param("", "MAPPING", "ExchangeMapping", id="no MAPPING"),
        pytest.param("MAPPING = (", "the module", "imported", id="no Python"),
        pytest.param("import nothing_of_the_kind", "the module", "imported", id="an import that fails"),
        pytest.param("1 / 0", "the module", "imported", id="code that fails"),
    ],
)
def test_a_wrong_module_is_refused_naming_module_field_and_what_is_allowed(folder, text, field, allowed):
    folder.write("okx", HEAD + text)
    with pytest.raises(BadMapping) as caught:
        load_mapping("okx", folder.path)
    assert caught.value.module == str(folder.path / "okx.py")
    assert str(caught.value).startswith(caught.value.module)
    assert field in caught.value.field
    assert allowed in caught.value.allowed


@pytest.mark.parametrize(
    "text",
    [
        "MAPPING = ExchangeMapping(\n    heartbeat_s=-1)",
        "MAPPING = (",
        "1 / 0",
        "def f(): 1 / 0\nf()",
        "import nothing_",
    ],
)
def test_a_wrong_module_is_refused_with_the_line(folder, text):
    folder.write("okx", f"{HEAD}\n\n{text}\n")
    with pytest.raises(BadMapping) as caught:
        load_mapping("okx", folder.path)
    line = HEAD.count("\n") + 3
    assert str(caught.value).startswith(f"{folder.path / 'okx.py'}, line {line}: ")


def test_a_module_that_ends_python_is_refused_too(folder):
    folder.write("okx", f"{HEAD}\nraise SystemExit(3)")
    with pytest.raises(BadMapping, match=r"okx\.py, line \d+: the module is 'SystemExit: 3'; allowed: a module that"):
        load_mapping("okx", folder.path)


def test_an_unknown_field_is_told_with_the_one_that_was_meant_and_how_to_list_all():
    with pytest.raises(BadMapping) as caught:
        ExchangeMapping(orderstates={})
    assert str(caught.value) == (
        "ExchangeMapping.orderstates is {}; allowed: did you mean order_states? the fields stand in "
        "hummingbot_ccxt.mapping_schema (python -m pydoc hummingbot_ccxt.mapping_schema lists them)"
    )


@pytest.mark.parametrize("exchange_id", ["../binance", "a.b", "Binance", "", None, "a/b"])
def test_an_id_that_is_none_is_refused_before_anything_is_imported(exchange_id):
    with pytest.raises(BadMapping):
        load_mapping(exchange_id)
