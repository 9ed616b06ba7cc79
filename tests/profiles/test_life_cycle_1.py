"""The whole order life cycle on the engine, for each capability profile: a part of the exchanges (see `steps`)."""

from . import cycles

kept, test_an_order_lives_and_dies_as_it_should_with_what_this_exchange_offers = cycles.tests_of(0)
