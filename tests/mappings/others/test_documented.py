"""Own trades and orders, as documented, of exchanges where ccxt's class misreads them or leaves their sense open."""

from decimal import Decimal

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState
from hummingbot.core.data_type.trade_fee import TokenAmount, TradeFeeSchema

from hummingbot_ccxt.configuration import ExchangeSettings
from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.translate.fees import paid_fees
from hummingbot_ccxt.translate.fills import derived_trade_update, trade_update
from hummingbot_ccxt.translate.orders import filled_amount, order_state, order_update
from hummingbot_ccxt.translate.values import BadVenueData
from hummingbot_ccxt.venue.client import Credentials
from hummingbot_ccxt.venue.loading import exchange_class
from hummingbot_ccxt.venue.orders import Orders
from hummingbot_ccxt.venue.recognition import OrderKey
from hummingbot_ccxt.venue.venue import Venue

NOW = 1700000000.0
MARKET = {
    **{"id": "BTCUSDT", "symbol": "BTC/USDT", "base": "BTC", "quote": "USDT", "baseId": "BTC", "quoteId": "USDT"},
    **{"type": "spot", "spot": True, "precision": {"price": "0.01", "amount": "0.0001"}, "info": {}},
}


def client_and_market(exchange, **changes):
    client = exchange_class(exchange)[0]({"apiKey": "k", "secret": "s"})
    client.set_markets([client.safe_market_structure({**MARKET, **changes})])
    return client, client.markets["BTC/USDT"]


def ours(side=TradeType.BUY, kind=OrderType.LIMIT):
    return InFlightOrder(
        client_order_id="ours",
        exchange_order_id="1",
        trading_pair="BTC-USDT",
        order_type=kind,
        trade_type=side,
        amount=Decimal(100),
        price=Decimal(3000),
        creation_timestamp=NOW,
    )


def fill(exchange, trade, order):
    return trade_update(trade, order, fee_schema=TradeFeeSchema(), mapping=load_mapping(exchange))


# --- bit2c: the amount of a sale is negative


def test_a_sale_on_bit2c_is_a_fill_of_its_amount():
    client, market = client_and_market("bit2c")
    raw = {  # ccxt, parse_trade
        **{"ticks": 1574767951, "action": 1, "price": "1,000", "pair": "EthNis", "isMaker": True},
        **{"reference": "EthNis|10867390|10867377", "feeAmount": "0.08", "feeCoin": "₪", "firstAmount": "-0.015"},
    }
    trade = client.parse_trade(raw, market)
    assert (trade["amount"], trade["side"], trade["order"]) == (-0.015, "sell", "10867377")
    update = fill("bit2c", trade, ours(TradeType.SELL))
    assert (update.fill_base_amount, update.fill_price) == (Decimal("0.015"), Decimal(1000))
    assert update.fill_quote_amount == 15
    assert update.fee.flat_fees == [TokenAmount("NIS", Decimal("0.08"))]
    with pytest.raises(BadVenueData, match=r"trade\.amount is not above zero"):
        trade_update(trade, ours(TradeType.SELL), fee_schema=TradeFeeSchema())  # anywhere else it would be nonsense


# --- hollaex: own trades have no id


def hollaex_trade(**changes):
    raw = {  # ccxt, parse_trade
        **{"side": "sell", "symbol": "doge-usdt", "size": 70, "price": 0.147411, "fee": 0.01031877, "fee_coin": "usdt"},
        **{"timestamp": "2022-01-26T17:53:34.650Z", "order_id": "cba78ecb-4187-4da2-9d2f-c259aa693b5a", **changes},
    }
    client, market = client_and_market("hollaex")
    return client.parse_trade(raw, market)


def test_a_trade_on_hollaex_is_told_from_others_by_what_it_is():
    trade = hollaex_trade()
    assert trade["id"] is None
    update = fill("hollaex", trade, ours(TradeType.SELL))
    assert update.trade_id == "2022-01-26T17:53:34.650Z:0.147411:70"
    assert update.fee.flat_fees == [TokenAmount("USDT", Decimal("0.01031877"))]
    assert fill("hollaex", hollaex_trade(size=70.0), ours(TradeType.SELL)).trade_id == update.trade_id
    assert fill("hollaex", hollaex_trade(size=71), ours(TradeType.SELL)).trade_id != update.trade_id


async def test_all_trades_of_an_order_on_hollaex_are_fetched_although_none_has_an_id():
    venue = Venue(
        "hollaex",
        credentials=Credentials({"apiKey": "k", "secret": "s"}),
        mapping=load_mapping("hollaex"),
        settings=ExchangeSettings(),
        updates=None,
    )
    venue.client.set_markets([venue.client.safe_market_structure(MARKET)])
    raw = [{**hollaex_trade()["info"], "symbol": "btc-usdt", "size": size} for size in (70, 71, 71)]

    async def answer(*_, **__):
        return {"count": len(raw), "data": raw}

    venue.client.privateGetUserTrades = answer
    try:
        trades = await Orders(venue).trades(
            OrderKey("BTC/USDT", "ours", "cba78ecb-4187-4da2-9d2f-c259aa693b5a", created_ms=1643219614000)
        )
    finally:
        await venue.close()
    assert [trade["amount"] for trade in trades] == [70, 71]


# --- coinone: own trades have no id, side or time; orders have all


def test_an_order_on_coinone_tells_its_fills_and_their_fee():
    client, market = client_and_market("coinone")
    raw = {  # ccxt, fetch_order
        **{"result": "success", "errorCode": "0", "orderId": "0e3019f2-1e4d-11e9-9ec7-00e04c3600d7"},
        **{"baseCurrency": "KRW", "targetCurrency": "BTC", "price": "10011000.0", "originalQty": "3.0"},
        **{"executedQty": "0.62", "canceledQty": "1.125", "remainQty": "1.255", "status": "partially_filled"},
        **{"side": "bid", "orderedAt": 1499340941, "updatedAt": 1499341142, "feeRate": "0.002", "fee": "0.00124"},
        "averageExecutedPrice": "10011000.0",
    }
    mapping = load_mapping("coinone")
    assert client.parse_order(raw, market)["fee"]["currency"] == "KRW"  # though it is what was bought
    seen = {name: value for name, value in raw.items() if name not in mapping.ignored_fields}
    schema = TradeFeeSchema(buy_percent_fee_deducted_from_returns=True)
    order = client.parse_order(seen, market)
    assert order_state(order, mapping) is OrderState.PARTIALLY_FILLED
    update = derived_trade_update(order, ours(), fee_schema=schema, now=NOW, mapping=mapping)
    assert (update.fill_base_amount, update.fill_price) == (Decimal("0.62"), Decimal(10011000))
    assert update.fee.flat_fees == [TokenAmount("BTC", Decimal("0.00124"))]
    assert mapping.fills_from == "order"


# --- zebpay: ccxt reads the orders of contracts only

ZEBPAY = {  # zebpay-api-references, spot, Get Order Fills; Get Order Details has the same without the fills
    **{"orderId": 660529, "symbol": "TRX-INR", "side": "BUY", "type": "LIMIT", "origQty": "5.744925"},
    **{"price": "2.611", "avgExecutedPrice": "2.610999", "openQty": "0", "filledQty": "5.744925"},
    **{"cancelledQty": "0", "status": "FILLED", "origQuoteOrderQty": "0", "stopPrice": "0", "feeCurrency": "INR"},
    **{"fees": "0.02", "tax": "0", "tds": "0", "createdAt": 1601280571090, "updatedAt": 1610362215763},
}


def test_an_order_on_zebpay_tells_what_was_filled_at_what_price():
    client, market = client_and_market("zebpay")
    order, mapping = client.parse_order(ZEBPAY, market), load_mapping("zebpay")
    assert (order["id"], order["side"], order["amount"], order["timestamp"]) == (
        "660529",
        "buy",
        5.744925,
        1601280571090,
    )
    assert order_state(order, mapping) is OrderState.FILLED
    update = derived_trade_update(order, ours(), fee_schema=TradeFeeSchema(), now=NOW, mapping=mapping)
    assert (update.fill_base_amount, update.fill_price) == (Decimal("5.744925"), Decimal("2.610999"))
    assert update.fee.flat_fees == [TokenAmount("INR", Decimal("0.02"))]
    assert update.fill_timestamp == 1610362215.763


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"status": "OPEN", "filledQty": "0", "avgExecutedPrice": "0"}, OrderState.OPEN),
        ({"status": "OPEN", "filledQty": "1"}, OrderState.PARTIALLY_FILLED),
        ({"status": "CANCELLED", "filledQty": "0", "cancelledQty": "5.744925"}, OrderState.CANCELED),
    ],
)
def test_the_state_of_an_order_on_zebpay(changes, state):
    client, market = client_and_market("zebpay")
    assert order_state(client.parse_order({**ZEBPAY, **changes}, market)) is state


def test_a_new_order_on_zebpay_has_an_id():
    client, market = client_and_market("zebpay")
    raw = {"orderId": 6016691, "price": "5333400", "side": "BUY", "quantity": "0.0001", "status": "OPEN"}
    order = client.parse_order({**raw, "symbol": "BTC-INR", "type": "LIMIT", "createdAt": 1744362483471}, market)
    assert (order["id"], order["status"], order["amount"], filled_amount(order)) == ("6016691", "open", 0.0001, None)


# --- indodax: seconds for milliseconds


def test_an_order_on_indodax_is_of_its_time():
    client, market = client_and_market("indodax", baseId="xrp", quoteId="idr")
    raw = {  # ccxt, parse_order
        **{"order_id": "49326856", "type": "sell", "price": "1000000000", "submit_time": "1618314671"},
        **{"finish_time": "1618314672", "status": "filled", "order_xrp": "30.45000000", "remain_xrp": "0.00000000"},
    }
    order = client.parse_order(raw, market)
    assert (order["timestamp"], order["datetime"][:10]) == (1618314671000, "2021-04-13")
    assert order_update(order, ours(), state=OrderState.FILLED, now=NOW).update_timestamp == 1618314672


# --- luno: over REST, the streaming class reads trades as streamed ones

LUNO = {  # ccxt, fetch_my_trades
    **{"pair": "LTCXBT", "sequence": 3256813, "order_id": "BXEX6XHHDT5EGW2", "type": "ASK", "price": "0.002786"},
    **{"timestamp": 1648652135235, "volume": "0.10", "base": "0.10", "counter": "0.0002786", "is_buy": False},
    **{"fee_base": "0.0001", "fee_counter": "0.00", "client_order_id": ""},
}


@pytest.mark.parametrize(
    ("changes", "fees"),
    [
        ({}, [TokenAmount("BTC", Decimal("0.0001"))]),
        ({"fee_base": "0.00", "fee_counter": "0.0000028"}, [TokenAmount("USDT", Decimal("0.0000028"))]),
        ({"fee_base": "0.00"}, []),
    ],
    ids=["in base", "in quote, which ccxt leaves out", "none"],
)
def test_an_own_trade_on_luno_has_an_id_a_price_and_its_fee(changes, fees):
    client, market = client_and_market("luno")
    update = fill("luno", client.parse_trade({**LUNO, **changes}, market), ours(TradeType.SELL))
    assert (update.trade_id, update.fill_price, update.fill_base_amount) == (
        "3256813",
        Decimal("0.002786"),
        Decimal("0.10"),
    )
    assert update.fill_timestamp == 1648652135.235
    assert update.fee.flat_fees == fees


def test_a_public_trade_on_luno_over_rest_has_its_price():
    client, market = client_and_market("luno")
    raw = {"sequence": 276989, "timestamp": 1648651276949, "price": "35773.2", "volume": "0.003", "is_buy": False}
    trade = client.parse_trade(raw, market)
    assert (trade["price"], trade["amount"], trade["side"], trade["timestamp"]) == (
        35773.2,
        0.003,
        "sell",
        1648651276949,
    )


# --- weex, alpaca, ndax, toobit: what a stream, or a request, does not hold


def test_a_streamed_fill_on_weex_costs_what_it_costs_although_it_names_no_price():
    client, _ = client_and_market("weex")
    raw = {  # ccxt, pro, parse_ws_my_trade
        **{"id": "738928502249620072", "symbol": "BTCUSDT", "orderId": "738928502174122600", "orderSide": "SELL"},
        **{"fillSize": "200.0", "fillValue": "19.098000", "fillFee": "0.01909800", "direction": "TAKER"},
        **{"createdTime": "1776174283564", "updatedTime": "1776174283564"},
    }
    trade = client.parse_ws_my_trade(raw)
    assert trade["price"] is None
    update = fill("weex", trade, ours(TradeType.SELL))
    assert (update.fill_price, update.fill_quote_amount) == (Decimal("0.09549"), Decimal("19.098"))


@pytest.mark.parametrize(
    ("raw", "filled", "state"),
    [
        ("partial_fill", "1", OrderState.PARTIALLY_FILLED),
        ("PARTIAL_FILL", "1", OrderState.PARTIALLY_FILLED),
        ("PENDING", "0", OrderState.OPEN),
        ("NEW", "0", OrderState.OPEN),
        ("FILLED", "2", OrderState.FILLED),
    ],
)
def test_an_order_on_weex_is_filled_when_it_is_and_not_before(raw, filled, state):
    client, market = client_and_market("weex")
    order = client.parse_order({"orderId": 1, "origQty": "2", "executedQty": filled, "status": raw}, market)
    assert order_state(order, load_mapping("weex")) is state


def test_a_streamed_fill_on_alpaca_is_the_whole_order_so_that_fills_are_polled():
    client, _ = client_and_market("alpaca")
    trade = client.parse_my_trade({"id": "1", "type": "limit", "side": "buy", "filled_qty": "7", "symbol": "BTC/USD"})
    assert (trade["id"], trade["amount"]) == (None, 7)
    assert "fills" in load_mapping("alpaca").polled


def test_the_states_of_an_order_on_ndax_are_not_taken_for_its_trades():
    client, market = client_and_market("ndax")
    state = {"OrderId": 2543565235, "Price": 18600.0, "Quantity": 0.0, "OrderState": "FullyExecuted", "Side": "Sell"}
    assert client.parse_trade(state, market)["id"] is None
    assert load_mapping("ndax").has == {"fetchOrderTrades": False}


def test_a_streamed_fill_on_toobit_names_no_fee_so_that_fills_are_polled():
    client, _ = client_and_market("toobit")
    raw = {
        "s": "BTCUSDT",
        "q": "22.0",
        "t": "1758314657842",
        "p": "0.26667",
        "T": "1",
        "o": "2",
        "m": False,
        "S": "BUY",
    }
    assert paid_fees(client.parse_my_trade(raw)) == []
    assert "fills" in load_mapping("toobit").polled


# --- nado: over REST a taker's trade has the price of its order


def nado_match(**changes):
    raw = {  # ccxt, parse_trade
        **{
            "submission_idx": "563012",
            "product_id": 2,
            "timestamp": "1679728133",
            "digest": "0x80ce",
            "is_taker": True,
        },
        "order": {"priceX18": "27544000000000000000000", "amount": "2000000000000000000"},
        **{"base_filled": "736000000000000000", "quote_filled": "-20276464287857571514302"},
        **{"fee": "4055287857571514302", **changes},
    }
    client, market = client_and_market("nado")
    side = TradeType.SELL if raw["base_filled"].startswith("-") else TradeType.BUY
    return fill("nado", client.parse_trade(raw, market), ours(side))


def test_a_takers_match_on_nado_has_the_price_that_it_was_executed_at():
    at_its_limit = nado_match()
    assert at_its_limit.fill_price == 27544
    assert (at_its_limit.fill_base_amount, at_its_limit.is_taker) == (Decimal("0.736"), True)
    assert [(fee.token, round(fee.amount, 12)) for fee in at_its_limit.fee.flat_fees] == [
        ("USDT", Decimal("4.055287857572"))
    ]
    better = nado_match(quote_filled="-19876000000000000000000", fee="4000000000000000000")
    assert better.fill_price == 27000
    sale = {"priceX18": "27000000000000000000000", "amount": "-2000000000000000000"}
    sold = nado_match(
        order=sale, base_filled="-736000000000000000", quote_filled="20268000000000000000000", fee="4000000000000000000"
    )
    assert sold.fill_price.quantize(Decimal("0.0001")) == Decimal("27543.4783")
    assert nado_match(is_taker=False, fee="0").fill_price == 27544
