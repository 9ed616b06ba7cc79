"""Client order ids: unique, and within each venue's length and alphabet."""

import re

import pytest

from hummingbot_ccxt.exchange.client_order_ids import new_client_order_id
from hummingbot_ccxt.mapping import BadMapping


def new_id(pattern: str | None = None, *, prefix: str = "HBOT", max_length: int = 32, pair: str = "BTC-USDT") -> str:
    return new_client_order_id(is_buy=True, trading_pair=pair, prefix=prefix, max_length=max_length, pattern=pattern)


@pytest.mark.parametrize("max_length", [16, 18, 22, 32, 36, 64])
def test_an_id_is_never_longer_than_the_venue_allows(max_length: int) -> None:
    assert len(new_id(max_length=max_length)) <= max_length


@pytest.mark.parametrize(
    ("pattern", "prefix", "max_length"),
    [
        ("[A-Za-z0-9]+", "HBOT", 32),
        ("[0-9]+", "", 18),
        ("[1-9][0-9]{0,17}", "", 18),
        ("[a-z0-9]+", "", 32),
        ("t-[A-Za-z0-9]+", "t-", 30),
        ("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "", 36),
    ],
)
def test_an_id_obeys_the_venues_alphabet(pattern: str, prefix: str, max_length: int) -> None:
    for _ in range(50):
        order_id = new_id(pattern, prefix=prefix, max_length=max_length)
        assert re.fullmatch(pattern, order_id)
        assert len(order_id) <= max_length


@pytest.mark.parametrize("max_length", [9, 13, 14, 18, 22, 36])
@pytest.mark.parametrize("pattern", [None, "[0-9]+", "[a-z0-9]+"])
def test_ids_do_not_repeat_however_short_they_are(pattern: str | None, max_length: int) -> None:
    made = [new_id(pattern, prefix="", max_length=max_length) for _ in range(5000)]
    assert len(set(made)) == len(made)


def test_tokens_with_odd_characters_leave_no_trace_in_the_id() -> None:
    assert re.fullmatch("[A-Za-z0-9]+", new_id("[A-Za-z0-9]+", pair="$MEME:X-USDT", max_length=32))


def test_a_pattern_that_no_id_can_match_is_refused() -> None:
    with pytest.raises(BadMapping, match=r"ClientOrderId.pattern is '!\+'"):
        new_id("!+")
