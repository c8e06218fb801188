"""Confirming an e-mail address or a mobile number by a code sent to it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from auth.service import codes, people
from auth.tables import Guard, User
from lms import roster
from lms.dynamo import next_version, retry_stale, transaction
from lms.errors import BadRequest, Conflict, TooManyRequests
from lms.events import UserVerificationRequested
from lms.outbox import emit

_WAIT_SECONDS = 1200


@retry_stale
def start(user_id: UUID, what: Literal["email", "mobile_number"], now: datetime) -> UUID:
    """Sends a code to the caller's address or number. The id that the code goes with.

    Raises `Conflict` when there is nothing to confirm, `TooManyRequests` after three codes in an hour.
    """
    user = people.get(user_id)
    by_mail = what == "email"
    destination = user.email if by_mail else people.profile_of(user).mobile_number
    if destination is None:
        raise Conflict("Your profile has no mobile number.", code="no-mobile-number")
    if user.email_verified if by_mail else user.mobile_verified:
        raise Conflict("This is confirmed already.", code="already-confirmed")
    new = codes.make("verify_email" if by_mail else "verify_mobile", user, destination, now)
    if not codes.send(new, user, "email" if by_mail else "sms", UserVerificationRequested, now, with_link=False):
        raise TooManyRequests("Three codes an hour are sent at most.", retry_after=_WAIT_SECONDS)
    return new.row.id


@retry_stale
def verify(user_id: UUID, verify_id: UUID, code: str, now: datetime) -> None:
    """Confirms the address or number that the code was sent to.

    Raises `BadRequest` for a code that is wrong or another's, `Conflict` for a number that another account confirmed.
    """
    proof = codes.check_code(verify_id, code, ("verify_email", "verify_mobile"), now)
    user, row = proof.user, proof.row
    profile = people.profile_of(user)
    by_mail = row.purpose == "verify_email"
    current = user.email if by_mail else profile.mobile_number
    if user.id != user_id or current != row.destination:
        raise BadRequest(codes.WRONG)
    with transaction() as tx:
        proof.spend(tx)
        if by_mail:
            user.email_verified = True
            tx.update(user, [User.email_verified.set(True), User.updated_at.set(now)])
            roster.confirm_email(tx, user.id, user.email, version=next_version(user))
        else:
            user.mobile_verified = True
            tx.update(user, [User.mobile_verified.set(True), User.updated_at.set(now)])
            tx.put(
                Guard(name=people.mobile_name(current), user_id=user.id),
                Guard.name.does_not_exist() | (Guard.user_id == user.id),
                refuse=Conflict("Another account has confirmed this number.", code="mobile-number-taken"),
            )
        emit(tx, people.profile_updated(user, profile, version=next_version(user)), now)
