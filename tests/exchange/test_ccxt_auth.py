"""Credentials and signatures, judged by a venue that checks them. Checklist: section "Auth"."""

from decimal import Decimal

import pytest
from ccxt.base.errors import AuthenticationError
from hummingbot.core.web_assistant.connections.data_types import RESTMethod, RESTRequest, WSJSONRequest

from hummingbot_ccxt import registry
from hummingbot_ccxt.exchange.ccxt_auth import CcxtAuth, UnknownEndpoint, placeholders
from hummingbot_ccxt.exchange.ccxt_utils import KEYWORDS
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.loading import exchange_class

PRIVATE_KEY = "0x" + "1" * 64
LIMIT_BUY = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "50000",
}


def auth_of(exchange_id, **credentials):
    client = exchange_class(exchange_id)[0](credentials)
    return CcxtAuth(Credentials(credentials), client)


def binance():
    return auth_of("binance", apiKey="the key", secret="the secret")


def get(url, **more):
    return RESTRequest(method=RESTMethod.GET, url=url, is_auth_required=True, **more)


# --- REST: what the venue accepts


async def test_add_auth_to_get_request_without_params(exchange, sandbox):
    answer = await exchange._api_get(path_url="account", is_auth_required=True)
    assert {each["asset"]: each["free"] for each in answer["balances"]}["BTC"] == "2.00000000"
    assert [each.status for each in sandbox.request_log.of("account")] == [200]


async def test_add_auth_to_get_request_with_params(exchange, sandbox, market):
    answer = await exchange._api_get(path_url="myTrades", params={"symbol": "BTCUSDT"}, is_auth_required=True)
    assert answer == []
    (sent,) = sandbox.request_log.of("myTrades")
    assert (sent.status, sent.parameters["symbol"]) == (200, "BTCUSDT")


async def test_add_auth_to_post_request(exchange, sandbox, account):
    answer = await exchange._api_post(path_url="order", data=LIMIT_BUY, is_auth_required=True)
    assert answer["status"] == "NEW"
    (order,) = sandbox.engine.orders(account.account_id)
    assert (order.price, order.amount) == (Decimal(50000), Decimal("0.01"))


async def test_add_auth_to_delete_request(exchange, sandbox, account):
    placed = await exchange._api_post(path_url="order", data=LIMIT_BUY, is_auth_required=True)
    params = {"symbol": "BTCUSDT", "orderId": placed["orderId"]}
    answer = await exchange._api_delete(path_url="order", params=params, is_auth_required=True)
    assert answer["status"] == "CANCELED"
    assert sandbox.engine.open_orders(account.account_id) == []


@pytest.mark.parametrize("value", ["a,b", "a~b", "a b", "a+b", "a&b=c", "ä", '["x"]', "100%"])
async def test_a_signature_covers_parameters_exactly_as_they_are_sent(exchange, sandbox, value):
    # An order id that no order has: the venue looks for the order only once it has accepted the signature.
    params = {"symbol": "BTCUSDT", "origClientOrderId": value}
    with pytest.raises(OSError, match=r"-2013|-1100"):
        await exchange._api_get(path_url="order", params=params, is_auth_required=True)
    (sent,) = sandbox.request_log.of("order.status")
    assert sent.parameters["origClientOrderId"] == value


async def test_a_request_of_a_wrong_secret_is_refused_by_the_venue(connect):
    exchange = connect(ccxt_secret="not the account's secret")
    with pytest.raises(OSError, match="-1022"):
        await exchange._api_get(path_url="account", is_auth_required=True)


async def test_a_signed_request_carries_the_venues_time(connect, sandbox):
    sandbox.faults.set_clock(skew_ms=30_000)
    answer = await connect()._api_get(path_url="account", is_auth_required=True)
    assert answer["accountType"] == "SPOT"


# --- REST: what a signed request looks like


async def test_a_signed_get_request_has_everything_in_its_url():
    request = await binance().rest_authenticate(get("https://api.binance.com/api/v3/account", params={"x": "1"}))
    url, query = str(request.url).split("?")
    assert url == "https://api.binance.com/api/v3/account"
    assert {"x", "timestamp", "signature"} <= {pair.split("=")[0] for pair in query.split("&")}
    assert request.params is None
    assert request.headers["X-MBX-APIKEY"] == "the key"


async def test_parameters_in_the_url_are_signed_too():
    request = await binance().rest_authenticate(get("https://api.binance.com/api/v3/order?symbol=BTCUSDT&orderId=1"))
    assert "symbol=BTCUSDT&orderId=1" in str(request.url)
    assert str(request.url).count("?") == 1


async def test_headers_that_the_request_had_stay():
    request = get("https://api.binance.com/api/v3/account", headers={"User-Agent": "hummingbot"})
    assert (await binance().rest_authenticate(request)).headers["User-Agent"] == "hummingbot"


async def test_a_json_body_is_signed_as_ccxt_writes_it():
    auth = auth_of("okx", apiKey="the key", secret="the secret", password="the phrase")
    request = RESTRequest(
        method=RESTMethod.POST, url="https://www.okx.com/api/v5/trade/cancel-order", data='{"instId": "BTC-USDT"}'
    )
    signed = await auth.rest_authenticate(request)
    assert signed.data == '{"instId":"BTC-USDT"}'
    assert {"OK-ACCESS-KEY", "OK-ACCESS-SIGN", "OK-ACCESS-TIMESTAMP", "OK-ACCESS-PASSPHRASE"} <= set(signed.headers)


async def test_a_body_that_is_a_list_stays_one():
    auth = auth_of("okx", apiKey="the key", secret="the secret", password="the phrase")
    request = RESTRequest(
        method=RESTMethod.POST,
        url="https://www.okx.com/api/v5/trade/cancel-batch-orders",
        data='[{"ordId": "1"}, {"ordId": "2"}]',
    )
    assert (await auth.rest_authenticate(request)).data == '[{"ordId":"1"},{"ordId":"2"}]'


async def test_a_name_in_the_path_is_filled_in_before_signing():
    auth = auth_of("gate", apiKey="the key", secret="the secret")
    request = await auth.rest_authenticate(get("https://api.gateio.ws/api/v4/spot/orders/77?currency_pair=BTC_USDT"))
    assert str(request.url) == "https://api.gateio.ws/api/v4/spot/orders/77?currency_pair=BTC_USDT"
    assert {"KEY", "SIGN", "Timestamp"} <= set(request.headers)


@pytest.mark.parametrize(
    ("pattern", "path", "names"),
    [
        ("orders", "/api/v3/orders", {}),
        ("orders", "/api/v3/reorders", None),
        ("orders/{id}", "/api/v3/orders/7", {"id": "7"}),
        ("orders/{id}", "/api/v3/orders", None),
        ("ticker/ALL_{quote}", "/public/ticker/ALL_KRW", {"quote": "KRW"}),
        ("{a}/b/{c}", "/v1/x%20y/b/z", {"a": "x y", "c": "z"}),
        ("orders/7", "/orders/7/cancel", None),
    ],
)
def test_placeholders(pattern, path, names):
    assert placeholders(pattern, path) == names


# --- what cannot be signed


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://api.binance.example/api/v3/account", id="another host"),
        pytest.param("https://api.binance.com/api/v3/no-such-thing", id="another path"),
        pytest.param("https://api.binance.com/api/v9/account", id="another version"),
    ],
)
async def test_an_unknown_address_is_not_signed(url):
    request = get(url)
    with pytest.raises(UnknownEndpoint, match=r"ccxt knows no GET api\.binance"):
        await binance().rest_authenticate(request)
    assert request.url == url
    assert not request.headers


async def test_the_keys_never_go_to_another_host():
    request = get("https://evil.example/api.binance.com/api/v3/account")
    with pytest.raises(UnknownEndpoint):
        await binance().rest_authenticate(request)


async def test_a_missing_credential_is_named():
    with pytest.raises(AuthenticationError, match='requires "secret"'):
        await auth_of("binance", apiKey="the key").rest_authenticate(get("https://api.binance.com/api/v3/account"))


# --- WebSocket


async def test_ws_authenticate_leaves_the_request_to_ccxt():
    request = WSJSONRequest(payload={"op": "login"})
    assert await binance().ws_authenticate(request) is request
    assert request.payload == {"op": "login"}


# --- secrets


async def test_no_text_of_it_shows_a_secret(connect):
    exchange = connect(ccxt_api_key="key-123456789", ccxt_secret="secret-123456789")
    texts = [repr(exchange.authenticator), str(exchange.authenticator), f"{vars(exchange.authenticator)}"]
    with pytest.raises(UnknownEndpoint) as caught:
        await exchange.authenticator.rest_authenticate(get("https://api.binance.com/nowhere?apiKey=key-123456789"))
    texts.append(str(caught.value))
    assert not [text for text in texts if "123456789" in text]
    assert repr(exchange.authenticator) == "CcxtAuth(binance, Credentials(apiKey, secret))"


# --- every shape of credentials that ccxt knows

SHAPES = {tuple(sorted(info.credentials)): info.id for info in registry.exchanges().values()}


def test_the_shapes_include_the_unusual_ones():
    assert {("privateKey", "walletAddress"), ("apiKey", "password", "secret"), ("apiKey", "secret", "uid")} <= set(
        SHAPES
    )


@pytest.mark.parametrize(("shape", "exchange_id"), SHAPES.items(), ids=["+".join(shape) for shape in SHAPES])
async def test_every_shape_of_credentials_reaches_ccxt(shape, exchange_id):
    from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange

    values = {name: PRIVATE_KEY if name == "privateKey" else f"the {name}" for name in shape}
    arguments = {f"ccxt_{KEYWORDS[name]}": value for name, value in values.items()}
    exchange = CcxtExchange(domain=exchange_id, trading_pairs=["BTC-USDT"], **arguments)
    client = exchange._venue.client
    assert {name: getattr(client, name) for name in shape} == values
    assert client.check_required_credentials() is not False
    await exchange.stop_network()
