"""One exchange's module is imported, not a hundred; and every one of them can be."""

import subprocess
import sys
import textwrap

import pytest

from hummingbot_ccxt import registry
from hummingbot_ccxt.venue.loading import ExchangeNotInCcxt, exchange_class


def run(code, timeout_s=100):
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=timeout_s, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_only_the_chosen_exchanges_modules_are_imported():
    modules = run(
        """
        import sys
        from hummingbot_ccxt.venue.loading import exchange_class
        found, streams = exchange_class("kraken")
        assert streams and found.__name__ == "kraken", found
        print(*(m for m in sys.modules if m.startswith("ccxt.") and m.count(".") == 2))
        """
    )
    exchanges = {m for m in modules if m.rpartition(".")[2] in registry.exchanges()}
    assert exchanges == {"ccxt.pro.kraken", "ccxt.async_support.kraken", "ccxt.abstract.kraken"}


def test_the_connector_imports_no_exchange_before_it_knows_which():
    modules = run(
        """
        import sys
        import hummingbot_ccxt.exchange.ccxt_exchange
        print(*(m for m in sys.modules if m.startswith("ccxt.")))
        """
    )
    assert not {m.rpartition(".")[2] for m in modules} & set(registry.exchanges())


def test_ccxt_is_whole_when_someone_imports_it_afterwards():
    printed = run(
        """
        from hummingbot_ccxt.venue.loading import exchange_class
        kraken, _ = exchange_class("kraken")
        import sys, ccxt, ccxt.pro, ccxt.async_support
        assert len(ccxt.exchanges) > 100
        assert ccxt.pro.kraken is kraken
        assert issubclass(ccxt.pro.binance, ccxt.async_support.binance)
        assert issubclass(ccxt.kraken, ccxt.Exchange)
        assert ccxt.InsufficientFunds is sys.modules["ccxt.base.errors"].InsufficientFunds
        print(ccxt.__version__)
        """
    )
    assert printed[0].startswith("4.")


def test_all_exchanges_of_the_registry_load_and_construct():
    printed = run(
        """
        from hummingbot_ccxt import registry
        from hummingbot_ccxt.venue.loading import exchange_class
        from hummingbot_ccxt.venue.tap import tapped_class
        for name in registry.exchanges():
            found, streams = exchange_class(name)
            client = tapped_class(found)()
            assert client.id == name, name
            print(name, int(streams))
        """
    )
    assert set(printed[::2]) == set(registry.exchanges())
    assert (len(printed[::2]), printed[1::2].count("1")) == (87, 60)


@pytest.mark.parametrize("name", ["nope", "../binance", "base", ""])
def test_an_unknown_exchange_is_refused_by_name(name):
    with pytest.raises(ExchangeNotInCcxt, match="has no exchange"):
        exchange_class(name)
