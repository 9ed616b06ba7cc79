"""Client order ids that the venue accepts: its length, its alphabet, its prefix."""

import hashlib
import re
import uuid

from hummingbot.connector.utils import get_new_client_order_id

from hummingbot_ccxt.mapping import BadMapping


def new_client_order_id(*, is_buy: bool, trading_pair: str, prefix: str, max_length: int, pattern: str | None) -> str:
    """Return an id that no order has had yet, at most `max_length` characters, the whole of it matching `pattern`.

    Hummingbot's own id where the venue takes letters and digits; else the same one, hashed, in the first alphabet of
    small letters and digits, digits only, or a UUID that matches. Raises BadMapping when none does.
    """
    usual = get_new_client_order_id(
        is_buy=is_buy, trading_pair=trading_pair, hbot_order_id_prefix=prefix, max_id_len=max_length
    )
    if pattern is None or re.fullmatch(pattern, usual):
        return usual
    digest = hashlib.sha256(usual.encode()).digest()
    number = str(int.from_bytes(digest))
    room = max_length - len(prefix)
    for candidate in (
        usual.replace("_", "").replace(":", ""),
        prefix + digest.hex()[:room],
        prefix + number[:room],
        number[: min(max_length, 18)],  # below 2**63, for venues that keep it as a number
        str(uuid.UUID(bytes=digest[:16], version=4)),
    ):
        if len(candidate) <= max_length and re.fullmatch(pattern, candidate):
            return candidate
    raise BadMapping("ClientOrderId.pattern", pattern, f"a pattern that an id such as {usual} can be made to match")
