"""Who belongs to an audience."""

from collections.abc import Mapping

from lms.callers import Role
from lms.messages import Audience

ROLES: Mapping[Audience, tuple[Role, ...]] = {
    "everybody": ("student", "teacher", "admin"),
    "students": ("student",),
    "teachers": ("teacher",),
}
