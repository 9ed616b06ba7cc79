"""How a client is built: addresses, broker ids, proxies, test venues, and TLS."""

import asyncio
import time
from decimal import Decimal
from types import SimpleNamespace

import pytest
from ccxt.base.errors import AuthenticationError, ExchangeError, NetworkError

from hummingbot_ccxt.configuration import BadConfiguration, ExchangeSettings
from hummingbot_ccxt.mapping import NO_QUIRKS, ExchangeMapping
from hummingbot_ccxt.venue.client import Credentials, budget_of, build_client, rebased, requests_per_second
from hummingbot_ccxt.venue.loading import exchange_class
from hummingbot_ccxt.venue.outcomes import was_turned_away


@pytest.fixture
def build(seen):
    def build_for(exchange="binance", mapping=NO_QUIRKS, credentials=None, share_pct=100, **settings):
        return build_client(
            exchange,
            credentials=Credentials(credentials or {}),
            mapping=mapping,
            settings=ExchangeSettings(**settings),
            tap=seen,
            share_pct=Decimal(share_pct),
            venue_time=lambda: 1234.5,
        )

    return build_for


@pytest.mark.parametrize(
    ("url", "moved"),
    [
        ("https://api.binance.com/api/v3", "http://127.0.0.1:80/api.binance.com/api/v3"),
        ("wss://stream.binance.com:9443/ws", "ws://127.0.0.1:80/stream.binance.com:9443/ws"),
        ("https://{hostname}/api", "http://127.0.0.1:80/bybit.com/api"),
        ("no address", "no address"),
    ],
)
def test_an_address_moves_with_its_host_as_the_first_segment(url, moved):
    assert rebased({"api": [url]}, "http://127.0.0.1:80/", "bybit.com") == {"api": [moved]}


def test_streams_stay_encrypted_where_the_new_base_is():
    assert rebased("wss://ws.kraken.com/v2", "https://proxy.example", None) == "wss://proxy.example/ws.kraken.com/v2"


@pytest.mark.parametrize("texts", [(), ("EAPI:Invalid signature",)])
def test_what_the_mapping_calls_refused_credentials_gets_ccxts_class_for_them(build, texts):
    client = build("kraken", mapping=ExchangeMapping(refused_credentials=texts))
    answer = '{"error":["EAPI:Invalid signature"]}'
    with pytest.raises(ExchangeError) as raised:
        client.handle_errors(200, "OK", "", "POST", {}, answer, client.parse_json(answer), {}, "")
    assert isinstance(raised.value, AuthenticationError) is bool(texts)


@pytest.mark.parametrize("texts", [(), ("EAPI:Rate limit exceeded",)])
def test_what_the_mapping_calls_too_many_requests_was_not_carried_out(build, texts):
    client = build("kraken", mapping=ExchangeMapping(too_many_requests=texts))
    answer = '{"error":["EAPI:Rate limit exceeded"]}'
    with pytest.raises(NetworkError) as raised:
        client.handle_errors(200, "OK", "", "POST", {}, answer, client.parse_json(answer), {}, "")
    assert raised.value.http_status == 200
    assert was_turned_away(raised.value) is bool(texts)


def test_every_address_of_a_rebased_client_is_on_the_base(build):
    def leaves(tree):
        for value in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
            yield from leaves(value)
        if isinstance(tree, str):
            yield tree

    addresses = list(leaves(build(base_url="http://127.0.0.1:9").urls["api"]))
    assert len(addresses) > 10
    assert all(each.startswith(("http://127.0.0.1:9/", "ws://127.0.0.1:9/")) for each in addresses)


def test_an_unencrypted_base_that_is_not_this_machine_is_refused():
    with pytest.raises(BadConfiguration, match="https"):
        ExchangeSettings(base_url="http://example.com")


def test_certificates_are_checked(build):
    client = build()
    assert client.verify is True


def test_the_mappings_options_go_over_ccxts_and_the_users_over_both(build):
    mapping = ExchangeMapping(options={"recvWindow": 1000, "defaultType": "spot"})
    assert build(mapping=mapping).options["recvWindow"] == 1000
    assert build(mapping=mapping, options={"recvWindow": 2000}).options["recvWindow"] == 2000


@pytest.mark.parametrize(("options", "kept"), [({}, 100), ({"tradesLimit": 250}, 250)])
def test_ccxt_keeps_few_trades_of_its_own_unless_the_user_wants_more_and_each_is_told(build, seen, options, kept):
    client = build(options=options)
    connection = SimpleNamespace(url="wss://stream/ws", resolve=lambda result, message_hash: None)
    for number in range(300):
        trade = {"e": "trade", "E": 1, "s": "BTCUSDT", "t": number, "p": "1", "q": "2", "T": 1, "m": True}
        client.handle_trade(connection, trade)
    (trades,) = client.trades.values()
    assert len(trades) == kept
    assert [trade["id"] for trade in seen.trades] == [str(number) for number in range(300)]


def test_a_broker_id_is_set_or_cleared_wherever_ccxt_keeps_it(build):
    assert set(build(broker_id="").options["broker"].values()) == {""}
    assert set(build(broker_id="x-MINE").options["broker"].values()) == {"x-MINE"}


def test_a_broker_id_in_a_header_is_set_or_cleared_too(build):
    assert build("gate").headers["X-Gate-Channel-Id"] == "ccxt"
    assert build("gate", broker_id="mine").headers["X-Gate-Channel-Id"] == "mine"
    assert "X-Gate-Channel-Id" not in build("gate", broker_id="").headers


def test_a_broker_id_that_a_key_belongs_to_can_be_cleared_and_is_not_half_set(build):
    plain = exchange_class("kucoin")[0]({"apiKey": "k", "secret": "s", "password": "p"})
    assert any("PARTNER" in name for name in plain.sign("accounts", ["private"])["headers"])
    plain.options["partner"] = build("kucoin", broker_id="").options["partner"]
    assert not any("PARTNER" in name for name in plain.sign("accounts", ["private"])["headers"])
    with pytest.raises(BadConfiguration, match=r"kucoin\.broker_id: a key belongs to it; .* options\.partner"):
        build("kucoin", broker_id="mine")


@pytest.mark.parametrize("exchange_id", ["aster", "hyperliquid", "lighter", "nado", "pacifica"])
def test_no_order_pays_a_fee_to_ccxt_unless_the_user_says_so(build, exchange_id):
    """ccxt adds one to orders by itself, and asks the venue for the account's consent (4.5.90, pacifica.py:581)."""
    assert exchange_class(exchange_id)[0]().options["builderFee"] is True
    assert build(exchange_id).options["builderFee"] is False
    assert build(exchange_id, options={"builderFee": True}).options["builderFee"] is True


def test_a_broker_id_where_ccxt_has_none_is_refused(build):
    with pytest.raises(BadConfiguration, match="broker_id"):
        build("kraken", broker_id="x")


@pytest.mark.parametrize(
    ("proxy", "rest", "stream"),
    [
        ("http://127.0.0.1:3128", "httpProxy", "wsProxy"),
        ("https://proxy.example:3128", "httpsProxy", "wssProxy"),
        ("socks5://127.0.0.1:1080", "socksProxy", "wsSocksProxy"),
    ],
)
def test_a_proxy_serves_requests_and_streams(build, proxy, rest, stream):
    client = build(proxy=proxy)
    assert (getattr(client, rest), getattr(client, stream)) == (proxy, proxy)


def test_a_proxys_password_is_hidden_in_either_spelling(build):
    hide = build(proxy="http://me:top%20secret@127.0.0.1:3128").parts.secrets.hide
    assert hide("cannot reach http://me:top%20secret@127.0.0.1:3128") == "cannot reach http://me:***@127.0.0.1:3128"
    assert "top secret" not in hide("refused: 'top secret'")


def test_the_test_venues_addresses_are_used_when_asked_for(build):
    assert "testnet" in build(testnet=True).urls["api"]["public"]


def test_a_test_venue_that_ccxt_does_not_know_is_refused(build):
    with pytest.raises(BadConfiguration, match="testnet"):
        build("kraken", testnet=True)


def test_nonces_follow_the_venues_clock(build):
    client = build()
    assert (client.milliseconds(), client.seconds(), client.microseconds()) == (1234500, 1234, 1234500000)


def test_strict_nonces_of_a_new_client_follow_on_those_of_an_earlier_one_that_knew_another_clock(build):
    earlier = build("kraken", mapping=ExchangeMapping(strictly_increasing_nonce=True))
    earlier.parts.venue_time = time.time
    before = [earlier.nonce() for _ in range(3)]
    later = build("kraken", mapping=ExchangeMapping(strictly_increasing_nonce=True))
    later.parts.venue_time = lambda: time.time() - 0.9  # of a venue that tells whole seconds
    time.sleep(0.005)
    assert sorted({*before, later.nonce()}) == [*before, later._last_nonce]


async def test_who_asks_while_the_answer_is_under_way_waits_for_it(build):
    """As bybit's is_unified_enabled does, which keeps the answer in the options."""
    client, asked = build("bybit", mapping=ExchangeMapping(asked_once=("is_unified_enabled",))), []

    async def answer(name):
        asked.append(name)
        await asyncio.sleep(0)
        return {"retCode": 0, "result": {"unified": 0, "uta": 1, "unifiedMarginStatus": 6}}

    client.privateGetV5UserQueryApi = lambda params: answer("key")
    client.privateGetV5AccountInfo = lambda params: answer("account")
    ways = (client.is_unified_enabled, client.isUnifiedEnabled)
    told = await asyncio.gather(*(way() for way in ways for _ in range(2)))
    assert told == [[False, True]] * 4
    assert asked == ["key", "account"]


def test_a_mapping_may_allow_a_burst(build):
    client = build("kraken", credentials={"apiKey": "burst-test"}, mapping=ExchangeMapping(burst_s=16))
    budget = client.parts.budget
    assert (budget.rate, budget.capacity, budget.reserve) == (1, 16, 4)


def test_the_budget_is_ccxts_rate_times_the_users_share(build):
    client = build(credentials={"apiKey": "share-test"}, share_pct=50)
    assert requests_per_second(client) == 1000 / client.rateLimit
    assert client.parts.budget.rate == 500 / client.rateLimit
    assert budget_of(client, Credentials({"apiKey": "share-test"}), Decimal(50)) is client.parts.budget
