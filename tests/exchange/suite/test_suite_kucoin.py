"""Hummingbot's own connector test suite on KuCoin's wire."""

from .adaptation import CcxtConnectorSuite
from .wires.kucoin import KucoinWire


class TestKucoinSuite(CcxtConnectorSuite):
    """All 39 tests of the suite, none overridden."""

    __test__ = True
    wire = KucoinWire()
