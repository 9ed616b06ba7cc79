"""The connector as Hummingbot runs it, on the embedded venue: the fixtures of tests/e2e."""

from tests.e2e.conftest import account, bot, bots, market, sandbox, short_waits  # noqa: F401
