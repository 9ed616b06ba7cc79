"""What the registry promises to those who read it."""

import json
import subprocess
import sys
from decimal import Decimal

import pytest

from hummingbot_ccxt import registry
from hummingbot_ccxt.exchange_info import BadMetadata, load
from hummingbot_ccxt.registry import UnknownExchange


def test_okx_is_described_as_ccxt_declares_it():
    okx = registry.get("okx")
    assert (okx.name, okx.connector, okx.native, okx.example_pair) == ("OKX", "ccxt_okx", "okx", "BTC-USDT")
    assert okx.credentials == ("apiKey", "secret", "password")
    assert (okx.maker, okx.taker, okx.fee_side) == (Decimal("0.001"), Decimal("0.0015"), None)
    assert okx.time_in_force == ("GTC", "IOC", "FOK")
    assert okx.post_only is True
    assert okx.order_types == ("limit", "market")
    assert okx.client_order_id == ("create", "fetch", "cancel")
    assert okx.precision_mode == "tick_size"
    assert okx.pro
    assert okx.supports("watchOrders", "watchBalance", "fetchTime")
    assert not okx.supports("watchOrders", "fetchOrders")


def test_an_exchange_without_streams_says_so():
    zaif = registry.get("zaif")
    assert not zaif.pro
    assert zaif.keep_alive_ms is None
    assert not [method for method in zaif.has if method.startswith("watch")]


def test_all_87_tradable_exchanges_are_there_in_order():
    ids = list(registry.exchanges())
    assert len(ids) == 87
    assert ids == sorted(ids)
    assert all(info.id == exchange_id for exchange_id, info in registry.exchanges().items())


def test_every_exchange_has_what_trading_takes():
    for info in registry.exchanges().values():
        assert info.supports("createOrder", "cancelOrder", "fetchBalance", "fetchOrderBook"), info.id
        assert info.credentials, info.id
        assert "limit" in info.order_types, info.id
        assert info.rate_limit_ms > 0, info.id
        assert info.www.startswith("https://"), info.id
        base, _, quote = info.example_pair.partition("-")
        assert base.isalnum(), info.id
        assert quote.isalnum(), info.id


def test_no_fee_is_a_unit_error():
    # In ccxt 4.5.90 weex declares 0.1 (10 %) and p2b a list of tiers in per cent: unknown is better than wrong.
    assert registry.get("weex").taker is None
    assert registry.get("p2b").taker is None
    fees = [fee for info in registry.exchanges().values() for fee in (info.maker, info.taker) if fee is not None]
    assert len(fees) > 140
    assert all(Decimal("-0.01") < fee < Decimal("0.05") for fee in fees)


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("krakn", "did you mean kraken?"),
        ("KRAKEN", "did you mean kraken?"),
        ("ccxt_kraken", "did you mean kraken?"),
        ("gate_io", "gate"),
        ("btc_markets", "btcmarkets"),
        ("xyzzy", "`hummingbot-ccxt list` shows all of them"),
    ],
)
def test_an_unknown_exchange_is_refused_with_what_was_probably_meant(wanted, hint):
    with pytest.raises(UnknownExchange) as refused:
        registry.get(wanted)
    assert repr(wanted) in str(refused.value)
    assert hint in str(refused.value)


def test_nobody_can_change_the_registry_for_the_others():
    with pytest.raises(TypeError):
        registry.exchanges()["binance"] = registry.get("okx")  # type: ignore[index]
    with pytest.raises(AttributeError):
        registry.get("okx").name = "other"  # type: ignore[misc]


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "metadata.json"
    with pytest.raises(BadMetadata, match=r"metadata\.json is missing"):
        load(path)
    path.write_text('{"ccxt_version": "4.5.90", "exch')
    with pytest.raises(BadMetadata, match=r"metadata\.json is damaged"):
        load(path)
    path.write_text(json.dumps({"ccxt_version": "4.5.90", "exchanges": {"okx": {"name": "OKX"}}}))
    with pytest.raises(BadMetadata, match="okx"):
        load(path)


def test_a_damaged_file_of_fees_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "MAPPED_FEES_PATH", tmp_path / "mapped_fees.json")
    registry.MAPPED_FEES_PATH.write_text('{"okx": {"maker": "a tenth"}}')
    with pytest.raises(BadMetadata, match=r"mapped_fees\.json: okx: "):
        registry.mapped_fees.__wrapped__()


def test_it_loads_in_milliseconds_without_ccxt():
    code = (
        "import json, sys, time; from hummingbot_ccxt import registry; started = time.process_time();"
        "count = len(registry.exchanges()); took = time.process_time() - started;"
        "print(json.dumps({'count': count, 'took': took, 'ccxt': 'ccxt' in sys.modules}))"
    )
    said = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert said["count"] == 87
    assert said["ccxt"] is False
    assert said["took"] < 0.05  # 2 ms measured; ccxt itself takes 5 s
