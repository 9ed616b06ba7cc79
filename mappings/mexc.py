"""MEXC spot: only what differs from what ccxt's own metadata says. "ccxt" is ccxt 4.5.90, mexc.py."""

from hummingbot.core.data_type.in_flight_order import OrderState

from hummingbot_ccxt.mapping import ExchangeMapping, Fees

MAPPING = ExchangeMapping(
    exchange="mexc",
    has={"fetchCurrencies": False},  # a signed request, refused to a key that may only trade; nothing here needs it
    # Streamed orders: filled in part, then cancelled, which to ccxt is "closed" (pro/mexc.py :1460). REST has names.
    order_states={"5": OrderState.CANCELED},
    maker_field=("isMaker",),  # of streamed fills ccxt reads `m`, the name before protobuf (pro/mexc.py :1193)
    batch_cancel=False,  # ccxt claims cancelOrders, and asks at the address for contracts (:3268)
    fees=Fees(charged="deducted_from_returns"),  # native mexc_utils.py:15
    errors=(
        ('"code":-2011', "gone"),  # unknown order; BadRequest to ccxt (:928). native mexc_constants.py:116
        ('"code":-2013', "gone"),  # order does not exist; not in ccxt. native mexc_constants.py:114
        ('"code":500,', "unknown"),  # internal error; ExchangeError to ccxt (:935)
        ('"code":20002,', "unknown"),  # internal system error (:1002)
    ),
)
