"""Each quirk of this group, against what ccxt 4.5.90 does without it; messages are the venues', or ccxt's samples."""

import json
from decimal import Decimal

import pytest
from ccxt.base import errors as ccxt_errors
from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.translate.books import diff_message
from hummingbot_ccxt.translate.orders import filled_amount, order_state
from hummingbot_ccxt.translate.trades import trade_message
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.orders import OrderKey, Orders
from hummingbot_ccxt.venue.outcomes import Outcome, VenueError, outcome_of

SYMBOL = "ETH/USDT"
DROPPED = ("bequant", "fmfwio", "bitso", "cryptocom", "digifinex", "hitbtc", "luno")
SENT_AS = {
    "bitfinex": "cid",
    "bithumb": "client_order_id",
    "bitvavo": "clientOrderId",
    "blockchaincom": "clOrdId",
    "coinbaseexchange": "client_oid",
    "lbank": "custom_id",
    "phemex": "clOrdID",
    "poloniex": "clientOrderId",
    "upbit": "identifier",
    "whitebit": "clientOrderId",
    "woo": "clientOrderId",
    "xt": "clientOrderId",
}
"""The venue's own name for a client order id, where ccxt sends ours under it."""


async def sent_order(client, **params):
    """The request that ccxt makes of a limit order."""
    with pytest.raises(Exception, match=r".") as caught:
        await client.create_order(SYMBOL, "limit", "buy", "1", "2500", {"clientOrderId": "HBOT1", **params})
    if not hasattr(caught.value, "params"):
        raise caught.value
    return caught.value.params


@pytest.fixture
def with_options():
    """Put a mapping's options into a client for as long as the test runs."""
    changed = []

    def put(client, options):
        changed.append((client, dict(client.options)))
        client.options.update(options)

    yield put
    for client, before in changed:
        client.options.clear()
        client.options.update(before)


# --- client order ids


@pytest.mark.parametrize("exchange", SENT_AS)
async def test_a_client_order_id_is_sent_under_the_venues_name(client_of, with_options, exchange):
    client = client_of(exchange)
    with_options(client, load_mapping(exchange).options)
    assert (await sent_order(client))[SENT_AS[exchange]] == "HBOT1"


@pytest.mark.parametrize("exchange", DROPPED)
async def test_ccxt_sends_none_that_the_venue_would_know(client_of, exchange):
    request = await sent_order(client_of(exchange))
    assert not {"client_oid", "client_order_id", "origin_id", "client_id"} & request.keys()


async def test_no_list_says_that_an_order_never_reached_cryptocom(client_of):
    with pytest.raises(VenueError) as caught:
        await Orders(EmptyVenue(client_of("cryptocom"), load_mapping("cryptocom"))).find(UNPLACED)
    assert caught.value.outcome is Outcome.UNKNOWN


async def test_an_order_that_bitfinex_does_not_list_is_gone(client_of):
    with pytest.raises(VenueError) as caught:
        await Orders(EmptyVenue(client_of("bitfinex"), load_mapping("bitfinex"))).find(UNPLACED)
    assert caught.value.outcome is Outcome.GONE


UNPLACED = OrderKey(symbol=SYMBOL, client_order_id="HBOT1", exchange_order_id=None, created_ms=1_790_000_000_000)


class EmptyVenue:
    """A venue of this profile that has no orders at all."""

    def __init__(self, client, mapping):
        self.id, self.mapping, self.client = client.id, mapping, client
        self._has = {**client.has, **mapping.has}

    def offers(self, method):
        return bool(self._has.get(method)) and self._has[method] != "emulated"

    async def call(self, method, *args, **params):
        if method == "fetch_order":
            raise VenueError("no such order", outcome=Outcome.GONE, kind="OrderNotFound")
        return []


# --- post-only


@pytest.mark.parametrize("exchange", ["bitso", "luno", "phemex"])
async def test_ccxt_sends_its_own_word_for_post_only_to_a_venue_that_has_another(client_of, exchange):
    client, post_only = client_of(exchange), load_mapping(exchange).post_only
    untranslated = await sent_order(client, postOnly=True)
    assert untranslated["postOnly"] is True
    assert not post_only.items() <= untranslated.items()
    assert post_only.items() <= (await sent_order(client, **post_only)).items()


async def test_lbank_takes_post_only_orders_though_ccxts_features_deny_it(client_of):
    client = client_of("lbank")
    assert client.features["spot"]["createOrder"]["timeInForce"]["PO"] is False
    assert (await sent_order(client, **load_mapping("lbank").post_only))["type"] == "buy_maker"


# --- options


async def test_bitvavo_takes_no_order_without_an_operator(client_of, with_options):
    client = client_of("bitvavo")
    with pytest.raises(ccxt_errors.ArgumentsRequired, match="operatorId"):
        await sent_order(client)
    with_options(client, load_mapping("bitvavo").options)
    assert (await sent_order(client))["operatorId"] == 1
    assert client.cancel_order_request("1", SYMBOL)["operatorId"] == 1


def test_whitebit_lets_requests_overtake_each_other(client_of, with_options):
    client = client_of("whitebit")
    assert '"nonceWindow":false' in client.sign("order", ["v4", "private"], "POST")["body"]
    with_options(client, load_mapping("whitebit").options)
    assert '"nonceWindow":true' in client.sign("order", ["v4", "private"], "POST")["body"]


def test_the_first_change_makes_xts_book_ask_for_its_snapshot(client_of, with_options):
    client = client_of("xt")
    assert client.handle_option("watchOrderBook", "snapshotDelay", 25) == 25
    with_options(client, load_mapping("xt").options)
    assert client.handle_option("watchOrderBook", "snapshotDelay", 25) == 0


async def test_luno_reads_a_market_buy_as_quote(client_of):
    client = client_of("luno")
    with pytest.raises(Exception, match=r".") as caught:
        await client.create_order(SYMBOL, "market", "buy", "1", "2500", {})
    assert caught.value.params["counter_volume"] == "1"  # one dollar's worth instead of one coin
    assert load_mapping("luno").has["createMarketOrder"] is False


# --- streams that are not to be believed


def test_bitfinex_streams_fees_with_the_sign_turned_round(client_of):
    client = client_of("bitfinex")
    streamed = [1133411090, "tETHUST", 1655110144598, 97084883506, 0.1, 42.821, "EXCHANGE MARKET", 42.799, -1, -0.0002,
                "ETH", 1655110144596]  # fmt: skip
    assert client.parse_ws_trade({"result": streamed})["fee"]["cost"] == -0.0002
    assert client.parse_trade({"result": streamed})["fee"]["cost"] == 0.0002
    assert "fills" in load_mapping("bitfinex").polled


def test_bitfinex_makes_an_order_of_nothing(client_of):
    nothing = client_of("bitfinex").parse_order({"result": None})
    assert (nothing["id"], nothing["status"]) == (None, None)
    assert load_mapping("bitfinex").has["fetchOrder"] is False


def test_poloniex_streams_a_filled_amount_in_quote(client_of):
    order = {"symbol": "ETH_USDT", "type": "LIMIT", "quantity": "5", "orderId": "32471407854219264", "tradeFee": "0",
             "clientOrderId": "", "feeCurrency": "", "eventType": "place", "side": "BUY", "filledQuantity": "3",
             "filledAmount": "1.13082", "state": "PARTIALLY_FILLED", "price": "0.37694", "tradeId": "0",
             "ts": 1648708187469, "tradeTime": 1648708187469, "tradeAmount": "1.13082"}  # fmt: skip
    assert filled_amount(client_of("poloniex").parse_ws_order(order)) == Decimal("1.13082")
    assert "orders" in load_mapping("poloniex").polled


def test_poloniex_streams_a_fill_with_the_orders_cumulative_amount(client_of):
    second = {"symbol": "ETH_USDT", "type": "LIMIT", "quantity": "5", "orderId": "32471407854219264", "tradeFee": "0",
              "clientOrderId": "", "feeCurrency": "", "eventType": "trade", "side": "BUY", "filledQuantity": "3",
              "filledAmount": "7500", "state": "PARTIALLY_FILLED", "price": "2500", "tradeId": "62", "tradeQty": "1",
              "tradePrice": "2500", "tradeAmount": "2500", "ts": 1648708187469, "tradeTime": 1648708187469}  # fmt: skip
    assert client_of("poloniex").parse_ws_trade(second)["amount"] == 3  # of which 2 were told before
    assert "fills" in load_mapping("poloniex").polled


def test_poloniex_books_are_polled_since_a_lost_change_stays_unnoticed(client_of):
    client = client_of("poloniex")
    stream = Resolving()
    client.handle_order_book(stream, book_frame("snapshot", id_=10, last_id=9, bids=[["10", "1"]]))
    client.handle_order_book(stream, book_frame("update", id_=20, last_id=19, bids=[["9", "1"]]))  # 11 to 19 are lost
    assert [level[0] for level in client.orderbooks[SYMBOL]["bids"]] == [10.0, 9.0]
    assert "book" in load_mapping("poloniex").polled


def book_frame(action, *, id_, last_id, bids):
    data = {"symbol": "ETH_USDT", "createTime": 1, "asks": [], "bids": bids, "lastId": last_id, "id": id_, "ts": 1}
    return {"channel": "book_lv2", "action": action, "data": [data]}


class Resolving:
    """A connection as a handler sees it."""

    def __init__(self):
        self.subscriptions = {}

    def resolve(self, result, message_hash):
        """Take what the handler made."""


def test_hitbtc_streams_an_order_under_another_id_than_rest(client_of):
    client = client_of("hitbtc")
    order = {"id": 584244931496, "client_order_id": "b5acd79c0a854b01b558665bcf379456", "symbol": "ETH_USDT",
             "side": "buy", "status": "new", "type": "limit", "time_in_force": "GTC", "quantity": "0.01",
             "quantity_cumulative": "0", "price": "0.01", "created_at": "2021-07-02T22:52:32.864Z",
             "updated_at": "2021-07-02T22:52:32.864Z", "post_only": False, "report_type": "new"}  # fmt: skip
    assert client.parse_order(order)["id"] == "b5acd79c0a854b01b558665bcf379456"
    assert client.parse_ws_order(order)["id"] == "584244931496"
    assert "orders" in load_mapping("hitbtc").polled


def test_xt_streams_fills_without_their_fee(client_of):
    streamed = {"s": "eth_usdt", "t": 1656043204763, "i": "6316559590087251233", "oi": "6216559590087220004",
                "p": "2500", "q": "3", "v": "7500"}  # fmt: skip
    assert client_of("xt").parse_trade(streamed)["fee"]["cost"] is None
    fetched = {"symbol": "eth_usdt", "tradeId": "1", "orderId": "2", "orderSide": "BUY", "bizType": "SPOT", "time": 1,
               "price": "2500", "quantity": "3", "fee": "0.006", "feeCurrency": "eth"}  # fmt: skip
    assert client_of("xt").parse_trade(fetched)["fee"] == {"cost": 0.006, "currency": "ETH"}
    assert "fills" in load_mapping("xt").polled


def test_luno_streams_trades_that_say_too_little(client_of):
    client = client_of("luno")
    streamed = client.parse_trade({"base": "69.00000000", "counter": "113.6499", "maker_order_id": "B1", "sequence": 1})
    with pytest.raises(BadVenueData):
        trade_message(streamed, trading_pair="ETH-USDT")
    assert "trades" in load_mapping("luno").polled


def test_upbits_streamed_order_has_what_a_fill_is_derived_from(client_of):
    order = {"type": "myOrder", "code": "USDT-ETH", "uuid": "ac2dc2a3", "ask_bid": "BID", "order_type": "limit",
             "state": "trade", "trade_uuid": "68315169", "price": 2500, "avg_price": 2500, "volume": 0.4,
             "remaining_volume": 0.6, "executed_volume": 0.4, "reserved_fee": 1, "remaining_fee": 1, "paid_fee": 0.5,
             "executed_funds": 1000, "trade_timestamp": 1710751590421, "order_timestamp": 1710751590000,
             "timestamp": 1710751597500}  # fmt: skip
    parsed = client_of("upbit").parse_ws_order(order)
    assert order_state(parsed, load_mapping("upbit")) is OrderState.PARTIALLY_FILLED
    assert (filled_amount(parsed), Decimal(parsed["fee"]["cost"])) == (Decimal("0.4"), Decimal("0.5"))
    assert not any(client_of("upbit").has.get(name) for name in ("fetchMyTrades", "fetchOrderTrades"))


# --- what the generic layer covers: ccxt_hazards.md 10 and 16


def test_a_phemex_trade_without_an_id_is_the_same_one_when_it_is_replayed(client_of):
    client = client_of("phemex")
    first, again = (client.parse_trade([1592591704602082600, "Buy", "250000000000", "100000000"]) for _ in range(2))
    assert first["id"] is None
    messages = [trade_message({**t, "price": "2500", "amount": "1"}, trading_pair="ETH-USDT") for t in (first, again)]
    assert messages[0].trade_id == messages[1].trade_id


def test_a_level_with_a_third_number_is_a_level():
    message = diff_message(trading_pair="ETH-USDT", bids=[[2500.0, 1.5, 3]], asks=[], update_id=1, timestamp=1.0)
    assert [(row.price, row.amount) for row in message.bids] == [(2500.0, 1.5)]


# --- errors

SHAPES = {
    "bithumb": lambda code, text: {"error": {"name": code, "message": text}},
    "bitvavo": lambda code, text: {"errorCode": code, "error": text},
    "cryptocom": lambda code, text: {"id": 1, "method": "private/create-order", "code": code, "message": text},
    "digifinex": lambda code, _: {"code": code},
    "hitbtc": lambda code, text: {"error": {"code": code, "message": text, "description": ""}},
    "lbank": lambda code, _: {"result": "false", "error_code": code, "ts": 1648164471827},
    "luno": lambda code, text: {"error": text, "error_code": code},
    "phemex": lambda code, text: {"code": code, "msg": text, "data": None},
    "poloniex": lambda code, text: {"code": code, "message": text},
    "whitebit": lambda code, text: {"code": code, "message": "Validation failed", "errors": {"field": [text]}},
    "woo": lambda code, text: {"success": False, "code": code, "message": text},
    "xt": lambda code, _: {"rc": 1, "mc": code, "ma": [], "result": None},
}
"""How each venue writes an error."""

ERRORS = [
    ("bithumb", 404, "order_not_found", "주문을 찾지 못했습니다.", "gone"),
    ("bithumb", 422, "order_not_ready", "주문 접수 처리 중입니다. 잠시 후 다시 시도해주세요.", "unknown"),
    ("bithumb", 400, "5900", "Unknown Error", "unknown"),
    ("bithumb", 400, "invalid_price", "주문가격 단위를 잘못 입력하셨습니다.", "refused"),
    ("bitvavo", 500, 101, "Unknown error. Operation may or may not have succeeded.", "unknown"),
    ("bitvavo", 400, 400, "Unknown error. Please contact support with a copy of your request.", "unknown"),
    ("bitvavo", 503, 107, "The matching engine is overloaded. Please wait 500ms and resubmit your order.", "refused"),
    ("bitvavo", 503, 108, "The matching engine could not process your order in time. Please consider", "refused"),
    ("bitvavo", 503, 109, "The matching engine did not respond in time. Operation may or may not have", "unknown"),
    ("bitvavo", 404, 240, "No order found. Please be aware that simultaneously updating the same order", "gone"),
    ("bitvavo", 400, 216, "You do not have sufficient balance to complete this operation.", "refused"),
    ("cryptocom", 400, 204, "DUPLICATE_CLORDID", "unknown"),
    ("cryptocom", 500, 212, "INVALID_ORDERID", "gone"),
    ("cryptocom", 500, 316, "NO_ACTIVE_ORDER", "gone"),
    ("cryptocom", 400, 50001, "ERR_INTERNAL", "unknown"),
    ("cryptocom", 500, 306, "INSUFFICIENT_AVAILABLE_BALANCE", "refused"),
    ("digifinex", 200, 20013, "", "gone"),
    ("digifinex", 200, 50000, "", "unknown"),
    ("digifinex", 200, 20011, "", "refused"),
    ("hitbtc", 400, 20008, "Duplicate clientOrderId", "unknown"),
    ("hitbtc", 500, 500, "Internal Server Error", "unknown"),
    ("hitbtc", 400, 20002, "Order not found", "gone"),
    ("hitbtc", 400, 20001, "Insufficient funds", "refused"),
    ("lbank", 200, 10032, "", "gone"),
    ("lbank", 200, 10037, "", "gone"),
    ("lbank", 200, 10000, "", "unknown"),
    ("lbank", 200, 10017, "", "unknown"),
    ("lbank", 200, 10036, "", "unknown"),
    ("lbank", 200, 10016, "", "refused"),
    ("luno", 400, "ErrCannotStopUnknownOrNonPendingOrder", "Cannot stop unknown or non-pending order.", "gone"),
    ("luno", 400, "ErrDuplicateClientOrderID", "Duplicate client order id", "unknown"),
    ("luno", 400, "ErrInsufficientFunds", "Account has insufficient funds", "refused"),
    ("phemex", 200, 11107, "TE_CANNOT_CONNECT_TO_REQUEST_SEQ", "unknown"),
    ("phemex", 200, 10002, "OM_ORDER_NOT_FOUND", "gone"),
    ("phemex", 200, 11106, "TE_PLACE_ORDER_INSUFFICIENT_QUOTE_BALANCE", "refused"),
    ("poloniex", 400, 21312, "Client orderId already exists", "unknown"),
    ("poloniex", 400, 415, "System Error", "unknown"),
    ("poloniex", 400, 21301, "Order not found", "gone"),
    ("poloniex", 400, 21709, "Insufficient balance", "refused"),
    ("whitebit", 422, 36, "This client order id is already used by the current account.", "unknown"),
    ("whitebit", 422, 2, "Unexecuted order was not found.", "gone"),
    ("whitebit", 422, 10, "Not enough balance.", "refused"),
    ("woo", 400, -1006, "The data is not found in server.", "gone"),
    ("woo", 409, -1007, "The data is already exists or your request is duplicated.", "unknown"),
    ("woo", 400, -1102, "The order value (price * size) is too small.", "refused"),
    ("xt", 200, "ORDER_005", "", "gone"),
    ("xt", 200, "COMMON_002", "", "unknown"),
    ("xt", 200, "ORDER_002", "", "refused"),
]


def error_of(client, status, code, text):
    """What ccxt raises for this error of the venue."""
    answer = json.dumps(SHAPES[client.id](code, text), separators=(",", ":"), ensure_ascii=False)
    url = "https://example.com/order"
    with pytest.raises(ccxt_errors.BaseError) as caught:
        client.handle_errors(status, "", url, "POST", {}, answer, client.parse_json(answer), {}, None)
    return caught.value


@pytest.mark.parametrize(("exchange", "status", "code", "text", "outcome"), ERRORS)
def test_what_an_error_of_the_venue_means(client_of, exchange, status, code, text, outcome):
    error = error_of(client_of(exchange), status, code, text)
    assert outcome_of(error, load_mapping(exchange).errors) is Outcome(outcome)


MAPPED_TEXTS = [(exchange, *entry) for exchange in (*SENT_AS, *DROPPED[2:]) for entry in load_mapping(exchange).errors]


@pytest.mark.parametrize(("exchange", "text", "outcome"), MAPPED_TEXTS)
def test_a_text_is_there_because_ccxts_class_says_otherwise(client_of, exchange, text, outcome):
    raised = [error_of(client_of(exchange), *row[1:4]) for row in ERRORS if row[0] == exchange]
    with_text = [error for error in raised if text in str(error)]
    assert with_text, "no message of the venue shows it"
    assert any(outcome_of(error) is not Outcome(outcome) for error in with_text)
