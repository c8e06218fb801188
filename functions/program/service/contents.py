"""What is taught in a course, as each caller may see it: the table of contents, a chapter, the exams to come."""

from uuid import UUID

from lms import access, roster
from lms.callers import Caller
from lms.dynamo import Key, read_together
from lms.errors import NotFound
from lms.outline import Lesson, Module, Outline, OutlineItem, Subtopic
from program.schemas import ChapterView, CourseDetails, SubtopicView, TopicView
from program.service import courses
from program.tables import Course


class ChapterNotFound(NotFound):
    detail = "There is no such chapter in this course."


def details(course_id: UUID, caller: Caller) -> CourseDetails:
    """A course with its table of contents; raises `CourseNotFound`.

    Unpublished parts are for its teachers and administrators, links for those who belong to it.
    """
    course, outline, links = _read(course_id, caller)
    chapters = [_chapter(module, links) for module in outline.modules]
    return CourseDetails.model_validate({**course.attribute_values, "table_of_contents": chapters})


def chapter(course_id: UUID, chapter_id: UUID, caller: Caller) -> ChapterView:
    """One chapter, under the rules of `details`; raises `ChapterNotFound` also for one that the caller may not see."""
    _, outline, links = _read(course_id, caller)
    module = next((module for module in outline.modules if module.id == chapter_id), None)
    if module is None:
        raise ChapterNotFound
    return _chapter(module, links)


def _read(course_id: UUID, caller: Caller) -> tuple[Course, Outline, bool]:
    """The course, what the caller may see of its outline, and whether with links: in one read."""
    keys: list[Key] = [(Course, course_id, None), (OutlineItem, course_id, None)]
    if caller.role != "admin":
        keys.append(roster.membership_key(caller.role, caller.id, course_id))
    course, item, *membership = read_together(keys)
    course = courses.present(course)
    outline = item.outline() if item else Outline()
    access_level = access.course_access(caller, next(iter(membership), None))
    return course, outline if access_level == "teacher" else outline.published(), access_level is not None


def _chapter(module: Module, links: bool) -> ChapterView:
    return ChapterView(
        chapter_id=module.id, title=module.title, topics=[_topic(lesson, links) for lesson in module.lessons]
    )


def _topic(lesson: Lesson, links: bool) -> TopicView:
    return TopicView(
        topic_id=lesson.id, title=lesson.title, subtopics=[_subtopic(subtopic, links) for subtopic in lesson.subtopics]
    )


def _subtopic(subtopic: Subtopic, links: bool) -> SubtopicView:
    return SubtopicView(
        subtopic_id=subtopic.id,
        title=subtopic.title,
        github_repo_link=subtopic.github_repo_link if links else None,
        video_link=subtopic.video_link if links else None,
    )
