"""The lock, and what it is made from."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

CI = Path(__file__).parents[2] / ".ci"
LOCK = (CI / "requirements.lock").read_text(encoding="utf-8")
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?P<marker> ;[^\\]*)? \\$", re.MULTILINE)


def pins() -> dict[str, str]:
    return {match["name"]: match["version"] for match in PIN.finditer(LOCK) if not match["marker"]}


def test_every_entry_has_an_exact_version_and_hashes():
    entries = re.split(r"\n(?=[a-z])", LOCK.strip())
    assert len(entries) > 100
    for entry in entries:
        first, *rest = entry.splitlines()
        assert PIN.match(first + "\n"), first
        assert rest, first
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in rest), first


@pytest.mark.parametrize("name", ["requirements.lock", "requirements.in", "overrides.txt"])
def test_no_address_of_an_index_is_in_it(name):
    text = (CI / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("    --hash=sha256:", ""), re.MULTILINE)


def test_the_newest_hummingbot_and_the_newest_ccxt_stand_together():
    assert pins()["hummingbot"] == "20260922"
    assert pins()["ccxt"] == "4.5.90"


def test_what_is_installed_here_is_what_the_lock_says():
    different = {name: (wanted, version(name)) for name, wanted in pins().items() if version(name) != wanted}
    assert not different


def test_every_override_says_why():
    blocks = (CI / "overrides.txt").read_text(encoding="utf-8").strip().split("\n\n")[1:]
    assert len(blocks) >= 4
    for block in blocks:
        lines = block.splitlines()
        reason = [line for line in lines if line.startswith("#")]
        assert len(" ".join(reason)) > 100, block
        assert lines.index(reason[-1]) < len(lines) - 1, block  # followed by the override itself
