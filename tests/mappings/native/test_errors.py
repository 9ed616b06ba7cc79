"""What the venues' own error answers mean for an order, through the real handle_errors of ccxt's classes."""

import asyncio

import pytest
from ccxt.base import errors as ccxt_errors

from hummingbot_ccxt.mapping import load_mapping
from hummingbot_ccxt.venue.outcomes import Outcome, outcome_of

from .clients import SIBLINGS, SYMBOL, VENUES, error_of, fresh_client


def _okx(code: str, text: str) -> str:
    data = f'{{"clOrdId":"abc","ordId":"","sCode":"{code}","sMsg":"{text}","tag":""}}'
    return f'{{"code":"1","data":[{data}],"inTime":"1695190491421339","msg":"All operations failed"}}'


def _bybit(code: int, text: str) -> str:
    return f'{{"retCode":{code},"retMsg":"{text}","result":{{}},"retExtInfo":{{}},"time":1686134298989}}'


# (answer of the venue, what it means); each fragment of the mappings stands in one of them.
ANSWERS: dict[str, list[tuple[str, str]]] = {
    "okx": [
        (_okx("51016", "Duplicated client order ID"), "unknown"),
        (_okx("51405", "Cancellation failed as you do not have any pending orders."), "gone"),
        (_okx("51400", "Cancellation failed as the order does not exist."), "gone"),
        (_okx("51008", "Order failed. Insufficient USDT balance in account."), "refused"),
        ('{"code":"50004","data":[],"msg":"API endpoint request timeout"}', "unknown"),
        ('{"code":"50026","data":[],"msg":"System error. Try again later"}', "unknown"),
    ],
    "bybit": [
        (_bybit(5004, "Server Timeout"), "unknown"),
        (_bybit(10014, "Request is duplicate"), "unknown"),
        (_bybit(10016, "System error. Please try again later."), "unknown"),
        (_bybit(12141, "Duplicate clientOrderId."), "unknown"),
        (_bybit(110072, "OrderLinkedID is duplicate"), "unknown"),
        (_bybit(170141, "Duplicate clientOrderId"), "unknown"),
        (_bybit(170001, "Internal error."), "unknown"),
        (_bybit(170032, "Network error. Please try again later"), "unknown"),
        (_bybit(170035, "Submitted to the system for processing!"), "unknown"),
        (_bybit(170146, "Order creation timeout"), "unknown"),
        (_bybit(170147, "Order cancellation timeout"), "unknown"),
        (_bybit(170234, "System Error"), "unknown"),
        (_bybit(110008, "Order has been finished or canceled"), "gone"),
        (_bybit(110010, "Order already cancelled"), "gone"),
        (_bybit(170142, "Order has been canceled"), "gone"),
        (_bybit(170143, "Cannot be found on order book"), "gone"),
        (_bybit(170190, "Cancel order has been finished"), "gone"),
        (_bybit(170213, "Order does not exist."), "gone"),
        (_bybit(170131, "Insufficient balance."), "refused"),
        (_bybit(170007, "Timeout waiting for response from backend server."), "unknown"),
    ],
    "kraken": [
        ('{"error":["EOrder:Unknown order"]}', "gone"),
        ('{"error":["EService:Market in cancel_only mode"]}', "refused"),
        ('{"error":["EService:Market in post_only mode"]}', "refused"),
        ('{"error":["EOrder:Rate limit exceeded"]}', "refused"),
        ('{"error":["EAPI:Rate limit exceeded"]}', "unknown"),  # not carried out
        ('{"error":["EOrder:Insufficient funds"]}', "refused"),
        ('{"error":["EService:Unavailable"]}', "unknown"),
        ('{"error":["EService:Busy"]}', "unknown"),
    ],
    "kucoin": [
        ('{"code":"408000","msg":"Network timeout, please try again later"}', "unknown"),
        ('{"code":"126044","msg":"clientOid duplicate"}', "unknown"),
        ('{"code":"400100","msg":"order_not_exist_or_not_allow_to_cancel"}', "gone"),
        ('{"code":"200004","msg":"Balance insufficient!"}', "refused"),
        ('{"code":"500000","msg":"Internal Server Error"}', "unknown"),
    ],
    "gate": [
        ('{"label":"ORDER_CLOSED","message":"Order already closed"}', "gone"),
        ('{"label":"ORDER_CANCELLED","message":"Order already cancelled"}', "gone"),
        ('{"label":"ORDER_FINISHED","message":"Order finished"}', "gone"),
        ('{"label":"REPEATED_CREATION","message":"Repeated creation"}', "unknown"),
        ('{"label":"ORDER_NOT_FOUND","message":"Order with ID 1 not found"}', "gone"),
        ('{"label":"BALANCE_NOT_ENOUGH","message":"Not enough balance"}', "refused"),
        ('{"label":"SERVER_ERROR","message":"Server error"}', "unknown"),
    ],
    "bitget": [
        ('{"code":"40786","msg":"Duplicate clientOid","requestTime":1627293504612,"data":null}', "unknown"),
        ('{"code":"40015","msg":"System is abnormal, please try again later","data":null}', "unknown"),
        ('{"code":"40768","msg":"Order does not exist","data":null}', "gone"),
        ('{"code":"43012","msg":"Insufficient balance","data":null}', "refused"),
        ('{"code":"40604","msg":"Server is busy, please try again later","data":null}', "unknown"),
    ],
    "mexc": [
        ('{"msg":"Unknown order sent","code":-2011}', "gone"),
        ('{"msg":"Order does not exist.","code":-2013}', "gone"),
        ('{"code":500,"msg":"Internal error"}', "unknown"),
        ('{"code":20002,"msg":"Internal system error please contact support"}', "unknown"),
        ('{"msg":"Oversold","code":30005}', "refused"),
    ],
    "bingx": [
        ('{"code":100404,"msg":" order not exist","debugMsg":""}', "gone"),
        ('{"code":100503,"msg":"server busy","debugMsg":""}', "unknown"),
        ('{"code":500,"msg":"internal server error"}', "unknown"),
        ('{"code":504,"msg":"gateway timeout"}', "unknown"),
        ('{"code":100202,"msg":"Insufficient balance","debugMsg":""}', "refused"),
        ('{"code":109500,"msg":"The current system is busy, please try again later"}', "unknown"),
    ],
    "htx": [
        ('{"status":"error","err-code":"base-record-invalid","err-msg":"record invalid","data":null}', "gone"),
        (
            '{"status":"error","err-code":"gateway-internal-error","err-msg":"Failed to load","data":null}',
            "unknown",
        ),
    ],
    "bitrue": [
        ('{"code":-1000,"msg":"System abnormality"}', "unknown"),
        ('{"code":-2013,"msg":"Could not find order information for given order ID."}', "gone"),
        ('{"code":-2010,"msg":"Account has insufficient balance for requested action."}', "refused"),
    ],
    "bitstamp": [
        ('{"status":"error","reason":"Order not found","code":"404.002"}', "gone"),
        ('{"error":"Order not found."}', "gone"),
        (
            '{"status":"error","reason":{"__all__":["You have only 0.00100000 BTC available. Check your account '
            'balance for details."]}}',
            "refused",
        ),
    ],
    "btcmarkets": [
        ('{"code":"OrderAlreadyCancelled","message":"order is already cancelled."}', "gone"),
        ('{"code":"OrderStatusIsFinal","message":"order status is final."}', "gone"),
        ('{"code":"OrderNotFound","message":"order was not found, please check orderId."}', "gone"),
        ('{"code":"InsufficientFund","message":"insufficient fund"}', "refused"),
    ],
    "coinbase": [
        (
            '{"error":"unknown","error_details":"order with this orderID was not found","message":"order with this '
            'orderID was not found"}',
            "gone",
        ),
        ('{"errors":[{"id":"internal_server_error","message":"Internal server error"}]}', "unknown"),
        (
            '{"success":false,"error_response":{"error":"INSUFFICIENT_FUND","message":"Insufficient balance",'
            '"preview_failure_reason":"PREVIEW_INSUFFICIENT_FUND"}}',
            "refused",
        ),
    ],
    "foxbit": [
        ('{"error":{"message":"Resource not found.","code":404,"details":[]}}', "gone"),
        (
            '{"error":{"message":"Internal server error. An unknown error occurred while processing the request.",'
            '"code":500,"details":[]}}',
            "unknown",
        ),
        ('{"error":{"message":"Insufficient funds.","code":4002,"details":[]}}', "refused"),
    ],
    "gemini": [
        ('{"result":"error","reason":"System","message":"We are experiencing technical issues"}', "unknown"),
        ('{"result":"error","reason":"OrderNotFound","message":"Order 2 not found"}', "gone"),
        ('{"result":"error","reason":"InsufficientFunds","message":"Failed to place buy order"}', "refused"),
    ],
    "hyperliquid": [
        ('{"status":"unknownOid"}', "gone"),
        (
            '{"status":"ok","response":{"type":"cancel","data":{"statuses":[{"error":"Order was never placed, already '
            'canceled, or filled. asset=10107"}]}}}',
            "gone",
        ),
    ],
    "backpack": [
        ('{"code":"RESOURCE_NOT_FOUND","message":"Not Found"}', "gone"),
        ('{"code":"INSUFFICIENT_FUNDS","message":"Insufficient funds"}', "refused"),
        ('{"code":"TIMEOUT","message":"Timeout"}', "unknown"),
    ],
    "derive": [
        ('{"id":"1","error":{"code":9000,"message":"Order confirmation timeout"}}', "unknown"),
        ('{"id":"1","error":{"code":9001,"message":"Engine confirmation timeout"}}', "unknown"),
        ('{"id":"1","error":{"code":11003,"message":"Already cancelled"}}', "gone"),
        ('{"id":"1","error":{"code":11004,"message":"Already filled"}}', "gone"),
        ('{"id":"1","error":{"code":11005,"message":"Already expired"}}', "gone"),
        ('{"id":"1","error":{"code":11006,"message":"Does not exist"}}', "gone"),
        ('{"id":"1","error":{"code":11000,"message":"Insufficient funds"}}', "refused"),
    ],
    "ndax": [
        ('{"result":false,"errormsg":"Server Error","errorcode":102,"detail":null}', "unknown"),
        ('{"result":false,"errormsg":"Resource Not Found","errorcode":104,"detail":null}', "gone"),
        ('{"status":"Rejected","errormsg":"Not_Enough_Funds","errorcode":101}', "refused"),
    ],
    "tokocrypto": [
        ('{"code":-1000,"msg":"System abnormality"}', "unknown"),
        ('{"code":-3000,"msg":"Internal server error."}', "unknown"),
        ('{"code":3218,"msg":"Order does not exist","timestamp":1662739749275}', "gone"),
    ],
}
ANSWERS.update({s: ANSWERS[elder] for s, elder in SIBLINGS.items() if elder in ANSWERS})
ANSWERS["binanceus"] = [  # the elder's are tested with it
    ('{"code":-2011,"msg":"Unknown order sent."}', "gone"),
    ('{"code":-2010,"msg":"Duplicate order sent."}', "unknown"),
]
NOT_ANSWERS = {"cancelOrders() has failed"}
"""Texts of ccxt's own, raised outside of handle_errors; tested below."""

ERRORS = {exchange: load_mapping(exchange).errors for exchange in VENUES}


@pytest.mark.parametrize(
    ("exchange", "answer", "outcome"),
    [pytest.param(e, *each, id=f"{e}-{each[0][:70]}") for e in VENUES for each in ANSWERS.get(e, [])],
)
def test_what_an_answer_of_the_venue_means_for_the_order(exchange, answer, outcome):
    assert outcome_of(error_of(exchange, answer), ERRORS[exchange]) is Outcome(outcome)


@pytest.mark.parametrize(
    ("exchange", "fragment", "outcome"),
    [(e, *entry) for e in VENUES if e not in SIBLINGS for entry in ERRORS[e] if entry[0] not in NOT_ANSWERS],
)
def test_a_text_is_there_because_ccxts_class_says_otherwise(exchange, fragment, outcome):
    answers = [answer for answer, _ in ANSWERS[exchange] if fragment in str(error_of(exchange, answer))]
    assert answers, "no answer of the venue with this text is tested"
    assert any(outcome_of(error_of(exchange, answer)) is not Outcome(outcome) for answer in answers)


async def test_coinbase_does_not_say_why_it_did_not_cancel():
    client = fresh_client("coinbase")

    async def answer(*_, **__):
        return {"results": [{"success": False, "failure_reason": "UNKNOWN_CANCEL_ORDER", "order_id": "1"}]}

    client.request = answer
    with pytest.raises(ccxt_errors.BadRequest) as caught:
        await asyncio.wait_for(client.cancel_order("1", SYMBOL), 5)
    assert outcome_of(caught.value) is Outcome.REFUSED
    assert outcome_of(caught.value, ERRORS["coinbase"]) is Outcome.UNKNOWN
