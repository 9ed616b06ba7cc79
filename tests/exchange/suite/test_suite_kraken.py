"""Hummingbot's own connector test suite on Kraken's wire."""

from .adaptation import CcxtConnectorSuite
from .wires.kraken import KrakenWire


class TestKrakenSuite(CcxtConnectorSuite):
    """All 39 tests of the suite, none overridden."""

    __test__ = True
    wire = KrakenWire()
