"""Which versions of ccxt and aiohttp are let pass."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest

from hummingbot_ccxt import versions
from hummingbot_ccxt.versions import IncompatibleVersions, check_versions


@pytest.fixture
def have(monkeypatch):
    """A function that pretends that these versions are installed, and nothing else."""

    def pretend(**installed: str) -> None:
        def version(package: str) -> str:
            try:
                return installed[package]
            except KeyError:
                raise PackageNotFoundError(package) from None

        monkeypatch.setattr(versions, "version", version)

    return pretend


@pytest.mark.parametrize(
    ("ccxt", "aiohttp"),
    [("4.5.18", "3.14.4"), ("4.5.88", "3.14.5"), ("4.5.88", "3.15.0"), ("4.4.100", "4.0.0a1")],
)
def test_a_pair_that_hangs_is_refused_with_both_versions_and_the_remedy(have, ccxt, aiohttp):
    have(ccxt=ccxt, aiohttp=aiohttp)
    with pytest.raises(IncompatibleVersions) as refused:
        check_versions()
    assert f"ccxt {ccxt} with aiohttp {aiohttp}" in str(refused.value)
    assert "ccxt 4.5.89 or newer" in str(refused.value)
    assert "pip install 'aiohttp<3.14.4'" in str(refused.value)


@pytest.mark.parametrize(
    ("ccxt", "aiohttp"),
    [
        pytest.param("4.5.89", "3.14.4", id="the first fixed ccxt"),
        pytest.param("4.5.90", "3.14.5", id="a later ccxt"),
        pytest.param("4.5.100", "3.14.5", id="numbers are compared as numbers"),
        pytest.param("4.5.18", "3.14.3", id="the last aiohttp without the overhead"),
        pytest.param("4.5.18", "3.9.10", id="numbers of aiohttp too"),
        pytest.param("5.0", "3.14.5", id="shorter versions"),
    ],
)
def test_a_pair_that_streams_passes(have, ccxt, aiohttp):
    have(ccxt=ccxt, aiohttp=aiohttp)
    check_versions()


def test_a_missing_package_is_named(have):
    have(aiohttp="3.13.5")
    with pytest.raises(IncompatibleVersions, match="ccxt is not installed"):
        check_versions()


def test_the_check_imports_neither_package():
    code = "import sys; from hummingbot_ccxt.versions import check_versions; check_versions(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "hummingbot_ccxt.versions" in loaded
    assert not {"ccxt", "aiohttp", "hummingbot"} & set(loaded)


def test_the_installed_pair_passes():
    check_versions()
