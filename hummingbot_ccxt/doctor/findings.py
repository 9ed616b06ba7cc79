"""What the doctor found, and how it reads for people and for programs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from hummingbot_ccxt.venue.outcomes import VenueError, is_refused_credentials

Verdict = Literal["pass", "warn", "fail"]

_WIDTH = 9


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the checklist. `remedy`: what the user can do; empty for what is well."""

    check: str
    verdict: Verdict
    text: str
    remedy: str = ""


def well(check: str, text: str) -> Finding:
    """A check that passed."""
    return Finding(check, "pass", text)


def doubtful(check: str, text: str, remedy: str) -> Finding:
    """A check that passed with a reservation."""
    return Finding(check, "warn", text, remedy)


def failed(check: str, text: str, remedy: str) -> Finding:
    """A check that failed."""
    return Finding(check, "fail", text, remedy)


def remedy_of(error: VenueError, exchange_id: str, base_url: str | None = None) -> str:
    """What the user can do about a request that failed; KuCoin, say, is asked nothing at all with wrong keys."""
    if is_refused_credentials(error):
        return "check key, secret and the addresses that the key is bound to; a new key takes minutes to work"
    if error.clock_skew:
        return "set this machine's clock by NTP (timedatectl set-ntp true)"
    return misled(exchange_id, base_url) if base_url else "try again; is it under repair?"


def misled(exchange_id: str, base_url: str) -> str:
    """What to look at where another address than the venue's own gives no answer of use."""
    return f"is {base_url} of {exchange_id}? A sandbox speaks for one exchange: `hummingbot-ccxt sandbox {exchange_id}`"


def is_well(findings: Sequence[Finding]) -> bool:
    """Whether nothing failed; a warning is no failure."""
    return all(finding.verdict != "fail" for finding in findings)


def lines(finding: Finding) -> str:
    """One finding for people: the verdict, the check, what was seen, and below it the remedy."""
    text = f"{finding.verdict:<5} {finding.check:<{_WIDTH}} {finding.text}"
    return f"{text}\n{' ' * (7 + _WIDTH)}remedy: {finding.remedy}" if finding.remedy else text


def as_json(exchange_id: str, findings: Sequence[Finding], left_out: Sequence[str]) -> dict[str, Any]:
    """All findings for programs."""
    return {
        "exchange": exchange_id,
        "ok": is_well(findings),
        "checks": [asdict(finding) for finding in findings],
        "not_examined": list(left_out),
    }
