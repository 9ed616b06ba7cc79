"""Bithumb spot: only what differs from what ccxt's own metadata says.

"docs" is apidocs.bithumb.com, "ccxt" is ccxt 4.5.90, bithumb.py. Its trades without an id (older frames) are told apart
by their content, as any venue's.
"""

from hummingbot_ccxt.mapping import ExchangeMapping

MAPPING = ExchangeMapping(
    exchange="bithumb",
    # ccxt keeps the message and drops the error's name (ccxt :3147), and knows none of these. docs "API 주요 에러 코드"
    errors=(
        ("주문을 찾지 못했습니다", "gone"),  # order_not_found
        ("주문 접수 처리 중입니다", "unknown"),  # order_not_ready: the order is still being taken
        ("Unknown Error", "unknown"),  # ExchangeError to ccxt (:362)
    ),
)
