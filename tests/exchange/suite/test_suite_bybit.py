"""Hummingbot's own connector test suite on Bybit's wire."""

from .adaptation import CcxtConnectorSuite
from .wires.bybit import BybitWire


class TestBybitSuite(CcxtConnectorSuite):
    """All 39 tests of the suite, none overridden."""

    __test__ = True
    wire = BybitWire()
