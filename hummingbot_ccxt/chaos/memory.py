"""Hummingbot's own memory: its trade database and saved states, as its application sets them up, in a file of ours."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hummingbot.client.config.client_config_map import DBSqliteMode, MarketDataCollectionConfigMap
from hummingbot.connector.markets_recorder import MarketsRecorder
from hummingbot.core.rate_oracle.rate_oracle import RateOracle
from hummingbot.model.sql_connection_manager import SQLConnectionManager, SQLConnectionType

_CONFIG = "conf_chaos.yml"


def recording(connector: Any, database: Path) -> MarketsRecorder:
    """Restore the connector's orders from the database, and record its events there from now on.

    What `hummingbot/core/trading_core.py` does in `initialize_markets_recorder` and `_start_strategy_execution`.
    """
    RateOracle.get_instance().register_connector(connector)  # as the connector manager does; saved states ask for rates
    settings: Any = SimpleNamespace(db_mode=DBSqliteMode())
    sql = SQLConnectionManager(
        settings, SQLConnectionType.TRADE_FILLS, db_path=str(database), called_from_migrator=True
    )
    recorder = MarketsRecorder(sql, [connector], _CONFIG, "chaos", MarketDataCollectionConfigMap())
    recorder.start()
    recorder.restore_market_states(_CONFIG, connector)
    return recorder
