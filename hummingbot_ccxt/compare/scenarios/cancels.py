"""Cancellations: of filled orders, during a fill, of several at once, with one that fails, denied by the venue."""

from functools import partial

from hummingbot_ccxt.compare.book import scenario
from hummingbot_ccxt.compare.scene import PAIR, Scene
from hummingbot_ccxt.sandbox import Fault, StreamFault


@scenario("cancel-filled", "The cancellation of an order that is known to be filled")
async def cancel_filled(scene: Scene) -> None:
    await scene.resting("the order", "0.1", "59995")
    scene.fill("0.1")
    await scene.event("completed", "the order")
    scene.cancel("the order")


@scenario("fill-during-cancel", "An order is filled while its cancellation is on the way")
async def fill_during_cancel(scene: Scene) -> None:
    await scene.resting("the order", "0.1", "59995")
    scene.stall()
    scene.fill("0.1")
    scene.cancel("the order")
    await scene.until(lambda: scene.requests("order.cancel"))
    scene.resume()
    await scene.event("completed", "the order")


@scenario("late-fill", "An order's part fill is told only after its cancellation was answered")
async def late_fill(scene: Scene) -> None:
    await scene.resting("the order", "0.3", "59995")
    scene.stall()
    scene.fill("0.1")
    scene.cancel("the order")
    await scene.until(lambda: scene.requests("order.cancel"))
    await scene.event("canceled", "the order", patience_s=2.0)
    scene.resume()
    await scene.event("filled", "the order")


@scenario("late-fill-of-a-filled-order", "An order is found to be filled by a poll; then the stream tells its fill")
async def late_fill_of_a_filled_order(scene: Scene) -> None:
    await scene.resting("the order", "0.1", "59995")
    scene.stall()
    scene.fill("0.1")
    await scene.poll()
    await scene.event("completed", "the order", patience_s=8.0)
    scene.resume()


@scenario("cancel-all", "Three orders are cancelled at once")
async def cancel_all(scene: Scene) -> None:
    await _rest_three(scene)
    await _cancel_all(scene)


@scenario("cancel-all-with-one-filled", "Three orders are cancelled at once, one of which was just filled")
async def cancel_all_with_one_filled(scene: Scene) -> None:
    await _rest_three(scene)
    scene.stall()
    scene.fill("0.02")
    await _cancel_all(scene)
    scene.resume()
    await scene.event("completed", "second")


@scenario("cancel-denied", "The venue claims not to know an order that is open, once")
async def cancel_denied(scene: Scene) -> None:
    await scene.resting("the order", "0.1", "59000")
    scene.sandbox.faults.rest("order.cancel*", Fault.UNKNOWN_ORDER)
    scene.cancel("the order")
    await scene.until(lambda: scene.requests("order.cancel"))
    await scene.until(lambda: not scene.connector.in_flight_orders, 1.5)
    scene.note("order/the order/followed after the denial", bool(scene.connector.in_flight_orders), True)
    scene.cancel("the order")
    await scene.event("canceled", "the order")


@scenario("canceled-elsewhere", "An order is cancelled by its owner on the venue's website")
async def canceled_elsewhere(scene: Scene) -> None:
    await scene.resting("the order", "0.1", "59000")
    scene.script("cancelled on the venue's website")
    scene.sandbox.engine.cancel_all(scene.account.account_id)
    await scene.event("canceled", "the order")


@scenario(
    "cancel-canceled", "An order was cancelled elsewhere, the message is lost, and the strategy cancels it four times"
)
async def cancel_canceled(scene: Scene) -> None:
    await scene.resting("the order", "0.1", "59000")
    scene.spoil_private(StreamFault.DROP)
    scene.script("cancelled on the venue's website; the message is lost")
    scene.sandbox.engine.cancel_all(scene.account.account_id)
    for count in range(1, 5):
        scene.cancel("the order")
        await scene.until(partial(_asked, scene, count), 1.0)
        if await scene.event("canceled", "the order", patience_s=1.5):
            break


@scenario("cancel-twice", "An order is cancelled twice in the same breath")
async def cancel_twice(scene: Scene) -> None:
    await scene.resting("the order", "0.1", "59000")
    scene.cancel("the order")
    scene.cancel("the order")
    await scene.event("canceled", "the order")


def _asked(scene: Scene, count: int) -> bool:
    return scene.requests("order.cancel") >= count


async def _rest_three(scene: Scene) -> None:
    for label, price in (("first", "59000"), ("second", "59995"), ("third", "58000")):
        await scene.resting(label, "0.02", price)


async def _cancel_all(scene: Scene) -> None:
    scene.script("cancel all")
    results = {each.order_id: each.success for each in await scene.connector.cancel_all(5.0)}
    for label, order_id in scene.ids.items():
        filled = scene.sandbox.engine.fills(scene.account.account_id)
        taken = any(fill.client_order_id == order_id for fill in filled)
        scene.note(f"cancel all/{label}/success", results.get(order_id, "no result"), not taken)
    for label in ("first", "third"):
        await scene.event("canceled", label)
    scene.note("cancel all/orders left on the books", len(_open_ours(scene)), 0)


def _open_ours(scene: Scene) -> list[int]:
    symbol = PAIR.replace("-", "/")
    return [order.id for order in scene.sandbox.engine.open_orders(scene.account.account_id, symbol)]
