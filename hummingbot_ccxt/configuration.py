"""The user's own settings per exchange: `hummingbot_ccxt.yml` in Hummingbot's conf folder.

Keys and secrets are refused here: they belong into Hummingbot's encrypted store (`connect ccxt_<id>`).
"""

import dataclasses
import difflib
import ipaddress
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import yaml

from hummingbot_ccxt import registry
from hummingbot_ccxt.errors import HummingbotCcxtError
from hummingbot_ccxt.spot_only import borrowing_in
from hummingbot_ccxt.user_code import open_to_all

FILE_NAME = "hummingbot_ccxt.yml"

_CREDENTIALS = frozenset(
    {"apikey", "api_key", "secret", "password", "uid", "login", "privatekey", "private_key", "token", "walletaddress"}
)


_ALWAYS_SECRET = frozenset({"apikey", "api_key", "secret", "password", "privatekey", "private_key"})
"""Those that are nothing else where they stand among ccxt's options and parameters."""


_TLS_SWITCHES = frozenset({"verify", "validateserverssl", "verify_ssl", "ssl", "ssl_context", "sslcontext", "insecure"})
"""What users of other programs look for. ccxt reads none of them among its options; nobody shall believe it does."""

_ALWAYS_THERE = frozenset({"fetchMarkets", "loadMarkets"})
"""Methods that every class has, whatever its `has` says."""

_PLAIN = re.compile(r"[!-\[\]_a-z|~]+", re.IGNORECASE)
"""Visible ASCII without the backslash, which some programs take for a slash, and without braces."""


class BadConfiguration(HummingbotCcxtError):
    """A key or value of the configuration that cannot be used; the text names file, key and what is allowed."""


@dataclass(frozen=True)
class ExchangeSettings:
    """What a user may set for one exchange. Every value has a default that suits the live venue.

    `testnet`: use ccxt's sandbox URLs. `base_url`: send everything there instead, the original host becoming the
    first path segment (the embedded venue). `proxy`: http, https or socks5 URL for REST and streams. `options`: merged
    over ccxt's options of the exchange. `params`: per unified method (`createOrder`), merged over its parameters.
    `poll_interval`: seconds between polls of what has no stream. `depth`: levels a side to ask a book for.
    `mapping`: a folder with the user's own mapping (`<id>.py`) and ccxt class (`<id>_exchange.py`). `broker_id`: set
    ccxt's referral id; "" clears it.
    """

    testnet: bool = False
    base_url: str | None = None
    proxy: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    poll_interval: float | None = None
    depth: int | None = None
    mapping: str | None = None
    broker_id: str | None = None

    def __post_init__(self) -> None:
        _check(isinstance(self.testnet, bool), "testnet", self.testnet, "true or false")
        _check(
            self.base_url is None or _is_safe_base(self.base_url),
            "base_url",
            self.base_url,
            "an https address, or a plain http one on this machine (127.0.0.1), without user, password, ? and #",
        )
        _check(
            self.proxy is None or _is_proxy(self.proxy),
            "proxy",
            _without_password(self.proxy),
            "an address that begins with http://, https://, socks5:// or socks5h://",
        )
        _check(isinstance(self.options, Mapping), "options", self.options, "a table of ccxt's options")
        switch = next((str(key) for key in self.options if str(key).lower() in _TLS_SWITCHES), None)
        _check(switch is None, f"options.{switch}", "set", "nothing: certificates are always verified")
        _check(
            isinstance(self.params, Mapping) and all(isinstance(v, Mapping) for v in self.params.values()),
            "params",
            self.params,
            "a table of unified methods, each with a table of parameters",
        )
        for name in ("options", "params"):
            found = borrowing_in(getattr(self, name))
            if found is not None:
                allowed = "none: this connector trades spot, with what the account holds; remedy: remove it"
                _check(False, f"{name}.{found[0]}", found[1], allowed)
        for name, allowed in (("poll_interval", "seconds, from 0.1 to 3600"), ("depth", "levels, from 1 to 10000")):
            value = getattr(self, name)
            low, high = (0.1, 3600) if name == "poll_interval" else (1, 10_000)
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            _check(value is None or (number and low <= value <= high), name, value, allowed)
        _check(self.depth is None or isinstance(self.depth, int), "depth", self.depth, "a whole number of levels")
        for name in ("mapping", "broker_id"):
            _check(isinstance(getattr(self, name), (str, type(None))), name, getattr(self, name), "a text")

    @property
    def folder(self) -> Path | None:
        """Where the user's own mapping and class are, None if nowhere."""
        return Path(self.mapping) if self.mapping else None


def _check(right: bool, name: str, value: object, allowed: str) -> None:
    if not right:
        raise BadConfiguration(f"{name} is {value!r}; allowed: {allowed}")


def is_loopback(host: str | None) -> bool:
    """Tell whether a host name or address never leaves this machine.

    Only `localhost` and plain addresses do: of `2130706433`, `0x7f.1` or `127.1` each program makes something else,
    and `127.0.0.1.example.com` is whatever its owner says.
    """
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_safe_base(url: object) -> bool:
    parts = _parts(url)
    if parts is None or parts.query or parts.fragment or "@" in parts.netloc or parts.netloc.endswith(":"):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def _is_proxy(url: object) -> bool:
    parts = _parts(url)
    return parts is not None and parts.scheme in ("http", "https", "socks5", "socks5h")


def _parts(url: object) -> SplitResult | None:
    """The parts of an address that every program reads in the same way and that names a host; else None."""
    if not isinstance(url, str) or not _PLAIN.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # brackets that do not match, a port that is none
        return None
    return parts if parts.hostname and port != 0 else None


def _without_password(url: object) -> object:
    return re.sub(r"//[^/]*@", "//***@", url) if isinstance(url, str) else url


def read(path: Path) -> dict[str, ExchangeSettings]:
    """Return the settings of each exchange named in the file, by ccxt id; none when there is no file.

    A relative `mapping` is one beside the file: `mappings` in `conf/hummingbot_ccxt.yml` is `conf/mappings`.
    Raises BadConfiguration for text that is no YAML, a key that stands twice or is unknown, an exchange that nobody has
    a class of, credentials, values out of range, a `mapping` that is no folder.
    """
    if not path.exists():
        return {}
    try:
        content = _content(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        raise BadConfiguration(f"{path}: not readable as YAML: {err}") from err
    except OSError as err:
        raise BadConfiguration(f"{path}: cannot be read: {err.strerror}") from err
    if content is None:
        return {}
    if not isinstance(content, dict) or not isinstance(content.get("exchanges", {}), (dict, type(None))):
        raise BadConfiguration(f"{path}: expected a table `exchanges:` with one table per exchange")
    unknown = sorted(set(map(str, content)) - {"exchanges"})
    if unknown:
        raise BadConfiguration(f"{path}: unknown key {unknown[0]!r}; allowed: exchanges")
    return {str(name): _settings(path, str(name), table) for name, table in (content.get("exchanges") or {}).items()}


def named(option: str, path: Path) -> Path:
    """The file that a user named with a command's `option`. Raises BadConfiguration if there is none.

    Hummingbot's own may be missing; of one that was named, the user believes that it holds.
    """
    if not path.is_file():
        raise BadConfiguration(f"{option} {path}: {'a folder, not a file' if path.is_dir() else 'no such file'}")
    return path


def _content(text: str) -> Any:
    """What the YAML says. Raises YAMLError, for a key that stands twice in one table too: PyYAML takes the last."""
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        nodes, looked_at = [root] if root is not None else [], set()
        while nodes:
            node = nodes.pop()
            if id(node) in looked_at:  # an alias
                continue
            looked_at.add(id(node))
            if isinstance(node, yaml.SequenceNode):
                nodes += node.value
            elif isinstance(node, yaml.MappingNode):
                nodes += [value for _, value in node.value]
                keys = [key for key, _ in node.value]
                for place, key in enumerate(keys):
                    if key.value in [before.value for before in keys[:place]]:
                        raise yaml.MarkedYAMLError(problem=f"{key.value!r} stands twice", problem_mark=key.start_mark)
        return None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()


def _check_exchange(where: str, exchange: str, table: Mapping[Any, Any], file: Path) -> None:
    """Raise BadConfiguration unless somebody has a class of the exchange: its settings would go nowhere."""
    known = registry.current()
    if exchange in known.exchanges or exchange in known.dropped or exchange in registry.exchange_entry_points():
        return
    if known.source == "other version" and exchange in (registry.installed_modules() or ()):
        return
    given = table.get("mapping")
    folder = file.absolute().parent / Path(given).expanduser() if isinstance(given, str) and given else None
    if folder is not None and (not folder.is_dir() or registry.own_class_file(exchange, folder)):
        return  # one that is no folder is told by itself
    try:
        registry.get(exchange)
    except registry.UnknownExchange as err:
        said, _, hint = str(err).rpartition("; ")
        beside = f", and {folder} has no {exchange}_exchange.py" if folder is not None else ""
        if not hint.startswith("did you mean"):
            hint = "allowed: ccxt's ids, without ccxt_, and what your own classes are called"
        raise BadConfiguration(f"{where}: {said}{beside}; {hint}") from None


def _check_methods(where: str, params: Any) -> None:
    """Raise BadConfiguration for parameters of a method that ccxt does not have: they would be sent with nothing."""
    if not params or not isinstance(params, Mapping):
        return
    known = {name for info in registry.exchanges().values() for name in (*info.has, *info.emulated)} | _ALWAYS_THERE
    for name in params:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, n=1)
            hint = f"did you mean {close[0]}?" if close else "allowed: ccxt's unified methods, such as createOrder"
            raise BadConfiguration(f"{where}.params: ccxt has no method {name!r}; {hint}")


def _credential_in(table: Mapping[Any, Any], names: frozenset[str]) -> str | None:
    """The path of the first key in `table`, or inside of it, that is one of `names`; None if there is none."""
    for key, value in table.items():
        if str(key).lower() in names:
            return str(key)
        inside = _credential_in(value, names) if isinstance(value, Mapping) else None
        if inside is not None:
            return f"{key}.{inside}"
    return None


def _settings(path: Path, exchange: str, table: Any) -> ExchangeSettings:
    where = f"{path}: exchanges.{exchange}"
    table = {} if table is None else table  # all of its lines are commented out
    if not isinstance(table, dict):
        raise BadConfiguration(f"{where} is {table!r}; allowed: a table of settings")
    _check_exchange(where, exchange, table, path)
    allowed = [f.name for f in fields(ExchangeSettings)]
    hidden = _credential_in({name: table.get(name) for name in ("options", "params")}, _ALWAYS_SECRET)
    for key in (*map(str, table), *([hidden] if hidden else [])):
        if key == hidden or key.lower() in _CREDENTIALS:
            raise BadConfiguration(
                f"{where}.{key}: credentials do not belong into this file; remedy: `connect ccxt_{exchange}` in "
                "Hummingbot stores them encrypted"
            )
        if key not in allowed:
            raise BadConfiguration(f"{where}: unknown key {key!r}; allowed: {', '.join(allowed)}")
    _check_methods(where, table.get("params"))
    try:
        settings = ExchangeSettings(**table)
    except BadConfiguration as err:
        raise BadConfiguration(f"{where}.{err}") from err
    if not settings.mapping:
        return settings
    folder = path.absolute().parent / Path(settings.mapping).expanduser()
    if not folder.is_dir():
        raise BadConfiguration(
            f"{where}.mapping is {settings.mapping!r}, and {folder} is no folder; allowed: a folder, absolute or "
            f"relative to {path.absolute().parent}"
        )
    place = open_to_all(path)
    if place is not None:
        raise BadConfiguration(
            f"{where}.mapping names code to run, and {place} may be written by everybody; remedy: chmod o-w {place}"
        )
    return dataclasses.replace(settings, mapping=str(folder))


def default_path() -> Path:
    """Return where Hummingbot keeps its configuration: `conf/hummingbot_ccxt.yml` beside its package."""
    from hummingbot import root_path  # imported late: reading settings must not import Hummingbot's client

    return Path(root_path()) / "conf" / FILE_NAME


_given: dict[str, ExchangeSettings] = {}


@contextmanager
def given_settings(settings: Mapping[str, ExchangeSettings]) -> Iterator[None]:
    """Within, the exchanges named here have these settings, whatever the user's file says of them.

    For connectors on the embedded venue (`rig`): they read their settings when they are built and while they run.
    """
    before = dict(_given)
    _given.update(settings)
    try:
        yield
    finally:
        _given.clear()
        _given.update(before)


def for_exchange(exchange_id: str, path: Path | None = None) -> ExchangeSettings:
    """Return the user's settings for one exchange, the defaults when there are none."""
    if path is None and exchange_id in _given:
        return _given[exchange_id]
    return read(default_path() if path is None else path).get(exchange_id, ExchangeSettings())
