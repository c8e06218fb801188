"""Confirming an e-mail address or a mobile number by a code sent to it."""

from datetime import datetime
from math import ceil
from uuid import UUID

from auth.rules import CODES_A_DAY, CODES_AN_HOUR
from auth.schemas import StartVerification
from auth.service import authentication, code_budgets, codes, publishing, users
from auth.service.reserved_names import MobileNumberTaken, mobile_name, reserve
from auth.tables import User
from lms import roster
from lms.dynamo import retry_stale, transaction
from lms.errors import Conflict, TooManyRequests
from lms.events.users import CodeChannel, MobileChange, UserVerificationRequested
from lms.outbox import emit


class NoMobileNumber(Conflict):
    code = "no-mobile-number"
    detail = "Your profile has no mobile number."


class AlreadyConfirmed(Conflict):
    code = "already-confirmed"
    detail = "This is already confirmed."


class TooManyCodes(TooManyRequests):
    detail = f"We send at most {CODES_AN_HOUR} codes an hour and {CODES_A_DAY} a day."


@retry_stale
def start(user_id: UUID, request: StartVerification, client_ip: str, now: datetime) -> UUID:
    """Sends a code to the caller's address or number; answers the id that goes with the code.

    A number that was confirmed before the address may be confirmed again: only then codes for a new password go to it.
    Raises `WrongPassword`, `NoMobileNumber`, `AlreadyConfirmed` and `TooManyCodes`.
    """
    user = users.get(user_id)
    if request.current_password is not None:
        authentication.confirm_password(user, request.current_password, client_ip, now)
    by_mail = request.channel == "email"
    destination = user.email if by_mail else users.profile_of(user).mobile_number
    if destination is None:
        raise NoMobileNumber
    confirmed_for_good = user.mobile_verified and (user.mobile_may_reset or not user.email_verified)
    if user.email_verified if by_mail else confirmed_for_good:
        raise AlreadyConfirmed
    channel: CodeChannel = "email" if by_mail else "sms"
    new = codes.make("verify_email" if by_mail else "verify_mobile", user, destination, now)
    budgets = code_budgets.read(new.row, channel)
    if wait := budgets.wait(now):
        raise TooManyCodes(retry_after=ceil(wait.total_seconds()))
    codes.send(new, user, budgets, channel, UserVerificationRequested, now, with_link=False)
    return new.row.id


@retry_stale
def verify(user_id: UUID, verify_id: UUID, code: str, now: datetime) -> bool:
    """Confirms the address or number that the code was sent to. Whether codes for a new password go there from now on.

    Raises `WrongCode` for a code that is wrong or another user's, and `MobileNumberTaken`.
    """
    proof = codes.check_code(verify_id, code, ("verify_email", "verify_mobile"), now, owner_id=user_id)
    user, profile = proof.user, proof.profile
    mobile_change: MobileChange | None = None
    with proof.in_use(), transaction() as tx:
        proof.spend(tx)
        if proof.row.purpose == "verify_email":
            user.email_verified = True
            version = tx.update(user, [User.email_verified.set(True), User.updated_at.set(now)])
            roster.confirm_email(tx, user.id, user.email, version=version)
        else:
            user.mobile_verified, user.mobile_may_reset, mobile_change = True, user.email_verified, "confirmed"
            version = tx.update(
                user,
                [
                    User.mobile_verified.set(True),
                    User.mobile_may_reset.set(user.mobile_may_reset),
                    User.updated_at.set(now),
                ],
            )
            reserve(tx, mobile_name(profile.mobile_number), user, MobileNumberTaken(), again=True)
        event = publishing.profile_updated(user, profile, version=version, mobile_change=mobile_change)
        emit(tx, event, now)
    return mobile_change is None or bool(user.mobile_may_reset)
