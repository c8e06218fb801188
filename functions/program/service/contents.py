"""What a course teaches, as each caller may see it: the table of contents, a chapter."""

from uuid import UUID

from lms import access, roster
from lms.assets import show as show_asset
from lms.callers import Caller
from lms.curriculum import Module
from lms.dynamo import Key, read_together
from lms.errors import NotFound
from lms.outline import Outline, outline_key
from program.schemas import CatalogueCourse, ChapterView, CourseDetails
from program.service import courses, views
from program.service.views import Shown
from program.tables import Course


class ChapterNotFound(NotFound):
    detail = "There is no such chapter in this course."


def details(course_id: UUID, caller: Caller) -> CourseDetails:
    """A course with its table of contents; raises `CourseNotFound`.

    Unpublished parts are for its teachers and administrators, links and files for those who belong to it.
    """
    shown, outline, enrollment = _read(course_id, caller)
    chapters = [_chapter(module) for module in outline.modules]
    [fields] = views.fields_of([shown])
    own = enrollment.status if enrollment else None
    return CourseDetails.model_validate({**fields, "own_enrollment": own, "table_of_contents": chapters})


def in_catalogue(course_id: UUID) -> CatalogueCourse:
    """A course as anybody may see it, with the titles of its published parts; raises `CourseNotFound`."""
    course, item, seats, teachers = read_together(
        [(Course, course_id, None), outline_key(course_id), *views.keys_beside(course_id)]
    )
    shown = Shown(courses.present(course), seats, teachers)
    outline = item.outline().published().without_links() if item else Outline()
    [fields] = views.fields_of([shown])
    return CatalogueCourse.model_validate({**fields, "table_of_contents": [_chapter(one) for one in outline.modules]})


def chapter(course_id: UUID, chapter_id: UUID, caller: Caller) -> ChapterView:
    """One chapter, under the rules of `details`; raises `ChapterNotFound` also for one that the caller may not see."""
    _, outline, _ = _read(course_id, caller)
    module = next((module for module in outline.modules if module.id == chapter_id), None)
    if module is None:
        raise ChapterNotFound
    return _chapter(module)


def _chapter(module: Module) -> ChapterView:
    chapter = module.as_chapter()
    for topic, lesson in zip(chapter["topics"], module.lessons, strict=True):
        topic["asset"] = show_asset(lesson.asset, lesson.title)
    return ChapterView.model_validate(chapter)


def _read(course_id: UUID, caller: Caller) -> tuple[Shown, Outline, roster.Membership | None]:
    """The course, what the caller may see of its outline, and a student's enrolment, in one read."""
    keys: list[Key] = [(Course, course_id, None), outline_key(course_id), *views.keys_beside(course_id)]
    if caller.role != "admin":
        keys.append(roster.membership_key(caller.role, caller.id, course_id))
    course, item, seats, teachers, *memberships = read_together(keys)
    membership = next(iter(memberships), None)
    enrollment = membership if caller.role == "student" else None
    shown = Shown(courses.present(course), seats, teachers)
    outline = item.outline() if item else Outline()
    match access.course_access(caller, membership):
        case "teacher":
            return shown, outline, enrollment
        case "member":
            return shown, outline.published(), enrollment
        case None:
            return shown, outline.published().without_links(), enrollment
