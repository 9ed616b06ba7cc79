"""What a strategy reads before it trades: pairs, rules, quantities, prices, fees, order types."""

from decimal import Decimal

from hummingbot.core.data_type.common import OrderType, PriceType, TradeType

from hummingbot_ccxt.compare.book import scenario
from hummingbot_ccxt.compare.normal import number
from hummingbot_ccxt.compare.scene import PAIR, Scene
from hummingbot_ccxt.compare.sights import fee_kind
from hummingbot_ccxt.sandbox import Side

_RULES = (
    "min_order_size",
    "max_order_size",
    "min_price_increment",
    "min_base_amount_increment",
    "min_quote_amount_increment",
    "min_notional_size",
    "min_order_value",
    "max_price_significant_digits",
    "supports_limit_orders",
    "supports_market_orders",
    "buy_order_collateral_token",
    "sell_order_collateral_token",
)
_MAKER, _TAKER = Decimal("0.0008"), Decimal("0.0012")


@scenario("pairs", "The trading pairs of the exchange")
async def pairs(scene: Scene) -> None:
    connector, markets = scene.connector, scene.sandbox.engine.markets.values()
    seen = sorted(await connector.all_trading_pairs())
    scene.note("pairs/of the exchange", ", ".join(seen), ", ".join(sorted(f"{m.base}-{m.quote}" for m in markets)))
    scene.note("pairs/traded", ", ".join(connector.trading_pairs))
    types = sorted(each.name for each in connector.supported_order_types())
    scene.note("pairs/order types", ", ".join(types))
    scene.note("pairs/ready", connector.ready, True)


@scenario("rules", "Trading rules, field by field, of every pair")
async def rules(scene: Scene) -> None:
    for market in scene.sandbox.engine.markets.values():
        pair = f"{market.base}-{market.quote}"
        rule = scene.connector.trading_rules.get(pair)
        if rule is None:
            scene.note(f"rules/{pair}", "no rule", "a rule")
            continue
        venue = {
            "min_order_size": market.min_amount,
            "max_order_size": market.max_amount,
            "min_price_increment": market.tick_size,
            "min_base_amount_increment": market.lot_size,
            "min_notional_size": market.min_notional,
        }
        for name in _RULES:
            scene.note(f"rules/{pair}/{name}", getattr(rule, name), venue.get(name))


@scenario("quantities", "Prices and amounts as they are rounded before an order is sent")
async def quantities(scene: Scene) -> None:
    connector = scene.connector
    for market in scene.sandbox.engine.markets.values():
        pair = f"{market.base}-{market.quote}"
        if pair not in connector.trading_rules:
            continue
        for factor in ("0.4", "1", "1.5", "7.00000001", "123.456789", "98765.4321"):
            price, amount = market.tick_size * Decimal(factor), market.lot_size * Decimal(factor)
            whole_ticks = (price // market.tick_size) * market.tick_size
            scene.note(
                f"quantities/{pair}/price of {factor} ticks", connector.quantize_order_price(pair, price), whole_ticks
            )
            scene.note(f"quantities/{pair}/amount of {factor} lots", connector.quantize_order_amount(pair, amount))


@scenario("prices", "Last traded prices, best prices, and what an amount would cost", pairs=("BTC-USDT", "ETH-USDT"))
async def prices(scene: Scene) -> None:
    scene.others.fill_book("ETH/USDT", 3_000, 1)
    scene.others.buy("0.3")
    scene.others.sell("0.2", "ETH/USDT")
    await scene.streams_up()
    last = await scene.connector.get_last_traded_prices(["BTC-USDT", "ETH-USDT"])
    for pair in ("BTC-USDT", "ETH-USDT"):
        trade = scene.sandbox.engine.trades(pair.replace("-", "/"))[-1]
        scene.note(f"prices/{pair}/last", number(last.get(pair)), number(trade.price))
    for what in (PriceType.MidPrice, PriceType.BestBid, PriceType.BestAsk):
        scene.note(f"prices/{PAIR}/{what.name}", scene.connector.get_price_by_type(PAIR, what))
    for is_buy, side in ((True, "buy"), (False, "sell")):
        for amount in ("0.5", "3.25", "19"):
            result = scene.connector.get_vwap_for_volume(PAIR, is_buy, Decimal(amount))
            scene.note(f"prices/{PAIR}/average to {side} {amount}", number(Decimal(str(round(result.result_price, 6)))))


@scenario(
    "fees", "What an order is expected to cost, on an account with rates of its own",
    venue={"maker_fee": _MAKER, "taker_fee": _TAKER},
)  # fmt: skip
async def fees(scene: Scene) -> None:
    connector = scene.connector

    def fee(side: TradeType, is_maker: bool) -> tuple[str, Decimal]:
        kind = OrderType.LIMIT_MAKER if is_maker else OrderType.MARKET
        found = connector.get_fee("BTC", "USDT", kind, side, Decimal("0.1"), Decimal(60_000), is_maker)
        return type(found).__name__, found.percent

    await scene.until(lambda: fee(TradeType.BUY, True)[1] == _MAKER, 2.0)
    for side in (TradeType.BUY, TradeType.SELL):
        for is_maker in (True, False):
            kind, percent = fee(side, is_maker)
            which = f"{'maker' if is_maker else 'taker'} {side.name.lower()}"
            scene.note(f"fees/{which}/rate", percent, _MAKER if is_maker else _TAKER)
            in_quote = scene.sandbox.wire.fees_in_quote  # type: ignore[union-attr]
            venue_side = Side.BUY if side is TradeType.BUY else Side.SELL
            scene.note(f"fees/{which}/kind", kind, fee_kind(venue_side, not in_quote))


@scenario("start", "What a start asks of the exchange")
async def start(scene: Scene) -> None:
    scene.note("requests/of the start", sum(scene.recording.of_starts.values()))
    refused = sum(each.status != 200 for each in scene.sandbox.request_log.requests)
    scene.note("requests/of the start, refused", refused)


@scenario("pair-added", "A pair that is added while the connector runs")
async def pair_added(scene: Scene) -> None:
    scene.others.fill_book("ETH/USDT", 3_000, 1)
    await scene.until(lambda: "ETH-USDT" in scene.connector.trading_rules)
    added = await scene.connector.add_trading_pair("ETH-USDT")
    scene.note("pair/was added", added, True)
    book = scene.connector.order_books.get("ETH-USDT")
    scene.note("pair/has a book", book is not None, True)
    if book is None:
        return
    right = await scene.until(lambda: scene.bot.book("ETH-USDT") == scene.bot.venue_book("ETH-USDT"))
    scene.note("pair/its book is the venue's", right, True)
    scene.others.bid("2999.5", "2", "ETH/USDT")
    follows = await scene.until(lambda: scene.bot.book("ETH-USDT") == scene.bot.venue_book("ETH-USDT"))
    scene.note("pair/its book follows", follows, True)
