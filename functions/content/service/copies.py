"""The outline of a course that is a copy of another: the same words, links and files, under ids of its own."""

from datetime import datetime

from content import rules
from content.service.lessons import texts_of
from content.service.outlines import Course, save
from content.tables import LessonText
from lms import roster
from lms.dynamo import read_together, retry_stale, transaction
from lms.events.courses import CourseCopied
from lms.outline import outline_key


@retry_stale
def copy_outline(event: CourseCopied, now: datetime) -> None:
    """Gives a copy the present outline of the other course, unless it has one, or is deleted."""
    course_id = event.course_id
    card, known, source = read_together(
        [roster.course_key(course_id), outline_key(course_id), outline_key(event.copied_from)]
    )
    if card is None or known is not None or source is None:
        return
    modules = source.outline().modules
    texts = texts_of([lesson for module in modules for lesson in module.lessons])
    for lesson_id, row in texts.items():
        # Since an earlier delivery it may have been changed.
        copy = LessonText(event.copy_of(lesson_id), text=row.text, images=row.images)
        copy.save_if(LessonText.lesson_id.does_not_exist())
    with transaction() as tx:
        course = Course(course_id, card.title, access=None, item=None)
        save(tx, course, rules.copied(modules, event.copy_of, now), now)
