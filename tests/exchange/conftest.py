"""Shared by the tests of what Hummingbot loads."""

import pytest

from .suite import isolated_case

isolated_case.provide()


@pytest.fixture(scope="session", autouse=True)
def _plugin() -> None:
    """`CcxtExchange` asks Hummingbot's settings for its fees: the plug-in must be where Hummingbot looks."""
    from hummingbot.client.settings import AllConnectorSettings

    if "ccxt_binance" not in AllConnectorSettings.get_connector_settings():
        pytest.exit("Hummingbot does not see the plug-in; remedy: hummingbot-ccxt install", returncode=2)
