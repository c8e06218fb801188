"""Codes and links: made, sent by event, counted, checked, spent. What they are good for is the callers' business."""

import binascii
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.condition import Condition

from auth import hashing, rules
from auth.service import people
from auth.tables import Code, CodeBudget, Guard, Profile, SentCodeEntry, User
from lms import event_secrets
from lms.dynamo import Transaction, next_version, read_together, transaction
from lms.errors import BadRequest
from lms.events import Channel, UserCodeRequested
from lms.faults import condition_failed
from lms.outbox import emit

Purpose = Literal["reset", "invitation", "verify_email", "verify_mobile"]

WRONG = "The code or link is wrong, was used, or has expired."
_KEPT_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class NewCode:
    """A code and a link that count for the same thing. Only their hashes are stored."""

    row: Code
    destination: str
    code: str
    link_token: str


def make(purpose: Purpose, user: User | None, destination: str, now: datetime) -> NewCode:
    """A new code for the caller to store. Without a user it is one that nobody gets: it looks and behaves like any."""
    code_id = uuid4()
    code = rules.new_code()
    link_token = f"{code_id.hex}.{secrets.token_urlsafe(32)}"
    valid_until = now + (rules.INVITATION_LIFETIME if purpose == "invitation" else rules.CODE_LIFETIME)
    row = Code(
        id=code_id,
        purpose=purpose,
        user_id=user.id if user else uuid4(),
        destination_hash=_destination_hash(destination),
        code_hash=hashing.hash_code(code_id, code),
        link_hash=hashing.hash_token(link_token),
        valid_until=valid_until,
        expires_at=valid_until + _KEPT_AFTER,
    )
    return NewCode(row, destination, code, link_token)


@dataclass(frozen=True)
class Budgets:
    """What was sent so far: for one purpose (of these, some still count), by one channel to an account, and to a
    destination, whoever had it sent there. Only the first is emptied by success."""

    purpose: CodeBudget
    account: CodeBudget
    destination: CodeBudget

    def wait(self, now: datetime) -> timedelta:
        """How long it takes until another code may be sent; zero when it may be now."""
        return max(rules.wait_for_code(_sent(budget), now) for budget in (self.account, self.destination))

    def remember(self, tx: Transaction, new: NewCode, now: datetime) -> None:
        for budget in (self.purpose, self.account, self.destination):
            remembered = [
                SentCodeEntry(id=code.id, sent_at=code.sent_at)  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
                for code in rules.remember_code(_sent(budget), rules.SentCode(str(new.row.id), now))
            ]
            # A wrong code may be counted meanwhile, in the same item; what was sent is what may not have changed.
            unchanged = (
                CodeBudget.sent.does_not_exist() if budget.sent is None else CodeBudget.sent == list(budget.sent)
            )
            tx.update(
                budget, [CodeBudget.sent.set(remembered), CodeBudget.expires_at.set(now + _KEPT_AFTER)], unchanged
            )


def budgets_of(new: NewCode, channel: Channel) -> Budgets:
    """The budgets that sending a code is counted in; as much is read for one that nobody gets."""
    owners = (
        _owner(new.row.purpose, new.row.user_id),
        f"account#{channel}#{new.row.user_id}",
        f"destination#{new.row.destination_hash}",
    )
    found = read_together([(CodeBudget, owner, None) for owner in owners])
    return Budgets(*(budget or CodeBudget(owner=owner) for owner, budget in zip(owners, found, strict=True)))


def send(
    new: NewCode,
    user: User,
    budgets: Budgets,
    channel: Channel,
    event: type[UserCodeRequested],
    now: datetime,
    *,
    with_link: bool,
) -> None:
    """Stores a code and asks, by event, for it to be sent.

    Raises `Stale` when the user changed meanwhile, or another code went to the same account or destination.
    """
    with transaction() as tx:
        tx.put(new.row)
        budgets.remember(tx, new, now)
        tx.update(user, [User.updated_at.set(now)])
        emit(
            tx,
            event(
                version=next_version(user),
                user_id=user.id,
                reset_id=new.row.id,
                channel=channel,
                destination=new.destination,
                code=event_secrets.encrypt_secret(new.code),
                link_token=event_secrets.encrypt_secret(new.link_token) if with_link else None,
                expires_at=new.row.valid_until,
            ),
            now,
        )


def store_nobodys(new: NewCode) -> None:
    """Stores a code that nobody gets, by as much work as `send`."""
    for text in (new.code, new.link_token):
        event_secrets.encrypt_secret(text)
    with transaction() as tx:
        tx.put(new.row)
        for _ in range(3):
            tx.check(CodeBudget, _owner("reset", uuid4()), None, CodeBudget.owner.does_not_exist())
        tx.check(User, uuid4(), None, User.id.does_not_exist())
        tx.check(Guard, people.mobile_name(str(uuid4())), None, Guard.name.does_not_exist())


@dataclass(frozen=True)
class Proof:
    """A code or link that was right; `spend` uses it up in the transaction of what it was good for."""

    row: Code
    user: User
    profile: Profile
    counted: bool

    @property
    def channel(self) -> Channel:
        """Where the code or link was read: in the mail to the user's address, or in an SMS."""
        return "email" if self.row.destination_hash == _destination_hash(self.user.email) else "sms"

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Around the change that the code is good for: when the change fails, the code can be used again."""
        try:
            yield
        except Exception:
            # Whatever the change failed of, the code was right.
            if self.counted:
                _take_back(self.row, Code.tries > 0)
                _take_back(CodeBudget(owner=_owner(self.row.purpose, self.user.id)), CodeBudget.wrong_count > 0)
            raise

    def spend(self, tx: Transaction) -> None:
        """Ends the code with its link, and every other one that was sent for the same purpose."""
        tx.delete(self.row, Code.link_hash.exists(), refuse=BadRequest(WRONG))
        if self.row.purpose != "invitation":
            tx.update(
                CodeBudget(owner=_owner(self.row.purpose, self.user.id)),
                [CodeBudget.sent.set([]), *([CodeBudget.wrong_count.add(-1)] if self.counted else [])],
            )


def check_code(
    code_id: UUID, code: str, purposes: tuple[Purpose, ...], now: datetime, *, owner_id: UUID | None = None
) -> Proof:
    """Checks six digits, of `owner_id`'s if given. Raises `BadRequest`, with one text for every reason."""
    row = _load(code_id, purposes, now)
    if owner_id is not None and row.user_id != owner_id:
        raise BadRequest(WRONG)
    proof = _proof(row, counted=True)
    # Counted before it is looked at, so that many guesses at once are no way round the limits.
    _count_try(row, now)
    _count_wrong(row, now)
    if proof is None or not hashing.same(row.code_hash, hashing.hash_code(code_id, code)):
        raise BadRequest(WRONG)
    return proof


def check_link(link_token: str, purposes: tuple[Purpose, ...], now: datetime) -> Proof:
    """Checks a link's token. Raises `BadRequest`, with one text for every reason."""
    try:
        code_id = UUID(hex=link_token.partition(".")[0])
    except (ValueError, binascii.Error) as error:
        raise BadRequest(WRONG) from error
    row = _load(code_id, purposes, now)
    proof = _proof(row, counted=False)
    if proof is None or not hashing.same(row.link_hash, hashing.hash_token(link_token)):
        raise BadRequest(WRONG)
    return proof


def _load(code_id: UUID, purposes: tuple[Purpose, ...], now: datetime) -> Code:
    try:
        row = Code.get(code_id, consistent_read=True)
    except DoesNotExist as error:
        raise BadRequest(WRONG) from error
    if row.purpose not in purposes or row.valid_until <= now:
        raise BadRequest(WRONG)
    return row


def _proof(row: Code, *, counted: bool) -> Proof | None:
    """What a code proves if it is right, None for one that counts no more; as much is read for one that nobody got."""
    user, profile, budget = read_together(
        [(User, row.user_id, None), (Profile, row.user_id, None), (CodeBudget, _owner(row.purpose, row.user_id), None)]
    )
    if user is None or user.status in ("disabled", "erased"):
        return None
    proof = Proof(row, user, profile or people.empty_profile(user), counted)
    return proof if _still_counts(proof, budget) else None


def _still_counts(proof: Proof, budget: CodeBudget | None) -> bool:
    # Who lost an address, and gave it up here, is not to lose the account by what was sent to it before.
    if proof.row.destination_hash not in map(_destination_hash, _destinations(proof)):
        return False
    if proof.row.purpose == "invitation":
        return proof.user.password is None
    return budget is not None and rules.code_counts(_sent(budget), str(proof.row.id))


def _destinations(proof: Proof) -> list[str]:
    """Where a code must have gone to count now."""
    by_mail, by_sms = proof.user.email, proof.profile.mobile_number
    match proof.row.purpose:
        case "verify_mobile":
            return [by_sms] if by_sms else []
        case "reset" if by_sms and proof.user.mobile_may_reset:
            return [by_mail, by_sms]
        case _:
            return [by_mail]


def _count_try(row: Code, now: datetime) -> None:
    try:
        row.update([Code.tries.add(1)], condition=(Code.tries < rules.CODE_TRIES) & (Code.valid_until > now))
    except UpdateError as error:
        raise _wrong_or(error) from error


def _count_wrong(row: Code, now: datetime) -> None:
    budget = CodeBudget(owner=_owner(row.purpose, row.user_id))
    today = f"{now:%Y-%m-%d}"
    try:
        budget.update(
            [
                CodeBudget.wrong_day.set(today),
                CodeBudget.wrong_count.set(0),
                CodeBudget.expires_at.set(now + _KEPT_AFTER),
            ],
            condition=CodeBudget.wrong_day.does_not_exist() | (CodeBudget.wrong_day != today),
        )
    except UpdateError as error:
        if not condition_failed(error):
            raise
    try:
        budget.update(
            [CodeBudget.wrong_count.add(1)],
            condition=CodeBudget.wrong_count < rules.WRONG_CODES_A_DAY,
        )
    except UpdateError as error:
        raise _wrong_or(error) from error


def _take_back(counter: Code | CodeBudget, is_counted: Condition) -> None:
    action = Code.tries.add(-1) if isinstance(counter, Code) else CodeBudget.wrong_count.add(-1)
    try:
        counter.update([action], condition=is_counted)
    except UpdateError as error:
        # The same code was spent meanwhile, by another request.
        if not condition_failed(error):
            raise


def _wrong_or(error: UpdateError) -> Exception:
    return BadRequest(WRONG) if condition_failed(error) else error


def _sent(budget: CodeBudget) -> list[rules.SentCode]:
    return [rules.SentCode(entry.id, entry.sent_at) for entry in budget.sent or ()]


def _owner(purpose: str, user_id: UUID) -> str:
    return f"{purpose}#{user_id}"


def _destination_hash(destination: str) -> str:
    name = people.email_name(destination) if "@" in destination else people.mobile_name(destination)
    return hashing.hash_name(name)
