"""The messages of an order book, in the form that Hummingbot's tests and tools know them by."""

from collections.abc import Mapping
from typing import Any

from hummingbot.core.data_type.order_book import OrderBook
from hummingbot.core.data_type.order_book_message import OrderBookMessage

from hummingbot_ccxt.translate.books import diff_message, snapshot_message
from hummingbot_ccxt.translate.trades import trade_message


class CcxtOrderBook(OrderBook):
    """Hummingbot's order book, with constructors of its messages from ccxt's structures."""

    @classmethod
    def snapshot_message_from_exchange(
        cls, msg: Mapping[str, Any], timestamp: float, metadata: Mapping[str, Any]
    ) -> OrderBookMessage:
        """Return the snapshot message of a ccxt order book. `metadata`: trading_pair, update_id. Time in seconds."""
        return snapshot_message(
            trading_pair=metadata["trading_pair"],
            bids=msg["bids"],
            asks=msg["asks"],
            update_id=metadata["update_id"],
            timestamp=timestamp,
        )

    @classmethod
    def diff_message_from_exchange(
        cls, msg: Mapping[str, Any], timestamp: float, metadata: Mapping[str, Any]
    ) -> OrderBookMessage:
        """Return the diff message of changed levels (amount 0: gone). `metadata`: trading_pair, update_id."""
        return diff_message(
            trading_pair=metadata["trading_pair"],
            bids=msg["bids"],
            asks=msg["asks"],
            update_id=metadata["update_id"],
            timestamp=timestamp,
        )

    @classmethod
    def trade_message_from_exchange(cls, msg: Mapping[str, Any], metadata: Mapping[str, Any]) -> OrderBookMessage:
        """Return the trade message of a ccxt public trade. `metadata`: trading_pair."""
        return trade_message(msg, trading_pair=metadata["trading_pair"])
