"""Who holds what: free and locked balances of every account, and the sum of all that was ever paid in.

Money enters by `deposit` only and never leaves; everything else moves it. Plain operators are used throughout, so the
caller (the engine) must have entered the `EXACT` decimal context.
"""

from collections import defaultdict
from decimal import Decimal

from .errors import LedgerError
from .exact import ZERO
from .types import Balance

FEE_ACCOUNT = "venue-fees"  # the venue's own account, credited with every fee


class Ledger:
    """Balances by account and asset, and which of them changed since they were last asked for."""

    def __init__(self) -> None:
        self._free: dict[str, defaultdict[str, Decimal]] = {}
        self._locked: dict[str, defaultdict[str, Decimal]] = {}
        self._deposited: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        # A dict for its order: events about balances must come out alike in every run.
        self._touched: dict[str, dict[str, None]] = {}
        self.open_account(FEE_ACCOUNT)

    def __contains__(self, account_id: str) -> bool:
        return account_id in self._free

    def open_account(self, account_id: str) -> None:
        self._free[account_id] = defaultdict(lambda: ZERO)
        self._locked[account_id] = defaultdict(lambda: ZERO)

    def accounts(self) -> list[str]:
        return list(self._free)

    def free(self, account_id: str, asset: str) -> Decimal:
        return self._free[account_id].get(asset, ZERO)

    def balance(self, account_id: str, asset: str) -> Balance:
        return Balance(free=self.free(account_id, asset), locked=self._locked[account_id].get(asset, ZERO))

    def balances(self, account_id: str) -> dict[str, Balance]:
        """Every asset that the account ever held, those at zero included."""
        assets = self._free[account_id] | self._locked[account_id]
        return {asset: self.balance(account_id, asset) for asset in assets}

    def deposit(self, account_id: str, asset: str, amount: Decimal) -> None:
        self._add_free(account_id, asset, amount)
        self._deposited[asset] += amount

    def lock(self, account_id: str, asset: str, amount: Decimal) -> None:
        """Moves from free to locked; whoever calls has checked that there is enough."""
        self._add_free(account_id, asset, -amount)
        self._add_locked(account_id, asset, amount)

    def release(self, account_id: str, asset: str, amount: Decimal) -> None:
        """Moves from locked to free."""
        self._add_locked(account_id, asset, -amount)
        self._add_free(account_id, asset, amount)

    def pay(self, payer: str, receiver: str, asset: str, amount: Decimal, *, fee: Decimal) -> None:
        """Moves `amount` from what the payer locked to the receiver, who leaves `fee` of it to the venue."""
        self._add_locked(payer, asset, -amount)
        self._add_free(receiver, asset, amount - fee)
        if fee:
            self._add_free(FEE_ACCOUNT, asset, fee)

    def charge(self, payer: str, asset: str, fee: Decimal) -> None:
        """Moves a fee from what the payer locked to the venue."""
        self._add_locked(payer, asset, -fee)
        self._add_free(FEE_ACCOUNT, asset, fee)

    def take_touched(self) -> dict[str, dict[str, Balance]]:
        """The present balances of whatever changed since the last call, by account."""
        touched, self._touched = self._touched, {}
        return {
            account_id: {asset: self.balance(account_id, asset) for asset in assets}
            for account_id, assets in touched.items()
        }

    def deposited(self) -> dict[str, Decimal]:
        return dict(self._deposited)

    def totals(self) -> dict[str, Decimal]:
        """Each asset's sum over all accounts, the venue's own included."""
        sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        for holdings in (*self._free.values(), *self._locked.values()):
            for asset, amount in holdings.items():
                sums[asset] += amount
        return dict(sums)

    def audit(self) -> None:
        """Raises LedgerError if an asset's sum is not what was paid in, or a balance is below zero."""
        for account_id in self._free:
            for asset, balance in self.balances(account_id).items():
                if balance.free < ZERO or balance.locked < ZERO:
                    raise LedgerError(f"{account_id} holds {balance.free} free, {balance.locked} locked {asset}")
        totals = self.totals()
        for asset in totals | self._deposited:
            held, paid_in = totals.get(asset, ZERO), self._deposited.get(asset, ZERO)
            if held != paid_in:
                raise LedgerError(f"{asset}: the accounts hold {held}, {paid_in} was paid in")

    def _add_free(self, account_id: str, asset: str, amount: Decimal) -> None:
        self._free[account_id][asset] += amount
        self._touched.setdefault(account_id, {})[asset] = None

    def _add_locked(self, account_id: str, asset: str, amount: Decimal) -> None:
        self._locked[account_id][asset] += amount
        self._touched.setdefault(account_id, {})[asset] = None
