"""Refuses the versions of other packages that are known not to work together, before they cost anybody an order."""

import re
from importlib.metadata import PackageNotFoundError, version

from hummingbot_ccxt.errors import HummingbotCcxtError

FIRST_AIOHTTP_WITH_OVERHEAD = (3, 14, 4)
FIRST_CCXT_WITH_OVERHEAD = (4, 5, 89)
"""aiohttp 3.14.4 began to charge 128 bytes for each message in a stream's buffer (`MSG_SIZE_OVERHEAD` in its
_websocket/reader_py.py). ccxt's WebSocket client takes messages out of that buffer by itself and puts their size back;
it counts the overhead since 4.5.89 (async_support/base/ws/client.py). Older ones give back too little: after a burst
aiohttp pauses the transport for good and the stream stays silent. Measured with a burst of 30,000 frames: 4.5.18 and
4.5.88 stop after some 2,500 frames with 3.14.4 and 3.14.5 and receive all with 3.13.5 and 3.14.3; 4.5.89 and 4.5.90
receive all with each."""


class IncompatibleVersions(HummingbotCcxtError):
    """Two installed packages do not work together; the text names both versions and the remedy."""


def check_versions() -> None:
    """Raise IncompatibleVersions where the installed ccxt and aiohttp hang together.

    Reads installed metadata only: it imports neither and takes a millisecond.
    """
    ccxt, aiohttp = installed("ccxt"), installed("aiohttp")
    if release(ccxt) < FIRST_CCXT_WITH_OVERHEAD and release(aiohttp) >= FIRST_AIOHTTP_WITH_OVERHEAD:
        raise IncompatibleVersions(
            f"ccxt {ccxt} with aiohttp {aiohttp} stops receiving after a burst of stream messages; install "
            f"ccxt {_dotted(FIRST_CCXT_WITH_OVERHEAD)} or newer, or an older aiohttp: "
            f"pip install 'aiohttp<{_dotted(FIRST_AIOHTTP_WITH_OVERHEAD)}'"
        )


def installed(package: str) -> str:
    """The installed version of a package. Raises IncompatibleVersions where there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        raise IncompatibleVersions(f"{package} is not installed: pip install {package}") from None


def release(text: str) -> tuple[int, ...]:
    """The numbers of a version that can be compared: "3.14.5rc1" is (3, 14, 5)."""
    match = re.match(r"\d+(\.\d+)*", text)
    return tuple(int(number) for number in match[0].split(".")) if match else ()


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
