"""Pacifica, on top of ccxt's class, which does not say that it needs the wallet's address.

"ccxt" is ccxt 4.5.90, pacifica.py: without walletAddress no balance, order or trade can be asked for (:3429-3436).
"""

from typing import Any

from ccxt.pro.pacifica import pacifica as ccxts


class pacifica(ccxts):
    """ccxt's class, asking for the address beside the private key."""

    def describe(self) -> Any:
        """Return ccxt's description with the credential that it leaves out."""
        return self.deep_extend(super().describe(), {"requiredCredentials": {"walletAddress": True}})
