"""Finding the Hummingbot to install into, and the Python that runs it, without importing Hummingbot."""

import importlib.util
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from hummingbot_ccxt.errors import HummingbotCcxtError

SIGNS_OF_HUMMINGBOT = (
    "hummingbot/__init__.py",
    "hummingbot/client/settings.py",
    "hummingbot/connector/exchange/__init__.py",
)
"""Files that every Hummingbot has, whether installed or in source."""
SIGN_OF_SOURCE = "hummingbot/connector/connector_base.pyx"
"""Only a checkout has Cython sources; the installed package has what was compiled of them."""


class NoHummingbot(HummingbotCcxtError):
    """There is no Hummingbot where one was looked for."""


@dataclass(frozen=True, slots=True)
class Target:
    """One Hummingbot."""

    root: Path
    """The folder that holds its package `hummingbot`."""
    is_running: bool
    """Whether it is the one that this Python would import."""

    @property
    def connector_folder(self) -> Path:
        """Where the connector goes."""
        return self.root / "hummingbot" / "connector" / "exchange" / "ccxt"

    @property
    def keys_folder(self) -> Path:
        """Where Hummingbot keeps the encrypted keys, one file per connector."""
        return self.root / "conf" / "connectors"

    @property
    def settings(self) -> Path:
        """The user's settings of our connectors, which need not be there."""
        return self.root / "conf" / "hummingbot_ccxt.yml"

    def command(self, name: str) -> str:
        """How `hummingbot-ccxt` is told to do something with this one."""
        return f"hummingbot-ccxt {name}" + ("" if self.is_running else f" --into {shlex.quote(str(self.root))}")

    @property
    def is_source(self) -> bool:
        """Whether it is a source checkout, which `./compile` works on."""
        return (self.root / SIGN_OF_SOURCE).exists()

    @property
    def version(self) -> str:
        """What its VERSION file says."""
        try:
            return (self.root / "hummingbot" / "VERSION").read_text(encoding="utf-8").strip()
        except OSError:
            return "of unknown version"


def find(root: Path | None = None) -> Target:
    """The Hummingbot in `root`, by default the one of this Python. Raises NoHummingbot with what was looked for."""
    here = _root_of_this_python()
    if root is None:
        if here is None:
            raise NoHummingbot(
                f"{sys.executable} has no Hummingbot: name one with --into, the folder that holds its package "
                "`hummingbot`, or install it with `pip install hummingbot`"
            )
        root = here
    root = root.expanduser()
    if not root.is_dir():
        raise NoHummingbot(f"{root} is not a folder")
    missing = [sign for sign in SIGNS_OF_HUMMINGBOT if not (root / sign).is_file()]
    if missing:
        raise NoHummingbot(
            f"{root} holds no Hummingbot: {missing[0]} is missing; give the folder that holds the package `hummingbot`"
        )
    return Target(root=root, is_running=here is not None and here.resolve() == root.resolve())


def _root_of_this_python() -> Path | None:
    """Where `import hummingbot` would find it; asking for the spec of a top-level package does not import it."""
    spec = importlib.util.find_spec("hummingbot")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))).parent


def import_problem(target: Target) -> str | None:
    """Why the Python of this Hummingbot cannot import hummingbot_ccxt, with the remedy; None if it can."""
    remedy = "pip install hummingbot-ccxt"
    if target.is_running:
        return None
    python = python_of(target.root)
    if python is None:
        return (
            f"cannot tell which Python runs the Hummingbot in {target.root}; if it is not {sys.executable}, "
            f"install there too: {remedy}"
        )
    try:
        command = [str(python), "-c", "import hummingbot_ccxt.exchange, hummingbot_ccxt.registry"]
        answer = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as err:
        return f"{python} does not run ({err}), so Hummingbot may not find hummingbot_ccxt"
    if answer.returncode:
        return f"{python} cannot import hummingbot_ccxt, so Hummingbot skips the connector: {python} -m {remedy}"
    return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said in another process."""

    status: int
    lines: list[str]
    refused: str = ""
    """Its last line on stderr, where it could not do what was asked."""


def metadata_command(target: Target, *arguments: str) -> Answer:
    """What `hummingbot-ccxt metadata ...` says in the Python of this Hummingbot; nothing if it is not there.

    Another Python may have another ccxt, and so other exchanges. Where it is not known which one it is, this one is
    asked.
    """
    python = (None if target.is_running else python_of(target.root)) or sys.executable
    settings = str(target.settings.absolute())
    command = [str(python), "-m", "hummingbot_ccxt", "metadata", *arguments, "--settings-if-any", settings]
    try:
        answer = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as err:
        return Answer(1, [f"`{' '.join(command)}` does not run ({err})"])
    said = answer.stdout.replace("hummingbot-ccxt install", target.command("install"))
    error, _, message = answer.stderr.rstrip().rpartition("hummingbot-ccxt: error: ")
    return Answer(answer.returncode, said.splitlines(), message if answer.returncode == 2 and not error else "")


def python_of(root: Path) -> Path | None:
    """The interpreter that belongs to a Hummingbot: of the environment that it is installed in, or one kept in it."""
    environments = [root.parents[2]] if root.name == "site-packages" and len(root.parents) > 2 else []
    environments += [root / ".venv", root / "venv"]
    for environment in environments:
        python = environment / "bin" / "python"
        if python.exists():
            return python
    return None
