"""Hummingbot's own connector test suite on Gate's wire."""

from .adaptation import CcxtConnectorSuite
from .wires.gate import GateWire


class TestGateSuite(CcxtConnectorSuite):
    """All 39 tests of the suite, none overridden."""

    __test__ = True
    wire = GateWire()
