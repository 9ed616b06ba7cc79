"""Loads Python files of the user's own: mappings and ccxt classes from the folder that the configuration names.

They run with the keys at hand, so a file that every user of the machine may write, replace or lead elsewhere is refused
before it is run; of one that another user or group may write, a warning says so. What is run is the file itself, never
compiled code from a `__pycache__` beside it.
"""

import importlib.util
import logging
import os
import stat
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType


def open_to_all(path: Path) -> Path | None:
    """The file, its folder, or a folder above, if everybody may write there; else None.

    A folder above may be one in which everybody may write, but replace only what is theirs (sticky, as /tmp is). Links
    are followed, and looked at step by step: where the link stands and where it leads.
    """
    for place, is_close in _places(path):
        mode = place.stat().st_mode
        if mode & stat.S_IWOTH and (is_close or not mode & stat.S_ISVTX):
            return place
    return None


def writable_by_another(path: Path) -> Path | None:
    """The file or its folder if it belongs to another user, or another group than the user's own may write there.

    Never for the superuser, as which a container runs with folders of whoever started it; nor what is the superuser's.
    """
    user, groups = os.geteuid(), {0, os.getegid()}
    if user == 0:
        return None
    for place, is_close in _places(path):
        about = place.stat()
        by_group = bool(about.st_mode & stat.S_IWGRP) and about.st_gid not in groups
        if is_close and (about.st_uid not in (0, user) or by_group):
            return place
    return None


def _places(path: Path) -> Iterator[tuple[Path, bool]]:
    """Each place that decides which file `path` is, and whether it is the file or the folder that it is in."""
    following, seen = [Path(os.path.abspath(path))], set()
    while following:
        file = following.pop()
        for depth, place in enumerate((file, *file.parents)):
            if (place, depth <= 1) in seen:
                continue
            seen.add((place, depth <= 1))
            yield place, depth <= 1
            if place.is_symlink():
                rest = file.relative_to(place)
                following.append(Path(os.path.normpath(place.parent / place.readlink() / rest)))


class _Source(SourceFileLoader):
    """Compiles the file each time: Python's own loader believes a `__pycache__` that others may have written."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


def load_file(path: Path, name: str) -> ModuleType:
    """The module in the file, run anew, as `name`. Raises whatever it raises."""
    place = writable_by_another(path)
    if place is not None:
        logging.getLogger(__name__).warning(
            f"{path} runs with your keys at hand, and another user or group may write {place}."
        )
    spec = importlib.util.spec_from_file_location(name, path, loader=_Source(name, str(path)))
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python module")
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module  # where dataclasses, pickle and inspect look for what it defines
    try:
        spec.loader.exec_module(module)
    except BaseException:
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before
        raise
    return module
