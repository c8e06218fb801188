"""What messages say of a course."""

from uuid import UUID

from lms import roster


def course_title(course_id: UUID) -> str | None:
    """The title of a course; None while there is none."""
    card = roster.find_course(course_id)
    return card.title or None if card is not None else None
