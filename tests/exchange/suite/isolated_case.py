"""What Hummingbot's connector test suite needs of `test.isolated_asyncio_wrapper_test_case`.

The suite is installed with Hummingbot, that module of its repository is not, and `test` is the standard library's.
`provide()` puts this module in its place. The suite uses the class below and its `run_async_with_timeout` only.
"""

import asyncio
import sys
import unittest
from collections.abc import Coroutine
from typing import Any

NAME = "test.isolated_asyncio_wrapper_test_case"


class IsolatedAsyncioWrapperTestCase(unittest.IsolatedAsyncioTestCase):
    """A test case whose every test has an event loop of its own, also for tests that are no coroutines."""

    def setUp(self) -> None:
        super().setUp()
        self.local_event_loop = asyncio.get_event_loop()

    def run_async_with_timeout(self, coroutine: Coroutine[Any, Any, Any], timeout: float = 1.0) -> Any:
        """The coroutine's result, for a test that is no coroutine itself."""
        return self.local_event_loop.run_until_complete(asyncio.wait_for(coroutine, timeout))


def provide() -> None:
    """Let `from test.isolated_asyncio_wrapper_test_case import ...` find this module; the real one if it is there."""
    sys.modules.setdefault(NAME, sys.modules[__name__])
