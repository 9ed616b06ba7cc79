"""Independent Reserve, on top of ccxt's class, which does not ask the venue for the steps of prices and amounts.

"docs" is independentreserve.com/features/api, GetPrimaryCurrencyConfig2.
"""

from typing import Any

from ccxt.pro.independentreserve import independentreserve as ccxts

_NONE: Any = {}


class independentreserve(ccxts):
    """ccxt's class with the venue's own steps in its markets, and without those that it does not trade."""

    async def fetch_markets(self, params: Any = _NONE) -> Any:
        """Return ccxt's markets, with what the venue says of the primary currency of each.

        {"Currency": "Xbt", "Name": "Bitcoin", "IsTradeEnabled": true, "DecimalPlaces": {"OrderPrimaryCurrency": 8,
        "OrderSecondaryCurrency": 2}, "Networks": [...]} (docs): decimal places of volume and price.
        """
        markets = await super().fetch_markets(params)
        told = self.index_by(await self.publicGetGetPrimaryCurrencyConfig2(), "Currency")
        for market in markets:
            config = self.safe_dict(told, market["baseId"], {})
            places = self.safe_dict(config, "DecimalPlaces", {})
            market["precision"] = {
                which: self.parse_number(self.parse_precision(self.safe_string(places, field)))
                for which, field in (("amount", "OrderPrimaryCurrency"), ("price", "OrderSecondaryCurrency"))
            }
            market["active"] = self.safe_bool(config, "IsTradeEnabled")
            market["info"] = {**market["info"], "config": config}
        return markets
