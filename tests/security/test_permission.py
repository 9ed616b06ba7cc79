"""No withdrawal, no transfer, nothing but what trading takes: on every exchange, through every door."""

import asyncio
import re
from typing import Any

import pytest
from ccxt.base import errors as ccxt
from ccxt.base.types import Entry
from hummingbot.core.web_assistant.connections.data_types import RESTMethod, RESTRequest

from hummingbot_ccxt import registry
from hummingbot_ccxt.configuration import ExchangeSettings
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
    restrict,
    shared_endpoints,
    unfenced_sign,
)
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
