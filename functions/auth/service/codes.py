"""Codes and links: made, sent by event, checked, spent. The callers decide what a right one is good for."""

import binascii
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from auth import hashing, rules
from auth.rules import Purpose
from auth.service import code_budgets, users
from auth.service.code_budgets import Budgets
from auth.service.reserved_names import email_name, mobile_name
from auth.tables import Code, CodeBudget, Profile, ReservedName, User
from lms import event_secrets
from lms.dynamo import Transaction, read_together, transaction
from lms.errors import BadRequest
from lms.events.users import CodeChannel, UserCodeRequested
from lms.outbox import emit


class WrongCode(BadRequest):
    """One text for every reason, so that it says nothing about which codes exist."""

    detail = "The code or link is wrong, has been used, or has expired."


@dataclass(frozen=True)
class NewCode:
    """A code and a link that count for the same thing. Only their hashes are stored."""

    row: Code
    destination: str
    code: str
    link_token: str


def make(purpose: Purpose, user: User | None, destination: str, now: datetime) -> NewCode:
    """A new code for the caller to store. Without a user it is one that nobody gets, and behaves like any other."""
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
        expires_at=valid_until + code_budgets.KEPT,
    )
    return NewCode(row, destination, code, link_token)


def send(
    new: NewCode,
    user: User,
    budgets: Budgets,
    channel: CodeChannel,
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
        budgets.count(tx, new.row, now)
        version = tx.update(user, [User.updated_at.set(now)])
        emit(
            tx,
            event(
                version=version,
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


def store_unsent(new: NewCode) -> None:
    """Stores a code that nobody gets, by as much work as `send`."""
    for text in (new.code, new.link_token):
        event_secrets.encrypt_secret(text)
    with transaction() as tx:
        tx.put(new.row)
        for _ in range(3):
            code_budgets.require_none(tx, "reset", uuid4())
        tx.check(User, uuid4(), None, User.id.does_not_exist())
        tx.check(ReservedName, mobile_name(str(uuid4())), None, ReservedName.name.does_not_exist())


@dataclass(frozen=True)
class Proof:
    """A code or link that was right; `spend` uses it up in the transaction of what it was good for."""

    row: Code
    user: User
    profile: Profile
    counted: bool

    @property
    def channel(self) -> CodeChannel:
        """Where the code or link was read: in the mail to the user's address, or in an SMS."""
        return "email" if self.row.destination_hash == _destination_hash(self.user.email) else "sms"

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Around the change that the code is good for: when the change fails, the code can be used again."""
        try:
            yield
        except Exception:
            # Whatever made the change fail, the code was right.
            if self.counted:
                self.row.update_if(Code.tries > 0, [Code.tries.add(-1)])
                code_budgets.undo_wrong(self.row)
            raise

    def spend(self, tx: Transaction) -> None:
        """Ends the code with its link, and every other one that was sent for the same purpose."""
        tx.delete(self.row, Code.link_hash.exists(), refuse=WrongCode())
        if self.row.purpose != "invitation":
            code_budgets.empty(tx, self.row, undo_wrong=self.counted)


def check_code(
    code_id: UUID, code: str, purposes: tuple[Purpose, ...], now: datetime, *, owner_id: UUID | None = None
) -> Proof:
    """Checks six digits, which with `owner_id` must have been sent to that user. Raises `WrongCode`."""
    row = _load(code_id, purposes, now)
    if owner_id is not None and row.user_id != owner_id:
        raise WrongCode
    proof = _proof(row, counted=True)
    # Counted before it is looked at, so that many guesses at once are no way round the limits.
    if not _count_try(row, now) or not code_budgets.count_wrong(row, now):
        raise WrongCode
    if proof is None or not hashing.same(row.code_hash, hashing.hash_code(code_id, code)):
        raise WrongCode
    return proof


def check_link(link_token: str, purposes: tuple[Purpose, ...], now: datetime) -> Proof:
    """Checks a link's token. Raises `WrongCode`."""
    try:
        code_id = UUID(hex=link_token.partition(".")[0])
    except (ValueError, binascii.Error) as error:
        raise WrongCode from error
    row = _load(code_id, purposes, now)
    proof = _proof(row, counted=False)
    if proof is None or not hashing.same(row.link_hash, hashing.hash_token(link_token)):
        raise WrongCode
    return proof


def _load(code_id: UUID, purposes: tuple[Purpose, ...], now: datetime) -> Code:
    row = Code.find(code_id)
    if row is None or row.purpose not in purposes or row.valid_until <= now:
        raise WrongCode
    return row


def _proof(row: Code, *, counted: bool) -> Proof | None:
    """What a right code proves; None when the code no longer counts. As much is read for a code that nobody got."""
    user, profile, budget = read_together(
        [(User, row.user_id, None), (Profile, row.user_id, None), code_budgets.key_of(row)]
    )
    if user is None or user.status in ("disabled", "erased"):
        return None
    proof = Proof(row, user, profile or users.empty_profile(user), counted)
    return proof if _still_counts(proof, budget) else None


def _still_counts(proof: Proof, budget: CodeBudget | None) -> bool:
    # Someone who lost an address and replaced it here must not lose the account by what was sent there before.
    if proof.row.destination_hash not in map(_destination_hash, _destinations(proof)):
        return False
    if proof.row.purpose == "invitation":
        return proof.user.password is None
    return budget is not None and rules.code_counts(code_budgets.sent(budget), str(proof.row.id))


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


def _count_try(row: Code, now: datetime) -> bool:
    return row.update_if((Code.tries < rules.CODE_TRIES) & (Code.valid_until > now), [Code.tries.add(1)])


def _destination_hash(destination: str) -> str:
    return hashing.hash_name(email_name(destination) if "@" in destination else mobile_name(destination))
