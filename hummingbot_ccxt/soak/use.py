"""What this process uses of the machine, now."""

import asyncio
import ctypes
import gc
import os
import sys
import time
from pathlib import Path

from hummingbot_ccxt.errors import HummingbotCcxtError

FIGURES = ("memory_mb", "held_mb", "malloc_mb", "blocks", "tasks", "sockets", "handles", "cpu_s", "objects")


class NoFigures(HummingbotCcxtError):
    """This system does not tell what a process uses where we know to look."""


class _Malloc(ctypes.Structure):
    """glibc's `struct mallinfo2` (malloc.h)."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def use() -> dict[str, float]:
    """By name: resident memory, memory of its own that it took from the system, what it allocated of that (`malloc_mb`
    as C does, `blocks` the pieces of 512 bytes at most that Python manages by itself), asyncio tasks, sockets, open
    files of any kind, CPU seconds so far, Python objects.

    Raises NoFigures without /proc (Linux) or without glibc.
    """
    own = Path("/proc/self")
    if not own.exists():
        raise NoFigures(f"soak reads /proc, which Linux has; this is {sys.platform}")
    gc.collect()
    handles = [_target(each) for each in (own / "fd").iterdir()]
    pages = [int(each) for each in (own / "statm").read_text(encoding="ascii").split()]
    page_mb = os.sysconf("SC_PAGE_SIZE") / 2**20
    return {
        "memory_mb": pages[1] * page_mb,
        "held_mb": pages[5] * page_mb,
        "malloc_mb": _malloc_mb(),
        "blocks": float(sys.getallocatedblocks()),
        "tasks": float(len(asyncio.all_tasks())),
        "sockets": float(sum(each.startswith("socket:") for each in handles)),
        "handles": float(len(handles)),
        "cpu_s": time.process_time(),
        "objects": float(len(gc.get_objects())),
    }


def _malloc_mb() -> float:
    """What is allocated by C's malloc, in all of its arenas and in mappings of its own."""
    try:
        ask = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError) as error:
        raise NoFigures("soak reads what malloc gave out, which glibc tells from 2.33 on; here it does not") from error
    ask.restype = _Malloc
    told = ask()
    return float(told.uordblks + told.hblkhd) / 2**20


def _target(descriptor: Path) -> str:
    try:
        return os.readlink(descriptor)
    except OSError:  # the one that listed the folder is closed by now
        return ""
