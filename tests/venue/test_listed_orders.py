"""An order without a status is what the list means in which it was found."""

import pytest

from hummingbot_ccxt.venue.orders import with_status


@pytest.mark.parametrize(
    ("method", "not_open", "figures", "status"),
    [
        ("fetch_open_orders", False, {"filled": 0, "amount": 2}, "open"),
        ("fetch_closed_orders", True, {"filled": "2", "amount": "2"}, "closed"),
        ("fetch_closed_orders", True, {"filled": "1", "amount": "2"}, "canceled"),
        ("fetch_canceled_orders", True, {}, "canceled"),
        ("fetch_canceled_and_closed_orders", True, {"filled": 2.0, "amount": 2}, "closed"),
        ("fetch_orders", True, {"filled": 1, "amount": 2}, "canceled"),
        pytest.param("fetch_orders", False, {"filled": 1, "amount": 2}, None, id="of all orders, it may be open"),
    ],
)
def test_the_status_of_an_order_in_a_list(method, not_open, figures, status):
    order = {"id": "1", "status": None, **figures}
    assert with_status(order, method, not_open=not_open)["status"] == status
    assert order["status"] is None


def test_a_status_that_the_venue_states_stays():
    order = {"id": "1", "status": "expired", "filled": 2, "amount": 2}
    assert with_status(order, "fetch_closed_orders", not_open=True) is order
