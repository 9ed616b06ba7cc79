"""The user's own ccxt classes: which there are, what each can do, and the file that tells Hummingbot's scan of them.

They are found through a Hummingbot's configuration and through entry points. The file belongs to the Python
environment, which several Hummingbots may share: what one of them lists stays when another one is installed into.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from hummingbot_ccxt import configuration, metadata, registry
from hummingbot_ccxt.exchange_info import ExchangeInfo, Source, exchange_info
from hummingbot_ccxt.venue.loading import BadExchangeClass, exchange_class, own_class


def found(settings: Path | None) -> dict[str, tuple[Source, Path | None]]:
    """By ccxt id: where each class is that `settings` (a configuration file) or an entry point names, and its folder.

    Nothing of the user's is run. Raises BadConfiguration.
    """
    there: dict[str, tuple[Source, Path | None]] = {
        name: (Source(point.value, None), None) for name, point in registry.exchange_entry_points().items()
    }
    for exchange_id, own in (configuration.read(settings) if settings is not None else {}).items():
        path = registry.own_class_file(exchange_id, own.folder)
        if path is not None:
            there[exchange_id] = Source(str(path), str(settings)), own.folder
    return there


def unlisted(settings: Path | None) -> list[str]:
    """The exchanges whose class is there, and which Hummingbot's scan does not know yet."""
    return sorted(found(settings).keys() - registry.current().own.keys())


def info_of(exchange_id: str, folder: Path | None = None) -> ExchangeInfo:
    """What is known of an exchange: from the user's own class as it is now, else from the registry.

    Raises BadExchangeClass, UnknownExchange.
    """
    if own_class(exchange_id, folder) is None:
        return registry.get(exchange_id)
    return exchange_info(exchange_id, described(exchange_id, folder))


def described(exchange_id: str, folder: Path | None) -> dict[str, Any]:
    """The metadata of the user's own class. Raises BadExchangeClass, naming what it lacks to be traded on."""
    cls, streams = exchange_class(exchange_id, folder)
    client = cls()
    lacking = [name for name in ("spot", *metadata.REQUIRED_METHODS) if not client.has.get(name)]
    if lacking:
        raise BadExchangeClass(
            f"class {exchange_id}: has {', '.join(lacking)} is not True; remedy: write what is missing, and say so in "
            "`has` of its describe()"
        )
    try:
        return metadata.entry(client, pro=streams)
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise BadExchangeClass(f"class {exchange_id}: its describe() cannot be used ({err!r})") from err


def update(settings: Path | None) -> tuple[Path | None, dict[str, Exception]]:
    """Bring the file up to date; returns where it was written, None if it was right, and why which were left out.

    An exchange whose class is gone, or fails, stays listed while this Hummingbot has keys of it: Hummingbot cannot be
    unlocked with keys of a connector that it does not know. Raises BadConfiguration, CannotWriteMetadata.
    """
    entries: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    left_out: dict[str, Exception] = {}
    for exchange_id, (source, folder) in found(settings).items():
        try:
            entries[exchange_id], sources[exchange_id] = described(exchange_id, folder), source
        except Exception as err:  # the user's code may raise anything
            left_out[exchange_id] = err
    known = registry.own()
    for exchange_id, source in known.sources.items() if known else ():
        if exchange_id not in entries and _stays(exchange_id, source, settings):
            entries[exchange_id] = registry.own_entries()[exchange_id]
            sources[exchange_id] = source
    return _write(entries, sources), left_out


def forget(settings: Path) -> list[str]:
    """Take what this Hummingbot's configuration named out of the list; what another one's named, or a package, stays.

    Returns the exchanges that are gone from it. Raises CannotWriteMetadata.
    """
    known = registry.own()
    sources = known.sources if known else {}
    stays = {name: each for name, each in sources.items() if each.settings != str(settings)}
    _write({name: registry.own_entries()[name] for name in stays}, stays)
    return sorted(sources.keys() - stays.keys())


def _write(entries: Mapping[str, Any], sources: Mapping[str, Source]) -> Path | None:
    """Write the file, or remove it if there is nothing to tell; where it was written, None if it was right."""
    if not sources:
        for path in registry.places_of_own():
            try:
                path.unlink(missing_ok=True)
            except OSError as err:
                raise metadata.CannotWriteMetadata(f"cannot remove {path}: {err.strerror}") from err
            with suppress(OSError):  # there is none, or something else in it
                path.parent.rmdir()
        return None
    told = {name: {"place": source.place, "settings": source.settings} for name, source in sorted(sources.items())}
    text = metadata.own_to_text(told, dict(sorted(entries.items())))
    if any(path.is_file() and path.read_text(encoding="utf-8") == text for path in registry.places_of_own()):
        return None
    return metadata.write_in_environment(text, registry.places_of_own())


def _stays(exchange_id: str, source: Source, settings: Path | None) -> bool:
    """Whether an exchange that was listed, and that is not found now, stays in the list."""
    if source.settings not in (None, None if settings is None else str(settings)):  # another Hummingbot's
        return Path(source.place).is_file()
    return settings is not None and (settings.parent / "connectors" / f"ccxt_{exchange_id}.yml").is_file()
