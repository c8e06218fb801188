"""Confirming an e-mail address or a mobile number by a code sent to it."""

from datetime import datetime
from math import ceil
from typing import Literal
from uuid import UUID

from auth.service import codes, people
from auth.tables import Guard, User
from lms import roster
from lms.dynamo import next_version, retry_stale, transaction
from lms.errors import Conflict, TooManyRequests
from lms.events import Channel, UserVerificationRequested
from lms.outbox import emit


@retry_stale
def start(user_id: UUID, what: Literal["email", "mobile_number"], now: datetime) -> UUID:
    """Sends a code to the caller's address or number. The id that the code goes with.

    Raises `Conflict` when there is nothing to confirm, `TooManyRequests` when too many codes were sent.
    """
    user = people.get(user_id)
    by_mail = what == "email"
    destination = user.email if by_mail else people.profile_of(user).mobile_number
    if destination is None:
        raise Conflict("Your profile has no mobile number.", code="no-mobile-number")
    if user.email_verified if by_mail else user.mobile_verified:
        raise Conflict("This is confirmed already.", code="already-confirmed")
    channel: Channel = "email" if by_mail else "sms"
    new = codes.make("verify_email" if by_mail else "verify_mobile", user, destination, now)
    budgets = codes.budgets_of(new, channel)
    if wait := budgets.wait(now):
        raise TooManyRequests(
            "Three codes an hour, and ten a day, are sent at most.", retry_after=ceil(wait.total_seconds())
        )
    codes.send(new, user, budgets, channel, UserVerificationRequested, now, with_link=False)
    return new.row.id


@retry_stale
def verify(user_id: UUID, verify_id: UUID, code: str, now: datetime) -> None:
    """Confirms the address or number that the code was sent to.

    Raises `BadRequest` for a code that is wrong or another's, `Conflict` for a number that another account confirmed.
    """
    proof = codes.check_code(verify_id, code, ("verify_email", "verify_mobile"), now, owner_id=user_id)
    user, profile = proof.user, proof.profile
    with proof.in_use(), transaction() as tx:
        proof.spend(tx)
        if proof.row.purpose == "verify_email":
            user.email_verified = True
            tx.update(user, [User.email_verified.set(True), User.updated_at.set(now)])
            roster.confirm_email(tx, user.id, user.email, version=next_version(user))
        else:
            user.mobile_verified = True
            tx.update(user, [User.mobile_verified.set(True), User.updated_at.set(now)])
            tx.put(
                Guard(name=people.mobile_name(profile.mobile_number), user_id=user.id),
                Guard.name.does_not_exist() | (Guard.user_id == user.id),
                refuse=Conflict("Another account has confirmed this number.", code="mobile-number-taken"),
            )
        emit(tx, people.profile_updated(user, profile, version=next_version(user)), now)
