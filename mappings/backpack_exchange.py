"""Backpack, on top of ccxt's class, which writes a referral id of its own into every signed request.

"ccxt" is ccxt 4.5.90, backpack.py: 'X-Broker-Id': '1400' (:3127), outside of its options, where it could be set.
"""

from typing import Any

from ccxt.pro.backpack import backpack as ccxts

_HEADER = "X-Broker-Id"
_NONE: Any = {}


class backpack(ccxts):
    """ccxt's class with its referral id among its options, as other classes have theirs: "" leaves it out."""

    def describe(self) -> Any:
        """Return ccxt's description with the id that it would send."""
        return self.deep_extend(super().describe(), {"options": {"brokerId": "1400"}})

    def sign(self, path: str, api: Any = "public", method: str = "GET", params: Any = _NONE) -> Any:
        """Return ccxt's signed request; the signature does not cover the header (ccxt :3115-3121)."""
        signed = super().sign(path, api, method, params)
        headers, broker_id = signed["headers"], self.safe_string(self.options, "brokerId")
        if headers and _HEADER in headers:
            others = {name: value for name, value in headers.items() if name != _HEADER}
            signed["headers"] = {**others, _HEADER: broker_id} if broker_id else others
        return signed
