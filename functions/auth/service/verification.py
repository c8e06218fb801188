"""Confirming an e-mail address or a mobile number by a code sent to it."""

from datetime import datetime
from math import ceil
from uuid import UUID

from auth.schemas import StartVerification
from auth.service import authentication, codes, people
from auth.tables import Guard, User
from lms import roster
from lms.dynamo import next_version, retry_stale, transaction
from lms.errors import Conflict, TooManyRequests
from lms.events import Channel, MobileChange, UserVerificationRequested
from lms.outbox import emit


@retry_stale
def start(user_id: UUID, request: StartVerification, client_ip: str, now: datetime) -> UUID:
    """Sends a code to the caller's address or number. The id that the code goes with.

    A number that was confirmed before the address may be confirmed again: only then codes for a new password go to it.
    Raises `Forbidden` for a wrong password, `Conflict` when there is nothing to confirm, `TooManyRequests` when too
    many codes were sent.
    """
    user = people.get(user_id)
    if request.current_password is not None:
        authentication.confirm_password(user, request.current_password, client_ip, now)
    by_mail = request.channel == "email"
    destination = user.email if by_mail else people.profile_of(user).mobile_number
    if destination is None:
        raise Conflict("Your profile has no mobile number.", code="no-mobile-number")
    confirmed_for_good = user.mobile_verified and (user.mobile_may_reset or not user.email_verified)
    if user.email_verified if by_mail else confirmed_for_good:
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
def verify(user_id: UUID, verify_id: UUID, code: str, now: datetime) -> bool:
    """Confirms the address or number that the code was sent to. Whether codes for a new password go there from now on.

    Raises `BadRequest` for a code that is wrong or another's, `Conflict` for a number that another account confirmed.
    """
    proof = codes.check_code(verify_id, code, ("verify_email", "verify_mobile"), now, owner_id=user_id)
    user, profile = proof.user, proof.profile
    mobile_change: MobileChange | None = None
    with proof.in_use(), transaction() as tx:
        proof.spend(tx)
        if proof.row.purpose == "verify_email":
            user.email_verified = True
            tx.update(user, [User.email_verified.set(True), User.updated_at.set(now)])
            roster.confirm_email(tx, user.id, user.email, version=next_version(user))
        else:
            user.mobile_verified, user.mobile_may_reset, mobile_change = True, user.email_verified, "confirmed"
            tx.update(
                user,
                [
                    User.mobile_verified.set(True),
                    User.mobile_may_reset.set(user.mobile_may_reset),
                    User.updated_at.set(now),
                ],
            )
            tx.put(
                Guard(name=people.mobile_name(profile.mobile_number), user_id=user.id),
                Guard.name.does_not_exist() | (Guard.user_id == user.id),
                refuse=Conflict("Another account has confirmed this number.", code="mobile-number-taken"),
            )
        state = people.profile_updated(user, profile, version=next_version(user), mobile_change=mobile_change)
        emit(tx, state, now)
    return mobile_change is None or bool(user.mobile_may_reset)
