"""SECURITY.md says what is so."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_test_and_module_that_it_names_exists() -> None:
    named = set(re.findall(r"`((?:tests|conf|venue)/[\w./]+)`", TEXT))
    assert len(named) > 10
    for path in named:
        assert (ROOT / path).exists() or (ROOT / "hummingbot_ccxt" / path).exists(), path


def test_each_promise_names_a_test() -> None:
    promises = [line for line in TEXT.splitlines() if line.startswith("| **")]
    assert len(promises) >= 9
    assert all("`tests/" in line for line in promises)


def test_it_invents_no_address() -> None:
    assert not re.search(r"[\w.]+@[\w.]+|https?://", TEXT)
    assert "Report a vulnerability" in TEXT
