"""Which exchanges can be traded through the installed ccxt, and what each of them can do.

Read from `data/metadata.json`, which `hummingbot-ccxt metadata build` writes from an installed ccxt, so that
Hummingbot's start (which scans every connector) never pays for importing ccxt.

Where another ccxt is installed than the one that this release was built from, it has the last word. Exchanges whose
module it lacks are left out; that is seen from its folder. What it adds is read from a second file of the same shape,
which `hummingbot-ccxt install` writes (`metadata build --installed`). That file is kept in the `share` folder of the
Python environment, or of the user if the environment is read-only: the two places where pip puts data files. It is not
in our package, where pip would leave it behind and a checkout would ship it, and in no cache folder: emptying one would
take a connector from a running installation.

Exchanges whose ccxt class is the user's own stand in a third file beside that one, which `install` writes too. They
are there whatever ccxt is installed.
"""

import difflib
import importlib.metadata
import importlib.util
import site
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from hummingbot_ccxt import __version__
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.exchange_info import (
    METADATA_PATH,
    BadMetadata,
    Charged,
    ExchangeInfo,
    Registry,
    decimal_or_none,
    load,
    read_json,
)

MAPPED_FEES_PATH = METADATA_PATH.with_name("mapped_fees.json")
MAPPING_ENTRY_POINTS = "hummingbot_ccxt.mappings"
"""The entry point group in which other packages name their mappings."""
EXCHANGE_ENTRY_POINTS = "hummingbot_ccxt.exchanges"
"""The entry point group in which other packages name their ccxt classes."""

TELLING_OF_ORDERS = (
    "fetchOrder",
    "fetchOrders",
    "fetchClosedOrders",
    "fetchCanceledOrders",
    "fetchCanceledAndClosedOrders",
    "fetchMyTrades",
    "fetchOrderTrades",
)
"""The unified methods that tell what became of an order. fetchOpenOrders is not among them: an order that is open no
more may have been filled or cancelled."""


class UnknownExchange(HummingbotCcxtError):
    """No exchange of this id is in the registry."""


class DroppedByCcxt(UnknownExchange):
    """The installed ccxt cannot trade an exchange that another ccxt can; the text names both versions."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """An exchange that the installed ccxt does not have."""

    info: ExchangeInfo
    had_by: str
    """A version of ccxt that had it."""


@dataclass(frozen=True, slots=True)
class Current:
    """What can be traded with the ccxt that is installed here."""

    ccxt_version: str
    """The installed ccxt; without any, the one that this release was built from."""
    exchanges: Mapping[str, ExchangeInfo]
    """By ccxt id, sorted."""
    dropped: Mapping[str, Dropped]
    """By ccxt id: what a file tells of, and the installed ccxt lacks."""
    source: Literal["shipped", "built here", "other version"]
    """From which file: that of this release, the one written for just this ccxt, or, for want of it, those written for
    others; then what this ccxt adds is unknown."""
    own: Mapping[str, str] = field(default_factory=dict)
    """Those of a class of the user's own, by ccxt id, with the place of the class."""

    def describe(self) -> str:
        """How many exchanges of which ccxt, and how that is known; with the remedy if not all is."""
        told = f"{len(self.exchanges.keys() - self.own.keys())} of ccxt {self.ccxt_version}"
        if self.source == "built here":
            told += f", read from it (this release is of ccxt {shipped().ccxt_version})"
        if self.source == "other version":
            told += (
                f", as far as they are known from other versions (this release is of ccxt {shipped().ccxt_version}); "
                "to read what it adds: hummingbot-ccxt install"
            )
        told += f"; not in it: {', '.join(self.dropped)}" if self.dropped else ""
        return told + (f"; of classes of your own: {', '.join(self.own)}" if self.own else "")


@dataclass(frozen=True, slots=True)
class MappedFees:
    """What a mapping says of the fees: the fields of `mapping.Fees`. None: as ccxt says."""

    maker: Decimal | None = None
    taker: Decimal | None = None
    charged: Charged | None = None
    percent_fee_token: str | None = None


# --- what came with this release


@cache
def shipped() -> Registry:
    """The registry of this release, read once per process."""
    return load()


@cache
def mapped_fees() -> Mapping[str, MappedFees]:
    """What our own mappings say of fees, by ccxt id, without importing them; read once per process.

    Raises BadMetadata naming the file, and the exchange if it can.
    """
    fees = {}
    for exchange_id, entry in read_json(MAPPED_FEES_PATH).items():
        try:
            fees[exchange_id] = MappedFees(
                maker=decimal_or_none(entry["maker"]),
                taker=decimal_or_none(entry["taker"]),
                charged=entry["charged"],
                percent_fee_token=entry["percent_fee_token"],
            )
        except (KeyError, TypeError, ArithmeticError) as err:
            raise BadMetadata(f"{MAPPED_FEES_PATH}: {exchange_id}: {err!r}") from err
    return MappingProxyType(fees)


# --- what is installed here


@cache
def mapping_entry_points() -> Mapping[str, importlib.metadata.EntryPoint]:
    """The mappings that installed packages bring, by ccxt id; of several for one exchange, the first.

    Found once per process: looking through all packages takes 4 ms.
    """
    return _entry_points(MAPPING_ENTRY_POINTS)


@cache
def exchange_entry_points() -> Mapping[str, importlib.metadata.EntryPoint]:
    """The ccxt classes that installed packages bring, by ccxt id; of several for one exchange, the first."""
    return _entry_points(EXCHANGE_ENTRY_POINTS)


def _entry_points(group: str) -> Mapping[str, importlib.metadata.EntryPoint]:
    points: dict[str, importlib.metadata.EntryPoint] = {}
    for point in importlib.metadata.entry_points(group=group):
        points.setdefault(point.name, point)
    return MappingProxyType(points)


def own_class_file(exchange_id: str, folder: Path | None) -> Path | None:
    """The file with the user's own ccxt class of an exchange, None if there is none in the folder."""
    if folder is None or not exchange_id.isidentifier():
        return None
    path = folder / f"{exchange_id}_exchange.py"
    return path if path.is_file() else None


def installed_ccxt() -> str | None:
    """The version of the installed ccxt, None if there is none; found without importing it."""
    try:
        return importlib.metadata.version("ccxt")
    except importlib.metadata.PackageNotFoundError:
        return None


def installed_modules() -> frozenset[str] | None:
    """The names of the exchange modules in the installed ccxt's folder, None if it cannot be looked into."""
    spec = importlib.util.find_spec("ccxt")
    places = spec.submodule_search_locations if spec is not None else None
    found = {path.stem for place in places or () for path in (Path(place) / "async_support").glob("*.py")}
    return frozenset(found) or None


def places_of_supplement() -> tuple[Path, ...]:
    """Where the metadata of an installed ccxt may stand: in the environment, else in the user's folder."""
    return tuple(
        Path(base) / "share" / "hummingbot-ccxt" / "metadata.json" for base in (sys.prefix, site.getuserbase())
    )


def supplement(version: str) -> Registry | None:
    """What was written from an installed ccxt: from this `version` if there is that, else from another, else None.

    A file that cannot be read, such as one of an older release of ours, counts as none.
    """
    found = []
    for path in places_of_supplement():
        try:
            found.append(load(path))
        except BadMetadata:
            continue
    return next((registry for registry in found if is_of(registry, version)), found[0] if found else None)


def places_of_own() -> tuple[Path, ...]:
    """Where the metadata of the user's own classes may stand."""
    return tuple(path.with_name("own_exchanges.json") for path in places_of_supplement())


def own() -> Registry | None:
    """What was written of the user's own classes, None if nothing was, or if it cannot be read."""
    for path in places_of_own():
        try:
            found = load(path)
        except BadMetadata:
            continue
        if found.exchanges.keys() <= found.sources.keys():
            return found
    return None


def own_entries() -> dict[str, dict[str, Any]]:
    """The exchanges of `own()` as its file has them."""
    for path in places_of_own():
        if path.is_file():
            entries: dict[str, dict[str, Any]] = read_json(path)["exchanges"]
            return entries
    return {}


def is_of(supplement: Registry, version: str) -> bool:
    """Whether the metadata was built from ccxt `version` by this release of ours."""
    return supplement.ccxt_version == version and supplement.built_by == __version__


@cache
def current() -> Current:
    """What can be traded with the installed ccxt, read once per process, without importing ccxt."""
    release = shipped()
    version = installed_ccxt() or release.ccxt_version
    extra = supplement(version)
    if version == release.ccxt_version:
        return _current(version, release, extra, source="shipped")
    if extra is not None and is_of(extra, version):
        return _current(version, extra, release, source="built here")
    # Neither file is of this ccxt. Both are believed as far as it has the modules, since a connector that vanishes
    # while its keys are stored is more than a missing connector: Hummingbot cannot be unlocked any more.
    known = release.exchanges if extra is None else {**extra.exchanges, **release.exchanges}
    modules = installed_modules()
    present = {name: info for name, info in known.items() if modules is None or name in modules}
    return _current(version, Registry(version, present), release, extra, source="other version")


def _current(
    version: str,
    present: Registry,
    *others: Registry | None,
    source: Literal["shipped", "built here", "other version"],
) -> Current:
    """The exchanges of `present`; what the others have beyond it was dropped."""
    dropped = {
        exchange_id: Dropped(info, other.ccxt_version)
        for other in reversed(others)
        if other is not None
        for exchange_id, info in other.exchanges.items()
        if exchange_id not in present.exchanges
    }
    users = own() or Registry(version, {})
    return Current(
        ccxt_version=version,
        exchanges=MappingProxyType(dict(sorted({**present.exchanges, **users.exchanges}.items()))),
        dropped=MappingProxyType({key: each for key, each in sorted(dropped.items()) if key not in users.exchanges}),
        source=source,
        own=MappingProxyType({name: users.sources[name].place for name in sorted(users.exchanges)}),
    )


def exchanges() -> Mapping[str, ExchangeInfo]:
    """Every exchange on which the installed ccxt, or a class of the user's, can trade spot, by ccxt id; read-only."""
    return current().exchanges


def get(exchange_id: str) -> ExchangeInfo:
    """The exchange of this ccxt id.

    Raises UnknownExchange naming the ids that come closest, DroppedByCcxt naming the ccxt that has it.
    """
    found = current()
    if exchange_id in found.exchanges:
        return found.exchanges[exchange_id]
    if exchange_id in found.dropped:
        had_by = found.dropped[exchange_id].had_by
        raise DroppedByCcxt(
            f"the installed ccxt {found.ccxt_version} cannot trade {exchange_id!r}; ccxt {had_by} can; "
            f"remedy: pip install ccxt=={had_by}"
        )
    raise UnknownExchange(_unknown(exchange_id, found))


def _unknown(exchange_id: str, found: Current) -> str:
    known = found.exchanges
    wanted = exchange_id.lower().removeprefix("ccxt_")
    close = [wanted] if wanted in known else difflib.get_close_matches(wanted, known, n=3, cutoff=0.6)
    close += [info.id for info in known.values() if wanted in (info.native, info.name.lower()) and info.id not in close]
    hint = f"did you mean {' or '.join(close)}?" if close else "`hummingbot-ccxt list` shows all of them"
    if found.source == "other version":
        hint += f"; what ccxt {found.ccxt_version} adds is known after `hummingbot-ccxt install`"
    return f"no exchange {exchange_id!r} among the {len(known)} that ccxt {found.ccxt_version} can trade; {hint}"
