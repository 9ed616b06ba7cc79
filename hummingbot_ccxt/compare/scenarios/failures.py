"""The venue or the way to it fails: answers lost, clocks wrong, connections lost, limits reached, outages."""

from hummingbot_ccxt.compare.book import scenario
from hummingbot_ccxt.compare.scene import Scene
from hummingbot_ccxt.sandbox import Fault

_SKEW_MS = 90_000


async def _unanswered(scene: Scene, fault: Fault, status: int = 503) -> None:
    """An order that the venue takes while its answer is lost; later it is filled."""
    scene.sandbox.faults.rest("order.create", fault, status=status)
    scene.buy("the order", "0.1", "59995")
    await scene.until(lambda: scene.bot.story(scene.ids["the order"]))
    scene.fill("0.1")
    await scene.event("completed", "the order", patience_s=3.0)


@scenario("reset-after-create", "The connection breaks after the venue took an order, before its answer")
async def reset_after_create(scene: Scene) -> None:
    await _unanswered(scene, Fault.RESET_AFTER)


@scenario("503-after-create", "The venue takes an order and answers 503")
async def error_after_create(scene: Scene) -> None:
    await _unanswered(scene, Fault.ERROR_AFTER, status=503)


@scenario("html-after-create", "The venue takes an order, and a proxy answers with a web page")
async def html_after_create(scene: Scene) -> None:
    await _unanswered(scene, Fault.HTML_AFTER, status=502)


@scenario("reset-before-create", "The connection breaks before the venue gets an order")
async def reset_before_create(scene: Scene) -> None:
    scene.sandbox.faults.rest("order.create", Fault.RESET_BEFORE)
    scene.buy("the order", "0.1", "59000")
    await scene.event("failed", "the order", patience_s=40.0)


@scenario("reset-after-cancel", "The connection breaks after the venue carried out a cancellation")
async def reset_after_cancel(scene: Scene) -> None:
    await scene.resting("the order", "0.1", "59000")
    scene.sandbox.faults.rest("order.cancel*", Fault.RESET_AFTER)
    scene.cancel("the order")
    await scene.event("canceled", "the order")


@scenario("rate-limited-create", "The venue answers an order with 429")
async def rate_limited_create(scene: Scene) -> None:
    scene.sandbox.faults.rest("order.create", Fault.RATE_LIMIT, retry_after_s=1)
    scene.buy("the order", "0.1", "59000")
    await scene.event("failed", "the order", patience_s=40.0)


@scenario("clock-ahead", "The venue's clock is a minute and a half ahead from the start", starts=False)
async def clock_ahead(scene: Scene) -> None:
    await _at_another_time(scene, _SKEW_MS)


@scenario("clock-behind", "The venue's clock is a minute and a half behind from the start", starts=False)
async def clock_behind(scene: Scene) -> None:
    await _at_another_time(scene, -_SKEW_MS)


async def _at_another_time(scene: Scene, skew_ms: int) -> None:
    scene.sandbox.faults.set_clock(skew_ms=skew_ms)
    await scene.start()
    await _trade_and_cancel(scene)


@scenario("clock-jumps-ahead", "The venue's clock jumps a minute and a half ahead while the connector runs")
async def clock_jumps_ahead(scene: Scene) -> None:
    scene.sandbox.faults.set_clock(skew_ms=_SKEW_MS)
    await _trade_and_cancel(scene)


@scenario("clock-jumps-behind", "The venue's clock jumps a minute and a half behind while the connector runs")
async def clock_jumps_behind(scene: Scene) -> None:
    scene.sandbox.faults.set_clock(skew_ms=-_SKEW_MS)
    await _trade_and_cancel(scene)


async def _trade_and_cancel(scene: Scene) -> None:
    scene.buy("filled", "0.1", "59995")
    await scene.event("created", "filled")
    scene.fill("0.1")
    await scene.event("completed", "filled")
    scene.buy("canceled", "0.1", "59000")
    await scene.event("created", "canceled")
    scene.cancel("canceled")
    await scene.event("canceled", "canceled")


@scenario("disconnect", "The private connection is lost, and an order is filled meanwhile")
async def disconnect(scene: Scene) -> None:
    await scene.resting("filled", "0.3", "59995")
    await scene.resting("untouched", "0.1", "59000")
    faults = scene.sandbox.faults
    scene.script("the private connection is lost")
    faults.refuse_connections = True
    faults.disconnect_streams(public=False)
    scene.fill("0.3")
    faults.refuse_connections = False
    scene.script("connections are accepted again")
    told = await scene.event("completed", "filled", patience_s=8.0)
    scene.note("order/filled/told within 8 s of the loss", told is not None, True)
    await scene.poll()
    await scene.event("completed", "filled", patience_s=3.0)


@scenario("session-expires", "The session of the private stream runs out, and an order is filled meanwhile")
async def session_expires(scene: Scene) -> None:
    await scene.resting("the order", "0.3", "59995")
    scene.script("the session runs out")
    scene.sandbox.faults.expire_sessions()
    scene.fill("0.3")
    told = await scene.event("completed", "the order", patience_s=12.0)
    scene.note("order/the order/told within 12 s of the end", told is not None, True)
    await scene.poll()
    await scene.event("completed", "the order", patience_s=3.0)


@scenario("outage", "The venue is in maintenance for five of Hummingbot's polls, and an order is filled meanwhile")
async def outage(scene: Scene) -> None:
    await scene.resting("filled", "0.3", "59995")
    await scene.resting("untouched", "0.1", "59000")
    scene.stall()
    scene.script("maintenance begins")
    scene.sandbox.faults.maintenance = True
    scene.fill("0.3")
    for _ in range(5):
        await scene.poll()
    followed = set(scene.connector.in_flight_orders) == set(scene.ids.values())
    scene.note("order/both/followed after five polls in vain", followed, True)
    scene.script("maintenance ends")
    scene.sandbox.faults.maintenance = False
    scene.resume()
    await scene.poll()
    await scene.event("completed", "filled", patience_s=8.0)
    scene.cancel("untouched")
    await scene.event("canceled", "untouched")
