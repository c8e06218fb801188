"""Accounts and profiles: made, shown, changed, disabled, erased."""

from datetime import datetime
from uuid import UUID

from auth import hashing, kong, rules
from auth.schemas import NameField, NewUser, ProfileUpdate, ProfileView, Registered, Registration, UserView
from auth.service import administrators, authentication, codes, gateway, passwords, people, sessions, throttle
from auth.tables import Guard, Profile, User
from lms import event_secrets, roster
from lms.dynamo import Transaction, next_version, retry_stale, transaction
from lms.errors import Conflict, Forbidden
from lms.etags import Precondition, require_match
from lms.events import MobileChange, UserDisabled, UserEnabled, UserErased, UserRegistered
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit
from lms.pages import Page, PageRequest, query_page
from lms.texts import address_key

_FIRST_ADMIN = "first-admin"
_STATUSES: tuple[rules.Status, ...] = ("active", "provisioning", "disabled")
_TYPES = ("student", "teacher", "admin")
_TOLD_FIELDS = ("name", "mobile_number", "city", "country", "additional_details")


@retry_stale
def register(form: Registration, now: datetime) -> Registered:
    """Registers a student.

    Raises `Forbidden` for any other type, `Conflict` for a username or e-mail that is taken, and for a reserved name.
    """
    passwords.require_strong(form.password, form.username, form.email, field="password")
    if form.is_type != "student":
        raise Forbidden("Students alone register themselves; an administrator registers everybody else.")
    if rules.is_reserved(form.username):
        raise Conflict("This username is reserved; choose another.", code="username-reserved")
    user = _new_user(form.username, form.email, "student", now)
    user.password = hashing.hash_password(form.password)
    with transaction() as tx:
        _store(tx, user, form, None, now)
    return Registered(message="Registered. The account can be used in a moment.", user_id=user.id)


@retry_stale
def invite(form: NewUser, idempotent: IdempotentAnswer, now: datetime) -> Registered:
    """Registers a person of any type, who gets a link to set a password. Raises `Conflict` as `register` does."""
    user = _new_user(form.username, form.email, form.is_type, now)
    answer = Registered(message="Registered. An invitation is on its way.", user_id=user.id)
    with transaction() as tx:
        _store(tx, user, form, codes.make("invitation", user, user.email, now), now)
        idempotent.record(tx, answer, location=f"/auth/profile/{user.id}")
    return answer


@retry_stale
def create_first_admin(form: NewUser, now: datetime) -> Registered:
    """As `invite`, for an administrator while there is no active one.

    Whoever was invited so before and never used the invitation makes way: their address may have been mistyped.
    Raises `Conflict` once there is an active administrator, and as `register` does.
    """
    if administrators.any_active():
        raise Conflict("There is an active administrator already.", code="admin-exists")
    before = people.holder(_FIRST_ADMIN)
    invited = people.find(before) if before else None
    message = "Registered. An invitation is on its way."
    if invited is not None and invited.password is None and invited.status in ("provisioning", "active"):
        _require_free(people.login_name(form.username), invited, _username_taken())
        _require_free(people.email_name(form.email), invited, _email_taken())
        message = f"The invitation to {invited.email} was never used and is withdrawn. A new one is on its way."
        _erase(invited, None, now)
    user = _new_user(form.username, form.email, "admin", now)
    with transaction() as tx:
        unchanged = Guard.name.does_not_exist() if before is None else Guard.user_id == before
        tx.put(Guard(name=_FIRST_ADMIN, user_id=user.id), unchanged)
        _store(tx, user, form, codes.make("invitation", user, user.email, now), now)
    return Registered(message=message, user_id=user.id)


def _new_user(username: str, email: str, is_type: str, now: datetime) -> User:
    return User(
        id=uuid7(),
        username=username,
        email=email,
        is_type=is_type,
        status="provisioning",
        directory=people.directory(is_type, "provisioning"),
        roll_no=rules.new_roll_no() if is_type == "student" else None,
        created_at=now,
        updated_at=now,
    )


def _store(
    tx: Transaction, user: User, form: Registration | NewUser, invitation: codes.NewCode | None, now: datetime
) -> None:
    version = next_version(user)
    profile = Profile(
        user_id=user.id,
        name=form.name or user.username,
        mobile_number=form.mobile_number,
        city=form.city,
        country=form.country,
        additional_details=form.additional_details or {},
    )
    tx.put(user)
    tx.put(profile)
    _guard(tx, people.login_name(user.username), user, _username_taken())
    _guard(tx, people.email_name(user.email), user, _email_taken())
    if user.roll_no:
        _guard(tx, people.login_name(user.roll_no), user, None)
    if invitation:
        tx.put(invitation.row)
    people.put_card(tx, user, profile.name, status="provisioning", version=version)
    people.publish_profile(tx, profile, version=version)
    emit(
        tx,
        UserRegistered(
            version=version,
            user_id=user.id,
            is_type=user.is_type,
            roll_no=user.roll_no,
            person=people.person(user, profile),
            invitation=event_secrets.encrypt_secret(invitation.link_token) if invitation else None,
            invitation_expires_at=invitation.row.valid_until if invitation else None,
        ),
        now,
    )


def _guard(tx: Transaction, name: str, user: User, refuse: Conflict | None) -> None:
    tx.put(Guard(name=name, user_id=user.id), Guard.name.does_not_exist(), refuse=refuse)


def show(user_id: UUID) -> ProfileView:
    """A person's profile; raises `NotFound`."""
    user = people.get(user_id)
    return _view(user, people.profile_of(user))


@retry_stale
def update_profile(
    user_id: UUID,
    update: ProfileUpdate,
    client_ip: str,
    if_match: Precondition,
    now: datetime,
    card_version: int | None = None,
) -> ProfileView:
    """Replaces the given fields, with `card_version` only while the Roster's card has that version.

    A new e-mail address or mobile number has to be confirmed anew.

    Raises `Forbidden` for a wrong password, `Conflict` for an address that is taken, `TooManyRequests` after ten new
    addresses or numbers in a day, `PreconditionFailed`.
    """
    user = people.get(user_id)
    if update.current_password is not None:
        authentication.confirm_password(user, update.current_password, client_ip, now)
    if update.email is not None:
        _require_free(people.email_name(update.email), user, _email_taken())
    require_match(user.version, if_match)
    profile = people.profile_of(user)
    old_mobile, was_verified = profile.mobile_number, user.mobile_verified
    old_email, old_email_verified = user.email, user.email_verified
    for field in update.model_fields_set & set(_TOLD_FIELDS):
        setattr(profile, field, getattr(update, field))
    mobile_change = _mobile_change(old_mobile, profile.mobile_number)
    if mobile_change is not None:
        user.mobile_verified = user.mobile_may_reset = False
    version = next_version(user)
    with transaction() as tx:
        if update.email is not None and update.email != user.email:
            _swap_email(tx, user, update.email)
        if user.email != old_email or mobile_change is not None:
            throttle.count_contact_change(tx, user.id, now)
        if was_verified and not user.mobile_verified:
            tx.delete(Guard(name=people.mobile_name(old_mobile)))
        tx.update(
            user,
            [
                User.email.set(user.email),
                User.email_verified.set(user.email_verified),
                User.mobile_verified.set(user.mobile_verified),
                User.mobile_may_reset.set(user.mobile_may_reset),
                User.updated_at.set(now),
            ],
        )
        tx.put(profile)
        previous = old_email if user.email != old_email else None
        people.put_card(
            tx,
            user,
            profile.name,
            status=user.status,
            version=version,
            previous_email=previous,
            if_version=card_version,
        )
        people.publish_profile(tx, profile, version=version)
        state = people.profile_updated(
            user,
            profile,
            version=version,
            previous_email=previous,
            previous_email_verified=previous is not None and old_email_verified,
            mobile_change=mobile_change,
        )
        emit(tx, state, now)
    user.updated_at = now
    return _view(user, profile)


def _mobile_change(old: str | None, new: str | None) -> MobileChange | None:
    if new == old:
        return None
    return "dropped" if new is None else "set"


def _require_free(name: str, user: User, refuse: Conflict) -> None:
    """The transaction decides; this tells the conflict before anything else is done."""
    if people.holder(name) not in (None, user.id):
        raise refuse


def _username_taken() -> Conflict:
    return Conflict("This username is taken.", code="username-taken")


def _email_taken() -> Conflict:
    return Conflict("This email is taken.", code="email-taken")


def _swap_email(tx: Transaction, user: User, email: str) -> None:
    if people.email_name(email) != people.email_name(user.email):
        _guard(tx, people.email_name(email), user, _email_taken())
        tx.delete(Guard(name=people.email_name(user.email)))
    user.email = email
    # The number was confirmed before this address will be.
    user.email_verified = user.mobile_may_reset = False


def list_users(is_type: str | None, status: rules.Status | None, paging: PageRequest) -> Page[UserView]:
    """Users by type, then status, in the order of their registration."""
    partitions = [
        people.directory(kind, state)
        for kind in ([is_type] if is_type else _TYPES)
        for state in ([status] if status else _STATUSES)
    ]
    users, after = query_page(User.directory_index, partitions, paging)
    return paging.page([_line(user) for user in users], after)


def find_users(
    field: NameField, value: str, is_type: str | None, status: rules.Status | None, paging: PageRequest
) -> Page[UserView]:
    """The one user who has exactly this username, roll number or e-mail address, as a list."""
    user = people.find_by_name(people.email_name(value) if field == "email" else people.login_name(value))
    # Usernames and roll numbers share one space of names: the name found may be of the other kind.
    if user is None or address_key(getattr(user, field) or "") != address_key(value):
        return paging.page([], None)
    is_meant = user.is_type == (is_type or user.is_type) and user.status == (status or user.status)
    return paging.page([_line(user)] if is_meant else [], None)


def _line(user: User) -> UserView:
    return UserView.model_validate(user, from_attributes=True)


@retry_stale
def set_status(
    user_id: UUID, status: rules.Status, admin_id: UUID, if_match: Precondition, now: datetime
) -> ProfileView:
    """Disables or enables a user. A disabled one's tokens end at the gateway before this returns.

    Raises `Conflict` for oneself, for the last active administrator and while the account is being set up, and
    `GatewayUnavailable`.
    """
    user = people.get(user_id)
    if user_id == admin_id:
        raise Conflict("You cannot change your own status.", code="own-account")
    if user.status == "provisioning":
        raise Conflict("The account is still being set up.", code="provisioning", headers={"Retry-After": "1"})
    require_match(user.version, if_match)
    profile = people.profile_of(user)
    if user.status != status:
        if status == "disabled":
            _disable(user, profile, administrators.claim(user, admin_id, now), now)
        else:
            _enable(user, profile, now)
        user.refresh(consistent_read=True)
    return _view(user, profile)


def _disable(user: User, profile: Profile, claimed: Guard | None, now: datetime) -> None:
    # The gateway first: if it cannot be told, nothing is changed, and nobody believes it was.
    gateway.delete_credentials(user.id)
    version = next_version(user)
    with transaction() as tx:
        administrators.use(claimed, tx)
        tx.update(user, [*people.place(user, "disabled"), *sessions.end_sessions(user, None), User.updated_at.set(now)])
        people.put_card(tx, user, profile.name, status="disabled", version=version)
        emit(tx, UserDisabled(version=version, user_id=user.id), now)


def _enable(user: User, profile: Profile, now: datetime) -> None:
    version = next_version(user)
    with gateway.replaced_credential(user) as credential, transaction() as tx:
        tx.update(
            user, [*people.place(user, "active"), *sessions.end_sessions(user, credential), User.updated_at.set(now)]
        )
        people.put_card(tx, user, profile.name, status="active", version=version)
        emit(tx, UserEnabled(version=version, user_id=user.id), now)


@retry_stale
def erase(user_id: UUID, admin_id: UUID, if_match: Precondition, now: datetime) -> None:
    """Erases a user: personal data, sign-in, place at the gateway. A tombstone with the version stays.

    Raises `Conflict` for oneself and the last active administrator, `NotFound` the second time, `GatewayUnavailable`
    with nothing changed.
    """
    user = people.get(user_id)
    if user_id == admin_id:
        raise Conflict("You cannot erase your own account.", code="own-account")
    require_match(user.version, if_match)
    _erase(user, administrators.claim(user, admin_id, now), now)


def _erase(user: User, claimed: Guard | None, now: datetime) -> None:
    profile = people.profile_of(user)
    kong.delete_consumer(user.id)
    version = next_version(user)
    with transaction() as tx:
        administrators.use(claimed, tx)
        tx.update(
            user,
            [
                *people.place(user, "erased"),
                *sessions.end_sessions(user, None),
                *(field.remove() for field in (User.username, User.email, User.password, User.roll_no)),
                User.consumer_id.remove(),
                User.updated_at.set(now),
            ],
        )
        tx.delete(profile)
        for name in _guards_of(user, profile):
            tx.delete(Guard(name=name))
        roster.remove_user(tx, user.id, email=user.email, roll_no=user.roll_no)
        emit(tx, UserErased(version=version, user_id=user.id), now)


def _guards_of(user: User, profile: Profile) -> list[str]:
    names = [people.login_name(user.username), people.email_name(user.email)]
    if user.roll_no:
        names.append(people.login_name(user.roll_no))
    if user.mobile_verified and profile.mobile_number:
        names.append(people.mobile_name(profile.mobile_number))
    return names


def _view(user: User, profile: Profile) -> ProfileView:
    return ProfileView(
        id=user.id,
        user_id=user.id,
        username=user.username,
        email=user.email,
        email_verified=user.email_verified,
        is_type=user.is_type,
        status=user.status,
        roll_no=user.roll_no,
        name=profile.name,
        mobile_number=profile.mobile_number,
        mobile_verified=user.mobile_verified,
        city=profile.city,
        country=profile.country,
        additional_details=profile.additional_details or {},
        version=user.version,
        created_at=user.created_at,
        updated_at=user.updated_at,
    )
