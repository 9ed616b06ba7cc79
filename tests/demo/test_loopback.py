"""The guard sees every way out of Python's sockets, writes it down, and holds it back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hummingbot_ccxt.demo import loopback

TRIES = {
    "a name to resolve": "import socket; socket.getaddrinfo('api.binance.com', 443)",
    "a name to resolve, the old way": "import socket; socket.gethostbyname('api.binance.com')",
    "an address": "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
    "a datagram": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "an IPv6 address": "import socket; socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
    "an event loop": "import asyncio; asyncio.run(asyncio.open_connection('192.0.2.1', 80))",
    "aiohttp": "import asyncio, aiohttp\n"
    "async def main():\n"
    "    async with aiohttp.ClientSession() as session:\n"
    "        await session.get('http://api.binance.com/')\n"
    "asyncio.run(main())",
}


def guarded(tmp_path: Path, code: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "sitecustomize.py").write_text(loopback.SITECUSTOMIZE)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path), loopback.JOURNAL_VARIABLE: str(tmp_path / "journal")},
    )  # fmt: skip


@pytest.mark.parametrize("code", TRIES.values(), ids=TRIES.keys())
def test_a_call_beyond_this_machine_is_held_back_and_written_down(tmp_path: Path, code: str) -> None:
    ended = guarded(tmp_path, code)

    assert ended.returncode == 1
    assert "is not on this machine" in ended.stderr
    assert loopback.read_journal(tmp_path / "journal")[1] != []


def test_calls_on_loopback_pass_and_are_counted(tmp_path: Path) -> None:
    code = (
        "import socket; server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()); socket.getaddrinfo('localhost', 80)"
    )

    ended = guarded(tmp_path, code)

    assert ended.returncode == 0, ended.stderr
    inside, outside = loopback.read_journal(tmp_path / "journal")
    assert inside >= 2
    assert outside == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", ""])
def test_these_are_this_machine(host: str) -> None:
    assert loopback.is_inside(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "0.0.0.0", "localhost.example.com"])
def test_these_are_not(host: str) -> None:
    assert not loopback.is_inside(host)
