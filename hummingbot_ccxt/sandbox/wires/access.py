"""Requests signed by four headers, of key, passphrase, time and signature: OKX's way, and Bitget's."""

from ..accounts import ApiAccount, hmac_sha256_base64
from .rest import Call, Problem, Refusal
from .trading import SpotTrading

_WINDOW_MS = 30_000


def signer(wire: SpotTrading, call: Call, prefix: str, told_ms: float | None, target: str) -> ApiAccount:
    """Who signed the request. `prefix`: of the headers; `told_ms`: what the one of time says; `target`: the path with
    its query, as it is signed. Raises Refusal in the order in which the exchange looks."""
    headers, method, body = call.request.headers, call.request.method, call.request.body
    account, stamp = wire.account_of(headers.get(f"{prefix}-KEY")), headers.get(f"{prefix}-TIMESTAMP", "")
    if headers.get(f"{prefix}-PASSPHRASE") != account.password:
        raise Refusal(Problem.BAD_PASSPHRASE)
    if told_ms is None or abs(wire.clock() - told_ms) > _WINDOW_MS:
        raise Refusal(Problem.CLOCK_SKEW, stamp)
    right = hmac_sha256_base64(account.secret, f"{stamp}{method}{target}{body}")
    wire.check_signature(headers.get(f"{prefix}-SIGN", ""), right)
    return account
