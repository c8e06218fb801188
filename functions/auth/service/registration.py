"""Registering users: students by themselves, everyone by invitation, and the first administrator."""

from datetime import datetime
from math import ceil
from uuid import UUID

from auth import hashing, rules
from auth.rules import CODES_A_DAY, CODES_AN_HOUR, Status
from auth.schemas import NewUser, Registered, Registration
from auth.service import accounts, administrators, code_budgets, codes, publishing, search, users
from auth.service.reserved_names import (
    FIRST_ADMIN,
    EmailTaken,
    RollNumberTaken,
    UsernameTaken,
    email_name,
    holder,
    login_name,
    require_free,
    reserve,
)
from auth.tables import Profile, ReservedName, User
from lms import event_secrets
from lms.audit import audit
from lms.callers import Role
from lms.dynamo import Transaction, retry_stale, transaction
from lms.errors import Conflict, Forbidden, TooManyRequests
from lms.events.users import UserInvited, UserRegistered
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.institute import current_institute
from lms.outbox import emit
from lms.refusals import AccountBeingSetUp, AccountDisabled


class OnlyStudentsRegister(Forbidden):
    detail = "Only students can register themselves. An administrator registers everyone else."


class RegistrationClosed(Forbidden):
    code = "registration-closed"
    detail = "The institute has closed registration. Ask it for an invitation."


class ActiveAdminExists(Conflict):
    code = "admin-exists"
    detail = "There is already an active administrator."


class AlreadyAccepted(Conflict):
    code = "already-accepted"
    detail = "The user has set a password already."


class TooManyInvitations(TooManyRequests):
    detail = f"We send one person at most {CODES_AN_HOUR} invitations an hour and {CODES_A_DAY} a day."


def require_open() -> None:
    """Raises `RegistrationClosed` where the institute closed it; it may have done so a minute ago."""
    if current_institute().registration == "closed":
        raise RegistrationClosed


@retry_stale
def register(form: Registration, now: datetime) -> Registered:
    """Registers a student.

    Raises `OnlyStudentsRegister` for any other role, `UsernameTaken`, `EmailTaken` and `UsernameReserved`.
    """
    rules.require_strong(form.password, form.username, form.email, field="password")
    if form.role != "student":
        raise OnlyStudentsRegister
    rules.require_not_reserved(form.username)
    user = _new_user(form.username, form.email, "student", "provisioning", now)
    user.roll_no = rules.new_roll_no()
    user.password = hashing.hash_password(form.password)
    with transaction() as tx:
        _store(tx, user, form, None, now)
    return Registered(message="Registered. The account can be used in a moment.", user_id=user.id)


@retry_stale
def invite(form: NewUser, admin_id: UUID | None, idempotent: IdempotentAnswer, now: datetime) -> Registered:
    """Registers a user of any role, who gets a link to set a password.

    Raises `UsernameTaken`, `EmailTaken` and `RollNumberTaken`.
    """
    with transaction() as tx:
        user_id = add_invited(tx, form, admin_id, now)
        answer = Registered(message="Registered. An invitation is on its way.", user_id=user_id)
        idempotent.record(tx, answer, location=location(user_id))
    return answer


def add_invited(tx: Transaction, form: NewUser, admin_id: UUID | None, now: datetime) -> UUID:
    """As `invite`, in a transaction of the caller's, which is refused by the same reasons; the id of the user."""
    user = _new_user(form.username, form.email, form.role, "invited", now)
    if form.role == "student":
        user.roll_no = form.roll_no or rules.new_roll_no()
    _store(tx, user, form, codes.make("invitation", user, user.email, now), now)
    audit(tx, now, "account.created", admin_id, {"user": user.id}, after={"role": user.role})
    return user.id


@retry_stale
def invite_again(user_id: UUID, now: datetime) -> None:
    """Sends a new link to a user who has not used one; earlier links to the same address stay good for their week.

    Raises `UserNotFound`, `AccountDisabled`, `AlreadyAccepted`, `AccountBeingSetUp` and `TooManyInvitations`.
    """
    user = users.get(user_id)
    if user.status == "disabled":
        raise AccountDisabled
    if user.password is not None:
        raise AlreadyAccepted
    if not users.is_provisioned(user):
        # The first invitation is under way.
        raise AccountBeingSetUp
    new = codes.make("invitation", user, user.email, now)
    budgets = code_budgets.read(new.row, "email")
    if wait := budgets.wait(now):
        raise TooManyInvitations(retry_after=ceil(wait.total_seconds()))
    codes.send(new, user, budgets, "email", UserInvited, now, with_link=True)


@retry_stale
def create_first_admin(form: NewUser, now: datetime) -> Registered:
    """As `invite`, for an administrator while there is no active one.

    An earlier first administrator who never used their invitation is erased: their address may have been mistyped.
    Raises `ActiveAdminExists`, and as `invite` does.
    """
    if administrators.any_active():
        raise ActiveAdminExists
    before = holder(FIRST_ADMIN)
    invited = users.find(before) if before else None
    message = "Registered. An invitation is on its way."
    if invited is not None and invited.status == "invited":
        require_free(login_name(form.username), invited, UsernameTaken())
        require_free(email_name(form.email), invited, EmailTaken())
        message = f"The invitation to {invited.email} was never used and is withdrawn. A new one is on its way."
        accounts.erase_user(invited, None, None, now)
    user = _new_user(form.username, form.email, "admin", "invited", now)
    with transaction() as tx:
        unchanged = ReservedName.name.does_not_exist() if before is None else ReservedName.user_id == before
        tx.put(ReservedName(name=FIRST_ADMIN, user_id=user.id), unchanged)
        _store(tx, user, form, codes.make("invitation", user, user.email, now), now)
        audit(tx, now, "account.created", None, {"user": user.id}, after={"role": user.role})
    return Registered(message=message, user_id=user.id)


def location(user_id: UUID) -> str:
    return f"/auth/users/{user_id}"


def _new_user(username: str, email: str, role: Role, status: Status, now: datetime) -> User:
    return User(
        id=uuid7(),
        username=username,
        email=email,
        role=role,
        status=status,
        directory=users.directory(role, status),
        created_at=now,
        updated_at=now,
    )


def _store(
    tx: Transaction, user: User, form: Registration | NewUser, invitation: codes.NewCode | None, now: datetime
) -> None:
    profile = Profile(
        user_id=user.id,
        name=form.name or user.username,
        mobile_number=form.mobile_number,
        city=form.city,
        country=form.country,
        additional_details=form.additional_details or {},
    )
    version = tx.put(user)
    tx.put(profile)
    search.replace(tx, user, frozenset(), search.words_of(user, profile))
    reserve(tx, login_name(user.username), user, UsernameTaken())
    reserve(tx, email_name(user.email), user, EmailTaken())
    # Many institutes give the roll number as the username.
    if user.roll_no and login_name(user.roll_no) != login_name(user.username):
        reserve(tx, login_name(user.roll_no), user, RollNumberTaken())
    if invitation:
        tx.put(invitation.row)
    publishing.put_card(tx, user, profile, status=user.status, version=version)
    publishing.put_profile(tx, user, profile, version=version)
    emit(
        tx,
        UserRegistered(
            version=version,
            user_id=user.id,
            role=user.role,
            roll_no=user.roll_no,
            person=publishing.person(user, profile),
            invitation=event_secrets.encrypt_secret(invitation.link_token) if invitation else None,
            invitation_expires_at=invitation.row.valid_until if invitation else None,
            language=form.language if isinstance(form, Registration) else None,
        ),
        now,
    )
