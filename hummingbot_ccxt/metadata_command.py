"""`hummingbot-ccxt metadata`: write what the registry knows from the installed ccxt, and tell which it knows."""

import argparse
from collections.abc import Collection
from pathlib import Path
from typing import Any

from hummingbot_ccxt import configuration, registry
from hummingbot_ccxt.exchange_info import METADATA_PATH


def add_parser(subparsers: Any) -> None:
    """Add `metadata` to the command line."""
    parser = subparsers.add_parser(
        "metadata",
        help="rebuild what is known about the exchanges",
        description="What hummingbot-ccxt knows about each exchange is generated from ccxt and shipped with it.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    build = actions.add_parser(
        "build",
        help="write the metadata of the installed ccxt",
        description="Reads every class of the installed ccxt (some seconds) and writes what the registry needs.",
    )
    build.add_argument(
        "--output",
        type=Path,
        default=METADATA_PATH,
        metavar="FILE",
        help=f"default: the file inside the package; {registry.MAPPED_FEES_PATH.name} is written beside it",
    )
    kind = build.add_mutually_exclusive_group()
    kind.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if a file is not what would be written"
    )
    kind.add_argument(
        "--installed",
        action="store_true",
        help="keep this release's files, and write what the installed ccxt has, if it is another than theirs, into the "
        "Python environment (`install` does it)",
    )
    status_parser = actions.add_parser(
        "status",
        help="tell how many exchanges of which ccxt are known",
        description="Tells how many exchanges of which ccxt are known. Exit status 1 if it may have more, or "
        "if a class of your own is not listed.",
    )
    forget = actions.add_parser(
        "forget",
        help="take classes of your own off the list (`uninstall` does it)",
        description="Takes the classes that a configuration names off the list of those of your own.",
    )
    for action in (build, status_parser, forget):
        action.add_argument(
            "--settings",
            type=Path,
            metavar="FILE",
            help="the configuration that names folders with classes of your own; default: conf/hummingbot_ccxt.yml of "
            "this Python's Hummingbot",
        )
        action.add_argument(  # for `install`, of a Hummingbot that need not have it
            "--settings-if-any", type=Path, help=argparse.SUPPRESS
        )


def run(args: argparse.Namespace) -> int:
    """Run the action that was given."""
    if args.action == "status":
        return status(settings_of(args))
    if args.action == "forget":
        return forget(settings_of(args))
    if args.installed:
        return build_installed(settings_of(args))
    return build(args.output, check=args.check)


def settings_of(args: argparse.Namespace) -> Path | None:
    """The configuration to look into: the given one, else this Hummingbot's; None where there is no Hummingbot.

    Raises BadConfiguration where `--settings` names no file.
    """
    if args.settings is not None:
        return configuration.named("--settings", args.settings)
    given: Path | None = args.settings_if_any
    if given is not None:
        return given
    try:
        return configuration.default_path()
    except ModuleNotFoundError:
        return None


def forget(settings: Path | None) -> int:
    """Take the classes that this configuration names off the list, and say which."""
    from hummingbot_ccxt import own_exchanges

    gone = own_exchanges.forget(settings) if settings is not None else []
    if gone:
        print(f"not listed any more: {', '.join(gone)}, of classes of your own")
    return 0


def status(settings: Path | None, left_out: Collection[str] = ()) -> int:
    """Tell how many exchanges of which ccxt are known; 1 if there may be more. `left_out`: told of already."""
    from hummingbot_ccxt import own_exchanges

    current = registry.current()
    print(current.describe())
    new = [name for name in own_exchanges.unlisted(settings) if name not in left_out]
    if new:
        print(f"not listed in Hummingbot yet: {', '.join(new)}, of classes of your own; run `hummingbot-ccxt install`")
    return 1 if new or current.source == "other version" else 0


def build(output: Path, *, check: bool) -> int:
    """Build, and write or compare the metadata and the mapped fees; 1 if `check` finds a difference."""
    from hummingbot_ccxt import metadata

    built, fees = metadata.build(), metadata.mapped_fees()
    told = f"{len(built['exchanges'])} exchanges of ccxt {built['ccxt_version']}, fees of {len(fees)} mappings"
    texts = {
        output: metadata.to_text(built),
        output.with_name(registry.MAPPED_FEES_PATH.name): metadata.fees_to_text(fees),
    }
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale if check else ():
        print(f"{path} differs from {told}: run `hummingbot-ccxt metadata build`")
    if check:
        if not stale:
            print(f"{output} is up to date: {told}")
        return 1 if stale else 0
    for path, text in texts.items():
        metadata.write(text, path)
    print(f"wrote {' and '.join(map(str, texts))}: {told}")
    return 0


def build_installed(settings: Path | None) -> int:
    """Write what the installed ccxt has, unless that is known already, and the user's own; tell what is known then."""
    from hummingbot_ccxt import metadata, own_exchanges

    if registry.current().source == "other version":
        left_out: dict[str, Exception] = {}
        path = metadata.write_supplement(metadata.build(left_out))
        print(f"wrote {path}")
        for exchange_id, err in left_out.items():
            print(f"left out {exchange_id}, which this release cannot describe ({err!r})")
    written, refused = own_exchanges.update(settings)
    if written is not None:
        print(f"wrote {written}")
    for exchange_id, err in refused.items():
        print(f"left out your {exchange_id}: {err}")
    registry.current.cache_clear()
    return max(status(settings, refused), 1 if refused else 0)
