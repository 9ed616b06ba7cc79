"""Lead whatever this process asks of an exchange over aiohttp to the embedded venue instead.

A native connector is then unmodified, its base URLs included, and signs the path that the exchange would see.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import aiohttp
from yarl import URL

Rewrite = Callable[[str], str]


@contextmanager
def redirected(rewrite: Rewrite) -> Iterator[None]:
    """Within, every request and WebSocket of this process goes where `rewrite` (`Sandbox.rewrite`) says.

    Addresses with a plain scheme (`http://127.0.0.1:8080/...`), as our own connector's are, stay as they are.
    """
    original = aiohttp.ClientSession._request

    async def request(self: aiohttp.ClientSession, method: str, url: Any, **more: Any) -> Any:
        target = URL(url) if isinstance(url, str) else url
        if target.scheme in ("https", "wss"):
            if self._base_url is not None:
                target = self._base_url.join(target)
            params = more.pop("params", None)
            if params:
                target = target.extend_query(params)
            # `encoded`: the venue must see the very text that was signed.
            target = URL(rewrite(str(target)), encoded=True)
        return await original(self, method, target, **more)

    with patch.object(aiohttp.ClientSession, "_request", request):
        yield
