"""Orders that are refused, by Hummingbot's rules or by the venue, and credentials that are."""

import dataclasses

from hummingbot_ccxt.compare.book import scenario
from hummingbot_ccxt.compare.scene import Scene


@scenario("no-funds", "More is sold than the account holds")
async def no_funds(scene: Scene) -> None:
    scene.sell("the order", "50", "60500")
    await scene.event("failed", "the order")


@scenario("no-funds-buy", "More is bought than the account can pay")
async def no_funds_buy(scene: Scene) -> None:
    scene.buy("the order", "50", "59000")
    await scene.event("failed", "the order")


@scenario("below-least-size", "An order below the least amount")
async def below_least_size(scene: Scene) -> None:
    scene.buy("the order", "0.000001", "59000")
    await scene.event("failed", "the order")


@scenario("below-least-notional", "An order below the least value")
async def below_least_notional(scene: Scene) -> None:
    scene.buy("the order", "0.00002", "59000")
    await scene.event("failed", "the order")


@scenario("unknown-pair", "An order on a pair that the venue does not have")
async def unknown_pair(scene: Scene) -> None:
    scene.buy("the order", "1", "10", pair="NOPE-USDT")
    await scene.event("failed", "the order", patience_s=2.0)


@scenario("closed-market", "An order on a market that the venue has halted")
async def closed_market(scene: Scene) -> None:
    scene.script("the venue halts the market")
    scene.sandbox.engine.set_open("BTC/USDT", False)
    scene.buy("the order", "0.1", "59000")
    await scene.event("failed", "the order")


@scenario("wrong-secret", "The API secret is wrong", starts=False)
async def wrong_secret(scene: Scene) -> None:
    wrong = dataclasses.replace(scene.account, secret="a" * 64)
    await scene.start(ready=False, account=wrong)
    await _refused(scene)


@scenario("unknown-key", "The API key is unknown to the venue", starts=False)
async def unknown_key(scene: Scene) -> None:
    scene.sandbox.revoke(scene.account)
    await scene.start(ready=False)
    await _refused(scene)


@scenario("key-revoked", "The API key is revoked while an order rests")
async def key_revoked(scene: Scene) -> None:
    await scene.resting("the order", "0.1", "59000")
    scene.script("the key is revoked")
    scene.sandbox.revoke(scene.account)
    scene.cancel("the order")
    await scene.until(lambda: scene.requests("order.cancel"))
    for _ in range(5):
        await scene.poll()
    scene.note("order/the order/followed after five polls", bool(scene.connector.in_flight_orders), True)


async def _refused(scene: Scene) -> None:
    """Until the user is told something, and a little longer: both connectors try again."""
    await scene.until(lambda: scene.bot.logged(), 8.0)
    await scene.until(lambda: scene.connector.ready, 1.0)
    scene.note("start/ready", scene.connector.ready, False)
    scene.note("start/the user is told", bool(scene.bot.logged()), True)
