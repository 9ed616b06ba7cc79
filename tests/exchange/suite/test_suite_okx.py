"""Hummingbot's own connector test suite on OKX's wire."""

from .adaptation import CcxtConnectorSuite
from .wires.okx import OkxWire


class TestOkxSuite(CcxtConnectorSuite):
    """All 39 tests of the suite, none overridden."""

    __test__ = True
    wire = OkxWire()
