"""What this process uses of the machine, now."""

import asyncio
import gc
import os
import sys
import time
from pathlib import Path

from hummingbot_ccxt.errors import HummingbotCcxtError

FIGURES = ("memory_mb", "tasks", "sockets", "handles", "cpu_s", "objects")


class NoFigures(HummingbotCcxtError):
    """This system does not tell what a process uses where we know to look."""


def use() -> dict[str, float]:
    """By name: resident memory, asyncio tasks, sockets, open files of any kind, CPU seconds so far, Python objects.

    Raises NoFigures without /proc (Linux).
    """
    own = Path("/proc/self")
    if not own.exists():
        raise NoFigures(f"soak reads /proc, which Linux has; this is {sys.platform}")
    gc.collect()
    handles = [_target(each) for each in (own / "fd").iterdir()]
    pages = int((own / "statm").read_text(encoding="ascii").split()[1])
    return {
        "memory_mb": pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        "tasks": float(len(asyncio.all_tasks())),
        "sockets": float(sum(each.startswith("socket:") for each in handles)),
        "handles": float(len(handles)),
        "cpu_s": time.process_time(),
        "objects": float(len(gc.get_objects())),
    }


def _target(descriptor: Path) -> str:
    try:
        return os.readlink(descriptor)
    except OSError:  # the one that listed the folder is closed by now
        return ""
