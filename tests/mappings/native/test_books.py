"""Books that ccxt starts too late or leaves wrong (ccxt_hazards.md, 3 and 7 to 9), with recorded messages."""

import asyncio
import gzip
import json
from types import SimpleNamespace

import pytest
from ccxt.base import errors as ccxt_errors

from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue.client import _merge, _spot_options

from .clients import SYMBOL, fresh_client, recorded


class Connection(SimpleNamespace):
    """What a handler needs of ccxt's connection; `resolved` holds what it handed out."""

    def __init__(self):
        super().__init__(subscriptions={}, resolved=[], url="wss://venue")

    def resolve(self, result, message_hash):
        self.resolved.append(message_hash)

    def reject(self, error, message_hash=None):
        raise error


def with_options(exchange, ours=True):
    """A client with the options of ours: those for every exchange, and those of its mapping."""
    client = fresh_client(exchange)
    if ours:
        _merge(client.options, _spot_options(client.options))
        _merge(client.options, load_mapping(exchange).options)
    return client


def frames(*parts):
    with gzip.open(recorded("public", *parts), "rt") as lines:
        return [json.loads(line) for line in lines]


CHANGES = {
    "kucoin": {
        "type": "message",
        "topic": "/market/level2:ETH-USDT",
        "data": {
            "sequenceStart": 1613277183874,
            "symbol": "ETH-USDT",
            "changes": {"asks": [["0", "0", "1613277183874"]], "bids": []},
            "sequenceEnd": 1613277183874,
        },
    },
    "mexc": {
        "channel": "spot@public.aggre.depth.v3.api.pb@100ms@ETHUSDT",
        "symbol": "ETHUSDT",
        "sendTime": "1754741322152",
        "publicAggreDepths": {
            "bids": [{"price": "117053.41", "quantity": "1.86837271"}],
            "fromVersion": "43296363236",
            "toVersion": "43296363255",
        },
    },
    "gateeu": {
        "channel": "spot.order_book_update",
        "event": "update",
        "result": {"t": 1619093532978, "s": "ETH_USDT", "U": 2691446, "u": 2691446, "b": [], "a": []},
    },
}
"""One change of a book per venue, as it is streamed."""


@pytest.mark.parametrize("exchange", CHANGES)
@pytest.mark.parametrize("ours", [True, False], ids=["ours", "as ccxt has it"])
def test_a_book_is_asked_for_at_its_first_change(exchange, ours):
    client, connection, asked = with_options(exchange, ours), Connection(), []
    client.spawn = lambda method, *arguments: asked.append(arguments)
    client.orderbooks[SYMBOL] = client.order_book({})
    connection.subscriptions[f"orderbook:{SYMBOL}"] = {"symbol": SYMBOL}
    connection.subscriptions["/market/level2:ETH-USDT"] = {"symbols": [SYMBOL]}
    client.handle_order_book(connection, CHANGES[exchange])
    assert len(asked) == (1 if ours else 0)


def test_gate_itself_streams_whole_spot_books():
    client, asked = with_options("gate"), []

    async def subscribe(url, message_hash, payload, channel, *_):
        asked.append(channel)
        return client.order_book({})

    client.subscribe_public = subscribe
    asyncio.run(client.watch_order_book(SYMBOL))
    assert asked == ["spot.obu"]


def test_gate_turns_down_a_snapshot_that_ends_right_before_the_first_change():
    client = with_options("gateeu")
    book = client.order_book({"nonce": 2691445})
    book["nonce"] = 2691445
    change = CHANGES["gateeu"]["result"]
    assert client.get_cache_index(book, [change]) == -1  # although the change follows it without a gap
    book["nonce"] = 2691446  # what a snapshot asked for at that change is at least
    assert client.get_cache_index(book, [change]) == 1


def replayed_books(delay, latency):
    """(best bid and ask per symbol as ccxt has them at the end, the same by the recording) of bitstamp's recording.

    ccxt asks for a snapshot after `delay` changes; it arrives after `latency` more, and again until it fits.
    """
    records = frames("bitstamp", "bitstamp.jsonl.gz")
    snapshots = {
        r["url"].rsplit("/", 1)[1].upper(): r["body"]
        for r in records
        if r["dir"] == "rest" and "/order_book/" in r["url"]
    }
    client, waiting = fresh_client("bitstamp"), {}
    client.options["watchOrderBook"]["snapshotDelay"] = delay
    names = {"base": "A", "quote": "B", "type": "spot", "spot": True}
    client.set_markets([client.safe_market_structure({"id": s.lower(), "symbol": s, **names}) for s in snapshots])
    client.spawn = lambda method, connection, message_hash, symbol, *_: waiting.update({symbol: latency})
    for symbol in snapshots:
        client.orderbooks[symbol] = client.order_book({})
    changes = {symbol: [] for symbol in snapshots}
    for message in (r["body"] for r in records if r["dir"] == "recv"):
        if message.get("event") != "data" or not message["channel"].startswith("diff_order_book_"):
            continue
        symbol = message["channel"].rsplit("_", 1)[1].upper()
        changes[symbol].append(message["data"])
        client.handle_order_book(Connection(), message)
        if symbol in waiting:
            waiting[symbol] -= 1
            if waiting[symbol] <= 0 and take_snapshot(client, symbol, snapshots[symbol]):
                del waiting[symbol]
    started = [symbol for symbol in snapshots if client.orderbooks[symbol]["nonce"]]
    got = {s: [client.orderbooks[s]["bids"][0][0], client.orderbooks[s]["asks"][0][0]] for s in started}
    return got, {symbol: best_prices(snapshots[symbol], changes[symbol]) for symbol in started}


def take_snapshot(client, symbol, body):
    """What ccxt's load_order_book does with an answer; tell whether it fitted."""
    stored, snapshot = client.orderbooks[symbol], client.parse_order_book(body, symbol)
    snapshot["nonce"] = int(body["microtimestamp"])
    index = client.get_cache_index(snapshot, stored.cache)
    if index < 0:
        return False
    stored.reset(snapshot)
    for change in stored.cache[index:]:
        client.handle_book_delta(stored, change)
    stored.cache.clear()
    return True


def best_prices(snapshot, changes):
    """The best bid and ask after a snapshot and every change that is newer."""
    sides = {side: {float(p): float(a) for p, a in snapshot[side]} for side in ("bids", "asks")}
    for change in changes:
        if int(change["microtimestamp"]) > int(snapshot["microtimestamp"]):
            for side, levels in sides.items():
                levels.update({float(p): float(a) for p, a in change[side]})
    left = {side: [price for price, amount in levels.items() if amount] for side, levels in sides.items()}
    return [max(left["bids"]), min(left["asks"])]


@pytest.mark.parametrize(
    ("delay", "latency", "wrong"),
    [
        pytest.param(6, 1, ["GALAEUR"], id="as ccxt has it"),
        pytest.param(0, 1, [], id="no delay, and the snapshot comes at once"),
        pytest.param(0, 7, ["GALAEUR"], id="no delay, and changes come before the snapshot does"),
    ],
)
def test_bitstamps_books_are_polled_since_no_delay_makes_streamed_ones_right(delay, latency, wrong):
    got, expected = replayed_books(delay, latency)
    assert len(got) == 9
    assert [symbol for symbol in got if got[symbol] != expected[symbol]] == wrong
    assert "book" in load_mapping("bitstamp").polled


def test_kraken_does_not_notice_a_lost_change_so_that_its_books_are_verified():
    client, connection = fresh_client("kraken"), Connection()

    def frame(kind, bids, checksum):
        rows = [{"price": price, "qty": amount} for price, amount in bids]
        data = [{"symbol": SYMBOL, "bids": rows, "asks": [], "checksum": checksum}]
        client.handle_message(connection, {"channel": "book", "type": kind, "data": data})

    frame("snapshot", [(2500.0, 1.0)], 1)
    frame("update", [(2499.0, 1.0)], 999)  # no checksum of this book: the best bid's removal got lost
    assert len(connection.resolved) == 2  # both went out as right
    assert client.orderbooks[SYMBOL]["bids"][0][0] == 2500.0
    assert load_mapping("kraken").verify_book_s


@pytest.mark.parametrize("exchange", ["okx", "okxus", "myokx"])
def test_okx_notices_a_lost_change_by_its_sequence_so_that_no_checksum_is_missed(exchange):
    client, connection = fresh_client(exchange), Connection()
    connection.subscriptions[f"books:{SYMBOL}"] = {}

    def frame(action, before, number, price):
        data = [{"bids": [[price, "1", "0", "1"]], "asks": [], "ts": "1", "prevSeqId": before, "seqId": number}]
        arg = {"channel": "books", "instId": "ETH-USDT"}
        client.handle_message(connection, {"arg": arg, "action": action, "data": data})

    frame("snapshot", -1, 10, "2500")
    frame("update", 10, 15, "2501")
    assert client.orderbooks[SYMBOL]["bids"][0][0] == 2501.0
    with pytest.raises(ccxt_errors.InvalidNonce):  # the connection's rejection, upon which the feed subscribes again
        frame("update", 16, 17, "2502")
    assert SYMBOL not in client.orderbooks
    assert load_mapping(exchange).verify_book_s is None


def test_krakens_checksum_cannot_be_turned_on():
    """Once ccxt compares checksums without raising, `watchOrderBook.checksum` belongs into the mapping."""
    client = fresh_client("kraken")
    snapshot = json.loads(recorded("private", "kraken", "ws_book_snapshot.json").read_text())
    client.handle_order_book(Connection(), snapshot)
    client.options["watchOrderBook"]["checksum"] = True
    with pytest.raises(AttributeError, match="'float' object has no attribute 'split'"):
        client.handle_order_book(Connection(), snapshot)
    assert load_mapping("kraken").options == {}


@pytest.mark.parametrize(
    ("exchange", "method", "refused"),
    [("kraken", "watch_order_book_for_symbols", 50), ("bybit", "watch_order_book_for_symbols", 20)],
)
def test_only_depths_that_ccxt_takes_are_listed(exchange, method, refused):
    client, limits = fresh_client(exchange), load_mapping(exchange).depth_limits
    assert refused not in limits

    class Asked(Exception):
        pass

    async def ask(*_, **__):
        raise Asked

    client.watch_multi_helper = client.watch_topics = ask
    for limit in limits:
        with pytest.raises(Asked):
            asyncio.run(getattr(client, method)([SYMBOL], limit))
    with pytest.raises(Exception, match="limit"):
        asyncio.run(getattr(client, method)([SYMBOL], refused))
