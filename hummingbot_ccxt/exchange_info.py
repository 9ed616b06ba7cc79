"""Files of metadata: what ccxt declares about each exchange, in the shape that `metadata build` writes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from hummingbot_ccxt.errors import HummingbotCcxtError

METADATA_PATH = Path(__file__).parent / "data" / "metadata.json"
"""The file that comes with this release."""

PrecisionMode = Literal["decimal_places", "significant_digits", "tick_size"]
FeeSide = Literal["get", "give", "base", "quote", "other"]
Charged = Literal["deducted_from_returns", "added_to_cost"]


class BadMetadata(HummingbotCcxtError):
    """A file of metadata is missing or is not what `metadata build` writes."""


@dataclass(frozen=True, slots=True)
class ExchangeInfo:
    """What ccxt declares about one exchange. `None` stands for "ccxt does not say", never for no."""

    id: str
    """ccxt's id, e.g. `okx`. The Hummingbot connector is `ccxt_okx`."""
    name: str
    """The exchange's own name, e.g. `OKX`."""
    pro: bool
    """Whether ccxt.pro has a class for it; without one, everything is polled over REST."""
    credentials: tuple[str, ...]
    """What the account needs, in ccxt's names and order, e.g. `("apiKey", "secret", "password")`."""
    has: frozenset[str]
    """The unified methods that the venue supports by itself, e.g. `fetchOrder`, `watchOrders`."""
    emulated: frozenset[str]
    """The unified methods that ccxt puts together from others; they work, at the price of several requests."""
    maker: Decimal | None
    """The default maker fee on spot as a fraction (0.001 is 0.1 %; negative is a rebate)."""
    taker: Decimal | None
    """The default taker fee on spot, as a fraction."""
    fee_side: FeeSide | None
    """Which currency of a trade pays the fee; `get` is the one that is received."""
    rate_limit_ms: float
    """Milliseconds between two requests of cost 1 that ccxt's limiter keeps."""
    precision_mode: PrecisionMode
    """How `precision` in ccxt's markets counts."""
    order_types: tuple[str, ...]
    """`limit` and `market`, as far as they are supported."""
    time_in_force: tuple[str, ...] | None
    """Of GTC, IOC, FOK, GTD, as ccxt's `features` declare for spot."""
    post_only: bool | None
    """Whether a limit order can be refused when it would take."""
    market_buy_by_cost: bool | None
    """Whether a market buy can be given in quote currency."""
    market_buy_needs_price: bool | None
    """Whether a market buy has to be told its price, or its cost."""
    client_order_id: tuple[str, ...]
    """Which of `create`, `fetch`, `cancel` take a client order id in ccxt (found in the text of its methods)."""
    keep_alive_ms: int | None
    """ccxt.pro's interval between pings."""
    testnet: bool
    """Whether ccxt knows a test environment."""
    example_pair: str
    """A trading pair to show in prompts, e.g. `BTC-USDT`."""
    countries: tuple[str, ...]
    """Where it is based, as two-letter codes."""
    www: str
    """Its site."""
    docs: tuple[str, ...]
    """Its API's documentation."""
    fees_url: str | None
    """Its fee schedule."""
    native: str | None
    """Hummingbot's own spot connector for it, e.g. `gate_io` for ccxt's `gate`."""

    @property
    def connector(self) -> str:
        """The name of its connector in Hummingbot, e.g. `ccxt_okx`."""
        return f"ccxt_{self.id}"

    def supports(self, *methods: str) -> bool:
        """Whether every one of these unified methods works, by the venue itself or emulated by ccxt."""
        return all(method in self.has or method in self.emulated for method in methods)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a class of the user's own was found."""

    place: str
    """The file, or the entry point's value."""
    settings: str | None
    """The configuration that names its folder; None for an entry point."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The content of one metadata file."""

    ccxt_version: str
    """The ccxt that it was built from."""
    exchanges: Mapping[str, ExchangeInfo]
    """By ccxt id, sorted."""
    built_by: str | None = None
    """The version of hummingbot-ccxt that built it; None for the file that comes with a release."""
    sources: Mapping[str, Source] = field(default_factory=dict)
    """Where the user's own classes are, by ccxt id; none but in their file."""


def load(path: Path = METADATA_PATH) -> Registry:
    """The registry in the file at `path`. Raises BadMetadata naming the file, and the exchange and field if it can."""
    raw = read_json(path)
    try:
        version, entries = raw["ccxt_version"], raw["exchanges"].items()
    except (KeyError, TypeError, AttributeError) as err:
        raise BadMetadata(f"{path} is damaged ({err!r}): install hummingbot-ccxt again") from err
    exchanges = {}
    for exchange_id, entry in entries:
        try:
            exchanges[exchange_id] = exchange_info(exchange_id, entry)
        except (KeyError, TypeError, ArithmeticError) as err:
            raise BadMetadata(f"{path}: {exchange_id}: {err!r}") from err
    try:
        sources = {name: Source(said["place"], said["settings"]) for name, said in raw.get("sources", {}).items()}
    except (KeyError, TypeError, AttributeError) as err:
        raise BadMetadata(f"{path}: sources: {err!r}") from err
    return Registry(version, MappingProxyType(exchanges), raw.get("built_by"), MappingProxyType(sources))


def read_json(path: Path) -> Any:
    """The JSON of a file. Raises BadMetadata naming it."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as err:
        raise BadMetadata(f"{path} is missing: install hummingbot-ccxt again") from err
    except (OSError, ValueError) as err:
        raise BadMetadata(f"{path} is damaged ({err}): install hummingbot-ccxt again") from err


def exchange_info(exchange_id: str, entry: dict[str, Any]) -> ExchangeInfo:
    """One exchange from its JSON object, whose keys are the fields of ExchangeInfo but for `id`."""
    in_force = entry["time_in_force"]
    return ExchangeInfo(
        id=exchange_id,
        name=entry["name"],
        pro=entry["pro"],
        credentials=tuple(entry["credentials"]),
        has=frozenset(entry["has"]),
        emulated=frozenset(entry["emulated"]),
        maker=decimal_or_none(entry["maker"]),
        taker=decimal_or_none(entry["taker"]),
        fee_side=entry["fee_side"],
        rate_limit_ms=entry["rate_limit_ms"],
        precision_mode=entry["precision_mode"],
        order_types=tuple(entry["order_types"]),
        time_in_force=None if in_force is None else tuple(in_force),
        post_only=entry["post_only"],
        market_buy_by_cost=entry["market_buy_by_cost"],
        market_buy_needs_price=entry["market_buy_needs_price"],
        client_order_id=tuple(entry["client_order_id"]),
        keep_alive_ms=entry["keep_alive_ms"],
        testnet=entry["testnet"],
        example_pair=entry["example_pair"],
        countries=tuple(entry["countries"]),
        www=entry["www"],
        docs=tuple(entry["docs"]),
        fees_url=entry["fees_url"],
        native=entry["native"],
    )


def decimal_or_none(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
