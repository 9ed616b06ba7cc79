"""Phemex spot: only what differs from what ccxt's own metadata says.

"docs" is github.com/phemex/phemex-api-docs, "ccxt" is ccxt 4.5.90, phemex.py. Its trades without an id are told apart
by their content, and the 1000 trades that a subscription replays are left out by their time, as any venue's.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="phemex",
    # "untriggered conditonal order being removed", which ccxt calls closed, that is filled. docs Public-Contract-API-en
    order_states={"Deactivated": OrderState.CANCELED},
    heartbeat_s=5,  # "recommended"; ccxt: 9 s, and the venue hangs up after 30. docs Public-Spot-API-en, "Websocket"
    post_only={"timeInForce": "PostOnly"},  # ccxt does not translate postOnly (ccxt :2587). docs Public-Spot-API-en
    # 11107, ExchangeError to ccxt: the order had reached the trading engine. docs TradingErrorCode
    errors=(("TE_CANNOT_CONNECT_TO_REQUEST_SEQ", "unknown"),),
)
