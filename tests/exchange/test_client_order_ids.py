"""Client order ids: unique, and within each venue's length and alphabet."""

import os
import re

import pytest
from hummingbot.connector.utils import get_new_client_order_id
from hummingbot.core.utils.tracking_nonce import get_tracking_nonce

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


def test_an_id_in_hummingbots_form_differs_from_hummingbots_own_in_what_tells_processes_apart_only() -> None:
    for pair, prefix in (("BTC-USDT", "HBOT"), ("$MEME-USDC", "x-"), ("sol-eur", "")):
        theirs = get_new_client_order_id(True, pair, prefix, max_id_len=36)
        ours = new_id(prefix=prefix, max_length=36, pair=pair)
        stamped = ours.index(f"{get_tracking_nonce():x}"[:6])  # its last digits count microseconds
        assert len(ours) == len(theirs) == 36
        assert ours[:stamped] == theirs[:stamped]


def test_a_forked_process_makes_other_ids() -> None:
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, new_id(prefix="", max_length=51)[19:].encode())
        os._exit(0)
    os.wait()
    assert os.read(reading, 100).decode() != new_id(prefix="", max_length=51)[19:]
