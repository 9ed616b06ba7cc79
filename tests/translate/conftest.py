"""Real payloads, through ccxt's own parsers, and the orders that they belong to."""

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState
from hummingbot.core.data_type.trade_fee import TradeFeeSchema

from hummingbot_ccxt.venue.loading import exchange_class
from hummingbot_ccxt.venue.numbers import exact_number

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"


def _recording(path):
    file = RECORDINGS / path
    if not file.exists():
        pytest.skip(f"no recorded messages: {file} is missing")
    return file


@pytest.fixture(scope="session")
def private():
    """Return a recorded private payload by venue and name."""
    return lambda venue, name: json.loads(_recording(f"private/{venue}/{name}.json").read_text())


@pytest.fixture(scope="session")
def frames():
    """Return the recorded public messages of a venue, in order."""

    def read(path):
        with gzip.open(_recording(f"public/{path}.jsonl.gz"), "rt") as lines:
            return [json.loads(line) for line in lines]

    return read


@pytest.fixture(scope="session")
def exchange_info(frames):
    """Binance's exchangeInfo of October 2021, 1695 markets."""
    return next(f["body"] for f in frames("binance/binance") if f["url"].endswith("exchangeInfo"))


@pytest.fixture(scope="session", params=[str, exact_number], ids=["texts", "numbers"])
def binance(request, exchange_info):
    """ccxt's unmodified class with recorded markets, once parsing into texts, once as our clients do."""
    client = exchange_class("binance")[0]({})
    client.number = request.param
    client.options.update(crossMarginPairsData=[], isolatedMarginPairsData=[])
    client.set_markets([market for market in map(client.parse_market, exchange_info["symbols"]) if market])
    return client


@pytest.fixture
def okx():
    """ccxt's unmodified class without markets."""
    client = exchange_class("okx")[0]({})
    client.number = str
    return client


@pytest.fixture
def schema():
    """Fees as Binance charges them: a buyer pays in the bought asset."""
    return TradeFeeSchema(
        maker_percent_fee_decimal=Decimal("0.001"),
        taker_percent_fee_decimal=Decimal("0.002"),
        buy_percent_fee_deducted_from_returns=True,
    )


@pytest.fixture
def tracked():
    """Return a tracked order, one of the recorded messages' unless told otherwise."""

    def build(**changes):
        fields = {
            "client_order_id": "x-TD67BGP9-T0000000000000",
            "exchange_order_id": "12345678",
            "trading_pair": "ETH-USDT",
            "order_type": OrderType.LIMIT,
            "trade_type": TradeType.BUY,
            "amount": Decimal(1),
            "price": Decimal(2500),
            "creation_timestamp": 1709654400.0,
            "initial_state": OrderState.OPEN,
        }
        return InFlightOrder(**{**fields, **changes})

    return build
