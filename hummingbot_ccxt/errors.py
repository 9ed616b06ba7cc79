"""The base of every error that hummingbot-ccxt raises on purpose."""


class HummingbotCcxtError(Exception):
    """Something that the user can act on; its text says what happened and what to do.

    The command line prints the text as one line on stderr and ends with status 2; anything else is a bug and keeps
    its traceback.
    """
