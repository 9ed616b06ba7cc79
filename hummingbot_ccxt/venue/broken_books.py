"""Find out which book lacks a change because ccxt stumbled over the message that told it.

A message of levels may be stored in part when its handler raises, and on some venues the next one is taken as if
nothing had happened: ccxt looks at no numbers of bybit's and kraken's, and notes those of gate's and kucoin's
first (found by fuzzing).
"""

from collections.abc import Iterator
from types import FrameType
from typing import Any

_HANDLES_BOOKS = ("book", "delta", "bid_ask")


def broken_books(error: BaseException) -> list[str] | None:
    """Return the symbols whose books may lack what a message said; [] if it cannot be told whose; None for no books.

    `error`: what came out of a message handler of ccxt's, caught by `tap`.
    """
    frames = list(_frames(error))
    if not any(part in frame.f_code.co_name for frame in frames for part in _HANDLES_BOOKS):
        return None
    symbols = {symbol for frame in frames for symbol in _symbols(frame.f_locals)}
    return sorted(symbols)


def _frames(error: BaseException) -> Iterator[FrameType]:
    traced = error.__traceback__
    while traced is not None:
        yield traced.tb_frame
        traced = traced.tb_next


def _symbols(variables: dict[str, Any]) -> Iterator[str]:
    symbol = variables.get("symbol")
    if isinstance(symbol, str):
        yield symbol
