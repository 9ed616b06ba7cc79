"""HTX spot: only what differs from what ccxt's own metadata says.

"docs" is huobiapi.github.io/docs/spot/v1/en, "ccxt" is ccxt 4.5.90, htx.py. Streamed trade events give orders without a
client order id, a side and a type (pro/htx.py :1163-1182): all of them stand in `info`, where ours are recognised.
"""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ClientOrderId, ExchangeMapping, SymbolRules

MAPPING = ExchangeMapping(
    exchange="htx",
    order_states={"pre-submitted": OrderState.OPEN},  # ccxt hands on the raw text. docs #order-state
    order_status_field=("orderStatus", "state"),  # stream; REST
    trade_id_field=("tradeId", "trade-id"),  # stream; REST. `id` has 27 digits, which JSON parsers round
    symbols=SymbolRules(closed_if={"api-trading": "disabled"}),  # not read by ccxt (:1785). docs common/symbols
    client_order_id=ClientOrderId(max_length=64, pattern="[0-9A-Za-z_-]+"),  # docs #place-a-new-order, client-order-id
    polled=frozenset({"balance"}),  # streamed ones are always empty: ccxt reads a dict as a list (pro/htx.py :1909)
    depth_limits=(5, 20, 150, 400),  # ccxt refuses others (pro/htx.py :442)
    options={"fetchMarkets": {"types": {"linear": False, "inverse": False}}},  # else three more requests, for futures
)
