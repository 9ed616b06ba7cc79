"""Orders that the venue takes: limit, limit maker, market; at rest, filled in parts, at once."""

from decimal import Decimal

from hummingbot_ccxt.compare.book import scenario
from hummingbot_ccxt.compare.scene import Scene
from hummingbot_ccxt.sandbox import Fault, StreamFault


@scenario("limit-rests", "A limit order rests and is cancelled")
async def limit_rests(scene: Scene) -> None:
    await scene.balances("before")
    await scene.resting("the order", "0.1", "59000")
    scene.cancel("the order")
    await scene.event("canceled", "the order")


@scenario("limit-filled-in-parts", "A limit order is filled in three parts")
async def limit_filled_in_parts(scene: Scene) -> None:
    await scene.resting("the order", "0.3", "59995")
    for count, amount in enumerate(("0.1", "0.05", "0.15"), start=1):
        scene.fill(amount)
        await scene.event("filled", "the order", count)
    await scene.event("completed", "the order")


@scenario("limit-sell", "A limit sell order rests and is filled at once")
async def limit_sell(scene: Scene) -> None:
    scene.sell("the order", "0.2", "60005")
    await scene.must("created", "the order")
    scene.script("the others buy 0.2")
    scene.others.buy("0.2")
    await scene.event("completed", "the order")


@scenario("limit-takes", "A limit order takes three price levels at once")
async def limit_takes(scene: Scene) -> None:
    scene.buy("the order", "2.5", "60040")
    await scene.event("completed", "the order")


@scenario("limit-takes-and-rests", "A limit order takes what there is; its rest stays, and is filled later")
async def limit_takes_and_rests(scene: Scene) -> None:
    scene.buy("the order", "1.4", "60010")
    await scene.event("filled", "the order")
    scene.fill("0.4")
    await scene.event("completed", "the order")


@scenario("partial-then-cancel", "A limit order is filled in part, and its rest cancelled")
async def partial_then_cancel(scene: Scene) -> None:
    await scene.resting("the order", "0.3", "59995")
    scene.fill("0.12")
    await scene.event("filled", "the order")
    scene.cancel("the order")
    await scene.event("canceled", "the order")


@scenario("maker-filled", "A limit maker order rests and is filled")
async def maker_filled(scene: Scene) -> None:
    await scene.resting("the order", "0.1", "59995", "limit_maker")
    scene.fill("0.1")
    await scene.event("completed", "the order")


@scenario("maker-far", "A limit maker order far from the market rests and is cancelled")
async def maker_far(scene: Scene) -> None:
    await scene.resting("the order", "0.1", "40000", "limit_maker")
    scene.cancel("the order")
    await scene.event("canceled", "the order")


@scenario("maker-crosses", "A limit maker order that would take")
async def maker_crosses(scene: Scene) -> None:
    scene.buy("the order", "0.1", "60050", "limit_maker")
    await scene.until(lambda: scene.bot.story(scene.ids["the order"])[-1:] in (["OrderFailure"], ["OrderCancelled"]))


@scenario("market-buy", "A market order buys over two levels")
async def market_buy(scene: Scene) -> None:
    scene.buy("the order", "1.5", None, "market")
    await scene.event("completed", "the order")


@scenario("market-sell", "A market order sells over two levels")
async def market_sell(scene: Scene) -> None:
    scene.sell("the order", "1.5", None, "market")
    await scene.event("completed", "the order")


@scenario("market-buy-with-price", "A market buy order to which the strategy gave a price, as Hummingbot's do")
async def market_buy_with_price(scene: Scene) -> None:
    scene.buy("the order", "0.25", "60010", "market")
    await scene.event("completed", "the order")


@scenario("market-near-the-end", "A market order buys all but the last of the book")
async def market_near_the_end(scene: Scene) -> None:
    scene.buy("the order", "19.9", None, "market")
    await scene.event("completed", "the order")


@scenario("market-beyond-the-end", "A market order buys more than the book offers")
async def market_beyond_the_end(scene: Scene) -> None:
    scene.buy("the order", "21", None, "market")
    await scene.until(lambda: len(scene.bot.story(scene.ids["the order"])) >= 22)


@scenario(
    "market-sell-beyond-the-end", "A market order sells more than the book takes",
    funds={"USDT": Decimal(2_000_000), "BTC": Decimal(30)},
)  # fmt: skip
async def market_sell_beyond_the_end(scene: Scene) -> None:
    scene.sell("the order", "21", None, "market")
    await scene.until(lambda: len(scene.bot.story(scene.ids["the order"])) >= 22)


@scenario("rounding", "Prices and amounts finer than the rules allow")
async def rounding(scene: Scene) -> None:
    await scene.resting("the order", "0.123456789", "58999.98765")
    scene.sell("the other", "0.1000099999", "60999.99999")
    await scene.must("created", "the other")
    scene.cancel("the order")
    scene.cancel("the other")
    await scene.event("canceled", "the order")
    await scene.event("canceled", "the other")


@scenario("several-at-once", "Six orders are placed at once, and filled or cancelled")
async def several_at_once(scene: Scene) -> None:
    labels = [f"order {number}" for number in range(1, 7)]
    for number, label in enumerate(labels):
        scene.buy(label, f"0.0{number + 1}", str(59_991 + number))
    for label in labels:
        await scene.must("created", label)
    await scene.balances("while they rest")
    scene.fill("0.15")
    for label in labels[3:]:
        await scene.event("completed", label)
    for label in labels[:3]:
        scene.cancel(label)
    for label in labels[:3]:
        await scene.event("canceled", label)


@scenario("fills-overtake-the-answer", "The stream reports an order's fills before the answer to its creation comes")
async def fills_overtake_the_answer(scene: Scene) -> None:
    scene.sandbox.faults.rest("order.create", Fault.EVENTS_FIRST, delay_s=0.4)
    scene.buy("the order", "1.5", "60020")
    await scene.until(lambda: scene.requests("order.create"))
    await scene.event("completed", "the order")


@scenario("duplicated-messages", "Every message about own orders comes twice")
async def duplicated_messages(scene: Scene) -> None:
    scene.spoil_private(StreamFault.DUPLICATE)
    await scene.resting("the order", "0.3", "59995")
    for count, amount in enumerate(("0.1", "0.2"), start=1):
        scene.fill(amount)
        await scene.event("filled", "the order", count)
    await scene.event("completed", "the order")


@scenario("lost-messages", "Messages about own orders are lost; Hummingbot polls")
async def lost_messages(scene: Scene) -> None:
    await scene.resting("the order", "0.3", "59995")
    scene.spoil_private(StreamFault.DROP)
    scene.fill("0.3")
    await scene.sandbox.streams.flushed()  # type: ignore[union-attr]
    await scene.poll()
    await scene.event("completed", "the order", patience_s=8.0)
