"""Account, wallet and derivatives endpoints, as far as spot clients call them.

Sources: "Account endpoints" and "User data stream endpoints" (rest-api.md), the Wallet documentation (`/sapi`), and the
exchange information of the futures APIs, which is empty: the venue has no derivatives, but clients ask.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...engine import Balance
from . import messages
from .call import Call, market_id
from .endpoint import Endpoint, Endpoints, Security

if TYPE_CHECKING:
    from .wire import BinanceWire

_NOTHING = Balance(Decimal(0), Decimal(0))


def account(wire: "BinanceWire", call: Call) -> Any:
    engine = wire.venue.engine
    held = engine.balances(call.account_id)
    if call.flag("omitZeroBalances"):
        shown = {asset: each for asset, each in held.items() if each.total}
    else:
        shown = {asset: held.get(asset, _NOTHING) for asset in dict.fromkeys([*wire.assets(), *held])}
    rates = engine.fee_rates(call.account_id)
    return messages.account(shown, rates, wire.users.updated_ms(call.account_id), wire.uid(call.account_id))


def commission(wire: "BinanceWire", call: Call) -> Any:
    return messages.commission(call.market(), wire.venue.engine.fee_rates(call.account_id))


def order_rate(wire: "BinanceWire", call: Call) -> Any:
    """ "Query Unfilled Order Count"."""
    return wire.order_counts(call.account_id)


def coins(wire: "BinanceWire", call: Call) -> Any:
    """ "All Coins' Information"."""
    held = wire.venue.engine.balances(call.account_id)
    return [_coin(asset, held.get(asset, _NOTHING)) for asset in wire.assets()]


def _coin(asset: str, balance: Balance) -> dict[str, Any]:
    network = {
        "network": asset,
        "coin": asset,
        "withdrawIntegerMultiple": "0.00000001",
        "isDefault": True,
        "depositEnable": True,
        "withdrawEnable": True,
        "depositDesc": "",
        "withdrawDesc": "",
        "specialTips": "",
        "name": asset,
        "resetAddressStatus": False,
        "addressRegex": "",
        "memoRegex": "",
        "withdrawFee": "0.0005",
        "withdrawMin": "0.001",
        "withdrawMax": "7500",
        "minConfirm": 1,
        "unLockConfirm": 0,
        "sameAddress": False,
    }
    nothing = dict.fromkeys(("freeze", "withdrawing", "ipoing", "ipoable", "storage"), "0")
    return {
        "coin": asset,
        "depositAllEnable": True,
        "withdrawAllEnable": True,
        "name": asset,
        "free": messages.number(balance.free),
        "locked": messages.number(balance.locked),
        **nothing,
        "isLegalMoney": False,
        "trading": True,
        "networkList": [network],
    }


def trade_fees(wire: "BinanceWire", call: Call) -> Any:
    rates = wire.venue.engine.fee_rates(call.account_id)
    return [
        {"symbol": market_id(m), "makerCommission": f"{rates.maker:f}", "takerCommission": f"{rates.taker:f}"}
        for m in call.markets()
    ]


def nothing(wire: "BinanceWire", call: Call) -> Any:
    """The answer where spot-only accounts have an empty list."""
    return []


def api_restrictions(wire: "BinanceWire", call: Call) -> Any:
    return {
        "ipRestrict": False,
        "createTime": wire.started_ms,
        "enableReading": True,
        "enableSpotAndMarginTrading": True,
        "enableWithdrawals": False,
        "enableInternalTransfer": False,
        "permitsUniversalTransfer": False,
        "enableMargin": False,
        "enableFutures": False,
        "enableVanillaOptions": False,
        "enablePortfolioMarginTrading": False,
    }


def account_status(wire: "BinanceWire", call: Call) -> Any:
    return {"data": "Normal"}


def system_status(wire: "BinanceWire", call: Call) -> Any:
    return {"status": 0, "msg": "normal"}


def create_listen_key(wire: "BinanceWire", call: Call) -> Any:
    return {"listenKey": wire.users.create_listen_key(call.account_id)}


def keep_listen_key(wire: "BinanceWire", call: Call) -> Any:
    wire.users.extend_listen_key(call.account_id, call.text("listenKey"))
    return {}


def close_listen_key(wire: "BinanceWire", call: Call) -> Any:
    wire.users.close_listen_key(call.account_id, call.text("listenKey"))
    return {}


def no_contracts(wire: "BinanceWire", call: Call) -> Any:
    return {
        "timezone": "UTC",
        "serverTime": wire.venue.clock(),
        "rateLimits": [],
        "exchangeFilters": [],
        "assets": [],
        "symbols": [],
    }


def no_options(wire: "BinanceWire", call: Call) -> Any:
    return {"timezone": "UTC", "serverTime": wire.venue.clock(), "optionContracts": [], "optionSymbols": []}


def _time(wire: "BinanceWire", call: Call) -> Any:
    return {"serverTime": wire.venue.clock()}


_SIGNED, _KEY = Security.SIGNED, Security.KEY

ENDPOINTS: Endpoints = {
    ("GET", "/api/v3/account"): Endpoint("account", account, 20, _SIGNED),
    ("GET", "/api/v3/account/commission"): Endpoint("commission", commission, 20, _SIGNED),
    ("GET", "/api/v3/rateLimit/order"): Endpoint("rateLimit.order", order_rate, 40, _SIGNED),
    ("POST", "/api/v3/userDataStream"): Endpoint("listenKey.create", create_listen_key, 2, _KEY),
    ("PUT", "/api/v3/userDataStream"): Endpoint("listenKey.keepAlive", keep_listen_key, 2, _KEY),
    ("DELETE", "/api/v3/userDataStream"): Endpoint("listenKey.close", close_listen_key, 2, _KEY),
    ("GET", "/sapi/v1/capital/config/getall"): Endpoint("coins", coins, 10, _SIGNED),
    ("GET", "/sapi/v1/asset/tradeFee"): Endpoint("tradeFee", trade_fees, 1, _SIGNED),
    ("GET", "/sapi/v1/margin/allPairs"): Endpoint("margin.allPairs", nothing, 1, _KEY),
    ("GET", "/sapi/v1/margin/isolated/allPairs"): Endpoint("margin.isolated.allPairs", nothing, 1, _KEY),
    ("GET", "/sapi/v1/margin/allAssets"): Endpoint("margin.allAssets", nothing, 1, _KEY),
    ("GET", "/sapi/v1/account/apiRestrictions"): Endpoint("apiRestrictions", api_restrictions, 1, _SIGNED),
    ("GET", "/sapi/v1/account/status"): Endpoint("accountStatus", account_status, 1, _SIGNED),
    ("GET", "/sapi/v1/system/status"): Endpoint("systemStatus", system_status, 1),
    ("GET", "/fapi/v1/exchangeInfo"): Endpoint("futures.exchangeInfo", no_contracts),
    ("GET", "/dapi/v1/exchangeInfo"): Endpoint("futures.exchangeInfo", no_contracts),
    ("GET", "/eapi/v1/exchangeInfo"): Endpoint("options.exchangeInfo", no_options),
    ("GET", "/fapi/v1/time"): Endpoint("futures.time", _time),
    ("GET", "/dapi/v1/time"): Endpoint("futures.time", _time),
}
