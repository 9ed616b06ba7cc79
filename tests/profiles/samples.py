"""Answers to requests for markets, for the classes that quote none, or none that is whole.

Written here by the venues' documentation and by the fields that ccxt's parser reads; each names where they are from.
One market an answer. `OPTIONS`: what ccxt keeps of an earlier request, its currencies.
"""

from typing import Any

BYBIT = {  # bybit-exchange.github.io/docs/v5/market/instrument, spot
    "result": {
        "category": "spot",
        "list": [
            {
                "symbol": "BTCUSDT",
                "baseCoin": "BTC",
                "quoteCoin": "USDT",
                "innovation": "0",
                "status": "Trading",
                "marginTrading": "both",
                "lotSizeFilter": {
                    "basePrecision": "0.000001",
                    "quotePrecision": "0.00000001",
                    "minOrderQty": "0.000048",
                    "maxOrderQty": "71.73956243",
                    "minOrderAmt": "1",
                    "maxOrderAmt": "2000000",
                },
                "priceFilter": {"tickSize": "0.01"},
            }
        ],
    }
}

DERIBIT = {  # docs.deribit.com, public/get_instruments, kind spot
    "result": [
        {
            "kind": "spot",
            "instrument_name": "BTC_USDC",
            "base_currency": "BTC",
            "counter_currency": "USDC",
            "quote_currency": "USDC",
            "min_trade_amount": 0.0001,
            "tick_size": 1.0,
            "is_active": True,
            "taker_commission": 0.0,
            "maker_commission": 0.0,
        }
    ]
}

SAMPLES: dict[str, dict[str, Any]] = {
    "aster": {  # asterdex.github.io/aster-api-website, spot-v3; ccxt's sample is of spot and perpetuals in one
        "sapiPublicGetV3ExchangeInfo": {
            "symbols": [
                {
                    "symbol": "ASTERUSDT",
                    "status": "TRADING",
                    "baseAsset": "ASTER",
                    "quoteAsset": "USDT",
                    "listingTime": "1756289680210",
                    "filters": [
                        {"filterType": "PRICE_FILTER", "minPrice": "0.0001", "maxPrice": "100", "tickSize": "0.0001"},
                        {"filterType": "LOT_SIZE", "minQty": "0.01", "maxQty": "900000", "stepSize": "0.01"},
                        {"filterType": "MIN_NOTIONAL", "minNotional": "5"},
                    ],
                }
            ]
        },
        "fapiPublicGetV3ExchangeInfo": {"symbols": []},
    },
    "bitfinex": {  # docs.bitfinex.com/reference/rest-public-conf, pub:info:pair; ccxt quotes the entry (bitfinex.py)
        "publicGetConfConfig": [
            [["BTCUSD", [None, None, None, "0.00004", "2000.0", None, None, None, None, None, None, None]]],
            [],
            [],
            [],
        ]
    },
    "btcbox": {  # blog.btcbox.jp/en/archives/8762, and the web page's own list, as ccxt's fetch_markets reads both
        "publicGetTickers": {"BTC_JPY": {"high": 15000000, "low": 14800000, "last": 14910000}},
        "webApiGetAjaxCoinCoinInfo": {"data": {"btc": {"trade": {"enable": "1", "pricedecimal": "0"}}}},
    },
    "bitso": {  # docs.bitso.com, list-available-books
        "publicGetAvailableBooks": {
            "payload": [
                {
                    "book": "btc_mxn",
                    "minimum_price": "40000",
                    "maximum_price": "20000000",
                    "minimum_amount": "0.00000030000",
                    "maximum_amount": "3000.0",
                    "minimum_value": "10.00",
                    "maximum_value": "200000000",
                    "tick_size": "10",
                    "fees": {"flat_rate": {"maker": "0.500", "taker": "0.650"}, "structure": []},
                }
            ]
        }
    },
    "blockchaincom": {  # exchange.blockchain.com/api, symbols; ccxt quotes the entry without its request
        "publicGetSymbols": {
            "BTC-USD": {
                "base_currency": "BTC",
                "base_currency_scale": 8,
                "counter_currency": "USD",
                "counter_currency_scale": 2,
                "min_price_increment": 1,
                "min_price_increment_scale": 2,
                "min_order_size": 50000,
                "min_order_size_scale": 8,
                "max_order_size": 0,
                "max_order_size_scale": 8,
                "lot_size": 1,
                "lot_size_scale": 8,
                "status": "open",
                "id": 1,
            }
        }
    },
    "bullish": {  # api.exchange.bullish.com/docs, getMarkets
        "publicGetV1Markets": [
            {
                "marketId": "10000",
                "symbol": "BTCUSDC",
                "baseSymbol": "BTC",
                "quoteSymbol": "USDC",
                "basePrecision": 8,
                "quotePrecision": 4,
                "pricePrecision": 4,
                "quantityPrecision": 8,
                "costPrecision": 4,
                "minQuantityLimit": "0.00050000",
                "maxQuantityLimit": "200.00000000",
                "maxPriceLimit": None,
                "minPriceLimit": None,
                "maxCostLimit": None,
                "minCostLimit": None,
                "marketEnabled": True,
                "marketType": "SPOT",
            }
        ]
    },
    "bybit": {"publicGetV5MarketInstrumentsInfo": BYBIT},
    "bybiteu": {"publicGetV5MarketInstrumentsInfo": BYBIT, "privateGetV5MarketInstrumentsInfo": BYBIT},
    "bybitid": {"publicGetV5MarketInstrumentsInfo": BYBIT, "privateGetV5MarketInstrumentsInfo": BYBIT},
    "coinbaseinternational": {"publicGetGetInstruments": DERIBIT},  # one platform with Deribit, ccxt's class as well
    "deribit": {"publicGetGetInstruments": DERIBIT},
    "foxbit": {  # docs.foxbit.com.br/rest/v3, markets; ccxt's sample has one currency on both sides
        "v3PublicGetMarkets": {
            "data": [
                {
                    "symbol": "btcbrl",
                    "quantity_min": "0.00002",
                    "quantity_increment": "0.00001",
                    "price_min": "1.0",
                    "price_increment": "0.0001",
                    "base": {"symbol": "btc", "name": "Bitcoin", "type": "CRYPTO", "precision": 8},
                    "quote": {"symbol": "brl", "name": "Real", "type": "FIAT", "precision": 2},
                    "default_fees": {"maker": "0.001", "taker": "0.001"},
                }
            ]
        }
    },
    "gemini": {  # docs.gemini.com, symbols/details; with it as ccxt asks for it where its own list lacks the market
        "publicGetV1Symbols": ["btcusd"],
        "publicGetV1SymbolsDetailsSymbol": {
            "symbol": "BTCUSD",
            "base_currency": "BTC",
            "quote_currency": "USD",
            "tick_size": 1e-08,
            "quote_increment": 0.01,
            "min_order_size": "0.00001",
            "status": "open",
            "wrap_enabled": False,
        },
    },
    "hyperliquid": {  # hyperliquid.gitbook.io, info endpoint, spotMetaAndAssetCtxs
        "publicPostInfo": [
            {
                "tokens": [
                    {"name": "USDC", "szDecimals": 8, "weiDecimals": 8, "index": 0, "isCanonical": True},
                    {"name": "PURR", "szDecimals": 0, "weiDecimals": 5, "index": 1, "isCanonical": True},
                ],
                "universe": [{"name": "PURR/USDC", "tokens": [1, 0], "index": 0, "isCanonical": True}],
            },
            [{"dayNtlVlm": "8906.0", "markPx": "0.14", "midPx": "0.209265", "prevDayPx": "0.20432"}],
        ]
    },
    "independentreserve": {  # independentreserve.com/features/api
        "publicGetGetValidPrimaryCurrencyCodes": ["Xbt", "Usdc"],
        "publicGetGetValidSecondaryCurrencyCodes": ["Aud"],
        "publicGetGetOrderMinimumVolumes": {"Xbt": 0.0001, "Usdc": 1},
        "publicGetGetPrimaryCurrencyConfig2": [
            {
                "Currency": code,
                "IsTradeEnabled": True,
                "DecimalPlaces": {"OrderPrimaryCurrency": amount, "OrderSecondaryCurrency": price},
            }
            for code, amount, price in (("Xbt", 8, 2), ("Usdc", 5, 5))
        ],
    },
    "latoken": {  # api.latoken.com/doc/v2, pair
        "publicGetTime": {"serverTime": 1570615577321},
        "publicGetPair": [
            {
                "id": "263d5e99-1413-47e4-9215-ce4f5dec3556",
                "status": "PAIR_STATUS_ACTIVE",
                "baseCurrency": "92151d82-df98-4d88-9a4d-284fa9eca49f",
                "quoteCurrency": "0c3a106d-bde3-4c13-a26e-3fd2394529e5",
                "priceTick": "0.01",
                "priceDecimals": 2,
                "quantityTick": "0.0001",
                "quantityDecimals": 4,
                "minOrderQuantity": "0.0001",
                "minOrderCostUsd": "2",
            }
        ],
    },
    "zebpay": {  # apidocs.zebpay.com: the fields that ccxt's fetch_spot_markets reads; those in its comment are older
        "publicSpotGetV2ExExchangeInfo": {
            "data": {
                "symbols": [
                    {"symbol": "BTC-INR", "baseAsset": "BTC", "quoteAsset": "INR", "tickSz": "1", "lotSz": "0.00001"}
                ]
            }
        },
    },
    "nado": {  # docs.nado.xyz, gateway queries symbols, v2 pairs, v2 assets: the fields that ccxt reads
        "gatewayPublicGetSymbols": [
            {
                "type": "spot",
                "product_id": 1,
                "symbol": "KBTC",
                "price_increment_x18": "1000000000000000000",
                "size_increment": "100000000000000",
                "min_size": "1000000000000000000",
                "trading_status": "live",
                "taker_fee_rate_x18": "350000000000000",
                "maker_fee_rate_x18": "100000000000000",
            }
        ],
        "gatewayV2PublicGetPairs": [{"product_id": 1, "ticker_id": "KBTC_USDT0", "base": "KBTC", "quote": "USDT0"}],
        "gatewayV2PublicGetAssets": [{"product_id": 1, "ticker_id": "KBTC_USDT0", "name": "KBTC", "symbol": "KBTC"}],
    },
}
"""By exchange: implicit method of its class -> what it answers."""

OPTIONS: dict[str, dict[str, Any]] = {
    "bitso": {"cachedCurrencies": {"BTC": {"id": "btc", "code": "BTC", "precision": 1e-08}}},
    "gemini": {"fetchMarketsFromAPI": {"fetchDetailsForAllSymbols": True}},
    "latoken": {
        "cachedCurrencies": {
            "BTC": {"id": "92151d82-df98-4d88-9a4d-284fa9eca49f", "info": {"tag": "BTC"}},
            "USDT": {"id": "0c3a106d-bde3-4c13-a26e-3fd2394529e5", "info": {"tag": "USDT"}},
        }
    },
}

BOOKS: dict[str, list[tuple[str, str]]] = {
    name: list(zip(prices.split(), amounts.split(), strict=True))
    for name, prices, amounts in (
        (
            "bit2c",
            "127975.68 127987.70 128084.03 127990 128100.5",
            "0.3750321 0.0389527820303982335802581029 0.00156147 1.5 0.2",
        ),
        ("bitflyer", "30000 25570 36640 36700 33320", "0.1 3 5 1.2 0.01"),
        ("btcbox", "14910000 14909000 14911000 14912500 14890000", "0.01 0.2135 1 0.5 0.1"),
        ("coincheck", "4192632.0 4192496.0 4193749.0 4191000 4190000", "0.1 0.005 0.06 1 2"),
        ("paymium", "665.0 666.0 679.99 680.0 664", "0.89744 0.06 0.57709999 0.20684181 1"),
    )
}
"""What books and trades look like where neither ccxt nor a mapping states steps: ccxt's samples of each venue's trades,
tickers and books (bit2c.py, fetch_trades; coincheck.py, parse_ticker), and those of the venues' documentation."""
