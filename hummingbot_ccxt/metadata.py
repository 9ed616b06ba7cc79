"""Builds what the registry reads, from the installed ccxt; the only module here, besides the venue's, that imports it.

Everything comes from what ccxt declares about an exchange class (`has`, `features`, `requiredCredentials`, `fees`,
`rateLimit`, `urls`, `precisionMode`, `streaming`), but for two things that ccxt does not know: the pair to show in a
prompt, and Hummingbot's native connector. Both are tables below. What our mappings say of fees is a file of its own, so
that the metadata stays ccxt's word, against which mappings are compared.
"""

import importlib
import inspect
import json
import os
import pkgutil
import re
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from hummingbot_ccxt import __version__, registry
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.venue.loading import is_ccxts_base, mended

REQUIRED_METHODS = ("createOrder", "cancelOrder", "fetchBalance", "fetchOrderBook")
"""Without these, a spot exchange cannot be traded: derive, whose book is only streamed, is the one that falls out."""

METHODS = frozenset(
    """
    fetchStatus fetchTime fetchMarkets fetchCurrencies
    fetchTicker fetchTickers fetchBidsAsks fetchLastPrices fetchOrderBook fetchOrderBooks fetchTrades fetchOHLCV
    fetchBalance fetchTradingFee fetchTradingFees
    fetchOrder fetchOrderWithClientOrderId fetchOrders fetchOpenOrder fetchOpenOrders fetchClosedOrder fetchClosedOrders
    fetchCanceledOrders fetchCanceledAndClosedOrders fetchOrderTrades fetchMyTrades
    createOrder createOrders createLimitOrder createMarketOrder createMarketBuyOrderWithCost createPostOnlyOrder
    cancelOrder cancelOrderWithClientOrderId cancelOrders cancelOrdersWithClientOrderId cancelOrdersForSymbols
    cancelAllOrders cancelAllOrdersAfter editOrder
    createOrderWs createOrdersWs cancelOrderWs cancelOrdersWs cancelAllOrdersWs editOrderWs
    fetchBalanceWs fetchOrderWs fetchOpenOrdersWs fetchMyTradesWs fetchOrderBookWs fetchTickerWs
    watchStatus watchTicker watchTickers watchBidsAsks watchOHLCV watchOHLCVForSymbols
    watchOrderBook watchOrderBookForSymbols watchTrades watchTradesForSymbols
    watchOrders watchOrdersForSymbols watchMyTrades watchMyTradesForSymbols watchBalance
    unWatchTicker unWatchTickers unWatchBidsAsks unWatchOHLCV unWatchOHLCVForSymbols
    unWatchOrderBook unWatchOrderBookForSymbols unWatchTrades unWatchTradesForSymbols
    unWatchOrders unWatchMyTrades unWatchBalance
    """.split()  # noqa: SIM905
)
"""Of ccxt's 200 unified methods, those that a connector can use."""

ALL_TIMES_IN_FORCE = ("GTC", "IOC", "FOK", "GTD")

PRECISION_MODES = {2: "decimal_places", 3: "significant_digits", 4: "tick_size"}
"""ccxt's constants DECIMAL_PLACES, SIGNIFICANT_DIGITS, TICK_SIZE (ccxt/base/decimal_to_precision.py)."""

IMPLAUSIBLE_FEE = Decimal("0.05")
"""ccxt writes some fees in per cent where a fraction belongs (weex 0.1, p2b's tiers, in 4.5.90); no spot fee is 5 %."""

EXAMPLE_PAIRS = {
    "alpaca": "BTC-USD",
    "backpack": "SOL-USDC",
    "bit2c": "BTC-NIS",
    "bitbank": "BTC-JPY",
    "bitbns": "BTC-INR",
    "bitfinex": "BTC-USD",
    "bitflyer": "BTC-JPY",
    "bithumb": "BTC-KRW",
    "bitopro": "BTC-TWD",
    "bitso": "BTC-MXN",
    "bitstamp": "BTC-USD",
    "bittrade": "BTC-JPY",
    "bitvavo": "BTC-EUR",
    "blockchaincom": "BTC-USD",
    "btcbox": "BTC-JPY",
    "btcmarkets": "BTC-AUD",
    "btcturk": "BTC-TRY",
    "btse": "BTC-USD",
    "bullish": "BTC-USDC",
    "bybiteu": "BTC-USDC",
    "cex": "BTC-USD",
    "coinbase": "BTC-USD",
    "coinbaseexchange": "BTC-USD",
    "coinbaseinternational": "BTC-USDC",
    "coincheck": "BTC-JPY",
    "coinmate": "BTC-EUR",
    "coinone": "BTC-KRW",
    "coinsph": "BTC-PHP",
    "coinspot": "BTC-AUD",
    "deribit": "BTC-USDC",
    "foxbit": "BTC-BRL",
    "gemini": "BTC-USD",
    "hyperliquid": "HYPE-USDC",
    "independentreserve": "BTC-AUD",
    "indodax": "BTC-IDR",
    "kraken": "BTC-USD",
    "lighter": "ETH-USDC",
    "luno": "BTC-ZAR",
    "mercado": "BTC-BRL",
    "myokx": "BTC-EUR",
    "ndax": "BTC-CAD",
    "okxus": "BTC-USD",
    "onetrading": "BTC-EUR",
    "paymium": "BTC-EUR",
    "revolutx": "BTC-USD",
    "upbit": "BTC-KRW",
    "zaif": "BTC-JPY",
    "zebpay": "BTC-INR",
}
"""Where BTC-USDT is not the usual market: the home currency's Bitcoin market, or the venue's own token."""
DEFAULT_EXAMPLE_PAIR = "BTC-USDT"

CLIENT_ORDER_ID = re.compile(r"client_?(order_?)?o?id\b", re.IGNORECASE)
"""clientOrderId, client_order_id, clientOid, client_oid, clientId as ccxt's methods spell it."""
ORDER_METHOD_CALL = re.compile(r"self\.(\w*order\w*)\(")
OTHER_PURPOSE = re.compile(
    r"^(parse|safe|handle|edit)_|_ws|fetch_.*orders|contract|swap|uta|rfq|trigger|advanced|trades|id$"
)
"""Methods that serve other products, lists of orders, or the reading of answers."""

NATIVE_CONNECTORS = {
    "backpack": "backpack",
    "binance": "binance",
    "bingx": "bing_x",
    "bitget": "bitget",
    "bitrue": "bitrue",
    "bitstamp": "bitstamp",
    "btcmarkets": "btc_markets",
    "bybit": "bybit",
    "coinbase": "coinbase_advanced_trade",
    "foxbit": "foxbit",
    "gate": "gate_io",
    "gemini": "gemini",
    "htx": "htx",
    "hyperliquid": "hyperliquid",
    "kraken": "kraken",
    "kucoin": "kucoin",
    "lighter": "lighter",
    "mexc": "mexc",
    "ndax": "ndax",
    "okx": "okx",
}
"""ccxt id -> folder in hummingbot/connector/exchange (20260922)."""


def build(left_out: dict[str, Exception] | None = None) -> dict[str, Any]:
    """The metadata of the installed ccxt: `{"ccxt_version": str, "exchanges": {id: {field: value}}}`, sorted by id.

    Shape of an exchange: the fields of ExchangeInfo but for `id`, with lists for tuples and sets, and strings
    for decimals. Takes seconds, since it imports and constructs every class of ccxt.
    An exchange that cannot be described is an error; with `left_out`, it is put there, by id, and the others go on.
    """
    import ccxt

    exchanges = {}
    for instance, is_pro in spot_exchanges():
        try:
            exchanges[instance.id] = entry(instance, pro=is_pro)
        except Exception as err:
            if left_out is None:
                raise
            left_out[instance.id] = err
    return {"ccxt_version": ccxt.__version__, "exchanges": dict(sorted(exchanges.items()))}


def spot_exchanges() -> Iterator[tuple[Any, bool]]:
    """An instance of each exchange on which spot can be traded, and whether it is of ccxt.pro's class.

    Ours on top of ccxt's class, where there is one.
    """
    import ccxt.async_support
    import ccxt.pro

    pro_ids = set(ccxt.pro.exchanges)
    for exchange_id in ccxt.async_support.exchanges:
        is_pro = exchange_id in pro_ids
        instance = (mended(exchange_id) or getattr(ccxt.pro if is_pro else ccxt.async_support, exchange_id))()
        if can_trade_spot(instance.has):
            yield instance, is_pro


def can_trade_spot(has: dict[str, Any]) -> bool:
    """Whether ccxt's `has` promises spot markets and all that trading on them takes."""
    return has.get("spot") is True and all(has.get(method) for method in REQUIRED_METHODS)


def entry(exchange: Any, *, pro: bool) -> dict[str, Any]:
    """One exchange's metadata from its ccxt instance."""
    has: dict[str, Any] = exchange.has
    fees = {**(exchange.fees.get("trading") or {}), **(exchange.fees.get("spot") or {})}
    features = ((exchange.features or {}).get("spot") or {}).get("createOrder") or {}
    in_force: dict[str, Any] | None = features.get("timeInForce")
    urls: dict[str, Any] = exchange.urls
    return {
        "name": exchange.name,
        "pro": pro,
        "credentials": [name for name, required in exchange.requiredCredentials.items() if required],
        "has": sorted(method for method in METHODS if has.get(method) is True),
        "emulated": sorted(method for method in METHODS if has.get(method) == "emulated"),
        "maker": fee(fees.get("maker")),
        "taker": fee(fees.get("taker")),
        "fee_side": fees.get("feeSide"),
        "rate_limit_ms": exchange.rateLimit,
        "precision_mode": PRECISION_MODES[exchange.precisionMode],
        "order_types": [kind for kind in ("limit", "market") if has.get(f"create{kind.capitalize()}Order")],
        "time_in_force": None if in_force is None else [name for name in ALL_TIMES_IN_FORCE if in_force.get(name)],
        "post_only": post_only(has.get("createPostOnlyOrder"), in_force),
        "market_buy_by_cost": features.get("marketBuyByCost"),
        "market_buy_needs_price": features.get("marketBuyRequiresPrice"),
        "client_order_id": [verb for verb in ("create", "fetch", "cancel") if takes_client_order_id(exchange, verb)],
        "keep_alive_ms": (getattr(exchange, "streaming", None) or {}).get("keepAlive") if pro else None,
        "testnet": bool(urls.get("test")),
        "example_pair": EXAMPLE_PAIRS.get(exchange.id, DEFAULT_EXAMPLE_PAIR),
        "countries": list(exchange.countries or []),
        "www": urls.get("www") or "",
        "docs": as_list(urls.get("doc")),
        "fees_url": next(iter(as_list(urls.get("fees"))), None),
        "native": NATIVE_CONNECTORS.get(exchange.id),
    }


def fee(declared: Any) -> str | None:
    """A fee rate as a decimal string, as ccxt's literal reads; None where ccxt has none, or none that can be true."""
    if not isinstance(declared, int | float | str):
        return None
    rate = Decimal(str(declared))
    return format(rate, "f") if abs(rate) < IMPLAUSIBLE_FEE else None


def post_only(declared: bool | None, in_force: dict[str, Any] | None) -> bool | None:
    """Whether spot has post-only orders: `features` know the market type, `has` may mean the derivatives."""
    return declared if in_force is None else bool(in_force.get("PO"))


def takes_client_order_id(exchange: Any, verb: str) -> bool:
    """Whether the venue's own `create_order`, `fetch_order` or `cancel_order` (`verb`) takes a client order id.

    ccxt's `features` have no key for it, so its methods are read: their documented parameters, and their code, followed
    from `<verb>_order` through the methods that build the request (`create_order_request`, `create_spot_order` ...),
    since many only hand on. What serves other products is left out, and so are comments, where ccxt quotes sample
    answers that name the field.
    """
    seen: set[str] = set()
    waiting = [f"{verb}_order"]
    while waiting:
        name = waiting.pop()
        documentation, code = own_text(exchange, name)
        if "params.clientOrderId" in documentation or CLIENT_ORDER_ID.search(code):
            return True
        seen.add(name)
        called = {match for match in ORDER_METHOD_CALL.findall(code) if not OTHER_PURPOSE.search(match)}
        waiting += sorted(called - seen)
    return False


def own_text(exchange: Any, name: str) -> tuple[str, str]:
    """Docstring and code, without comment lines, of the venue's method `name`; empty where it has none of its own."""
    for cls in type(exchange).__mro__:
        if name in vars(cls) and not is_ccxts_base(cls):
            body = inspect.getsource(vars(cls)[name]).split('"""')[-1]
            code = "\n".join(line for line in body.splitlines() if not line.lstrip().startswith("#"))
            return vars(cls)[name].__doc__ or "", code
    return "", ""


def as_list(value: Any) -> list[str]:
    """ccxt writes one link as a string and several as a list."""
    return [value] if isinstance(value, str) else list(value or [])


def mapped_fees() -> dict[str, dict[str, str | None]]:
    """What our own mappings say of fees: {ccxt id: the fields of mapping.Fees}, sorted, without those that say nothing.

    Read from the modules themselves, so that a user's mapping in place of one of them does not get into the file.
    """
    from hummingbot_ccxt.mapping import Fees

    mappings = importlib.import_module("hummingbot_ccxt.mappings")
    told = {}
    for module in sorted(pkgutil.iter_modules(mappings.__path__), key=lambda module: module.name):
        if module.name.endswith("_exchange"):
            continue  # no mapping: our class on top of ccxt's (venue.loading)
        fees: Fees = importlib.import_module(f"{mappings.__name__}.{module.name}").MAPPING.fees
        if fees != Fees():
            told[module.name] = {
                "maker": None if fees.maker is None else format(fees.maker, "f"),
                "taker": None if fees.taker is None else format(fees.taker, "f"),
                "charged": fees.charged,
                "percent_fee_token": fees.percent_fee_token,
            }
    return told


def to_text(metadata: dict[str, Any]) -> str:
    """The metadata as the file holds it: JSON, one exchange a line, so that a diff shows which exchange changed."""
    head = "".join(f" {json.dumps(key)}: {json.dumps(metadata[key])},\n" for key in metadata if key != "exchanges")
    return f'{{\n{head} "exchanges": {{\n{_lines(metadata["exchanges"], "  ")}\n }}\n}}\n'


def fees_to_text(fees: dict[str, dict[str, str | None]]) -> str:
    """The mapped fees as the file holds them, one exchange a line."""
    return f"{{\n{_lines(fees, ' ')}\n}}\n"


def _lines(table: dict[str, Any], indent: str) -> str:
    return ",\n".join(
        f"{indent}{json.dumps(key)}: {json.dumps(fields, ensure_ascii=False, separators=(',', ':'))}"
        for key, fields in table.items()
    )


class CannotWriteMetadata(HummingbotCcxtError):
    """There is no place that the metadata of the installed ccxt can be written to."""


def write(text: str, path: Path) -> None:
    """Write a file by a new one that takes the old one's place: a Hummingbot that starts just now reads one or the
    other, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def write_supplement(metadata: dict[str, Any]) -> Path:
    """Write the metadata of the installed ccxt where the registry looks for it; returns where that was.

    In the environment, or in the user's folder where the environment may not be written to. Raises CannotWriteMetadata.
    """
    return write_in_environment(to_text({"built_by": __version__, **metadata}), registry.places_of_supplement())


def own_to_text(sources: dict[str, dict[str, str | None]], entries: dict[str, Any]) -> str:
    """The metadata of the user's own classes as their file holds it: {id: {"place", "settings"}}, {id: metadata}."""
    version = registry.installed_ccxt()
    return to_text({"built_by": __version__, "ccxt_version": version, "sources": sources, "exchanges": entries})


def write_in_environment(text: str, places: tuple[Path, ...]) -> Path:
    """Write a file in the first of these places that can be written to; returns which. Raises CannotWriteMetadata."""
    refused = []
    for path in places:
        try:
            write(text, path)
        except OSError as err:
            refused.append(f"{path} ({err.strerror})")
        else:
            return path
    raise CannotWriteMetadata(f"cannot write {' nor '.join(refused)}")
