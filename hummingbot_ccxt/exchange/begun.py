"""Tasks that begin where they are made, not a turn of the event loop later, behind all that waits there."""

import asyncio
from collections.abc import Coroutine
from typing import Any


def begun(coroutine: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    """Run a coroutine up to its first wait, and the rest as a task, which is to be kept."""
    return asyncio.Task(coroutine, loop=asyncio.get_running_loop(), eager_start=True)
