"""A recording holds everything but credentials, and a replay leads the engine's book along the recorded one."""

import asyncio
import gzip
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hummingbot_ccxt.sandbox import OrderType, Sandbox, Side
from hummingbot_ccxt.sandbox.recording import Recorder, read_recording

PUBLIC = Path(__file__).parents[2] / "../shared/recordings/public/binance"


def recording(name: str) -> Path:
    path = PUBLIC / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"no recording {path.name}: shared/recordings is not there")
    return path


def independent_replay(path: Path) -> dict[str, tuple[dict[Decimal, Decimal], dict[Decimal, Decimal]]]:
    """The recording's final books by Binance's own instructions, written down a second time."""
    books: dict[str, tuple[dict[Decimal, Decimal], dict[Decimal, Decimal]]] = {}
    last: dict[str, int] = {}
    waiting: dict[str, list[Any]] = {}

    def apply(market_id: str, event: Any) -> None:
        if event["u"] <= last[market_id]:
            return
        last[market_id] = event["u"]
        for side, name in ((0, "b"), (1, "a")):
            for price, amount in event[name]:
                books[market_id][side][Decimal(price)] = Decimal(amount)

    with gzip.open(path, "rt") as lines:
        for line in lines:
            record = json.loads(line)
            body = json.loads(record["body"]) if isinstance(record["body"], str) else record["body"]
            if record["dir"] == "rest" and "/depth?" in record["url"]:
                market_id = record["url"].partition("symbol=")[2].partition("&")[0]
                books[market_id] = tuple({Decimal(p): Decimal(a) for p, a in body[name]} for name in ("bids", "asks"))  # type: ignore[assignment]
                last[market_id] = body["lastUpdateId"]
                for event in waiting.pop(market_id, []):
                    apply(market_id, event)
            elif record["dir"] == "recv" and body["data"].get("e") == "depthUpdate":
                market_id = body["data"]["s"]
                if market_id in books:
                    apply(market_id, body["data"])
                else:
                    waiting.setdefault(market_id, []).append(body["data"])
    return {
        market_id: tuple({p: a for p, a in side.items() if a} for side in sides)  # type: ignore[misc]
        for market_id, sides in books.items()
    }


@pytest.mark.parametrize("name", ["binance", "binance_tr"])
async def test_a_replays_final_books_are_the_recorded_ones(name: str) -> None:
    expected = independent_replay(recording(name))
    async with Sandbox("binance", replay=recording(name), replay_speed=0) as sandbox:
        await asyncio.wait_for(sandbox.replayed(), 20)
        sandbox.engine.audit()
        books = {
            symbol.replace("/", ""): (
                dict(sandbox.engine.book(symbol).bids.levels()),
                dict(sandbox.engine.book(symbol).asks.levels()),
            )
            for symbol in sandbox.engine.markets
        }

    def on_grid(symbol: str, side: dict[Decimal, Decimal]) -> dict[Decimal, Decimal]:
        """Without orders from before a change of tick or lot, which the market's present rules do not allow."""
        market = sandbox.engine.markets[symbol]
        return {p: a for p, a in side.items() if p % market.tick_size == 0 and a % market.lot_size == 0}

    assert len(books) == len(expected)
    for symbol in sandbox.engine.markets:
        market_id = symbol.replace("/", "")
        assert books[market_id] == tuple(on_grid(symbol, side) for side in expected[market_id])
        dropped = sum(len(whole) - len(kept) for whole, kept in zip(expected[market_id], books[market_id], strict=True))
        assert dropped < 0.12 * sum(len(whole) for whole in expected[market_id])


async def test_recorded_trades_happen_at_their_price() -> None:
    async with Sandbox("binance", replay=recording("binance"), replay_speed=0) as sandbox:
        await asyncio.wait_for(sandbox.replayed(), 20)
        trades = sandbox.engine.trades("NKN/USDT")

    assert [(each.price, each.amount, each.taker_side) for each in trades] == [
        (Decimal("0.3528"), Decimal(58), Side.BUY)
    ]


async def test_ccxt_follows_a_replayed_book_while_it_moves() -> None:
    import ccxt.pro

    async with Sandbox("binance", replay=recording("binance"), replay_speed=30, book_interval_s=0.01) as sandbox:
        exchange = ccxt.pro.binance()
        exchange.urls = sandbox.rewrite(exchange.urls)
        try:
            async with asyncio.timeout(20):
                book = await exchange.watch_order_book("NKN/USDT")
                await sandbox.replayed()
                await asyncio.sleep(0.05)
                while book["nonce"] < sandbox.engine.book("NKN/USDT").sequence:
                    book = await exchange.watch_order_book("NKN/USDT")
        finally:
            await exchange.close()
        levels = sandbox.engine.book("NKN/USDT").bids.levels(100)

    assert [(Decimal(str(price)), Decimal(str(amount))) for price, amount in book["bids"][:100]] == levels


async def test_a_client_trades_in_the_middle_of_a_replay() -> None:
    async with Sandbox("binance", replay=recording("binance"), replay_speed=0) as sandbox:
        account = sandbox.create_account({"USDT": Decimal(1_000)})
        await asyncio.wait_for(sandbox.replayed(), 20)
        order = sandbox.engine.place(
            account.account_id, symbol="NKN/USDT", side=Side.BUY, type=OrderType.MARKET, amount=Decimal(100)
        )

    assert (order.filled, order.average_price) == (Decimal(100), Decimal("0.3531"))


def test_what_was_a_secret_once_is_recorded_masked_for_good(tmp_path: Path) -> None:
    """A client goes on sending a key that was revoked."""
    path, valid = tmp_path / "recording.jsonl", ["key-that-will-be-revoked"]
    recorder = Recorder(path, lambda: valid)
    for _ in range(2):
        recorder.frame("wss://venue", "sent", b'{"op": "auth", "args": ["key-that-will-be-revoked"]}')
        valid.clear()
    recorder.close()
    assert [record.body["args"] for record in read_recording(path)] == [["***"], ["***"]]


async def test_everything_is_recorded_but_credentials(
    tmp_path: Path, http: aiohttp.ClientSession, as_account: Callable[..., Any]
) -> None:
    path = tmp_path / "recording.jsonl"
    async with Sandbox("binance", record=path, book_interval_s=0.01) as sandbox:
        account = sandbox.create_account({"USDT": Decimal(10_000)})
        client = as_account(account)
        client._sandbox = sandbox
        await client.get("/api/v3/exchangeInfo")
        key = (await client.send("POST", "/api/v3/userDataStream")).json["listenKey"]
        private = await http.ws_connect(sandbox.rewrite(f"wss://stream.binance.com:9443/ws/{key}"))
        public = await http.ws_connect(sandbox.rewrite("wss://stream.binance.com:9443/ws/btcusdt@depth@100ms"))
        api = await http.ws_connect(sandbox.rewrite("wss://ws-api.binance.com:443/ws-api/v3"))
        await api.send_json({"id": 1, "method": "time", "params": {"apiKey": account.api_key, "signature": "feed"}})
        await client.buy(newClientOrderId="recorded")
        for socket in (private, public, api):
            await asyncio.wait_for(socket.receive(), 5)
    text = path.read_text()
    records = list(read_recording(path))

    for secret in (account.api_key, account.secret, key, "feed"):
        assert secret not in text
    assert "signature=" not in text
    assert [(each.direction, each.url.partition("?")[0]) for each in records if each.direction == "rest"] == [
        ("rest", "https://api.binance.com/api/v3/exchangeInfo"),
        ("rest", "https://api.binance.com/api/v3/userDataStream"),
        ("rest", "https://api.binance.com/api/v3/order"),
    ]
    assert {each.url for each in records if each.direction == "connect"} == {
        "wss://stream.binance.com:9443/ws/***",
        "wss://stream.binance.com:9443/ws/btcusdt@depth@100ms",
        "wss://ws-api.binance.com:443/ws-api/v3",
    }
    assert {each.body["e"] for each in records if each.direction == "recv" and "e" in each.body} >= {
        "executionReport",
        "depthUpdate",
    }
    assert [each.body["params"] for each in records if each.direction == "sent"] == [
        {"apiKey": "***", "signature": "***"}
    ]


async def test_a_recording_of_the_sandbox_itself_can_be_replayed(
    tmp_path: Path, as_account: Callable[..., Any], http: aiohttp.ClientSession
) -> None:
    path = tmp_path / "recording.jsonl"
    async with Sandbox("binance", record=path, participants=["BTC-USDT"], book_interval_s=0.01) as sandbox:
        client = as_account(sandbox.create_account())
        client._sandbox = sandbox
        stream = await http.ws_connect(
            sandbox.rewrite("wss://stream.binance.com:9443/stream?streams=btcusdt@depth@100ms/btcusdt@trade")
        )
        await client.get("/api/v3/exchangeInfo")
        await asyncio.wait_for(stream.receive(), 5)
        await client.get("/api/v3/depth", symbol="BTCUSDT", limit=5000)
        for _ in range(20):
            await asyncio.wait_for(stream.receive(), 5)
    async with Sandbox("binance", replay=path, replay_speed=0) as replayed:
        await asyncio.wait_for(replayed.replayed(), 20)
        replayed.engine.audit()
        book = replayed.engine.book("BTC/USDT")

        assert list(replayed.engine.markets) == ["BTC/USDT"]
        assert len(book.bids) > 10
        assert replayed.engine.trades("BTC/USDT")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("nonsense\n", "line 1 is no line of a recording", id="no JSON"),
        pytest.param('{"t":1,"url":"u","dir":"rest"}\n', "line 1 is no line of a recording", id="no body"),
        pytest.param("", "has no order book", id="empty"),
    ],
)
def test_a_file_that_is_no_recording_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "wrong.jsonl"
    path.write_text(text)

    with pytest.raises(ValueError, match=complaint):
        Sandbox("binance", replay=path)
