"""What the README promises of the commands, beyond what their own tests cover."""

import subprocess
import sys
import textwrap
from pathlib import Path

from hummingbot_ccxt.configuration import for_exchange


def test_the_sandbox_prints_what_to_put_into_the_settings_so_that_the_connector_trades_there(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hummingbot_ccxt", "sandbox", "binance"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:
        lines = []
        for line in sandbox.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        sandbox.terminate()
    url = lines[0].split(" on ")[1].strip()
    begin = next(number for number, line in enumerate(lines) if "hummingbot_ccxt.yml" in line) + 1
    settings = tmp_path / "hummingbot_ccxt.yml"
    settings.write_text(textwrap.dedent("".join(lines[begin : lines.index("\n", begin)])))
    assert for_exchange("binance", settings).base_url == url
