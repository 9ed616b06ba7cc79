"""Who may trade: API keys of the venue, and the signatures that most exchanges share."""

import base64
import hashlib
import hmac
import secrets
import string
from dataclasses import dataclass, field

_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class ApiAccount:
    """One account and its generated, throw-away credentials; the secret parts never show in a repr.

    `password` is the passphrase that some exchanges ask for beside key and secret; Binance has none.
    """

    account_id: str
    api_key: str = field(repr=False)
    secret: str = field(repr=False)
    password: str = field(default="", repr=False)


class Accounts:
    """The API keys that the venue knows."""

    def __init__(self) -> None:
        self._by_key: dict[str, ApiAccount] = {}

    def create(self, account_id: str) -> ApiAccount:
        """A new key and secret (64 letters and digits each, as Binance's are) for an account of the engine."""
        account = ApiAccount(account_id, random_word(64), random_word(64), random_word(16))
        self._by_key[account.api_key] = account
        return account

    def revoke(self, api_key: str) -> None:
        """The key is not known any more, as after its owner deleted it; KeyError where it never was."""
        del self._by_key[api_key]

    def by_key(self, api_key: str) -> ApiAccount | None:
        return self._by_key.get(api_key)

    def secrets(self) -> list[str]:
        """Every credential that must not reach a log or a recording."""
        return [word for each in self._by_key.values() for word in (each.api_key, each.secret, each.password) if word]


def random_word(length: int) -> str:
    """Letters and digits from the system's random source; nothing about it follows the sandbox's seed."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def hmac_sha256_hex(secret: str, payload: str) -> str:
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def hmac_sha256_base64(secret: str, payload: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()).decode()


def same_digest(given: str, expected: str) -> bool:
    """Compares two hex signatures, upper or lower case, in constant time."""
    return hmac.compare_digest(given.lower().encode(), expected.encode())
