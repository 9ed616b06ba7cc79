"""For each of the 87 exchanges: ccxt's own class makes requests of all that the connector asks of it.

The real class of the exchange with its mapping, its network cut off just where a request would leave: whatever raises
before that is a parameter that ccxt wants and we do not give, or a method that it claims and does not have.
"""

import base64
import binascii
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest
from ccxt.base.errors import ExchangeNotAvailable

from hummingbot_ccxt import registry
from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.exchange import ccxt_constants as constants
from hummingbot_ccxt.exchange.ccxt_exchange import CcxtExchange
from hummingbot_ccxt.exchange.client_order_ids import new_client_order_id
from hummingbot_ccxt.list_command import order_types
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue import client as venue_client
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.orders import Orders, OrderToPlace
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError
from hummingbot_ccxt.venue.recognition import OrderKey, OrderTerms
from hummingbot_ccxt.venue.venue import Venue, _camel

EXCHANGES = list(registry.exchanges())
CREDENTIALS = {
    "apiKey": "account-key",  # gemini's begin so
    "secret": "c2VjcmV0c2VjcmV0",
    "walletAddress": "0x" + "1" * 40,
    "privateKey": "0x" + "2" * 64,
}
UNREAD_KEYS = {
    "backpack": "an ed25519 key",
    "coinbaseinternational": "a key of coincurve's form",
    "hyperliquid": "a market's number as base id",
    "nado": "a market's number as base id",
    "pacifica": "a key of Solana's form",
    "revolutx": "a key in PEM form",
}
"""Whose classes cannot sign with credentials or a market that are made up, and why."""
POST_ONLY_IS_THE_VENUES_OWN_WORD = {
    "bitopro": "beside timeInForce, which decides",
    "bitvavo": "docs.bitvavo.com, create order, postOnly",
    "btcmarkets": "native btc_markets_exchange.py",
    "btse": "btsecom.github.io/docs/spot, create order, postOnly",
    "coinmate": "a number, see its mapping",
    "whitebit": "docs.whitebit.com, create limit order, postOnly",
}


class Cut:
    """One exchange's real class, cut off from the network; what would have been sent."""

    def __init__(self, exchange_id: str) -> None:
        info, mapping = registry.get(exchange_id), load_mapping(exchange_id)
        options: dict[str, Any] = {}
        for path in mapping.needs:
            outer, _, inner = path.partition(".")
            options[outer] = {inner: "named by the user"}
        settings = ExchangeSettings(options=options)
        keys = {name: CREDENTIALS.get(name, "1") for name in info.credentials}
        self.venue = Venue(
            exchange_id, credentials=Credentials(keys), mapping=mapping, settings=settings, updates=Mock()
        )
        self.orders = Orders(self.venue)
        self.sent: list[str] = []
        client = self.venue.client
        self.symbol = info.example_pair.replace("-", "/")
        client.set_markets([self._market(client)])
        client.load_markets = self._markets
        client.fetch = self._fetch
        rules = mapping.client_order_id
        own_id = new_client_order_id(
            is_buy=True,
            trading_pair=info.example_pair,
            prefix=rules.prefix or constants.HBOT_ORDER_ID_PREFIX,
            max_length=rules.max_length or constants.MAX_ORDER_ID_LEN,
            pattern=rules.pattern,
        )
        now_ms = int(time.time() * 1000)
        terms = OrderTerms("buy", Decimal("1.5"), Decimal("100.5"))
        self.key = OrderKey(
            symbol=self.symbol, client_order_id=own_id, exchange_order_id="12345", created_ms=now_ms, terms=terms
        )

    def _market(self, client: Any) -> dict[str, Any]:
        base, _, quote = self.symbol.partition("/")
        steps = {"price": 0.01, "amount": 0.0001} if client.precisionMode == 4 else {"price": 5, "amount": 4}
        made = {
            "id": f"{base}{quote}",
            "uppercaseId": f"{base}{quote}",  # bitbns
            "numericId": 1,  # bitteam, delta
            "symbol": self.symbol,
            **{"base": base, "quote": quote, "baseId": base, "quoteId": quote},
            **{"type": "spot", "spot": True, "active": True},
            "precision": steps,
            "limits": {"amount": {"min": 0.0001, "max": 1e9}, "cost": {"min": 1, "max": None}},
            "info": {"orderTypes": ["LIMIT", "MARKET", "LIMIT_MAKER"]},
        }
        return dict(client.safe_market_structure(made))

    async def _markets(self, *_: Any, **__: Any) -> Any:
        return self.venue.client.markets

    async def _fetch(self, url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        self.sent.append(f"{method} {url} {body}")
        raise ExchangeNotAvailable("cut off")

    def order(self, kind: Any, side: Any = "buy") -> OrderToPlace:
        return OrderToPlace(self.symbol, kind, side, Decimal("1.5"), Decimal("100.5"), self.key.client_order_id)

    async def leaves(self, asked: Any) -> str | None:
        """Await `asked`; the error with which it ended before any request left, None if one did."""
        before = len(self.sent)
        try:
            await asked
        except VenueError as err:
            return None if len(self.sent) > before else str(err)
        return None


@asynccontextmanager
async def cut(exchange_id: str) -> AsyncIterator[Cut]:
    made = Cut(exchange_id)
    try:
        yield made
    finally:
        await made.venue.close()


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venue_client, "requests_per_second", lambda _: 1000.0)  # the pace is tested elsewhere


@pytest.mark.parametrize("exchange_id", EXCHANGES)
async def test_whatever_the_connector_asks_for_leaves_as_a_request(exchange_id: str) -> None:
    if exchange_id in UNREAD_KEYS:
        pytest.skip(f"{exchange_id} wants {UNREAD_KEYS[exchange_id]}")
    async with cut(exchange_id) as venue:
        orders, key, symbol = venue.orders, venue.key, venue.symbol
        asked: dict[str, Any] = {
            "balance": venue.venue.call("fetch_balance"),
            "book": venue.venue.call("fetch_order_book", symbol),
            "cancel": orders.cancel(key),
        }
        if not orders.can_follow():
            assert "no method that tells what became of an order" in str(orders.why_not())
            assert await venue.leaves(orders.place(venue.order("limit"))) is not None
        else:
            kinds = {"limit": "limit", "market": "market", "post-only": "limit_maker"}
            for kind in order_types(registry.get(exchange_id), venue.venue.mapping):
                for side in ("buy", "sell"):
                    asked[f"{kind} {side}"] = orders.place(venue.order(kinds[kind], side))
            asked["look-up"] = orders.find(key)
        if orders.can_fetch_trades():
            asked["fills"] = orders.trades(key)
        if venue.venue.offers("fetchMyTrades"):
            asked["own trades"] = venue.venue.call("fetch_my_trades", symbol, key.created_ms - 60_000)
        for method in (
            "fetch_orders",
            "fetch_closed_orders",
            "fetch_canceled_orders",
            "fetch_canceled_and_closed_orders",
        ):
            if venue.venue.offers(_camel(method)):
                asked[method] = venue.venue.call(method, symbol, key.created_ms - 60_000)
        if venue.venue.offers("fetchOpenOrders"):
            asked["open orders"] = venue.venue.call("fetch_open_orders", symbol)
        if venue.venue.offers("fetchTrades"):
            asked["public trades"] = venue.venue.call("fetch_trades", symbol)
        ended = {name: await venue.leaves(what) for name, what in asked.items()}
    assert {name: error for name, error in ended.items() if error is not None} == {}


@pytest.mark.parametrize("exchange_id", EXCHANGES)
async def test_a_post_only_order_says_so_in_the_venues_words(exchange_id: str) -> None:
    """ccxt hands on parameters that it does not know: a venue that ignores `postOnly` would let the order take."""
    info, mapping = registry.get(exchange_id), load_mapping(exchange_id)
    if "post-only" not in order_types(info, mapping):
        pytest.skip(f"{exchange_id} has no post-only orders")
    if exchange_id in UNREAD_KEYS:
        pytest.skip(f"{exchange_id} wants {UNREAD_KEYS[exchange_id]}")
    async with cut(exchange_id) as venue:
        await venue.leaves(venue.orders.place(venue.order("limit_maker")))
        (sent,) = venue.sent[-1:]
    if "100.5" not in sent:
        pytest.skip(f"{exchange_id} asks for something else first: {sent[:60]}")
    own_word = "postOnly=true" in sent or '"postOnly":true' in sent or "postOnly=1" in sent
    assert not own_word or exchange_id in POST_ONLY_IS_THE_VENUES_OWN_WORD, sent
    assert any(word in sent.lower() for word in ("post", "maker", "moc", '"po"', "=po&", '"alo"', "flags")), sent


# --- what is told, and what is not


def decoded(sent: str) -> str:
    """A request's text, with the payload that coinone hides in base64."""
    body = sent.split(" ")[-1]
    try:
        return sent + base64.b64decode(body, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return sent


@pytest.mark.parametrize(
    ("exchange_id", "told"),
    [
        ("coinone", ('"price":100.5', '"qty":1.5', '"is_ask":0')),
        ("indodax", ("type=buy",)),
        ("coinspot", ("/my/buy/cancel",)),
    ],
)
async def test_a_cancellation_tells_of_the_order_what_ccxt_wants_to_know(
    exchange_id: str, told: tuple[str, ...]
) -> None:
    async with cut(exchange_id) as venue:
        await venue.leaves(venue.orders.cancel(venue.key))
        sent = decoded(venue.sent[-1]).replace(": ", ":").replace('"100.5"', "100.5").replace('"1.5"', "1.5")
    assert all(text in sent for text in told), sent


@pytest.mark.parametrize("exchange_id", [e for e in EXCHANGES if not load_mapping(e).client_order_id.sent])
async def test_an_id_that_the_venue_does_not_keep_is_not_sent(exchange_id: str) -> None:
    async with cut(exchange_id) as venue:
        if not venue.orders.can_follow():
            pytest.skip(f"{exchange_id}: {venue.orders.why_not()}")
        await venue.leaves(venue.orders.place(venue.order("limit")))
        assert venue.sent
        assert venue.key.client_order_id not in venue.sent[-1]


async def test_an_order_that_nothing_would_tell_of_is_refused_before_anything_is_sent() -> None:
    async with cut("coinspot") as venue:
        with pytest.raises(VenueError, match="no method that tells what became of an order on coinspot") as caught:
            await venue.orders.place(venue.order("limit"))
        assert caught.value.outcome is Outcome.REFUSED
        assert venue.sent == []


async def test_the_connector_says_at_once_that_it_will_place_no_order(caplog: pytest.LogCaptureFixture) -> None:
    connector = CcxtExchange(domain="coinspot", ccxt_api_key="k", ccxt_secret="s")
    await connector._venue.close()
    assert [r.getMessage() for r in caplog.records if "no order will be placed" in r.getMessage()] == [
        "ccxt_coinspot: no order will be placed: ccxt has no method that tells what became of an order on coinspot"
    ]


async def test_an_order_is_refused_while_an_option_that_ccxt_needs_is_not_configured() -> None:
    mapping = load_mapping("cex")
    keys = Credentials({"apiKey": "k", "secret": "s"})
    venue = Venue("cex", credentials=keys, mapping=mapping, settings=ExchangeSettings(), updates=Mock())
    try:
        said = Orders(venue).why_not()
        assert said is not None
        assert said.startswith("options.createOrder.accountId is missing (the name of the sub-account")
        venue.client.options["createOrder"] = {"accountId": "one"}
        assert Orders(venue).why_not() is None
    finally:
        await venue.close()
