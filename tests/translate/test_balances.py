"""Balances: what is known, and what must be asked for again."""

import copy
from decimal import Decimal
from types import SimpleNamespace

import pytest

from hummingbot_ccxt.mapping import ExchangeMapping, SymbolRules
from hummingbot_ccxt.translate.balances import balances
from hummingbot_ccxt.translate.values import BadVenueData


def entry(total=None, free=None, used=None):
    return {"total": total, "free": free, "used": used}


def pair(total, available):
    return Decimal(total), Decimal(available)


def _streamed(client, *messages):
    """What ccxt's own handler makes of Binance's user stream."""
    client.balance = {"spot": None}
    stream = SimpleNamespace(subscriptions={"spot": True}, resolve=lambda *_: None)
    client.get_account_type_from_subscriptions = lambda _: "spot"
    for message in messages:
        client.handle_balance(stream, message.get("data", message.get("event", message)))
    return client.balance["spot"]


def test_binances_rest_balance(binance, private):
    known = balances(binance.parse_balance_custom(private("binance", "account_response"), "spot"))
    assert known.complete == {
        "BTC": pair("4723846.89208129", "4723846.89208129"),
        "LTC": pair("4763368.68006011", "4763368.68006011"),
    }
    assert (known.incomplete, known.unreadable) == (frozenset(), {})


def test_binances_streamed_balance(binance, private):
    known = balances(_streamed(binance, private("binance", "account_position")))
    assert known.complete == {"USDT": pair("12500", "10000"), "ETH": pair("5", "5")}
    assert known.incomplete == frozenset()


def test_binances_change_of_a_balance_is_no_balance(binance, private):
    """`balanceUpdate` says by how much; ccxt hands it on as `free` (pro/binance.py:3375)."""
    known = balances(_streamed(binance, private("binance", "balance_update")))
    assert (dict(known.complete), known.incomplete) == ({}, frozenset({"BTC"}))


def test_binances_change_of_a_known_balance_loses_its_total(binance, private):
    update = {**private("binance", "balance_update"), "a": "ETH"}
    known = balances(_streamed(binance, private("binance", "account_position"), update))
    assert known.complete == {"USDT": pair("12500", "10000")}
    assert known.incomplete == frozenset({"ETH"})


def test_okxs_streamed_balance(okx, private):
    message = private("okx", "ws_account")
    known = balances(okx.parse_trading_balance(message))
    assert known.complete["USDT"] == pair("100.52768569797846", "100.52768569797846")
    assert known.incomplete == frozenset()


def test_krakens_balance_that_ccxt_cannot_read_is_incomplete():
    """`Balance` instead of `BalanceEx`: every entry None (shared/recordings/private/index.md)."""
    known = balances({"info": {}, "USD": entry(), "BTC": entry(), "free": {}, "used": {}, "total": {}})
    assert (dict(known.complete), known.incomplete) == ({}, frozenset({"USD", "BTC"}))


@pytest.mark.parametrize(
    ("held", "known"),
    [
        pytest.param(entry("3", "2", "1"), pair(3, 2), id="all three"),
        pytest.param(entry(None, "2", "1"), pair(3, 2), id="the total follows"),
        pytest.param(entry("3", None, "1"), pair(3, 2), id="the free follows"),
        pytest.param(entry("3", "2", None), pair(3, 2), id="the used follows"),
        pytest.param(entry(0, 0.0, "0"), pair(0, 0), id="nothing held"),
        pytest.param(entry("99.89469657000001", "94.42612990333333", "5.46856666666668"), None, id="rounded"),
    ],
)
def test_a_balance_that_adds_up(held, known):
    found = balances({"X": held})
    assert found.complete["X"] == (known or pair("99.89469657000001", "94.42612990333333"))
    assert not found.incomplete


@pytest.mark.parametrize(
    "held",
    [
        pytest.param(entry(), id="nothing said"),
        pytest.param(entry(total="3"), id="the total alone"),
        pytest.param(entry(free="3"), id="the free alone"),
        pytest.param(entry(used="3"), id="the used alone"),
        pytest.param(entry("3", "1", "1"), id="it does not add up"),
        pytest.param(entry("51333.8", "0.0", "0"), id="bybit's free, which is availableToWithdraw"),
        pytest.param(entry("3", "4", None), id="more free than there is"),
        pytest.param(entry("1", None, "2"), id="more used than there is"),
        pytest.param(entry("-1", "-1", "0"), id="borrowed"),
        pytest.param({}, id="an empty entry"),
    ],
)
def test_a_balance_that_says_too_little_must_be_asked_for_again(held):
    found = balances({"X": held, "Y": entry("3", "2", "1")})
    assert found.complete == {"Y": pair(3, 2)}
    assert (found.incomplete, found.unreadable) == (frozenset({"X"}), {})


@pytest.mark.parametrize(
    ("held", "totals"),
    [
        pytest.param(entry(total="3"), {"X": Decimal(3)}, id="the total alone"),
        pytest.param(entry(total="-3"), {}, id="borrowed"),
        pytest.param(entry("3", "1", "1"), {}, id="it does not add up"),
        pytest.param(entry("3", "2", "1"), {}, id="complete"),
    ],
)
def test_a_total_that_comes_alone_is_known(held, totals):
    assert balances({"X": held}).totals == totals


@pytest.mark.parametrize(
    ("held", "place"),
    [
        (entry("x", "2", "1"), "balance.X.total"),
        (entry("3", float("nan"), "1"), "balance.X.free"),
        (entry("3", "2", True), "balance.X.used"),
        (None, "balance.X."),
        ("3", "balance.X."),
        ([], "balance.X."),
    ],
)
def test_an_entry_that_is_no_balance_spoils_no_other(held, place):
    found = balances({"X": held, "Y": entry("3", "2", "1")})
    assert found.complete == {"Y": pair(3, 2)}
    assert found.incomplete == frozenset({"X"})
    error = found.unreadable["X"]
    assert f"{error.structure}.{error.field}" == place


def test_ccxts_own_keys_are_no_assets():
    keys = ("info", "timestamp", "datetime", "free", "used", "total", "debt")
    found = balances({key: entry("3", "2", "1") for key in keys})
    assert (dict(found.complete), found.incomplete) == ({}, frozenset())


def test_an_asset_has_the_mappings_name():
    mapping = ExchangeMapping(symbols=SymbolRules(aliases={"XBT": "BTC"}))
    found = balances({"XBT": entry("3", "2", "1"), "ZZZ": entry("1")}, mapping)
    assert (dict(found.complete), found.incomplete) == ({"BTC": pair(3, 2)}, frozenset({"ZZZ"}))


@pytest.mark.parametrize("balance", [None, [], "BTC"])
def test_a_balance_that_is_no_dictionary_is_refused(balance):
    with pytest.raises(BadVenueData, match="balance is no dictionary"):
        balances(balance)


def test_the_input_stays_as_it_is():
    balance = {"info": {"a": [1]}, "X": entry("3", None, "1"), "Y": entry("x")}
    before = copy.deepcopy(balance)
    balances(balance)
    assert balance == before
