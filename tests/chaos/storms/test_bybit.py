from .storm import storm_on

test_nothing_is_lost_in_a_storm_on_bybit = storm_on("bybit")
