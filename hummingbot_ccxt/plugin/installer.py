"""Writes the connector's folder into a Hummingbot, tells what is there, and removes it."""

import enum
import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hummingbot_ccxt import __version__
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.plugin import files
from hummingbot_ccxt.plugin.target import Target

COMPILED = re.compile(r"dummy\..*(c|cpp|so|pyd|html|o)")
"""What `./compile` makes of dummy.pyx, for example dummy.cpp and dummy.cpython-312-x86_64-linux-gnu.so."""


class ForeignConnector(HummingbotCcxtError):
    """The folder of the connector is there, and hummingbot-ccxt did not write it."""


class CannotWrite(HummingbotCcxtError):
    """The file system refused."""


class State(enum.Enum):
    """What there is in the connector's folder."""

    ABSENT = "not installed"
    CURRENT = "installed"
    INCOMPLETE = "damaged"
    OTHER_VERSION = "another version"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Found:
    """The state of one Hummingbot."""

    state: State
    folder: Path
    version: str | None = None
    """The version that wrote the folder, where one of ours did."""

    def describe(self, command: str = "hummingbot-ccxt install") -> str:
        """One line for people, with the remedy."""
        again = f"run `{command}` again"
        return {
            State.ABSENT: f"not installed: run `{command}`",
            State.CURRENT: f"hummingbot-ccxt {self.version}",
            State.INCOMPLETE: f"hummingbot-ccxt {self.version}, with files missing or changed: {again}",
            State.OTHER_VERSION: f"written by hummingbot-ccxt {self.version}, this is {__version__}: {again}",
            State.FOREIGN: f"{self.folder} is a connector that hummingbot-ccxt did not write",
        }[self.state]


def state_of(target: Target) -> Found:
    """What is in the connector's folder now."""
    folder = target.connector_folder
    if not folder.is_dir():
        return Found(State.FOREIGN if os.path.lexists(folder) else State.ABSENT, folder)
    version = _marker(folder).get("version")
    if version is None:
        # An empty folder, or one with nothing but caches in it, is what other tools leave behind; nobody's connector.
        foreign = any(path.name != "__pycache__" for path in folder.iterdir())
        return Found(State.FOREIGN if foreign else State.ABSENT, folder)
    if version != __version__:
        return Found(State.OTHER_VERSION, folder, version)
    expected = files.contents(for_source=target.is_source)
    complete = all(_text(folder / name) == text for name, text in expected.items())
    return Found(State.CURRENT if complete else State.INCOMPLETE, folder, version)


def install(target: Target) -> list[str]:
    """Write what is missing or different; returns the names written, none if all was in place.

    Raises ForeignConnector, with nothing changed, where the folder is not ours, and CannotWrite.
    """
    found = state_of(target)
    _refuse_foreign(found)
    expected = files.contents(for_source=target.is_source)
    dropped = _listed(found.folder) - expected.keys()
    try:
        found.folder.mkdir(exist_ok=True)
        # The marker comes first: a folder that an interrupted run leaves is known as ours, and the next run repairs it.
        names = [files.MARKER, *(name for name in expected if name != files.MARKER)]
        written = [name for name in names if _write(found.folder / name, expected[name])]
        for name in sorted(dropped):
            (found.folder / name).unlink(missing_ok=True)
    except OSError as err:
        raise CannotWrite(f"cannot write {err.filename or found.folder}: {err.strerror}") from err
    return sorted(written)


def uninstall(target: Target) -> list[str]:
    """Remove the connector, compiled files and caches included; returns what others put there, which stays.

    Raises ForeignConnector, with nothing changed, where the folder is not ours, and CannotWrite.
    """
    found = state_of(target)
    _refuse_foreign(found)
    if not found.folder.exists():
        return []
    try:
        shutil.rmtree(found.folder / "__pycache__", ignore_errors=True)
        # The marker goes last: an interrupted removal is still known as ours.
        for name in _ours(found.folder):
            (found.folder / name).unlink()
        kept = sorted(path.name for path in found.folder.iterdir())
        if not kept:
            found.folder.rmdir()
    except OSError as err:
        raise CannotWrite(f"cannot remove {err.filename or found.folder}: {err.strerror}") from err
    return kept


def stored_keys(target: Target) -> list[str]:
    """Names of the files in which this Hummingbot keeps keys of our connectors."""
    return sorted(path.name for path in target.keys_folder.glob("ccxt_*.yml"))


def _refuse_foreign(found: Found) -> None:
    if found.state is State.FOREIGN:
        raise ForeignConnector(
            f"{found.folder} exists and hummingbot-ccxt did not write it; nothing was changed. "
            "Move it away if it is not needed"
        )


def _marker(folder: Path) -> dict[str, Any]:
    """The marker's content; empty where there is none, or none of ours."""
    try:
        marker = json.loads(_text(folder / files.MARKER) or "")
        return marker if marker["written_by"] == files.WRITTEN_BY else {}
    except (ValueError, KeyError, TypeError):
        return {}


def _listed(folder: Path) -> set[str]:
    """Names of the files that the version which wrote the folder put there; plain names, whatever the marker says."""
    return {Path(name).name for name in _marker(folder).get("files", ())}


def _ours(folder: Path) -> list[str]:
    """Names of the files there that are ours, the marker last: those listed, those of this version, those compiled."""
    ours = _listed(folder) | files.contents(for_source=True).keys()
    present = [path.name for path in folder.iterdir() if path.is_file() or path.is_symlink()]
    return sorted(
        (name for name in present if name in ours or COMPILED.fullmatch(name)),
        key=lambda name: (name == files.MARKER, name),
    )


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> bool:
    """Put the text into the file if it is not there already; True if it was not.

    By a new file that takes the old one's place: a reader never sees half of it, and in a hard-linked copy of
    Hummingbot the original keeps its own.
    """
    if _text(path) == text:
        return False
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return True
