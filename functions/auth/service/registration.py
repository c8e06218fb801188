"""Registering users: students by themselves, everyone by invitation, and the first administrator."""

from datetime import datetime
from uuid import UUID

from auth import hashing, rules
from auth.schemas import NewUser, Registered, Registration
from auth.service import accounts, administrators, codes, publishing, users
from auth.service.reserved_names import (
    FIRST_ADMIN,
    EmailTaken,
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
from lms.errors import Conflict, Forbidden
from lms.events import UserRegistered
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.institute import current_institute
from lms.outbox import emit


class OnlyStudentsRegister(Forbidden):
    detail = "Only students can register themselves. An administrator registers everyone else."


class RegistrationClosed(Forbidden):
    code = "registration-closed"
    detail = "The institute has closed registration. Ask it for an invitation."


class ActiveAdminExists(Conflict):
    code = "admin-exists"
    detail = "There is already an active administrator."


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
    user = _new_user(form.username, form.email, "student", now)
    user.password = hashing.hash_password(form.password)
    with transaction() as tx:
        _store(tx, user, form, None, now)
    return Registered(message="Registered. The account can be used in a moment.", user_id=user.id)


@retry_stale
def invite(form: NewUser, admin_id: UUID | None, idempotent: IdempotentAnswer, now: datetime) -> Registered:
    """Registers a user of any role, who gets a link to set a password. Raises `UsernameTaken` and `EmailTaken`."""
    user = _new_user(form.username, form.email, form.role, now)
    answer = Registered(message="Registered. An invitation is on its way.", user_id=user.id)
    with transaction() as tx:
        _store(tx, user, form, codes.make("invitation", user, user.email, now), now)
        audit(tx, now, "account.created", admin_id, {"user": user.id}, after={"role": user.role})
        idempotent.record(tx, answer, location=f"/auth/profile/{user.id}")
    return answer


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
    if invited is not None and invited.password is None and invited.status in ("provisioning", "active"):
        require_free(login_name(form.username), invited, UsernameTaken())
        require_free(email_name(form.email), invited, EmailTaken())
        message = f"The invitation to {invited.email} was never used and is withdrawn. A new one is on its way."
        accounts.erase_user(invited, None, None, now)
    user = _new_user(form.username, form.email, "admin", now)
    with transaction() as tx:
        unchanged = ReservedName.name.does_not_exist() if before is None else ReservedName.user_id == before
        tx.put(ReservedName(name=FIRST_ADMIN, user_id=user.id), unchanged)
        _store(tx, user, form, codes.make("invitation", user, user.email, now), now)
        audit(tx, now, "account.created", None, {"user": user.id}, after={"role": user.role})
    return Registered(message=message, user_id=user.id)


def _new_user(username: str, email: str, role: Role, now: datetime) -> User:
    return User(
        id=uuid7(),
        username=username,
        email=email,
        role=role,
        status="provisioning",
        directory=users.directory(role, "provisioning"),
        roll_no=rules.new_roll_no() if role == "student" else None,
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
    reserve(tx, login_name(user.username), user, UsernameTaken())
    reserve(tx, email_name(user.email), user, EmailTaken())
    if user.roll_no:
        reserve(tx, login_name(user.roll_no), user)
    if invitation:
        tx.put(invitation.row)
    publishing.put_card(tx, user, profile, status="provisioning", version=version)
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
        ),
        now,
    )
