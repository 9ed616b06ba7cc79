"""A throw-away Hummingbot home: a copy of the installed package that shares its files, with the plug-in in it."""

import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import yaml

from hummingbot_ccxt.configuration import FILE_NAME
from hummingbot_ccxt.demo import loopback
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.plugin import installer, target

_FOLDERS = (
    "conf/strategies", "conf/connectors", "conf/scripts", "conf/controllers", "scripts", "controllers", "data", "logs",
)  # fmt: skip

CLIENT_SETTINGS = {
    "send_error_logs": False,
    "anonymized_metrics_mode": {},
    # The rate oracle asks a public API, and cannot be switched off. Decibel's source refuses every quote token but USD
    # before it asks anybody; with USDT the oracle is silent, and rates come from the connector's own order book.
    "rate_oracle_source": {"name": "decibel_perpetual"},
    "global_token": {"global_token_name": "USDT", "global_token_symbol": "$"},
    "fetch_pairs_from_all_exchanges": False,  # else it asks each native exchange for its trading pairs ...
    "paper_trade": {"paper_trade_exchanges": []},  # ... and these in any case
    "mqtt_bridge": {"mqtt_autostart": False},
}
"""What differs from Hummingbot's defaults, so that nothing of it leaves this machine."""


class NoHome(HummingbotCcxtError):
    """The home cannot be made."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that the bot believes to be its installation."""

    root: Path

    @property
    def journal(self) -> Path:
        """Where the bot's processes write down whom they connect to."""
        return self.root / "data" / "connections.txt"

    @property
    def output(self) -> Path:
        """What the bot's processes print."""
        return self.root / "logs" / "output.txt"

    @property
    def status(self) -> Path:
        """Hummingbot's status snapshot."""
        return self.root / "data" / "bot" / "status.json"

    def database(self, name: str) -> Path:
        """Hummingbot's trade database of the bot `name`."""
        return self.root / "data" / f"{name}.sqlite"

    def log(self, name: str) -> Path:
        """Hummingbot's own log of the bot `name`."""
        return self.root / "logs" / f"logs_{name}.log"

    def environment(self) -> dict[str, str]:
        """The environment of processes that shall live in this home."""
        environment = dict(os.environ)
        path = [str(self.root), *filter(None, [environment.get("PYTHONPATH")])]
        environment |= {
            "PYTHONPATH": os.pathsep.join(path),
            "PYTHONUNBUFFERED": "1",
            loopback.JOURNAL_VARIABLE: str(self.journal),
        }
        return environment

    def forget_keys(self) -> None:
        """Remove the encrypted keys: the account that they open ends with the venue."""
        shutil.rmtree(self.root / "conf" / "connectors", ignore_errors=True)


def make(root: Path, *, exchange: str, base_url: str) -> Home:
    """A fresh home in `root`, whatever was there before, whose `ccxt_<exchange>` trades at `base_url`."""
    home = Home(root.resolve())
    package = _installed_package()
    try:
        if home.root.exists():
            shutil.rmtree(home.root)
        _copy(package, home.root / "hummingbot")
        for folder in _FOLDERS:
            (home.root / folder).mkdir(parents=True)
        _write_yaml(home.root / "conf" / "conf_client.yml", CLIENT_SETTINGS)
        _write_yaml(home.root / "conf" / FILE_NAME, {"exchanges": {exchange: {"base_url": base_url}}})
        (home.root / "sitecustomize.py").write_text(loopback.SITECUSTOMIZE, encoding="utf-8")
    except OSError as err:
        raise NoHome(f"cannot write {err.filename or home.root}: {err.strerror}") from err
    installer.install(target.find(home.root))
    return home


def _installed_package() -> Path:
    spec = importlib.util.find_spec("hummingbot")
    if spec is None or not spec.submodule_search_locations:
        raise target.NoHummingbot("the demo needs Hummingbot in this Python: pip install hummingbot")
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def _copy(package: Path, copy: Path) -> None:
    """Copy the package by hard links, without the connector that may be installed in it."""
    connector = package / "connector" / "exchange" / "ccxt"

    def ignored(folder: str, names: list[str]) -> list[str]:
        return [connector.name] if Path(folder) == connector.parent and connector.name in names else []

    shutil.copytree(package, copy, copy_function=_link_or_copy, ignore=ignored)


def _link_or_copy(source: str, copy: str) -> None:
    """One file; where it cannot be linked (another disk), a copy with its times, so that .pyc files stay valid."""
    try:
        os.link(source, copy)
    except OSError:
        shutil.copy2(source, copy)


def _write_yaml(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
