"""Real frames through the tapped classes: as many books and trades as were sent, and the right book at the end."""

import asyncio
import gzip
import json
from pathlib import Path

import aiohttp
import pytest

from hummingbot_ccxt.venue.recording import take_changes

RECORDINGS = Path(__file__).parents[2].parent / "shared" / "recordings" / "public"
pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recorded markets are not on this machine")


def records(name):
    with gzip.open(RECORDINGS / name, "rt") as lines:
        return [json.loads(line) for line in lines]


UNKNOWN = {"base": "BCH", "quote": "USDT", "type": "spot", "spot": True, "active": True}


@pytest.fixture
def replay(tapped_client, seen):
    """Hands a recording's frames to a tapped client that knows the recorded markets; counts its book emissions."""

    async def run(exchange, name, markets=None, subscribed=(), **config):
        recorded = records(name)
        answers = {each["url"]: each["body"] for each in recorded if each["dir"] == "rest"}
        client = tapped_client(exchange, **config)

        async def fetch(url, *args, **kwargs):
            for recorded_url, body in answers.items():
                if url.split("?")[0].endswith(recorded_url.split("?")[0].split("//")[1].split("/", 1)[1]) and (
                    "?" not in recorded_url or recorded_url.split("?")[1].split("&")[0] in url
                ):
                    return body
            return {"code": "0", "data": [], "result": {}, "error": []}

        client.fetch = fetch
        client.has["fetchCurrencies"] = False
        if markets is None:
            await client.load_markets()
        else:
            client.set_markets([client.safe_market_structure({**UNKNOWN, **market}) for market in markets])
        client.asyncio_loop = asyncio.get_running_loop()
        handed = client.client("wss://example.invalid/ws")
        handed.subscriptions.update(dict.fromkeys(subscribed, True))
        seen.emissions = 0
        taken = seen.book

        def count(book):
            seen.emissions += 1
            taken(book)

        seen.book = count
        for each in recorded:
            if each["dir"] == "recv":
                text = json.dumps(each["body"])
                handed.handle_message(aiohttp.WSMessage(aiohttp.WSMsgType.TEXT, text, None))
        await client.close()
        return client, [each["body"] for each in recorded if each["dir"] == "recv"]

    return run


def applied(levels, rows):
    for row in rows:
        price, amount = float(row[0]), float(row[1])
        levels[price] = amount
        if not amount:
            del levels[price]


async def test_coinbase_exchange(replay, seen):
    client, frames = await replay("coinbaseexchange", "coinbaseexchange/coinbase.jsonl.gz")
    books = {}
    for frame in frames:
        name = frame.get("product_id", "").replace("-", "/")
        if frame["type"] == "snapshot":
            books[name] = ({}, {})
            applied(books[name][0], frame["bids"])
            applied(books[name][1], frame["asks"])
        elif frame["type"] == "l2update":
            for side, price, amount in frame["changes"]:
                levels = books[name][0 if side == "buy" else 1]
                levels[float(price)] = float(amount)
    books = {name: tuple({p: a for p, a in side.items() if a} for side in sides) for name, sides in books.items()}
    assert len(books) == 10
    assert seen.emissions == sum(frame["type"] in ("snapshot", "l2update") for frame in frames) == 9729
    assert {name: seen.followed(name) for name in books} == books
    ids = [str(frame["trade_id"]) for frame in frames if frame["type"] == "match"]
    assert [trade["id"] for trade in seen.trades] == ids
    assert len(ids) == 97
    assert seen.bad == []
    assert all(take_changes(book) is None for book in client.orderbooks.values())


async def test_okx(replay, seen):
    _, frames = await replay(
        "okx",
        "okx/okx.jsonl.gz",
        subscribed=[f"books:{symbol}" for symbol in ("BTC/USDT", "UNI/USD:UNI", "BTC/USD:BTC-220527")],
    )
    updates = [f for f in frames if f.get("arg", {}).get("channel") == "books" and "data" in f]
    spot = ({}, {})
    for frame in (f for f in updates if f["arg"]["instId"] == "BTC-USDT"):
        for levels, rows in zip(spot, (frame["data"][0]["bids"], frame["data"][0]["asks"]), strict=True):
            if frame["action"] == "snapshot":
                levels.clear()
            levels.update((float(row[0]), float(row[1])) for row in rows)
    expected = tuple({price: amount for price, amount in side.items() if amount} for side in spot)
    assert seen.emissions == len(updates) == 290
    followed = seen.followed("BTC/USDT")
    best = [sorted(each, reverse=not index) for index, each in enumerate(followed)]
    assert [[(p, followed[i][p]) for p in best[i][:50]] for i in (0, 1)] == [
        [(p, expected[i][p]) for p in sorted(expected[i], reverse=not i)[:50]] for i in (0, 1)
    ]
    trades = [f["data"] for f in frames if f.get("arg", {}).get("channel") == "trades" and "data" in f]
    assert [trade["id"] for trade in seen.trades] == [each["tradeId"] for data in trades for each in data]
    assert len(seen.trades) == 74


async def test_htx_keeps_its_27_digit_trade_ids_apart(replay, seen):
    await replay("htx", "htx/huobi.jsonl.gz", markets=[{"id": "bchusdt", "symbol": "BCH/USDT"}])
    assert len(seen.trades) == 73
    assert len({trade["info"]["id"] for trade in seen.trades}) == 73  # 52 when orjson reads them as floats


async def test_frames_of_kraken_version_1_break_nothing(replay, seen):
    await replay("kraken", "kraken/kraken_v1_negative.jsonl.gz")
    assert (seen.trades, seen.emissions, seen.lost_connections) == ([], 0, [])


async def test_frames_of_bybit_version_2_break_nothing_and_their_junk_is_refused(replay, seen):
    from hummingbot_ccxt.translate.trades import trade_message
    from hummingbot_ccxt.translate.values import BadVenueData

    await replay("bybit", "bybit/bybit_v2_negative.jsonl.gz", markets=[{"id": "BCHUSDT", "symbol": "BCH/USDT"}])
    assert seen.emissions == 0
    assert len(seen.trades) > 0
    for trade in seen.trades:
        with pytest.raises(BadVenueData):
            trade_message(trade, trading_pair="BCH-USDT")
