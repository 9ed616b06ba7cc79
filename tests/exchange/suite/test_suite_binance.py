"""Hummingbot's own connector test suite on Binance's wire."""

from .adaptation import CcxtConnectorSuite
from .wires.binance import BinanceWire


class TestBinanceSuite(CcxtConnectorSuite):
    """All 39 tests of the suite, none overridden."""

    __test__ = True
    wire = BinanceWire()
