"""How many codes may be sent, and how many wrong ones entered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID

from auth import rules
from auth.rules import Purpose
from auth.tables import Code, CodeBudget, SentCodeEntry
from lms.dynamo import Key, Transaction, read_together
from lms.events.users import CodeChannel

KEPT = timedelta(days=1)
"""How long it counts what was sent and entered."""


@dataclass(frozen=True)
class Budgets:
    """What was sent so far: for one purpose (some of these codes still count), by one channel to an account, and to a
    destination, whoever had it sent there. Only the first is emptied by success."""

    purpose: CodeBudget
    account: CodeBudget
    destination: CodeBudget

    def wait(self, now: datetime) -> timedelta:
        """How long it takes until another code may be sent; zero when it may be now."""
        return max(rules.wait_for_code(sent(budget), now) for budget in (self.account, self.destination))

    def count(self, tx: Transaction, row: Code, now: datetime) -> None:
        """Counts a code in the transaction that sends it; `Stale` when another one was sent meanwhile."""
        for budget in (self.purpose, self.account, self.destination):
            remembered = [
                SentCodeEntry(id=code.id, sent_at=code.sent_at)  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
                for code in rules.remember_code(sent(budget), rules.SentCode(str(row.id), now))
            ]
            # A wrong code may be counted meanwhile, in the same item; what was sent is what may not have changed.
            unchanged = (
                CodeBudget.sent.does_not_exist() if budget.sent is None else CodeBudget.sent == list(budget.sent)
            )
            tx.update(budget, [CodeBudget.sent.set(remembered), CodeBudget.expires_at.set(now + KEPT)], unchanged)


def read(row: Code, channel: CodeChannel) -> Budgets:
    """The budgets that sending a code is counted in; as much is read for a code that nobody gets."""
    owners = (
        _owner(row.purpose, row.user_id),
        f"account#{channel}#{row.user_id}",
        f"destination#{row.destination_hash}",
    )
    found = read_together([(CodeBudget, owner, None) for owner in owners])
    return Budgets(*(budget or CodeBudget(owner=owner) for owner, budget in zip(owners, found, strict=True)))


def sent_to(user_id: UUID) -> dict[str, list[rules.SentCode]]:
    """The codes sent to a user in the last day, by what they were for and, of all, by channel."""
    counted = [*get_args(Purpose), *(f"account#{channel}" for channel in get_args(CodeChannel))]
    found = read_together([(CodeBudget, f"{each}#{user_id}", None) for each in counted])
    return {each: sent(budget) for each, budget in zip(counted, found, strict=True) if budget}


def key_of(row: Code) -> Key:
    """Where the budget of a code's purpose is, for `read_together`."""
    return CodeBudget, _owner(row.purpose, row.user_id), None


def sent(budget: CodeBudget) -> list[rules.SentCode]:
    return [rules.SentCode(entry.id, entry.sent_at) for entry in budget.sent or ()]


def count_wrong(row: Code, now: datetime) -> bool:
    """Counts a code as wrong; whether one more was allowed today."""
    budget, today = _purpose_of(row), f"{now:%Y-%m-%d}"
    budget.update_if(
        CodeBudget.wrong_day.does_not_exist() | (CodeBudget.wrong_day != today),
        [CodeBudget.wrong_day.set(today), CodeBudget.wrong_count.set(0), CodeBudget.expires_at.set(now + KEPT)],
    )
    return budget.update_if(CodeBudget.wrong_count < rules.WRONG_CODES_A_DAY, [CodeBudget.wrong_count.add(1)])


def undo_wrong(row: Code) -> None:
    """Takes back what `count_wrong` counted, unless the same code was spent meanwhile."""
    _purpose_of(row).update_if(CodeBudget.wrong_count > 0, [CodeBudget.wrong_count.add(-1)])


def empty(tx: Transaction, row: Code, *, undo_wrong: bool) -> None:
    """Ends all codes that were sent for the same purpose, in a transaction of the caller's."""
    undone = [CodeBudget.wrong_count.add(-1)] if undo_wrong else []
    tx.update(_purpose_of(row), [CodeBudget.sent.set([]), *undone])


def require_none(tx: Transaction, purpose: str, user_id: UUID) -> None:
    """Checks in a transaction that a user has no budget for a purpose."""
    tx.check(CodeBudget, _owner(purpose, user_id), None, CodeBudget.owner.does_not_exist())


def _purpose_of(row: Code) -> CodeBudget:
    return CodeBudget(owner=_owner(row.purpose, row.user_id))


def _owner(purpose: str, user_id: UUID) -> str:
    return f"{purpose}#{user_id}"
