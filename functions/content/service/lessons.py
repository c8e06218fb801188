"""Lessons: listed, made, changed, deleted; their files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from content import rules
from content.files import ContentType
from content.schemas import LessonUpdate, LessonView, NewLesson, SubtopicView, Upload
from content.service import assets, modules
from content.service.outlines import Course, PartNotFound, course_of, save
from lms.callers import Caller
from lms.curriculum import Lesson, Module
from lms.dynamo import retry_stale, transaction
from lms.etags import Precondition, require_match
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.pages import Page, PageRequest, slice_page


def list_lessons(module_id: UUID, caller: Caller, paging: PageRequest) -> tuple[Page[LessonView], int]:
    """The lessons of a module that the caller sees, in order, and the outline's version."""
    course, module = modules.find(module_id, caller)
    page, after = slice_page(module.lessons, lambda lesson: lesson.id, paging)
    version = course.outline.version
    return paging.page([_view(module.id, module.lessons, lesson, version) for lesson in page], after), version


@retry_stale
def add(module_id: UUID, caller: Caller, body: NewLesson, idempotent: IdempotentAnswer, now: datetime) -> LessonView:
    """Adds a lesson where `body.position` says, else as the last."""
    course, module = modules.find(module_id, caller)
    subtopics = rules.subtopics_of(body.subtopic_drafts() or (), (), uuid7)
    lesson = Lesson(id=uuid7(), created_at=now, updated_at=now, subtopics=subtopics, **body.fields())
    rules.require_size(lesson)
    lessons = rules.with_part(module.lessons, lesson, body.position)
    with transaction() as tx:
        version = save(tx, course, rules.with_lessons(course.outline.modules, module, lessons, now), now)
        answer = _view(module_id, lessons, lesson, version)
        idempotent.record(tx, answer, location=location(answer))
    return answer


def location(lesson: LessonView) -> str:
    return f"/modules/{lesson.module_id}/lessons"


@retry_stale
def change(lesson_id: UUID, caller: Caller, body: LessonUpdate, if_match: Precondition, now: datetime) -> LessonView:
    """Replaces the fields given, and moves the lesson within its module when a position is given."""
    course, module, lesson = _find(lesson_id, caller)
    require_match(course.outline.version, if_match)
    lesson = rules.changed(lesson, _fields(course.id, lesson, body), now)
    rules.require_size(lesson)
    lessons = rules.with_part(module.lessons, lesson, body.position)
    with transaction() as tx:
        version = save(tx, course, rules.with_lessons(course.outline.modules, module, lessons, now), now)
    return _view(module.id, lessons, lesson, version)


def _fields(course_id: UUID, lesson: Lesson, body: LessonUpdate) -> dict[str, Any]:
    fields = body.fields()
    drafts = body.subtopic_drafts()
    if drafts is not None:
        fields["subtopics"] = rules.subtopics_of(drafts, lesson.subtopics, uuid7)
    if "asset" in body.model_fields_set:
        if body.asset is not None and body.asset != lesson.asset:
            assets.accept(course_id, lesson.id, body.asset)
        fields["asset"] = body.asset
    return fields


@retry_stale
def delete(lesson_id: UUID, caller: Caller, if_match: Precondition, now: datetime) -> None:
    course, module, lesson = _find(lesson_id, caller)
    require_match(course.outline.version, if_match)
    lessons = rules.without(module.lessons, lesson.id)
    with transaction() as tx:
        save(tx, course, rules.with_lessons(course.outline.modules, module, lessons, now), now)


def upload(lesson_id: UUID, caller: Caller, content_type: ContentType) -> Upload:
    """A form to upload a lesson's file with; nothing changes until the lesson names its key."""
    course, _, _ = _find(lesson_id, caller)
    return assets.upload_form(course.id, lesson_id, content_type)


def _find(lesson_id: UUID, caller: Caller) -> tuple[Course, Module, Lesson]:
    course = course_of(lesson_id, caller)
    found = rules.find_lesson(course.visible.modules, lesson_id)
    if found is None:
        raise PartNotFound
    return course, *found


def _view(module_id: UUID, siblings: Sequence[Lesson], lesson: Lesson, version: int) -> LessonView:
    return LessonView(
        id=lesson.id,
        module_id=module_id,
        title=lesson.title,
        content_url=lesson.content_url,
        duration=lesson.duration,
        position=[sibling.id for sibling in siblings].index(lesson.id),
        published=lesson.published,
        asset=assets.view(lesson.asset, lesson.title) if lesson.asset else None,
        subtopics=[SubtopicView.model_validate(subtopic) for subtopic in lesson.subtopics],
        version=version,
        created_at=lesson.created_at,
        updated_at=lesson.updated_at,
    )
