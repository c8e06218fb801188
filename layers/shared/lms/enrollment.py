"""How a student can belong to a course."""

from typing import Literal, get_args

EnrolledStatus = Literal["active", "completed"]
EnrollmentStatus = Literal["active", "completed", "dropped"]
ENROLLED: tuple[EnrolledStatus, ...] = get_args(EnrolledStatus)
"""Who counts as a student of a course: whoever learns or has learned there. Active first, so that paging through both
meets who completes the course meanwhile at least once."""
