"""The text of the files that make up the plug-in: they hand on what `hummingbot_ccxt.exchange` defines."""

import json

from hummingbot_ccxt import __version__

MARKER = "hummingbot_ccxt.json"
"""Says that the folder is ours, of which version, and which files belong to it."""
WRITTEN_BY = "hummingbot-ccxt"

HANDED_ON = {
    "ccxt_api_order_book_data_source": ("CcxtAPIOrderBookDataSource",),
    "ccxt_api_user_stream_data_source": ("CcxtAPIUserStreamDataSource",),
    "ccxt_auth": ("CcxtAuth",),
    "ccxt_constants": None,
    "ccxt_exchange": ("CcxtExchange",),
    "ccxt_order_book": ("CcxtOrderBook",),
    "ccxt_utils": (
        "CENTRALIZED",
        "DEFAULT_FEES",
        "EXAMPLE_PAIR",
        "KEYS",
        "OTHER_DOMAINS",
        "OTHER_DOMAINS_DEFAULT_FEES",
        "OTHER_DOMAINS_EXAMPLE_PAIR",
        "OTHER_DOMAINS_KEYS",
        "OTHER_DOMAINS_PARAMETER",
    ),
    "ccxt_web_utils": None,
}
"""Module -> the names that Hummingbot, or a reader who knows its connectors, looks for in it; None: all public names.

The modules are those of Hummingbot's connector checklist.
"""

DUMMY = "cdef class dummy():\n    pass\n"
"""Hummingbot's build looks for Cython sources in each connector's folder; those without any have this one."""


def contents(*, for_source: bool) -> dict[str, str]:
    """File name -> text. A source checkout gets dummy.pxd and dummy.pyx as well, as all its connectors have them."""
    texts = {"__init__.py": _header("The ccxt connector.")}
    for module, names in HANDED_ON.items():
        imported = "*" if names is None else ", ".join(names)
        if len(imported) > 60:
            imported = "(\n    " + ",\n    ".join(imported.split(", ")) + ",\n)"
        line = f"from hummingbot_ccxt.exchange.{module} import {imported}  # noqa: F401, F403\n"
        texts[f"{module}.py"] = _header("Hands on what the package hummingbot_ccxt defines.") + line
    if for_source:
        texts |= {"dummy.pxd": DUMMY, "dummy.pyx": DUMMY}
    texts[MARKER] = _marker([*texts, MARKER])
    return dict(sorted(texts.items()))


def _header(purpose: str) -> str:
    return f"# Written by hummingbot-ccxt {__version__}: `hummingbot-ccxt uninstall` removes it.\n# {purpose}\n"


def _marker(names: list[str]) -> str:
    return json.dumps({"written_by": WRITTEN_BY, "version": __version__, "files": sorted(names)}, indent=1) + "\n"
