"""The command line, run inside of the test, with a configuration of the test's own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hummingbot_ccxt import cli, configuration


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """What it printed, which has to be one JSON document."""
        return json.loads(self.out)


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Write the user's configuration; without it there is none."""
    path = tmp_path / "conf" / "hummingbot_ccxt.yml"
    monkeypatch.setattr(configuration, "default_path", lambda: path)

    def write(text: str) -> Path:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def command(configured: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run `hummingbot-ccxt` with these arguments; no configuration but the test's is read."""

    def run(*arguments: str) -> Ran:
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse, for wrong arguments
            status = int(end.code or 0)
        return Ran(status, *capsys.readouterr())

    return run
