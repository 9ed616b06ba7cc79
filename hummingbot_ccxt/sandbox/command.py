"""`hummingbot-ccxt sandbox EXCHANGE`: the embedded venue by itself, until Ctrl-C."""

import argparse
import asyncio
import errno
import math
import signal
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from .sandbox import WIRES, Sandbox

_FUNDS = {"BTC": Decimal(10), "ETH": Decimal(100), "USDT": Decimal(1_000_000)}
_FUNDS_OF_RECORDED_ASSETS = Decimal(1_000_000)
_LAST_PORT = 65_535


def add_parser(subparsers: Any) -> None:
    """Adds `sandbox` to the sub-parsers of a command line; `args.run(args)` returns the exit status."""
    parser = subparsers.add_parser(
        "sandbox",
        help="run an exchange on this machine that speaks a real exchange's protocol",
        description="An exchange on 127.0.0.1 with simulated traders (or a recorded market). Money is play money.",
    )
    parser.add_argument("exchange", choices=sorted(WIRES), help="whose protocol to speak")
    parser.add_argument("--port", type=port, default=0, metavar="N", help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write every message to FILE, credentials masked")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="follow a recording instead of simulated traders")
    parser.add_argument("--replay-speed", type=speed, default=1.0, metavar="X", help="X times as fast as recorded")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulated traders (default: 1)")
    parser.add_argument("--skew-ms", type=float, default=0.0, help="how far the venue's clock is ahead")
    parser.set_defaults(run=run)


def port(text: str) -> int:
    """A port's number. Raises argparse's error for what is none."""
    if not text.isdecimal() or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; allowed: 1 to {_LAST_PORT}, or 0 for a free one")
    return int(text)


def speed(text: str) -> float:
    """How many times as fast. Raises argparse's error for what is no number, or below 0."""
    try:
        times = float(text)
    except ValueError:
        times = -1.0
    if not 0 <= times < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no speed; allowed: 2 for twice as fast, 0 for all at once")
    return times


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
    except OSError as error:
        return _refused(f"--replay {arguments.replay}: {error.strerror}")
    except ValueError as error:
        return _refused(str(error))
    return asyncio.run(_serve(sandbox))


async def _serve(sandbox: Sandbox) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    try:
        await sandbox.start()
    except OSError as error:
        if error.filename is not None:
            return _refused(f"--record {error.filename}: {error.strerror}")
        await sandbox.stop()  # the recording is open by now
        if error.errno == errno.EADDRINUSE:
            return _refused(
                f"port {sandbox.port} of 127.0.0.1 is in use; remedy: another --port, or none: a free one is taken then"
            )
        return _refused(f"port {sandbox.port} of 127.0.0.1: {error.strerror}; remedy: another --port, above 1023")
    try:
        print(_greeting(sandbox), flush=True)
        await stop.wait()
    finally:
        await sandbox.stop()
    print("stopped", flush=True)
    return 0


def _refused(why: str) -> int:
    print(f"hummingbot-ccxt sandbox: {why}", file=sys.stderr)
    return 1


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
