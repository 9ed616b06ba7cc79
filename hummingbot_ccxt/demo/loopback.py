"""Keeps a Python process on this machine: what it connects to is written down, and nothing beyond loopback succeeds.

The bot's processes load it by a `sitecustomize` in the demo's home, before any of Hummingbot's code. An audit hook sees
every `connect`, `sendto` and name resolution of Python's sockets, whichever library asks.
"""

import ctypes
import ipaddress
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

JOURNAL_VARIABLE = "HUMMINGBOT_CCXT_DEMO_CONNECTIONS"
"""Environment variable with the file to write to: one line for each call, `inside HOST` or `outside HOST`."""

SITECUSTOMIZE = """# Written by hummingbot-ccxt demo: keeps this home's processes on this machine.
from hummingbot_ccxt.demo import loopback

loopback.stay_inside()
"""

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_WITH_ADDRESS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_WITH_NAME = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})


class LeavesMachine(PermissionError):
    """Something wanted to leave the machine."""


def stay_inside() -> None:
    """From now on this process reaches loopback only; it ends, gracefully, when the demo that started it does."""
    journal = os.environ.get(JOURNAL_VARIABLE)
    if journal is None:
        return
    _end_with_parent()
    path = Path(journal)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        host = host_of(event, arguments)
        if host is None:
            return
        inside = is_inside(host)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{'inside' if inside else 'outside'} {host}\n")
        if not inside:
            raise LeavesMachine(f"{host} is not on this machine; the demo stays on it")

    sys.addaudithook(hook)


def host_of(event: str, arguments: tuple[Any, ...]) -> str | None:
    """The host that an audit event is about; None for events that reach nobody (local sockets, binding, files)."""
    if event in _WITH_NAME:
        return None if arguments[0] is None else _text(arguments[0])
    if event in _WITH_ADDRESS:
        address = arguments[1]
        if isinstance(address, tuple) and address:
            return _text(address[0])
    return None


def is_inside(host: str) -> bool:
    """Whether a host name or address is this machine; the empty name is the wildcard of a listener."""
    if host in ("", "localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def read_journal(path: Path) -> tuple[int, list[str]]:
    """How many calls stayed inside, and the hosts of those that would not have, in order."""
    if not path.exists():
        return 0, []
    lines = path.read_text(encoding="utf-8").splitlines()
    outside = [line.removeprefix("outside ") for line in lines if line.startswith("outside ")]
    return len(lines) - len(outside), outside


def _text(name: Any) -> str:
    return name.decode("ascii", "replace") if isinstance(name, bytes) else str(name)


def _end_with_parent() -> None:
    """Have the kernel send SIGTERM when the demo dies without a chance to say so (kill -9); Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
