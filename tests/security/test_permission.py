"""No withdrawal, no transfer, nothing but what trading takes: on every exchange, through every door."""

import asyncio
import json
import re
from typing import Any

import pytest
from ccxt.base import errors as ccxt
from ccxt.base.types import Entry
from hummingbot.core.web_assistant.connections.data_types import RESTMethod, RESTRequest

from hummingbot_ccxt import registry
from hummingbot_ccxt.configuration import BadConfiguration, ExchangeSettings
from hummingbot_ccxt.exchange.ccxt_auth import CcxtAuth, UnknownEndpoint
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue.budget import RateBudget
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError, outcome_of
from hummingbot_ccxt.venue.permission import (
    ALLOWED,
    STREAMED,
    NotPermitted,
    endpoint_key,
    permitted_endpoints,
    refuse_outside_of_allowed_calls,
    restrict,
    shared_endpoints,
    unfenced_sign,
)
from hummingbot_ccxt.venue.streams import FeedEvents
from hummingbot_ccxt.venue.venue import UNWATCHED, WATCHED, Venue

EXCHANGES = list(registry.exchanges())
MOVING = re.compile(r"withdraw|transfer|send|payout|payment|gift|convert|deposit|loan|borrow|repay|stak|redeem", re.I)
READS = {
    ("bitvavo", "GET", "withdrawalHistory"),  # lists of what was; a table of the class has all names
    ("bitvavo", "GET", "depositHistory"),
    ("luno", "GET", "send/networks"),  # networks of a currency
    ("lbank", "GET", "withdrawConfigs"),  # public: what a withdrawal would cost
    ("bitflyer", "POST", "sendchildorder"),  # their word for placing an order
    ("ndax", "POST", "SendOrder"),
    ("bybit", "GET", "v5/asset/transfer/query-account-coins-balance"),  # balances
    ("bybiteu", "GET", "v5/asset/transfer/query-account-coins-balance"),
    ("bybitid", "GET", "v5/asset/transfer/query-account-coins-balance"),
}
"""The permitted endpoints whose names sound like moving funds, and what they are."""
ONE_DOOR = {"bullish": {"v2/command"}, "hyperliquid": {"exchange"}, "lighter": {"sendTx"}}
"""Where orders and withdrawals go to one address: the body says what a request is."""
DUMMY = {"privateKey": "0x" + "1" * 64, "walletAddress": "0x" + "2" * 40, "uid": "123456"}


def venue_of(exchange_id: str) -> Venue:
    info = registry.get(exchange_id)
    credentials = {name: DUMMY.get(name, "6e6f626f6479206e6f626f6479206e6f") for name in info.credentials}
    venue = Venue(
        exchange_id,
        credentials=Credentials(credentials),
        mapping=load_mapping(exchange_id),
        settings=ExchangeSettings(),
        updates=None,  # type: ignore[arg-type] # nothing is streamed
    )
    venue.client.parts.budget = RateBudget(rate=1e9, capacity=1e9)
    # The signature itself is of no interest here: a key in each algorithm's own format is not needed.
    for algorithm in ("rsa", "jwt", "ecdsa", "eddsa"):
        setattr(venue.client, algorithm, lambda *args, **kwargs: "")
    return venue


class Sent:
    """In the place of ccxt's `fetch`, the last step before the network: notes what would go out, and times out."""

    def __init__(self, client: Any) -> None:
        self.urls: list[str] = []
        client.fetch = self

    async def __call__(self, url: str, *rest: Any) -> Any:
        self.urls.append(url)
        raise ccxt.RequestTimeout("nothing leaves this test")


def entries(client: Any) -> dict[str, Any]:
    return {n: e for base in type(client).__mro__ for n, e in vars(base).items() if isinstance(e, Entry)}


def asked_for_by(client: Any, *methods: str) -> list[Any]:
    """The endpoints that the code of these methods names, directly."""
    known, found = entries(client), []
    for base in type(client).__mro__:
        for method in methods:
            code = getattr(vars(base).get(method), "__code__", None)
            found += [known[name] for name in (code.co_names if code else ()) if name in known]
    return found


def test_the_list_of_allowed_methods_is_what_the_connector_calls_and_moves_no_funds() -> None:
    streamed = {m for table in (WATCHED, UNWATCHED) for pair in table.values() for m in pair if m}
    assert streamed == STREAMED
    assert not [name for name in ALLOWED | STREAMED if MOVING.search(name)]


@pytest.mark.parametrize("exchange_id", EXCHANGES)
async def test_no_permitted_endpoint_moves_funds(exchange_id: str) -> None:
    client = venue_of(exchange_id).client
    permitted = permitted_endpoints(type(client))
    assert len(permitted) > 1
    shared = {path for _, _, path in shared_endpoints(type(client))}
    assert shared == ONE_DOOR.get(exchange_id, set())
    sounding = {(exchange_id, method, path) for method, _, path in permitted if MOVING.search(path)}
    assert {each for each in sounding if each[2] not in shared} <= READS
    moving = {endpoint_key(entry) for entry in asked_for_by(client, "withdraw", "transfer")} & permitted
    assert all(path in shared or (method == "GET" and not MOVING.search(path)) for method, _, path in moving)


@pytest.mark.parametrize("exchange_id", EXCHANGES)
async def test_every_endpoint_of_ccxts_that_moves_funds_is_refused_when_it_is_called(exchange_id: str) -> None:
    client = venue_of(exchange_id).client
    sent = Sent(client)
    moving = [name for name, entry in entries(client).items() if MOVING.search(entry.path)]
    for name in moving:
        with pytest.raises(NotPermitted, match=f"^{exchange_id}: "):
            await getattr(client, name)({"currency": "BTC", "amount": "1"})
    for name, entry in entries(client).items():  # outside of an allowed method, all others too
        with pytest.raises(NotPermitted, match=re.escape(f"{entry.method} {entry.path}")):
            await getattr(client, name)({})
    assert sent.urls == []


@pytest.mark.parametrize("exchange_id", EXCHANGES)
async def test_ccxts_own_methods_that_move_funds_are_refused_by_name(exchange_id: str) -> None:
    client = venue_of(exchange_id).client
    sent = Sent(client)
    for name in ("withdraw", "transfer", "withdraw_ws"):
        for spelling in (name, re.sub(r"_(\w)", lambda m: m.group(1).upper(), name)):
            if hasattr(client, spelling):
                with pytest.raises(NotPermitted, match=rf"{exchange_id}: {name} is not permitted: it may move funds"):
                    await getattr(client, spelling)("BTC", 1, "an address", "another")
    assert sent.urls == []


@pytest.mark.parametrize("exchange_id", EXCHANGES)
async def test_the_auth_object_signs_no_endpoint_that_moves_funds(exchange_id: str) -> None:
    client = venue_of(exchange_id).client
    auth = CcxtAuth(Credentials({"apiKey": "k"}), client)
    client.check_required_credentials = lambda: True
    asked = refused = 0
    for entry in {endpoint_key(e): e for e in entries(client).values()}.values():
        moves = MOVING.search(entry.path) or entry.path in ONE_DOOR.get(exchange_id, ())
        if not moves or (exchange_id, entry.method, entry.path) in READS:
            continue
        names = re.findall(r"{([\w-]+)}", entry.path)
        try:
            signed = unfenced_sign(client)(entry.path, entry.api, entry.method, dict.fromkeys(names, "x"))
            url = str(signed["url"]).partition("?")[0]
        except Exception:  # a section without an address
            continue
        request = RESTRequest(method=RESTMethod[entry.method], url=url, data="{}" if entry.method != "GET" else None)
        asked += 1
        try:
            await auth.rest_authenticate(request)
        except (NotPermitted, UnknownEndpoint):
            refused += 1
            assert not request.headers
    assert refused == asked


@pytest.mark.parametrize("exchange_id", EXCHANGES)
async def test_every_allowed_method_gets_through(exchange_id: str) -> None:
    venue = venue_of(exchange_id)
    client = venue.client
    info = registry.get(exchange_id)
    base, quote = info.example_pair.split("-")
    symbol = f"{base}/{quote}"
    market = {"id": base + quote, "symbol": symbol, "base": base, "quote": quote, "baseId": base, "quoteId": quote}
    more = {"spot": True, "type": "spot", "active": True, "precision": {"price": 1, "amount": 1}, "info": {}}
    client.set_markets([client.safe_market_structure({**market, **more})])
    client.markets_loading = asyncio.get_running_loop().create_future()
    client.markets_loading.set_result(client.markets)
    sent = Sent(client)
    arguments: dict[str, tuple[Any, ...]] = {
        "cancel_order": ("7", symbol), "cancel_orders": (["7"], symbol), "create_order": (symbol, "limit", "buy", 1, 1),
        "fetch_order": ("7", symbol), "fetch_order_book": (symbol,), "fetch_order_trades": ("7", symbol),
        "fetch_ticker": (symbol,), "fetch_trades": (symbol,), "fetch_my_trades": (symbol,),
        "fetch_open_orders": (symbol,), "fetch_orders": (symbol,), "fetch_closed_orders": (symbol,),
        "load_markets": (True,),
    }  # fmt: skip
    stumbled = {}
    for method in sorted(ALLOWED):
        if method != "load_markets" and not venue.offers(re.sub(r"_(\w)", lambda m: m.group(1).upper(), method)):
            continue
        if method == "cancel_orders" and venue.mapping.batch_cancel is False:  # not for spot orders
            continue
        before = len(sent.urls)
        try:
            await venue.call(method, *arguments.get(method, ()))
        except VenueError as err:
            if len(sent.urls) == before:
                stumbled[method] = str(err)
    assert sent.urls
    assert not [text for text in stumbled.values() if "NotPermitted" in text]
    assert len(stumbled) <= 12, stumbled


async def test_a_refusal_says_what_and_why_and_is_a_refusal_to_whoever_waits_for_the_order() -> None:
    client = venue_of("binance").client
    with pytest.raises(NotPermitted) as caught:
        await client.sapi_post_capital_withdraw_apply({"coin": "BTC"})
    assert str(caught.value).startswith("binance: POST capital/withdraw/apply (sapi) is not permitted: it moves funds.")
    assert outcome_of(caught.value) is Outcome.REFUSED


async def test_a_subscription_of_ones_own_making_is_refused() -> None:
    client = venue_of("bitvavo").client
    with pytest.raises(NotPermitted, match="a subscription is not permitted outside of a call"):
        client.watch("wss://ws.bitvavo.com/v2/", "privateWithdrawAssets", {"action": "privateWithdrawAssets"})


def traded_on(exchange_id: str, market_id: str, **params: Any) -> tuple[Venue, Sent]:
    """A venue that knows the market BTC/USDT, with these parameters for its orders; what it sends."""
    venue = venue_of(exchange_id)
    object.__setattr__(venue.settings, "params", {"createOrder": params})  # as a mapping might have them
    market = {"id": market_id, "symbol": "BTC/USDT", "base": "BTC", "quote": "USDT", "baseId": "BTC", "quoteId": "USDT"}
    more = {"spot": True, "margin": True, "type": "spot", "active": True, "precision": {"price": 1, "amount": 1}}
    client = venue.client
    info = {"orderTypes": ["LIMIT", "MARKET"]}
    client.set_markets([client.safe_market_structure({**market, **more, "info": info})])
    client.markets_loading = asyncio.get_running_loop().create_future()
    client.markets_loading.set_result(client.markets)
    return venue, Sent(client)


LOANS: list[tuple[str, dict[str, Any]]] = [
    ("binance", {"marginMode": "cross", "sideEffectType": "MARGIN_BUY"}),
    ("binance", {"type": "margin"}),
    ("gate", {"auto_borrow": True}),
    ("gate", {"account": "cross_margin"}),
    ("kucoin", {"marginMode": "isolated", "autoBorrow": True}),
    ("kucoin", {"tradeType": "MARGIN_TRADE"}),
    ("okx", {"tdMode": "cross"}),
    ("okx", {"margin": True}),
    ("bybit", {"isLeverage": 1}),
    ("bybit", {"category": "linear"}),
    ("kraken", {"leverage": 3}),
    ("backpack", {"autoBorrow": True}),
    ("bullish", {"allowBorrow": True}),
    ("htx", {"source": "super-margin-api"}),
    ("cryptocom", {"spot_margin": "MARGIN"}),
]


@pytest.mark.parametrize(("exchange_id", "params"), LOANS)
async def test_an_order_on_credit_or_beyond_spot_is_not_sent(exchange_id: str, params: dict[str, Any]) -> None:
    name, value = next(iter(params.items()))
    with pytest.raises(BadConfiguration, match=rf"params\.createOrder\.{name} is {value!r}; .*spot.*remedy: remove it"):
        ExchangeSettings(params={"createOrder": params})
    with pytest.raises(BadConfiguration, match=rf"options\.createOrder\.{name} is "):
        ExchangeSettings(options={"createOrder": params})
    venue, sent = traded_on(exchange_id, "BTCUSDT", **params)
    with pytest.raises(VenueError, match=f"NotPermitted.*{name}={value!r}") as caught:
        await venue.call("create_order", "BTC/USDT", "limit", "buy", 1, 1)
    assert caught.value.outcome is Outcome.REFUSED
    assert sent.urls == []


@pytest.mark.parametrize(
    ("exchange_id", "options"),
    [
        ("binance", {"defaultType": "margin"}),
        ("binance", {"defaultType": "future"}),
        ("binance", {"defaultMarginMode": "cross"}),
        ("bitfinex", {"defaultMarginMode": "cross"}),
        ("kucoin", {"defaultMarginMode": "cross"}),
        ("hitbtc", {"defaultMarginMode": "isolated"}),
        ("whitebit", {"defaultMarginMode": "cross"}),
        ("digifinex", {"defaultMarginMode": "cross"}),
    ],
)
async def test_no_option_makes_ccxt_place_an_order_on_credit(exchange_id: str, options: dict[str, Any]) -> None:
    """As a class of the user's own may set them: the configuration refuses them."""
    with pytest.raises(BadConfiguration, match="remedy: remove it"):
        ExchangeSettings(options=options)
    venue, sent = traded_on(exchange_id, "BTCUSDT")
    venue.client.options.update(options)
    venue.client.markets_by_id = {"BTCUSDT": [venue.client.market("BTC/USDT")]}
    with pytest.raises(VenueError) as caught:
        await venue.call("create_order", "BTC/USDT", "limit", "buy", 1, 1)
    assert "NotPermitted" in str(caught.value) or sent.urls
    assert not [url for url in sent.urls if re.search("margin|collateral|future|fapi", url, re.I)]


@pytest.mark.parametrize("are_loaded", [True, False])
async def test_no_contract_is_traded(are_loaded: bool) -> None:
    """Where spot and contracts are traded at one address, the symbol alone tells them apart."""
    client = venue_of("hyperliquid").client
    sent = Sent(client)
    if are_loaded:
        market = {"id": "0", "symbol": "BTC/USDC:USDC", "base": "BTC", "quote": "USDC", "contract": True, "swap": True}
        client.set_markets([client.safe_market_structure(market)])
    with pytest.raises(NotPermitted, match="an order for BTC/USDC:USDC is not permitted: this connector trades spot"):
        await client.create_order("BTC/USDC:USDC", "limit", "buy", 1, 1)
    with pytest.raises(NotPermitted, match="this connector trades spot"):
        await client.createOrder(symbol="BTC/USDC:USDC", type="limit", side="buy", amount=1, price=1)
    assert sent.urls == []


async def test_an_order_type_that_is_on_margin_is_not_sent() -> None:
    venue, sent = traded_on("bitfinex", "tBTCUSD", type="LIMIT")
    with pytest.raises(VenueError, match="of type LIMIT is not permitted: on margin"):
        await venue.call("create_order", "BTC/USDT", "limit", "buy", 1, 1)
    assert sent.urls == []


@pytest.mark.parametrize(
    "params",
    [
        {"marginMode": None, "leverage": 1, "isLeverage": 0, "tdMode": "cash", "autoBorrow": False},
        {"type": "LIMIT_MAKER", "account": "spot", "market": "CROSSUSDT", "category": "spot", "side": "sell"},
        {"sideEffectType": "NO_SIDE_EFFECT", "selfTradePrevention": "EXPIRE_MAKER", "borrowed": "1"},
    ],
)
def test_parameters_of_an_order_with_what_the_account_holds_are_taken(params: dict[str, Any]) -> None:
    assert ExchangeSettings(params={"createOrder": params}).params["createOrder"] == params


async def test_hummingbots_own_requests_are_not_signed_for_an_order_on_credit() -> None:
    auth = CcxtAuth(Credentials({"apiKey": "k", "secret": "s"}), venue_of("gate").client)
    url = "https://api.gateio.ws/api/v4/spot/orders"
    for body, is_taken in (({"account": "spot"}, True), ({"account": "margin"}, False), ({"auto_borrow": True}, False)):
        request = RESTRequest(method=RESTMethod.POST, url=url, data=json.dumps({"side": "buy", **body}))
        if is_taken:
            assert (await auth.rest_authenticate(request)).headers
            continue
        with pytest.raises(NotPermitted):
            await auth.rest_authenticate(request)
        assert not request.headers


LEADING_ELSEWHERE = [
    "../../../v1/dw/withdraw/api/create?x=",
    "..",
    ".",
    "7/../8",
    "7?x=1",
    "7#",
    "%2e%2e",
    "7\r\n",
    "a\\b",
]


@pytest.mark.parametrize("order_id", LEADING_ELSEWHERE)
@pytest.mark.parametrize("exchange_id", ["htx", "bigone"])
async def test_an_order_id_leads_to_no_other_endpoint(exchange_id: str, order_id: str) -> None:
    venue, sent = traded_on(exchange_id, "btcusdt")
    with pytest.raises(VenueError, match=r"NotPermitted.*it would lead to another address") as caught:
        await venue.call("cancel_order", order_id, "BTC/USDT", params={"address": "evil", "amount": "1"})
    assert caught.value.outcome is Outcome.REFUSED
    assert sent.urls == []
    with pytest.raises(VenueError, match="RequestTimeout"):
        await venue.call("cancel_order", "7-a_b.c:d", "BTC/USDT")
    assert len(sent.urls) == 1


async def test_an_encoded_slash_in_an_address_leads_to_no_other_endpoint() -> None:
    auth = CcxtAuth(Credentials({"apiKey": "k", "secret": "s"}), venue_of("gate").client)
    for value in ("7%2F8", "7%3Fx=1", "7%23"):
        request = RESTRequest(method=RESTMethod.GET, url=f"https://api.gateio.ws/api/v4/spot/orders/{value}")
        with pytest.raises(UnknownEndpoint):
            await auth.rest_authenticate(request)
        assert not request.headers


async def test_a_message_of_ones_own_making_is_not_sent_on_a_stream() -> None:
    connection = venue_of("bitvavo").client.client("wss://ws.bitvavo.com/v2/")
    with pytest.raises(NotPermitted, match="a message on a stream is not permitted outside of a call"):
        await connection.send({"action": "privateWithdrawAssets", "symbol": "BTC", "amount": "1", "address": "x"})


async def test_whoever_is_told_of_what_a_stream_carries_asks_for_nothing_on_its_behalf() -> None:
    """Hummingbot's strategies hear of a fill within ccxt's handler of the message."""
    venue = venue_of("hyperliquid")
    client = venue.client
    told: list[str] = []

    class Strategy:
        def __getattr__(self, name: str) -> Any:
            def tries(*_: Any) -> None:
                with pytest.raises(NotPermitted, match="outside of a call"):
                    refuse_outside_of_allowed_calls(client, "a withdrawal")
                told.append(name)

            return tries

    venue._updates = Strategy()  # type: ignore[assignment]
    feed = venue.feed("orders", FeedEvents(live=Strategy().live, lost=Strategy().lost, failed=Strategy().failed))

    async def watch_orders(self: Any) -> None:
        venue.order({"id": "7"})
        venue.fill({"id": "8", "symbol": "BTC/USDC"})
        venue.trade({"id": "9", "symbol": "BTC/USDC"})
        venue.book_gap("BTC/USDC")
        venue.bad_message("a message", ValueError())
        venue._tell_balance({"BTC": {"free": 1}})
        feed.events.live(("",), True)
        feed.events.lost(("",))
        feed.events.failed(ValueError(), False)
        refuse_outside_of_allowed_calls(self, "what ccxt goes on to do")

    kind = type("hyperliquid", (type(client).__mro__[1],), {"watch_orders": watch_orders})
    restrict(kind)
    await kind().watch_orders()
    names = ["on_order", "on_fill", "on_trade", "on_book_gap", "on_bad_message", "on_balance", "live", "lost", "failed"]
    assert told == names


async def test_dots_in_an_address_lead_to_no_other_endpoint() -> None:
    auth = CcxtAuth(Credentials({}), venue_of("gate").client)
    for path in ("spot/orders/..%2F..%2Fwithdrawals", "spot/orders/../../withdrawals"):
        request = RESTRequest(method=RESTMethod.GET, url=f"https://api.gateio.ws/api/v4/{path}")
        with pytest.raises(UnknownEndpoint):
            await auth.rest_authenticate(request)
        assert not request.headers


def test_a_literal_endpoint_is_not_signed_as_a_name_in_another_ones_path() -> None:
    found = CcxtAuth(Credentials({}), venue_of("bitstamp").client)._candidates("POST", "/api/v2/withdrawal/open/")
    assert [len(names) for _, names in found] == sorted(len(names) for _, names in found)
    assert found[0][0].path == "withdrawal/open/"


async def test_what_is_started_within_an_allowed_call_goes_on_after_it() -> None:
    """ccxt renews listen keys with timers that it sets while it subscribes."""
    client = venue_of("binance").client
    loop = asyncio.get_running_loop()
    renewed = loop.create_future()

    async def watch_orders(self: Any) -> None:
        loop.call_later(0.01, lambda: renewed.set_result(self.sign("account", ["private"], "GET", {})["url"]))

    kind = type("binance", (type(client).__mro__[1],), {"watch_orders": watch_orders})
    restrict(kind)
    await kind({"apiKey": "k", "secret": "s"}).watch_orders()
    assert "signature=" in await renewed
