"""A connector is stopped and started again with Hummingbot's saved orders; the venue did not wait."""

from hummingbot_ccxt.compare.book import scenario
from hummingbot_ccxt.compare.scene import Scene
from hummingbot_ccxt.sandbox import Fault


@scenario("restart", "Nothing happens meanwhile: the order goes on, is filled and cancelled")
async def restart(scene: Scene) -> None:
    await scene.resting("the order", "0.3", "59995")
    await scene.restart(lambda: None)
    scene.note("order/the order/followed after the restart", bool(scene.connector.in_flight_orders), True)
    scene.fill("0.1")
    await scene.event("filled", "the order")
    scene.cancel("the order")
    await scene.event("canceled", "the order")


@scenario("filled-while-away", "An order is filled while the connector is away")
async def filled_while_away(scene: Scene) -> None:
    await scene.resting("the order", "0.3", "59995")
    await scene.restart(lambda: scene.fill("0.3"))
    await scene.event("completed", "the order", patience_s=8.0)
    await scene.poll()
    await scene.event("completed", "the order", patience_s=3.0)


@scenario("partly-filled-while-away", "An order, filled in part before, is filled further while the connector is away")
async def partly_filled_while_away(scene: Scene) -> None:
    await scene.resting("the order", "0.3", "59995")
    scene.fill("0.1")
    await scene.event("filled", "the order")
    await scene.restart(lambda: scene.fill("0.1"))
    await scene.event("filled", "the order", patience_s=8.0)
    scene.fill("0.1")
    await scene.event("completed", "the order")


@scenario("never-arrived", "The connector is stopped while an order is on its way, which never arrives")
async def never_arrived(scene: Scene) -> None:
    lost = scene.sandbox.faults.rest("order.create", Fault.TIMEOUT_BEFORE)
    scene.buy("the order", "0.1", "59000")
    await lost.fired()
    await scene.restart(lambda: None)
    for _ in range(5):
        await scene.poll()
    await scene.event("failed", "the order", patience_s=40.0)


@scenario("canceled-while-away", "An order is filled in part and cancelled while the connector is away")
async def canceled_while_away(scene: Scene) -> None:
    await scene.resting("the order", "0.3", "59995")

    def meanwhile() -> None:
        scene.fill("0.1")
        scene.sandbox.engine.cancel_all(scene.account.account_id)

    await scene.restart(meanwhile)
    await scene.event("canceled", "the order", patience_s=8.0)
    await scene.poll()
    await scene.event("canceled", "the order", patience_s=3.0)
