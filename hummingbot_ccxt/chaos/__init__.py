"""The storm: thousands of orders on a venue where everything goes wrong, over our connector and the native one."""
