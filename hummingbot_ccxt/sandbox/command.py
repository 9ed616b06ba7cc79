"""`hummingbot-ccxt sandbox EXCHANGE`: the embedded venue by itself, until Ctrl-C."""

import argparse
import asyncio
import signal
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from .sandbox import WIRES, Sandbox

_FUNDS = {"BTC": Decimal(10), "ETH": Decimal(100), "USDT": Decimal(1_000_000)}
_FUNDS_OF_RECORDED_ASSETS = Decimal(1_000_000)


def add_parser(subparsers: Any) -> None:
    """Adds `sandbox` to the sub-parsers of a command line; `args.run(args)` returns the exit status."""
    parser = subparsers.add_parser(
        "sandbox",
        help="run an exchange on this machine that speaks a real exchange's protocol",
        description="An exchange on 127.0.0.1 with simulated traders (or a recorded market). Money is play money.",
    )
    parser.add_argument("exchange", choices=sorted(WIRES), help="whose protocol to speak")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write every message to FILE, credentials masked")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="follow a recording instead of simulated traders")
    parser.add_argument("--replay-speed", type=float, default=1.0, metavar="X", help="X times as fast as recorded")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulated traders (default: 1)")
    parser.add_argument("--skew-ms", type=float, default=0.0, help="how far the venue's clock is ahead")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM; 0 then, 1 if the venue could not start."""
    try:
        sandbox = Sandbox(
            arguments.exchange,
            port=arguments.port,
            seed=arguments.seed,
            participants=arguments.replay is None,
            clock_skew_ms=arguments.skew_ms,
            record=arguments.record,
            replay=arguments.replay,
            replay_speed=arguments.replay_speed,
        )
    except (OSError, ValueError) as error:
        print(f"hummingbot-ccxt sandbox: {error}", file=sys.stderr)
        return 1
    return asyncio.run(_serve(sandbox))


async def _serve(sandbox: Sandbox) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    try:
        await sandbox.start()
    except OSError as error:
        print(f"hummingbot-ccxt sandbox: {error}", file=sys.stderr)
        return 1
    try:
        print(_greeting(sandbox), flush=True)
        await stop.wait()
    finally:
        await sandbox.stop()
    print("stopped", flush=True)
    return 0


def _greeting(sandbox: Sandbox) -> str:
    """How to connect. The credentials are made for this run and worth nothing outside of it, so they may be shown."""
    assets = {asset for market in sandbox.engine.markets.values() for asset in (market.base, market.quote)}
    funds = {asset: _FUNDS.get(asset, _FUNDS_OF_RECORDED_ASSETS) for asset in sorted(assets)}
    account = sandbox.create_account(funds, name="demo")
    pairs = ", ".join(symbol.replace("/", "-") for symbol in sandbox.engine.markets)
    has_passphrase = WIRES[sandbox.exchange].has_passphrase
    passphrase = f"\n  passphrase  {account.password}" if has_passphrase else ""
    credentials = '"apiKey": "...", "secret": "..."' + (', "password": "..."' if has_passphrase else "")
    return f"""{sandbox.exchange} on {sandbox.url}
  pairs       {pairs}
  API key     {account.api_key}
  secret      {account.secret}{passphrase}
  (throw-away credentials of this run, for play money)

An address of the exchange becomes one of the sandbox by one rule:
  https://HOST/PATH -> {sandbox.url}/HOST/PATH        wss://HOST/PATH -> {sandbox.url.replace("http", "ws")}/HOST/PATH

With Hummingbot's ccxt_{sandbox.exchange}, in conf/hummingbot_ccxt.yml:
  exchanges:
    {sandbox.exchange}:
      base_url: {sandbox.url}

With ccxt:
  exchange = ccxt.pro.{sandbox.exchange}({{{credentials}}})
  rewrite each address in exchange.urls by the rule, then trade as usual

Ctrl-C ends it."""
