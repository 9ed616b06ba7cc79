"""Market structures from the samples of venues' answers that ccxt quotes in the comments of its own classes.

Each request in `fetch_markets` (and in what it calls) is followed by a comment with the venue's answer. Here every such
request is answered with that comment, and the class's own parsing makes markets of it.
"""

import copy
import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

_METHODS = re.compile(r"market|instrument|symbol|product|pair|spot", re.IGNORECASE)
_CALL = re.compile(r"self\.([a-z][A-Za-z0-9]*(?:Get|Post)[A-Z0-9]\w*)\(")
_ELLIPSIS = re.compile(r"^\s*(\.\.\.|…).*$|,?\s*\.{3}(?=\s*[\]}])", re.MULTILINE)


_BARE_KEY = re.compile(r"(^\s*|[{,]\s*)([A-Za-z_]\w*)\s*:", re.MULTILINE)
_WRAPPED = (
    lambda sample: sample,
    lambda sample: [sample],
    lambda sample: {"data": sample},
    lambda sample: {"data": [sample]},
    lambda sample: {"symbols": [sample]},
    lambda sample: {"result": {"list": [sample]}},
    lambda sample: {"symbols": sample},
    lambda sample: {"products": [sample]},
)
"""Where a comment quotes one entry of an answer, the answers that it may be one of."""


class NoSample(Exception):
    """The class quotes no answer that can be read, or nothing comes of it."""


def sources(exchange: type, about: re.Pattern[str] = _METHODS) -> Iterator[tuple[str, str]]:
    """(name, source) of the venue's own methods that deal with markets, or with what else `about` names."""
    for cls in exchange.__mro__:
        if cls.__module__.startswith("ccxt.") and ".base." not in cls.__module__:
            for name, member in vars(cls).items():
                if inspect.isfunction(member) and name.startswith(("fetch", "parse")) and about.search(name):
                    yield name, inspect.getsource(member)


def comment_blocks(source: str) -> Iterator[tuple[int, str]]:
    """(position, text) of each run of comment lines, the `#` taken away."""
    block: list[str] = []
    start, at = 0, 0
    for line in source.splitlines(keepends=True):
        stripped = line.strip()
        if stripped.startswith("#"):
            if not block:
                start = at
            block.append(stripped[1:])
        elif block:
            yield start, "\n".join(block)
            block = []
        at += len(line)
    if block:
        yield start, "\n".join(block)


def samples(text: str) -> Iterator[Any]:
    """The JSON values in a comment, comments inside of it and trailing commas forgiven."""
    cleaned = re.sub(r"(?<![:\"'])//.*$|(?<=[,\]}0-9\"el])\s+#.*$", "", text, flags=re.MULTILINE)
    cleaned = _ELLIPSIS.sub("", cleaned)
    cleaned = _BARE_KEY.sub(r'\1"\2":', cleaned)
    cleaned = cleaned.replace("'", '"').replace("None", "null").replace("True", "true").replace("False", "false")
    cleaned = re.sub(r",(\s*[\]}])", r"\1", cleaned)
    cleaned = re.sub(r'("|\d|\]|\}|true|false|null)(\s*\n\s*")', r"\1,\2", cleaned)  # a forgotten comma
    cleaned = re.sub(r"(\})(\s*\n\s*\{)", r"\1,\2", cleaned)
    decoder = json.JSONDecoder()
    at = 0
    while (begin := min((i for i in (cleaned.find("{", at), cleaned.find("[", at)) if i >= 0), default=-1)) >= 0:
        try:
            value, at = decoder.raw_decode(cleaned, begin)
        except json.JSONDecodeError:
            at = begin + 1
            continue
        if value and isinstance(value, dict | list):
            yield value


def answers(exchange: type, about: re.Pattern[str] = _METHODS) -> dict[str, Any]:
    """What each request for markets (or else) is answered with: the first readable comment after it."""
    found: dict[str, Any] = {}
    for _, source in sources(exchange, about):
        calls = [(match.start(), match.group(1)) for match in _CALL.finditer(source)]
        blocks = [(at, value) for at, text in comment_blocks(source) for value in list(samples(text))[:1]]
        for at, name in calls:
            later = [value for block_at, value in blocks if block_at > at]
            if later and name not in found:
                found[name] = later[0]
    return found


async def markets_of(client: Any, given: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The spot markets that a ccxt client makes of its documented samples, or of `given` answers to its requests.

    Raises NoSample where it makes none.
    """
    found = given or answers(type(client))
    problem = "no answer to a request for markets is quoted"
    options = client.options
    for wrap in _WRAPPED if given is None else _WRAPPED[:1]:
        client.options = copy.deepcopy(options)  # bitstamp keeps an answer there
        try:
            made = await _made(client, {name: wrap(value) for name, value in found.items()})
        except Exception as err:
            problem = f"fetch_markets fails on the sample ({type(err).__name__})" if wrap is _WRAPPED[0] else problem
            continue
        if made:
            return made
        problem = "its own answers make no markets" if found else problem
    spot = list(_parsed(client))
    if not spot:
        raise NoSample(problem)
    return [client.safe_market_structure(market) for market in spot]


async def _made(client: Any, found: dict[str, Any]) -> list[dict[str, Any]]:
    """The spot markets of a class whose requests are answered as `found` says, and with nothing otherwise."""
    for name, value in found.items():

        async def answer(*_: Any, value: Any = value, **__: Any) -> Any:
            return json.loads(json.dumps(value))

        setattr(client, name, answer)
    client.has["fetchCurrencies"] = False

    async def nothing(*_: Any, **__: Any) -> Any:
        return {}

    client.fetch2 = nothing  # what is not documented answers nothing
    made = await client.fetch_markets()
    spot = [market for market in made if isinstance(market, dict) and market.get("spot")]
    named = [market for market in spot if market.get("base") and market.get("quote")]
    return [client.safe_market_structure(market) for market in named]


def _parsed(client: Any) -> Iterator[dict[str, Any]]:
    """What `parse_market` makes of the samples that stand in the class."""
    for _, source in sources(type(client)):
        for _, text in comment_blocks(source):
            for sample in samples(text):
                for entry in _dictionaries(sample):
                    try:
                        market = client.parse_market(entry)
                    except Exception:
                        continue  # a sample of something else
                    if isinstance(market, dict) and market.get("spot") and market.get("base") and market.get("quote"):
                        yield market


def _dictionaries(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _dictionaries(child)
