"""A newer ccxt beside this release: an environment of its own, whose ccxt adds an exchange and has dropped others.

The ccxt in it is a small copy of the real one: its base, kraken and okx, a `newex` that is kraken by another name and
wants a credential that no exchange has wanted so far, and a `strangex` of which this release cannot make anything.
"""

import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from hummingbot_ccxt import registry

NEWER = "99.0.1"
KEPT = ("kraken", "okx")
NEWEX = """
from {package}.kraken import kraken


class newex(kraken):
    def describe(self):
        own = {{"id": "newex", "name": "New Exchange", "requiredCredentials": {{"signerKey": True}}}}
        return self.deep_extend(super().describe(), own)
"""
STRANGEX = """
from {package}.kraken import kraken


class strangex(kraken):
    def describe(self):
        return self.deep_extend(super().describe(), {{"id": "strangex", "precisionMode": 17}})
"""


def small_ccxt(site: Path) -> None:
    """Put a ccxt of the version NEWER into a site-packages folder, with the exchanges KEPT and `newex` only."""
    spec = importlib.util.find_spec("ccxt")
    assert spec is not None
    assert spec.origin is not None
    real = Path(spec.origin).parent
    for package in ("ccxt", "ccxt.async_support", "ccxt.pro"):
        source = real.joinpath(*package.split(".")[1:])
        copy = site.joinpath(*package.split("."))
        copy.mkdir()
        ids = {path.stem for path in source.glob("*.py")} - {"__init__"}
        for path in source.iterdir():
            wanted = path.is_dir() and path.name not in ("__pycache__", "async_support", "pro")
            if wanted or path.stem in KEPT:
                (copy / path.name).symlink_to(path)
        kept = [line for line in (source / "__init__.py").read_text().splitlines() if not names_one_of(line, ids)]
        text = re.sub(r"__version__ = '.*'", f"__version__ = '{NEWER}'", "\n".join(kept))
        text = text.replace("exchanges = [", "exchanges = [\n    'newex',\n    'strangex',")
        for name, module in (("newex", NEWEX), ("strangex", STRANGEX)):
            text += f"\nfrom {package}.{name} import {name}\n"
            (copy / f"{name}.py").write_text(module.format(package=package))
        (copy / "__init__.py").write_text(text)
    information = site / f"ccxt-{NEWER}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: ccxt\nVersion: {NEWER}\n")


def names_one_of(line: str, ids: set[str]) -> bool:
    """Whether a line of a package's `__init__` imports or lists an exchange other than those that are kept."""
    found = re.match(r"from ccxt[\w.]*\.(\w+) +import|    '(\w+)',", line)
    return found is not None and (found[1] or found[2]) in ids - {*KEPT}


@dataclass(frozen=True)
class Environment:
    """A Python environment with everything that the tests' has, but for its ccxt, and a Hummingbot."""

    path: Path
    hummingbot: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run its Python, with that Hummingbot."""
        variables = {
            **os.environ,
            "PYTHONPATH": str(self.hummingbot),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUSERBASE": str(self.path / "user"),
            "HBOT_PASSWORD": "correct horse",
            "COLUMNS": "200",
        }
        python = self.path / "bin" / "python"
        return subprocess.run(
            [python, *arguments], cwd=self.hummingbot, env=variables, capture_output=True, text=True, check=False
        )

    def ours(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `hummingbot-ccxt`."""
        return self.run("-m", "hummingbot_ccxt", *arguments)

    def listed(self) -> dict[str, bool]:
        """The names of our connectors in Hummingbot's table, and whether the scan has imported ccxt."""
        code = (
            "import json, sys; from hummingbot.client.settings import AllConnectorSettings as table;"
            "names = [name for name in table.get_connector_settings() if name.startswith('ccxt_')];"
            "print(json.dumps(dict.fromkeys(sorted(names), 'ccxt' in sys.modules)))"
        )
        return json.loads(succeeded(self.run("-c", code)).splitlines()[-1])


def succeeded(done: subprocess.CompletedProcess[str]) -> str:
    """What a command printed that has to have worked."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def environment(home, tmp_path_factory):
    """The environment as it is after ccxt alone was upgraded: the connector is installed, the new ccxt not read."""
    path = tmp_path_factory.mktemp("environment")
    venv.create(path, with_pip=False, symlinks=True)
    (site,) = path.glob("lib/python*/site-packages")
    here = Path(str(importlib.metadata.distribution("hummingbot").locate_file("")))
    (site / "everything_else.pth").write_text(f"import site; site.addsitedir({str(here)!r})\n")
    small_ccxt(site)
    return Environment(path, home.root)


def test_what_the_newer_one_dropped_is_gone_at_once_and_status_says_what_to_do(environment):
    status = succeeded(environment.ours("status"))
    assert f"exchanges    2 of ccxt {NEWER}, as far as they are known from other versions" in status
    assert "to read what it adds: hummingbot-ccxt install" in status
    assert environment.listed() == {"ccxt_kraken": False, "ccxt_okx": False}


@pytest.fixture(scope="module")
def read(environment):
    """What `hummingbot-ccxt install` says in that environment; afterwards the new ccxt has been read."""
    return succeeded(environment.ours("install"))


def test_install_reads_what_the_newer_one_adds_into_the_environment(environment, read):
    assert f"wrote {environment.path}/share/hummingbot-ccxt/metadata.json\n" in read
    assert f"exchanges, as ccxt_<exchange>: 3 of ccxt {NEWER}, read from it" in read
    assert "left out strangex, which this release cannot describe (KeyError(17))" in read
    assert "wrote " not in succeeded(environment.ours("install"))
    assert f"exchanges    3 of ccxt {NEWER}, read from it" in succeeded(environment.ours("status"))


def test_hummingbot_lists_what_the_newer_one_adds_without_importing_it(environment, read):
    assert environment.listed() == {"ccxt_kraken": False, "ccxt_newex": False, "ccxt_okx": False}


def test_list_and_show_know_it(environment, read):
    told = json.loads(succeeded(environment.ours("list", "--json")))
    assert [entry["id"] for entry in told["exchanges"]] == ["kraken", "newex", "okx"]
    assert len(told["dropped"]) == len(registry.shipped().exchanges) - 2
    assert succeeded(environment.ours("show", "newex")).startswith("New Exchange as ccxt_newex\n")


def test_its_connector_is_built_by_hummingbot(environment, read):
    code = """
import asyncio
from hummingbot.client.settings import AllConnectorSettings

async def build():
    from hummingbot.connector.exchange.ccxt.ccxt_exchange import CcxtExchange
    keys = {"ccxt_newex_api_key": "k", "ccxt_newex_secret": "c2VjcmV0", "ccxt_newex_signer_key": "s"}
    setting = AllConnectorSettings.get_connector_settings()["ccxt_newex"]
    connector = CcxtExchange(**setting.conn_init_parameters(["BTC-USD"], True, api_keys=keys))
    print(connector.name, connector.domain, connector._venue.client.signerKey)

asyncio.run(build())
"""
    assert succeeded(environment.run("-c", code)).splitlines()[-1] == "ccxt_newex newex s"


def test_a_dropped_one_is_refused_with_both_versions(environment, read):
    refused = environment.ours("show", "zaif")
    assert refused.returncode == 2
    assert (
        f"the installed ccxt {NEWER} cannot trade 'zaif'; ccxt {registry.shipped().ccxt_version} can" in refused.stderr
    )


UNLOCK = """
from hummingbot.client.config.config_crypt import ETHKeyFileSecretManger
from hummingbot.client.config.security import Security
print(Security.login(ETHKeyFileSecretManger("correct horse")), sorted(Security.api_keys("ccxt_zaif")))
"""


def test_stored_keys_of_a_dropped_one_do_not_keep_hummingbot_from_being_unlocked(environment, read, home):
    keys = json.dumps({"ccxt_zaif_api_key": "k", "ccxt_zaif_secret": "s"})
    stored = home.hbot("connect", "ccxt_zaif", "--keys-stdin", stdin=keys)  # with the ccxt that has it
    assert stored.returncode == 0, stored.stderr
    assert succeeded(environment.run("-c", UNLOCK)).splitlines()[-1] == (
        "True ['ccxt_zaif_api_key', 'ccxt_zaif_secret']"
    )
    assert "ccxt_zaif" in environment.listed()
    # That is why: a file of a connector that Hummingbot does not know makes unlocking fail.
    unknown = environment.hummingbot / "conf" / "connectors" / "ccxt_never_heard_of.yml"
    unknown.write_text("connector: ccxt_never_heard_of\n")
    assert "KeyError: 'ccxt_never_heard_of'" in environment.run("-c", UNLOCK).stderr


def test_this_environment_was_not_touched():
    assert not (Path(sys.prefix) / "share" / "hummingbot-ccxt").exists()
