"""`hummingbot-ccxt metadata build`: write the registry's metadata from the installed ccxt."""

import argparse
from pathlib import Path
from typing import Any

from hummingbot_ccxt import registry


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
        default=registry.METADATA_PATH,
        metavar="FILE",
        help="default: the file inside the package",
    )
    build.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if the file is not what would be written"
    )


def run(args: argparse.Namespace) -> int:
    """Build, and write or compare; 1 if `--check` finds a difference."""
    from hummingbot_ccxt import metadata

    built = metadata.build()
    told = f"{len(built['exchanges'])} exchanges of ccxt {built['ccxt_version']}"
    if args.check:
        current = args.output.read_text(encoding="utf-8") if args.output.exists() else ""
        if current == metadata.to_text(built):
            print(f"{args.output} is up to date: {told}")
            return 0
        print(f"{args.output} differs from {told}: run `hummingbot-ccxt metadata build`")
        return 1
    metadata.write(built, args.output)
    print(f"wrote {args.output}: {told}")
    return 0
