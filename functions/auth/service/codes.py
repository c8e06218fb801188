"""Codes and links: made, sent by event, counted, checked, spent. What they are good for is the callers' business."""

import binascii
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from pynamodb.exceptions import DoesNotExist, UpdateError

from auth import hashing, rules
from auth.service import people
from auth.tables import Code, CodeBudget, Guard, SentCodeEntry, User
from lms import sealed
from lms.dynamo import Transaction, next_version, transaction
from lms.errors import BadRequest
from lms.events import Channel, UserCodeRequested
from lms.faults import is_refused
from lms.outbox import emit

Purpose = Literal["reset", "invitation", "verify_email", "verify_mobile"]

WRONG = "The code or link is wrong, was used, or has expired."
_KEPT_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class NewCode:
    """A code and a link that count for the same thing. Only their hashes are stored."""

    row: Code
    code: str
    link_token: str


def make(purpose: Purpose, user: User | None, destination: str | None, now: datetime) -> NewCode:
    """A new code for the caller to store. Without a user it is one that nobody gets."""
    code_id = uuid4()
    code = rules.new_code()
    link_token = f"{code_id.hex}.{secrets.token_urlsafe(32)}"
    valid_until = now + (rules.INVITATION_LIFETIME if purpose == "invitation" else rules.CODE_LIFETIME)
    row = Code(
        id=code_id,
        purpose=purpose,
        user_id=user.id if user else None,
        destination=destination,
        code_hash=hashing.hash_code(code_id, code),
        link_hash=hashing.hash_token(link_token),
        valid_until=valid_until,
        expires_at=valid_until + _KEPT_AFTER,
    )
    return NewCode(row, code, link_token)


def send(
    new: NewCode, user: User, channel: Channel, event: type[UserCodeRequested], now: datetime, *, with_link: bool
) -> bool:
    """Stores a code and asks, by event, for it to be sent. False, with nothing done, after three in an hour.

    Raises `Stale` when the user, or what they were sent, changed meanwhile.
    """
    sent = _sent(new.row.purpose, user.id)
    if not rules.may_send_code(sent, now):
        return False
    remembered = [
        SentCodeEntry(id=code.id, sent_at=code.sent_at)  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
        for code in rules.remember_code(sent, rules.SentCode(str(new.row.id), now))
    ]
    with transaction() as tx:
        tx.put(new.row)
        tx.update(
            CodeBudget(owner=_owner(new.row.purpose, user.id)),
            [CodeBudget.sent.set(remembered), CodeBudget.expires_at.set(now + _KEPT_AFTER)],
        )
        tx.update(user, [User.updated_at.set(now)])
        emit(
            tx,
            event(
                version=next_version(user),
                user_id=user.id,
                reset_id=new.row.id,
                channel=channel,
                destination=new.row.destination or "",
                code=sealed.seal(new.code),
                link_token=sealed.seal(new.link_token) if with_link else None,
                expires_at=new.row.valid_until,
            ),
            now,
        )
    return True


def count_nobodys() -> None:
    """Reads as `send` does before it decides."""
    _sent("reset", uuid4())


def store_nobodys(now: datetime) -> UUID:
    """Stores a code that nobody gets, by as much work as `send`; its id looks and behaves like any other."""
    new, nobody = make("reset", None, None, now), uuid4()
    for text in (new.code, new.link_token):
        sealed.seal(text)
    with transaction() as tx:
        tx.put(new.row)
        tx.check(CodeBudget, _owner("reset", nobody), None, CodeBudget.owner.does_not_exist())
        tx.check(User, nobody, None, User.id.does_not_exist())
        tx.check(Guard, people.mobile_name(str(nobody)), None, Guard.name.does_not_exist())
    return new.row.id


@dataclass(frozen=True)
class Proof:
    """A code or link that was right; `spend` uses it up in the transaction of what it was good for."""

    row: Code
    user: User
    counted: bool

    def spend(self, tx: Transaction) -> None:
        """Ends the code with its link, and every other one that was sent for the same purpose."""
        tx.delete(self.row, Code.link_hash.exists(), refuse=BadRequest(WRONG))
        if self.row.purpose != "invitation":
            tx.update(
                CodeBudget(owner=_owner(self.row.purpose, self.user.id)),
                [CodeBudget.sent.set([]), *([CodeBudget.wrong_count.add(-1)] if self.counted else [])],
            )


def check_code(code_id: UUID, code: str, purposes: tuple[Purpose, ...], now: datetime) -> Proof:
    """Checks six digits. Raises `BadRequest`, with one text for every reason."""
    row, user = _load(code_id, purposes, now)
    # Counted before it is looked at, so that many guesses at once are no way round the limits.
    _count_try(row, now)
    _count_wrong(row.purpose, row.user_id, now)
    if not hashing.same(row.code_hash, hashing.hash_code(code_id, code)) or user is None:
        raise BadRequest(WRONG)
    return Proof(row, user, counted=True)


def check_link(link_token: str, purposes: tuple[Purpose, ...], now: datetime) -> Proof:
    """Checks a link's token. Raises `BadRequest`, with one text for every reason."""
    try:
        code_id = UUID(hex=link_token.partition(".")[0])
    except (ValueError, binascii.Error) as error:
        raise BadRequest(WRONG) from error
    row, user = _load(code_id, purposes, now)
    if not hashing.same(row.link_hash, hashing.hash_token(link_token)) or user is None:
        raise BadRequest(WRONG)
    return Proof(row, user, counted=False)


def _load(code_id: UUID, purposes: tuple[Purpose, ...], now: datetime) -> tuple[Code, User | None]:
    try:
        row = Code.get(code_id, consistent_read=True)
    except DoesNotExist as error:
        raise BadRequest(WRONG) from error
    user = people.find(row.user_id) if row.user_id else None
    if row.purpose not in purposes or row.valid_until <= now or (user and not _still_counts(row, user)):
        raise BadRequest(WRONG)
    return row, user


def _still_counts(row: Code, user: User) -> bool:
    if user.status == "disabled":
        return False
    if row.purpose == "invitation":
        return user.password is None
    # Who lost an address, and gave it up here, is not to lose the account by what was sent to it before.
    reaches_user = row.purpose != "reset" or _leads_to(row.destination, user)
    return reaches_user and rules.code_counts(_sent(row.purpose, user.id), str(row.id))


def _leads_to(destination: str, user: User) -> bool:
    if "@" in destination:
        return people.email_name(destination) == people.email_name(user.email)
    return bool(user.mobile_verified) and people.profile_of(user).mobile_number == destination


def _count_try(row: Code, now: datetime) -> None:
    try:
        row.update([Code.tries.add(1)], condition=(Code.tries < rules.CODE_TRIES) & (Code.valid_until > now))
    except UpdateError as error:
        raise _wrong_or(error) from error


def _count_wrong(purpose: str, user_id: UUID | None, now: datetime) -> None:
    if user_id is None:
        return
    budget = CodeBudget(owner=_owner(purpose, user_id))
    today = f"{now:%Y-%m-%d}"
    try:
        budget.update(
            [CodeBudget.wrong_day.set(today), CodeBudget.wrong_count.set(0)],
            condition=CodeBudget.wrong_day.does_not_exist() | (CodeBudget.wrong_day != today),
        )
    except UpdateError as error:
        if not is_refused(error):
            raise
    try:
        budget.update(
            [CodeBudget.wrong_count.add(1)],
            condition=CodeBudget.wrong_count < rules.WRONG_CODES_A_DAY,
        )
    except UpdateError as error:
        raise _wrong_or(error) from error


def _wrong_or(error: UpdateError) -> Exception:
    return BadRequest(WRONG) if is_refused(error) else error


def _sent(purpose: str, user_id: UUID) -> list[rules.SentCode]:
    try:
        budget = CodeBudget.get(_owner(purpose, user_id), consistent_read=True)
    except DoesNotExist:
        return []
    return [rules.SentCode(entry.id, entry.sent_at) for entry in budget.sent or ()]


def _owner(purpose: str, user_id: UUID) -> str:
    return f"{purpose}#{user_id}"
