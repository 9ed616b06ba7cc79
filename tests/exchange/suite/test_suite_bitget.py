"""Hummingbot's own connector test suite on Bitget's wire."""

from .adaptation import CcxtConnectorSuite
from .wires.bitget import BitgetWire


class TestBitgetSuite(CcxtConnectorSuite):
    """All 39 tests of the suite, none overridden."""

    __test__ = True
    wire = BitgetWire()
