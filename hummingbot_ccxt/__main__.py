"""`python -m hummingbot_ccxt`, the same as `hummingbot-ccxt`."""

import sys

from hummingbot_ccxt.cli import main

sys.exit(main())
