"""What ccxt gets wrong of orders, fills and balances, and what the mapping makes of it (ccxt_hazards.md, 13 to 30)."""

import asyncio
import gzip
import json
import re
from decimal import Decimal

import orjson
import pytest
from ccxt.base import errors as ccxt_errors
from hummingbot.core.data_type.in_flight_order import OrderState
from hummingbot.core.data_type.trade_fee import TokenAmount

from hummingbot_ccxt.mapping import NO_QUIRKS, load_mapping
from hummingbot_ccxt.translate.balances import balances
from hummingbot_ccxt.translate.corrections import corrected
from hummingbot_ccxt.translate.fees import paid_fees
from hummingbot_ccxt.translate.fills import is_makers, trade_id
from hummingbot_ccxt.translate.markets import is_tradable_spot
from hummingbot_ccxt.translate.orders import filled_amount, order_state
from hummingbot_ccxt.translate.steps import with_largest_order
from hummingbot_ccxt.translate.trades import trade_message
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.secrets import Secrets
from hummingbot_ccxt.venue.tap import ClientParts, tapped_class

from .clients import SYMBOL, Sent, fresh_client, offline_client, recorded
from .test_books import Connection, with_options


def market_of(exchange):
    return offline_client(exchange).market(SYMBOL)


def private(*parts):
    return json.loads(recorded("private", *parts).read_text())


def tapped_client(exchange, mapped=True):
    """(a client as the connector has it, with or without the mapping's say in messages, and what it reports)."""
    plain, seen = fresh_client(exchange), Seen()
    client = tapped_class(type(plain))({"apiKey": "k", "secret": "s"})
    client.set_markets(list(plain.markets.values()))
    mapping = load_mapping(exchange) if mapped else NO_QUIRKS
    client.install(ClientParts(tap=seen, budget=None, secrets=Secrets([]), mapping=mapping))
    return client, seen


class Seen:
    """A tap that keeps orders and fills."""

    def __init__(self):
        self.orders, self.fills = [], []
        self.order, self.fill = self.orders.append, self.fills.append
        self.trade = self.book = self.resolved = lambda *_: None

    def bad_message(self, where, error, client=None):
        raise error


def sent_by(client, method, *arguments, **named):
    """The request that a method would have sent."""
    with pytest.raises(Sent) as caught:
        asyncio.run(getattr(client, method)(*arguments, **named))
    return caught.value


# --- okx


def test_okx_streams_paid_fees_as_if_they_were_rebates():
    fill = {"instId": "ETH-USDT", "ordId": "1", "tradeId": "2", "fillPx": "2500", "fillSz": "1", "side": "buy"}
    streamed = {**fill, "fillFee": "-0.001", "fillFeeCcy": "ETH", "execType": "T", "fillTime": "1597026383085"}
    client = offline_client("okx")
    trade = client.order_to_trade(client.parse_order(streamed))
    assert trade["fee"]["cost"] == -0.001  # a rebate, to ccxt
    assert paid_fees(corrected(trade, load_mapping("okx").trade_fields)) == [TokenAmount("ETH", Decimal("0.001"))]
    assert client.parse_trade({**fill, "fee": "-0.001", "feeCcy": "ETH", "ts": "1"})["fee"]["cost"] == 0.001


def test_okxs_answer_to_a_new_order_says_nothing_but_its_id():
    order = offline_client("okx").parse_order(private("okx", "http_place_order_response.json"))
    assert order["id"] == "12345678901234567890"
    assert order_state(order, load_mapping("okx")) is None


@pytest.mark.parametrize("exchange", ["okx", "okxus", "myokx"])
def test_okx_takes_an_id_and_post_only_and_a_market_buy_in_base(exchange):
    client = offline_client(exchange)
    maker = client.create_order_request(SYMBOL, "limit", "buy", 1, 2500, {"clientOrderId": "HBOT1", "postOnly": True})
    assert (maker["clOrdId"], maker["ordType"]) == ("HBOT1", "post_only")
    market = client.create_order_request(SYMBOL, "market", "buy", 1, None, {"clientOrderId": "HBOT2"})
    assert (market["tgtCcy"], market["sz"]) == ("base_ccy", "1")


# --- bybit


def test_bybit_fetches_an_order_only_if_told_that_it_may():
    def unified(mapped):
        client = with_options("bybit", mapped)
        client.options.update(enableUnifiedMargin=False, enableUnifiedAccount=True)
        return client

    with pytest.raises(ccxt_errors.ArgumentsRequired):
        asyncio.run(unified(False).fetch_order("1", SYMBOL))
    assert sent_by(unified(True), "fetch_order", "1", SYMBOL).path == "v5/order/realtime"


def test_bybits_market_buy_goes_out_in_base():
    request = offline_client("bybit").create_order_request(SYMBOL, "market", "buy", 0.5, None, {}, True)
    assert (request["marketUnit"], request["qty"]) == ("baseCoin", "0.5")


@pytest.mark.parametrize(
    ("status", "filled", "state"),
    [
        ("Rejected", "0", OrderState.FAILED),
        ("Rejected", "50", OrderState.CANCELED),  # it traded: its fills are booked first
        ("PartiallyFilledCanceled", "50", OrderState.CANCELED),
        ("PartiallyFilled", "50", OrderState.PARTIALLY_FILLED),
    ],
)
def test_what_a_streamed_bybit_order_is(status, filled, state):
    raw = {
        "symbol": "ETHUSDT",
        "orderId": "1",
        "orderLinkId": "HBOT1",
        "side": "Buy",
        "orderType": "Limit",
        "price": "2500",
        "qty": "100",
        "cumExecQty": filled,
        "orderStatus": status,
    }
    order = offline_client("bybit").parse_order(raw, market_of("bybit"))
    assert order_state(order, load_mapping("bybit")) is state
    assert filled_amount(order) == int(filled)


@pytest.fixture
def old_frames():
    """What Bybit sent in its second protocol; through ccxt's class of the fifth, nothing may break or look right."""
    with gzip.open(recorded("public", "bybit", "bybit_v2_negative.jsonl.gz"), "rt") as lines:
        records = [json.loads(line) for line in lines]
    return [record["body"] for record in records if record["dir"] == "recv"]


def test_bybits_frames_of_an_old_protocol_make_no_trades(old_frames):
    trades = [t for b in old_frames if str(b.get("topic", "")).startswith("trade.") for t in b.get("data", [])]
    assert len(trades) == 19
    client = offline_client("bybit")
    for raw in trades:
        with pytest.raises(BadVenueData):
            trade_message(client.parse_ws_trade(raw, market_of("bybit")), trading_pair="ETH-USDT")


def test_bybits_frames_of_an_old_protocol_change_no_book_and_disturb_nobody(old_frames):
    (client, seen), connection = tapped_client("bybit"), Connection()
    book = client.orderbooks[SYMBOL] = client.order_book({})
    for frame in old_frames:
        client.handle_message(connection, frame)
    assert len(old_frames) == 715
    assert (book["bids"], book["asks"], book["nonce"]) == ([], [], None)
    assert (seen.fills, seen.orders) == ([], [])
    trades = [trade for cache in client.trades.values() for trade in cache]
    assert {(trade["id"], trade["price"], trade["amount"], trade["timestamp"]) for trade in trades} == {(None,) * 4}


def test_an_empty_bybit_frame_brings_no_fill_again():
    """ccxt hands the last fill to whoever waits for the next one (pro/bybit.py :1446); we report what is new."""
    client, seen = tapped_client("bybit")
    fill = {"category": "spot", "symbol": "ETHUSDT", "execId": "1", "orderId": "2", "execPrice": "2500", "execQty": "1"}
    fill |= {"execType": "Trade", "execFee": "0.001", "side": "Buy", "execTime": "1672364174443", "isMaker": False}
    connection = Connection()
    for data in ([fill], [], [{**fill, "execType": "Funding"}]):
        client.handle_my_trades(connection, {"topic": "execution", "creationTime": 1, "data": data})
    assert connection.resolved.count("myTrades") > 1
    assert [trade["id"] for trade in seen.fills] == ["1"]


BYBITS_COIN = {"coin": "USDT", "walletBalance": "51333.8", "equity": "51333.8", "locked": "300", "borrowAmount": "0"}
BYBITS_WALLET = {"accountType": "UNIFIED", "coin": [{**BYBITS_COIN, "availableToWithdraw": "0"}]}


@pytest.mark.parametrize(("mapped", "available"), [(True, "51033.8"), (False, "0")], ids=["ours", "as ccxt has it"])
def test_what_bybit_lets_be_withdrawn_is_not_all_that_is_free(mapped, available):
    client, _ = tapped_client("bybit", mapped)
    answer = client.parse_json(json.dumps({"result": {"list": [BYBITS_WALLET]}}))
    said = balances(client.parse_balance(answer))
    assert said.complete["USDT"] == (Decimal("51333.8"), Decimal(available))


@pytest.mark.parametrize("mapped", [True, False], ids=["ours", "as ccxt has it"])
def test_what_bybit_lets_be_withdrawn_is_not_all_that_is_free_on_its_stream_either(mapped):
    client, _ = tapped_client("bybit", mapped)
    client.handle_message(Connection(), {"topic": "wallet", "creationTime": 1, "data": [BYBITS_WALLET]})
    said = balances(client.balance["unified"])
    if mapped:
        assert said.complete["USDT"] == (Decimal("51333.8"), Decimal("51033.8"))
    else:
        assert said.incomplete == {"USDT"}  # it does not add up: it would be asked for again, over and over


# --- kraken


def test_kraken_orders_without_an_id_are_never_ours():
    raw = private("kraken", "http_open_orders.json")["result"]["open"]
    orders = [offline_client("kraken").parse_order({"id": i, **o}) for i, o in raw.items()]
    named = {order["clientOrderId"] for order in orders}
    assert named == {"0", "123456"}  # the userrefs, to ccxt
    assert not any(re.fullmatch(load_mapping("kraken").client_order_id.pattern, name) for name in named)


def test_krakens_answer_to_a_new_order_says_nothing_but_its_id():
    answer = private("kraken", "http_add_order_spot.json")["result"]
    order = offline_client("kraken").parse_order(answer)
    assert order["id"] == "OUF4EM-FRGI2-MQMWZD"
    assert order_state(order, load_mapping("kraken")) is None


def test_kraken_is_sent_our_id_as_cl_ord_id():
    our_id = "6d1b345e-2821-40e2-ad83-4ecb18a06876"
    assert re.fullmatch(load_mapping("kraken").client_order_id.pattern, our_id)
    sent = sent_by(fresh_client("kraken"), "create_order", SYMBOL, "limit", "buy", 1, 2500, {"clientOrderId": our_id})
    assert sent.params["cl_ord_id"] == our_id


@pytest.mark.parametrize("mapped", [True, False], ids=["ours", "as ccxt has it"])
@pytest.mark.parametrize("fill_first", [True, False])
def test_a_kraken_frame_of_an_order_and_a_fill_gives_both(mapped, fill_first):
    client, seen = tapped_client("kraken", mapped)
    order = {"order_id": "O1", "symbol": SYMBOL, "order_status": "new", "exec_type": "new", "order_qty": 1}
    fill = {"order_id": "O2", "symbol": SYMBOL, "exec_type": "trade", "exec_id": "T1", "last_price": 1, "last_qty": 1}
    data = [fill, order] if fill_first else [order, fill]
    client.handle_message(Connection(), {"channel": "executions", "type": "update", "data": data})
    told = ([o["id"] for o in seen.orders], [t["id"] for t in seen.fills])
    if mapped:
        assert told == (["O1"], ["T1"])
    else:
        assert told != (["O1"], ["T1"])


@pytest.mark.parametrize("mapped", [True, False], ids=["ours", "as ccxt has it"])
def test_a_kraken_order_cancelled_when_partly_filled_is_not_filled(mapped):
    client, seen = tapped_client("kraken", mapped)
    # As in ccxt's own sample (pro/kraken.py :1344): neither symbol nor order_qty.
    ended = {"order_id": "O1", "order_status": "canceled", "exec_type": "canceled", "cum_qty": 0.4, "cum_cost": 1000}
    client.handle_message(Connection(), {"channel": "executions", "type": "update", "data": [ended]})
    order, mapping = seen.orders[0], load_mapping("kraken") if mapped else NO_QUIRKS
    order = corrected(order, mapping.order_fields)
    assert order_state(order, mapping) is OrderState.CANCELED
    assert filled_amount(order) == (Decimal("0.4") if mapped else None)
    assert order["amount"] == (None if mapped else 0.4)  # what was filled, to ccxt


# --- kucoin, gate, mexc


def test_a_streamed_kucoin_fill_names_no_fee():
    match = {
        "symbol": "ETH-USDT",
        "side": "sell",
        "orderId": "5efab07953bdea00089965fa",
        "liquidity": "taker",
        "type": "match",
        "matchPrice": "0.96738",
        "matchSize": "0.1",
        "tradeId": "5efab07a4ee4c7000a82d6d9",
        "ts": 1670329987311000000,
    }
    assert paid_fees(offline_client("kucoin").parse_ws_trade(match)) == []
    assert "fills" in load_mapping("kucoin").polled


@pytest.mark.parametrize("finish_as", ["poc", "fok", "stp", "small", "depth_not_enough", "price_protect_cancelled"])
@pytest.mark.parametrize("exchange", ["gate", "gateeu"])
def test_however_a_gate_order_ended_unfilled_it_is_cancelled(exchange, finish_as):
    raw = {
        "id": "1",
        "text": "t-HBOT1",
        "currency_pair": "ETH_USDT",
        "account": "spot",
        "type": "limit",
        "side": "buy",
        "amount": "1",
        "left": "1",
        "price": "2500",
        "status": "cancelled",
        "finish_as": finish_as,
    }
    order = offline_client(exchange).parse_order(raw)
    assert order_state(order) is None  # without the mapping
    assert order_state(order, load_mapping(exchange)) is OrderState.CANCELED


@pytest.mark.parametrize("exchange", ["gate", "gateeu"])
def test_the_largest_gate_order_is_the_venues_of_which_ccxt_states_none(exchange):
    market = {**market_of(exchange), "info": {"max_base_amount": "9000"}}
    assert market["limits"]["amount"]["max"] is None  # to ccxt
    largest = with_largest_order(market, load_mapping(exchange).symbols)
    assert largest["limits"]["amount"] == {**market["limits"]["amount"], "max": "9000"}


def test_gate_is_sent_our_id_as_it_is():
    client = offline_client("gate")
    assert client.create_order_request(SYMBOL, "limit", "buy", 1, 1, {"clientOrderId": "HBOT1"})["text"] == "t-HBOT1"
    ours = "t-HBOTBEHUT" + "0" * 17
    assert len(ours) == load_mapping("gate").client_order_id.max_length
    assert client.create_order_request(SYMBOL, "limit", "buy", 1, 1, {"clientOrderId": ours})["text"] == ours
    with pytest.raises(ccxt_errors.BadRequest):
        client.create_order_request(SYMBOL, "limit", "buy", 1, 1, {"clientOrderId": ours + "0"})


def test_a_mexc_order_that_was_filled_in_part_and_cancelled_is_not_filled():
    raw = {"id": "1", "clientId": "HBOT1", "status": 5, "quantity": "2", "cumulativeQuantity": "1", "price": "1"}
    order = offline_client("mexc").parse_ws_order(raw, market_of("mexc"))
    assert order["status"] == "closed"
    assert order_state(order, load_mapping("mexc")) is OrderState.CANCELED


def test_a_streamed_mexc_fill_of_a_maker_is_a_makers():
    raw = {"price": "1", "quantity": "1", "tradeType": 1, "isMaker": True, "tradeId": "1", "orderId": "2", "time": "3"}
    trade = offline_client("mexc").parse_ws_trade(raw, market_of("mexc"))
    assert trade["takerOrMaker"] == "taker"  # to ccxt
    assert is_makers(trade, load_mapping("mexc"))
    del raw["isMaker"]  # protobuf leaves out what is False
    assert not is_makers(offline_client("mexc").parse_ws_trade(raw, market_of("mexc")), load_mapping("mexc"))


# --- bitget, backpack


def test_a_streamed_bitget_order_counts_its_last_fill_only():
    raw = {
        "instId": "ETHUSDT",
        "orderId": "1",
        "orderType": "limit",
        "side": "buy",
        "newSize": "10",
        "baseVolume": "4",
        "accBaseVolume": "10",
        "status": "filled",
    }
    order = offline_client("bitget").parse_ws_order(raw, market_of("bitget"))
    assert filled_amount(order) == 4
    assert filled_amount(corrected(order, load_mapping("bitget").order_fields)) == 10
    rest = {"symbol": "ETHUSDT", "orderId": "1", "orderType": "limit", "size": "10", "baseVolume": "10"}
    assert filled_amount(offline_client("bitget").parse_order(rest, market_of("bitget"))) == 10


@pytest.mark.parametrize("mapped", [True, False], ids=["ours", "as ccxt has it"])
def test_a_bitget_trade_without_a_time_ends_no_subscription(mapped):
    client = with_options("bitget", mapped)
    trade = {"id": "1", "symbol": SYMBOL, "price": 1, "amount": 1, "timestamp": 1}
    stored = [trade, {**trade, "id": None, "timestamp": None}]
    client.newUpdates = False

    async def stream(*_):
        return stored

    client.watch_public_multiple = stream
    if mapped:
        assert len(asyncio.run(client.watch_trades(SYMBOL))) == 2
    else:
        with pytest.raises(ccxt_errors.ExchangeError, match="missing timestamp"):
            asyncio.run(client.watch_trades(SYMBOL))


def test_a_streamed_backpack_order_counts_its_last_fill_only():
    raw = {"e": "orderFill", "s": "ETH_USDT", "i": "1", "c": 123456789, "q": "10", "l": "4", "z": "10", "X": "Filled"}
    order = offline_client("backpack").parse_ws_order(raw)
    assert filled_amount(order) == 4
    assert filled_amount(corrected(order, load_mapping("backpack").order_fields)) == 10
    rest = {"id": "1", "symbol": "ETH_USDT", "quantity": "10", "executedQuantity": "10", "status": "Filled"}
    assert filled_amount(offline_client("backpack").parse_order(rest)) == 10


def test_backpack_is_sent_no_id_that_is_no_number():
    client = offline_client("backpack")
    for our_id, sent in (("HBOT1", None), ("123456789", 123456789)):
        request = client.create_order_request(SYMBOL, "limit", "buy", 1, 1, {"clientOrderId": our_id})
        assert request.get("clientId") == sent


# --- htx


def test_every_recorded_htx_trade_has_an_id_of_its_own():
    with gzip.open(recorded("public", "htx", "huobi.jsonl.gz"), "rb") as lines:
        bodies = [body for line in lines if isinstance(body := orjson.loads(line)["body"], dict)]
    raw = [t for b in bodies if ".trade.detail" in str(b.get("ch", "")) for t in b["tick"]["data"]]
    trades = [offline_client("htx").parse_trade(t, market_of("htx")) for t in raw]
    assert len(trades) == 73
    assert len({trade["id"] for trade in trades}) == 52  # 27 digits, rounded to a float
    assert len({trade_id(trade, load_mapping("htx")) for trade in trades}) == 73


def test_a_streamed_htx_fill_names_its_order_although_ccxt_leaves_it_out():
    data = {
        "eventType": "trade",
        "symbol": "ethusdt",
        "orderId": 99998888,
        "clientOrderId": "HBOT1",
        "type": "buy-limit",
        "orderPrice": "2500",
        "orderSize": "2",
        "tradeId": 301,
        "tradePrice": "2500",
        "tradeVolume": "1",
        "tradeTime": 1583854188883,
        "aggressor": True,
        "remainAmt": "1",
        "execAmt": "1",
        "orderStatus": "partial-filled",
    }
    client = fresh_client("htx")
    client.handle_order(Connection(), {"action": "push", "ch": "orders#ethusdt", "data": data})
    (order,) = client.orders
    assert "clientOrderId" not in order
    assert order["id"] == "99998888"
    assert "HBOT1" in order["info"].values()  # where OrderLife.tracked finds it
    assert order_state(order, load_mapping("htx")) is OrderState.PARTIALLY_FILLED


def test_htxs_streamed_balances_are_empty():
    client = fresh_client("htx")
    data = {"currency": "usdt", "accountId": 1, "balance": "23", "available": "20", "changeTime": 1568601800000}
    client.handle_balance(Connection(), {"action": "push", "ch": "accounts.update#2", "data": data})
    assert balances(client.balance).complete == {}
    assert "balance" in load_mapping("htx").polled


def test_htx_is_asked_for_its_spot_markets_only():
    types = load_mapping("htx").options["fetchMarkets"]["types"]
    assert {**offline_client("htx").options["fetchMarkets"]["types"], **types} == {
        "spot": True,
        "linear": False,
        "inverse": False,
    }


# --- bingx, hyperliquid


def test_a_streamed_bingx_fill_tells_the_orders_price_and_amount():
    report = {
        "e": "executionReport",
        "s": "ETH-USDT",
        "S": "BUY",
        "o": "LIMIT",
        "q": 10,
        "p": 50,
        "x": "TRADE",
        "X": "PARTIALLY_FILLED",
        "i": "1",
        "l": 4,
        "L": 49,
        "z": 4,
        "n": -0.004,
        "N": "ETH",
        "T": 1694681809256,
        "t": 38259147,
        "m": False,
    }
    trade = offline_client("bingx").parse_trade(report, market_of("bingx"))
    assert (trade["price"], trade["amount"]) == (50, 10)  # and not 49 and 4
    assert "fills" in load_mapping("bingx").polled


def test_a_streamed_hyperliquid_fill_names_the_wrong_fee_token():
    fill = {"coin": "@1", "px": "2500", "sz": "1", "side": "B", "time": 1, "oid": 1, "tid": 2, "fee": "0.0007"}
    fill["feeToken"] = "ETH"
    client = offline_client("hyperliquid")
    trade = client.parse_ws_trade(fill)
    assert trade["fee"]["currency"] == "USDC"
    assert paid_fees(corrected(trade, load_mapping("hyperliquid").trade_fields)) == [
        TokenAmount("ETH", Decimal("0.0007"))
    ]
    assert client.parse_trade({**fill, "crossed": True}, market_of("hyperliquid"))["fee"]["currency"] == "ETH"


@pytest.mark.parametrize("exchange", ["hyperliquid", "lighter"])
def test_ccxt_charges_no_fee_of_its_own(exchange):
    assert fresh_client(exchange).options["builderFee"] is True
    assert with_options(exchange).options["builderFee"] is False


@pytest.mark.parametrize("exchange", ["hyperliquid", "lighter", "derive"])
def test_a_market_order_without_a_price_is_impossible_in_ccxt(exchange):
    client = fresh_client(exchange)
    method = "create_order" if exchange == "derive" else "create_order_request"

    async def ask():
        answer = getattr(client, method)(SYMBOL, "market", "sell", 1, None)
        return await answer if asyncio.iscoroutine(answer) else answer

    with pytest.raises(ccxt_errors.ArgumentsRequired, match="price"):
        asyncio.run(ask())
    assert load_mapping(exchange).has["createMarketOrder"] is False


def test_hyperliquid_orders_that_a_schedule_cancelled_are_cancelled():
    client, mapping = offline_client("hyperliquid"), load_mapping("hyperliquid")
    for raw, state in (
        ("scheduledCancel", OrderState.CANCELED),
        ("selfTradeCanceled", OrderState.CANCELED),
        ("badAloPxRejected", OrderState.FAILED),
    ):
        order = client.parse_order({"order": {"oid": 1, "coin": "@1", "sz": "1", "origSz": "1"}, "status": raw})
        assert order_state(order, mapping) is state


# --- bitstamp, coinbase, foxbit, gemini, lighter


@pytest.mark.parametrize(
    ("event", "traded", "state"),
    [
        ("order_created", "0", OrderState.OPEN),
        ("order_changed", "1", OrderState.PARTIALLY_FILLED),
        ("order_deleted", "1", OrderState.CANCELED),
        ("order_deleted", "2", OrderState.FILLED),
    ],
)
def test_what_a_streamed_bitstamp_order_is(event, traded, state):
    raw = {"id_str": "1", "order_type": 0, "amount_traded": traded, "amount_at_create": "2", "event": event}
    order = offline_client("bitstamp").parse_ws_order({**raw, "amount_str": str(2 - int(traded)), "price_str": "1"})
    assert order_state(order, load_mapping("bitstamp")) is state


def test_bitstamp_is_told_post_only_in_its_own_word():
    client, post_only = fresh_client("bitstamp"), load_mapping("bitstamp").post_only
    sent = sent_by(client, "create_order", SYMBOL, "limit", "buy", 1, 2500, {"clientOrderId": "HBOT1", **post_only})
    assert sent.params["moc_order"] is True
    assert sent.params["client_order_id"] == "HBOT1"


def test_a_streamed_coinbase_order_counts_right_but_hides_its_fee():
    raw = {
        "order_id": "1",
        "client_order_id": "HBOT1",
        "product_id": "ETH-USDT",
        "cumulative_quantity": "0.4",
        "leaves_quantity": "0.6",
        "avg_price": "2500",
        "total_fees": "2",
        "status": "OPEN",
        "order_side": "BUY",
    }
    order = offline_client("coinbase").parse_ws_order(raw)
    assert order["amount"] == 0.4  # of 1
    assert str(filled_amount(order)) == "0.4"
    assert order_state(order, load_mapping("coinbase")) is OrderState.PARTIALLY_FILLED
    assert paid_fees(order) == []
    assert load_mapping("coinbase").fills_from is None  # trades, which tell their fees


def test_coinbases_balances_come_from_the_request_that_knows_holds():
    sent = sent_by(with_options("coinbase"), "fetch_balance")
    assert sent.path == "brokerage/accounts"
    account = {"type": "ACCOUNT_TYPE_CRYPTO", "available_balance": {"value": "1", "currency": "ETH"}}
    response = {"accounts": [{**account, "hold": {"value": "2", "currency": "ETH"}}]}
    said = balances(offline_client("coinbase").parse_custom_balance(response))
    assert [str(amount) for amount in said.complete["ETH"]] == ["3.0", "1.0"]


def test_foxbits_trades_do_not_say_whose_they_are():
    raw = {"id": "1", "order_id": "5", "side": "BUY", "price": "1", "quantity": "2", "fee": "0.1"}
    trade = offline_client("foxbit").parse_trade({**raw, "fee_currency_symbol": "eth"}, market_of("foxbit"))
    assert trade["order"] is None
    assert trade["fee"]["currency"] == "eth"
    assert load_mapping("foxbit").fills_from == "order"


@pytest.mark.parametrize(
    ("event", "filled", "state"),
    [
        ("initial", 0, OrderState.OPEN),
        ("booked", 0, OrderState.OPEN),
        ("fill", 1, OrderState.PARTIALLY_FILLED),
        ("cancel_rejected", 0, OrderState.OPEN),
        ("cancelled", 0, OrderState.CANCELED),
        ("rejected", 0, OrderState.FAILED),
    ],
)
def test_what_a_streamed_gemini_order_is(event, filled, state):
    raw = {"type": event, "order_id": "1", "symbol": "ethusdt", "original_amount": "3", "executed_amount": filled}
    order = offline_client("gemini").parse_ws_order(raw)
    assert order_state(order, load_mapping("gemini")) is state


def test_lighter_takes_post_only_orders():
    client = fresh_client("lighter")
    client.options.update(accountIndex=1, apiKeyIndex=1)
    for market in client.markets.values():
        market["info"] = {"size_decimals": 4, "price_decimals": 2, "supported_size_decimals": 4}
    post_only = load_mapping("lighter").post_only
    (request, *_) = client.create_order_request(SYMBOL, "limit", "buy", 1, 2500, {"clientOrderId": "1234", **post_only})
    assert (request["time_in_force"], request["client_order_index"]) == (2, 1234)


@pytest.mark.parametrize(
    ("exchange", "field", "value"),
    [("htx", "api-trading", "disabled"), *(("coinbase", f, True) for f in ("is_disabled", "cancel_only", "view_only"))],
)
def test_a_market_that_takes_no_orders_over_the_api_is_left_out(exchange, field, value):
    market = {**market_of(exchange), "active": True}
    mapping = load_mapping(exchange)
    assert is_tradable_spot({**market, "info": {field: "enabled" if value == "disabled" else False}}, mapping)
    assert not is_tradable_spot({**market, "info": {field: value}}, mapping)


@pytest.mark.parametrize("exchange", ["bitrue", "ndax"])
def test_no_post_only_order_is_offered_that_goes_out_as_any_other(exchange):
    """ccxt hands the word postOnly on to these venues, which have none: such an order may take."""
    client = fresh_client(exchange)
    client.accounts = [{"id": "1"}]
    client.market(SYMBOL)["info"] = {"orderTypes": ["LIMIT"]}
    order = (SYMBOL, "limit", "buy", 1, 2500)
    plain, maker = (sent_by(client, "create_order", *order, {"postOnly": wanted}).params for wanted in (False, True))
    assert maker == {**plain, "postOnly": True}  # nothing of it is translated
    assert load_mapping(exchange).post_only is False
