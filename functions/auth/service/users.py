"""Finding users and their profiles, and the writes that give a user a status."""

from uuid import UUID, uuid4

from pynamodb.expressions.update import Action

from auth.rules import Status
from auth.service import reserved_names
from auth.tables import Profile, User
from lms.dynamo import read_together
from lms.errors import NotFound
from lms.refusals import AccountDisabled


class UserNotFound(NotFound):
    detail = "This user does not exist."


def find(user_id: UUID) -> User | None:
    """A user by id; None for one who never was, or was erased."""
    return _unless_erased(User.find(user_id))


def find_by_name(name: str) -> User | None:
    """The user who holds a reserved name. As much is read when nobody does, so that its time says nothing."""
    return find(reserved_names.holder(name) or uuid4())


def get(user_id: UUID) -> User:
    """As `find`, but raises `UserNotFound`."""
    user = find(user_id)
    if user is None:
        raise UserNotFound
    return user


def get_with_profile(user_id: UUID) -> tuple[User, Profile]:
    """As `get`, with the profile, in one read."""
    found, profile = read_together([(User, user_id, None), (Profile, user_id, None)])
    user = _unless_erased(found)
    if user is None:
        raise UserNotFound
    return user, profile or empty_profile(user)


def get_active(user_id: UUID) -> User:
    """As `get`, but raises `AccountDisabled`: a disabled user's last request may have passed the gateway in time."""
    user = get(user_id)
    if user.status != "active":
        raise AccountDisabled
    return user


def profile_of(user: User) -> Profile:
    """A user's profile; an empty one for a user who was erased meanwhile."""
    return Profile.find(user.id) or empty_profile(user)


def is_provisioned(user: User) -> bool:
    """Whether the gateway knows the user."""
    return user.consumer_id is not None


def enabled_status(user: User) -> Status:
    """The status of a user who is not disabled: active, or what is missing before they can sign in."""
    if user.password is None:
        return "invited"
    return "active" if is_provisioned(user) else "provisioning"


def _unless_erased(user: User | None) -> User | None:
    return None if user is None or user.status == "erased" else user


def empty_profile(user: User) -> Profile:
    return Profile(user_id=user.id, name=user.username)


def set_status(user: User, status: Status) -> list[Action]:
    """The writes that give a user a status, in the directory too."""
    return [User.status.set(status), User.directory.set(directory(user.role, status))]


def directory(role: str, status: str) -> str:
    """The partition of the directory that users of this role and status are listed in."""
    return f"{role}#{status}"
