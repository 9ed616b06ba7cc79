"""Loads Python files of the user's own: mappings and ccxt classes from the folder that the configuration names.

They run with the keys at hand, so a file that every user of the machine may write is refused before it is run.
"""

import importlib.util
import stat
import sys
from pathlib import Path
from types import ModuleType


def open_to_all(path: Path) -> Path | None:
    """The file, or the folder that it is in, if others may write it; else None."""
    return next((place for place in (path.parent, path) if place.stat().st_mode & stat.S_IWOTH), None)


def load_file(path: Path, name: str) -> ModuleType:
    """The module in the file, run anew, as `name`. Raises whatever it raises."""
    spec = importlib.util.spec_from_file_location(name, path)
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
