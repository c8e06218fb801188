"""Lessons: listed, made, changed, deleted; their files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from content import rules
from content.schemas import LessonUpdate, LessonView, NewLesson, SubtopicView, Upload
from content.service import assets, modules
from content.service.outlines import Course, PartNotFound, course_of, save
from content.tables import LessonText
from lms import markdown_images
from lms.assets import ContentType
from lms.assets import show as show_asset
from lms.callers import Caller
from lms.curriculum import Lesson, Module
from lms.dynamo import Transaction, read_together, retry_stale, transaction
from lms.etags import Precondition, require_match
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.pages import Page, PageRequest, slice_page


def list_lessons(module_id: UUID, caller: Caller, paging: PageRequest) -> tuple[Page[LessonView], int]:
    """The lessons of a module that the caller sees, in order, and the outline's version."""
    course, module = modules.find(module_id, caller)
    page, after = slice_page(module.lessons, lambda lesson: lesson.id, paging)
    if rules.that_fit(page) < len(page):
        page, after = slice_page(module.lessons, lambda lesson: lesson.id, paging.shortened(rules.that_fit(page)))
    version, texts = course.outline.version, texts_of(page)
    views = [_view(module.id, module.lessons, lesson, texts.get(lesson.id), version) for lesson in page]
    return paging.page(views, after), version


def show(lesson_id: UUID, caller: Caller) -> LessonView:
    """A lesson; raises `PartNotFound` also for one that the caller may not see."""
    course, module, lesson = _find(lesson_id, caller)
    text = texts_of([lesson]).get(lesson_id)
    return _view(module.id, module.lessons, lesson, text, course.outline.version)


def texts_of(lessons: Sequence[Lesson]) -> dict[UUID, LessonText]:
    """The texts of those lessons that have one, by lesson."""
    with_text = [lesson.id for lesson in lessons if lesson.text_size]
    found = read_together([(LessonText, lesson_id, None) for lesson_id in with_text])
    return {row.lesson_id: row for row in found if row is not None}


@retry_stale
def add(module_id: UUID, caller: Caller, body: NewLesson, idempotent: IdempotentAnswer, now: datetime) -> LessonView:
    """Adds a lesson where `body.position` says, else as the last."""
    course, module = modules.find(module_id, caller)
    subtopics = rules.subtopics_of(body.subtopic_drafts() or (), (), uuid7)
    lesson_id = uuid7()
    text = LessonText(lesson_id, text=body.text) if body.text else None
    lesson = Lesson(
        id=lesson_id, created_at=now, updated_at=now, subtopics=subtopics, text_size=size_of(text), **body.fields()
    )
    rules.require_size(lesson)
    lessons = rules.with_part(module.lessons, lesson, body.position)
    with transaction() as tx:
        version = save(tx, course, rules.with_lessons(course.outline.modules, module, lessons, now), now)
        _put_text(tx, lesson.id, text)
        answer = _view(module_id, lessons, lesson, text, version)
        idempotent.record(tx, answer, location=location(answer))
    return answer


def location(lesson: LessonView) -> str:
    return f"/lessons/{lesson.id}"


@retry_stale
def change(lesson_id: UUID, caller: Caller, body: LessonUpdate, if_match: Precondition, now: datetime) -> LessonView:
    """Replaces the fields given, and moves the lesson within its module when a position is given."""
    course, module, lesson = _find(lesson_id, caller)
    require_match(course.outline.version, if_match)
    old_text = texts_of([lesson]).get(lesson_id)
    text = _changed_text(lesson_id, old_text, body)
    fields = {**_fields(course.id, lesson, body), "text_size": size_of(text)}
    if text is not old_text:
        fields["updated_at"] = now
    lesson = rules.changed(lesson, fields, now)
    rules.require_size(lesson)
    lessons = rules.with_part(module.lessons, lesson, body.position)
    with transaction() as tx:
        version = save(tx, course, rules.with_lessons(course.outline.modules, module, lessons, now), now)
        if text is not old_text:
            _put_text(tx, lesson_id, text)
    return _view(module.id, lessons, lesson, text, version)


def _changed_text(lesson_id: UUID, old: LessonText | None, body: LessonUpdate) -> LessonText | None:
    if "text" not in body.model_fields_set or (old is not None and body.text == old.text):
        return old
    return LessonText(lesson_id, text=body.text, images=old.images if old else {}) if body.text else None


def _put_text(tx: Transaction, lesson_id: UUID, text: LessonText | None) -> None:
    if text is None:
        tx.delete(LessonText(lesson_id))
    else:
        tx.put(text)


def size_of(text: LessonText | None) -> int:
    """How many bytes a text takes."""
    return len(text.text.encode()) if text else 0


def _fields(course_id: UUID, lesson: Lesson, body: LessonUpdate) -> dict[str, Any]:
    fields = body.fields()
    drafts = body.subtopic_drafts()
    if drafts is not None:
        fields["subtopics"] = rules.subtopics_of(drafts, lesson.subtopics, uuid7)
    if "asset" in body.model_fields_set:
        known = lesson.asset if lesson.asset and lesson.asset.key == body.asset else None
        fields["asset"] = None if body.asset is None else known or assets.accept(course_id, lesson.id, body.asset)
    return fields


@retry_stale
def delete(lesson_id: UUID, caller: Caller, if_match: Precondition, now: datetime) -> None:
    course, module, lesson = _find(lesson_id, caller)
    require_match(course.outline.version, if_match)
    lessons = rules.without(module.lessons, lesson.id)
    with transaction() as tx:
        _put_text(tx, lesson_id, None)
        save(tx, course, rules.with_lessons(course.outline.modules, module, lessons, now), now)


def upload(lesson_id: UUID, caller: Caller, content_type: ContentType, file_name: str | None) -> Upload:
    """A form to upload a lesson's file with; nothing changes until the lesson names its key."""
    course, _, _ = _find(lesson_id, caller)
    return assets.upload_form(course.id, lesson_id, content_type, file_name)


def _find(lesson_id: UUID, caller: Caller) -> tuple[Course, Module, Lesson]:
    course = course_of(lesson_id, caller)
    found = rules.find_lesson(course.visible.modules, lesson_id)
    if found is None:
        raise PartNotFound
    return course, *found


def _view(
    module_id: UUID, siblings: Sequence[Lesson], lesson: Lesson, text: LessonText | None, version: int
) -> LessonView:
    return LessonView(
        id=lesson.id,
        module_id=module_id,
        title=lesson.title,
        content_url=lesson.content_url,
        duration=lesson.duration,
        position=[sibling.id for sibling in siblings].index(lesson.id),
        published=lesson.published,
        asset=show_asset(lesson.asset, lesson.title),
        text=text.text if text else None,
        images=markdown_images.show(text.images, text.text) if text else {},
        subtopics=[SubtopicView.model_validate(subtopic) for subtopic in lesson.subtopics],
        version=version,
        created_at=lesson.created_at,
        updated_at=lesson.updated_at,
    )
