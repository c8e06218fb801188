"""Parts of imports: modules and lessons that a file from elsewhere brings into an outline, unpublished."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, ValidationError

from content import files, rules
from content.rules import ImportedModule, LeftOut, Modules
from content.service.lessons import size_of
from content.service.outlines import Course, save
from content.tables import AppliedImportPart, LessonText
from lms import markdown_images, roster, uploads
from lms.assets import type_of_name
from lms.curriculum import Asset, Lesson
from lms.dynamo import read_together, retry_stale, transaction
from lms.events.exchange import ImportPartApplied, ImportPartRequested, ItemLeftOut
from lms.field_messages import message_of
from lms.fields import Markdown, Name
from lms.links import Link
from lms.outbox import emit
from lms.outline import OutlineItem, OutlineTooLarge, outline_key
from lms.signatures import SIGNATURE_BYTES


class _File(BaseModel):
    """A file of the package, where exchange put it; `name` is its path in the package."""

    key: str
    name: str


class _Lesson(BaseModel):
    """A lesson as exchange writes it."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    title: Name
    text: Markdown
    link: Link | None
    file: _File | None
    images: dict[str, _File]


def apply(event: ImportPartRequested, now: datetime) -> None:
    """Adds the modules and lessons of a part to the outline, and answers with those left out.

    A part is added once: what teachers deleted of it since does not come again.
    """
    card, done = read_together([roster.course_key(event.course_id), (AppliedImportPart, _part_id(event), None)])
    if card is None or done is not None:
        return
    part = uploads.read(event.key)
    if part is None:
        # The import was deleted, or has expired.
        return
    left_out: list[LeftOut] = []
    modules = [
        ImportedModule(
            id=UUID(module["id"]),
            title=module["title"],
            continues=module["continues"],
            lessons=tuple(_lessons(module["lessons"], event.course_id, left_out, now)),
        )
        for module in json.loads(part)["modules"]
    ]
    _save(event, modules, left_out, now)


@retry_stale
def _save(
    event: ImportPartRequested, modules: Sequence[ImportedModule], unfit: Sequence[LeftOut], now: datetime
) -> None:
    done, card, item = read_together(
        [(AppliedImportPart, _part_id(event), None), roster.course_key(event.course_id), outline_key(event.course_id)]
    )
    if done is not None:
        return
    course = Course(event.course_id, card and card.title, access=None, item=item)
    before = course.outline.modules
    after, left_out = rules.with_imported(before, modules, _fits, now)
    added = len(rules.addressed_ids(after)) - len(rules.addressed_ids(before))
    answer = ImportPartApplied(
        version=1,
        import_id=event.import_id,
        part=event.part,
        added=added,
        left_out=tuple(ItemLeftOut(what=one.what, reason=one.reason, code=one.code) for one in (*unfit, *left_out)),
    )
    with transaction() as tx:
        if after != before:
            save(tx, course, after, now)
        tx.put(AppliedImportPart(_part_id(event)), AppliedImportPart.part_id.does_not_exist())
        emit(tx, answer, now)


def _fits(modules: Modules) -> bool:
    try:
        OutlineItem().store(modules)
    except OutlineTooLarge:
        return False
    return True


def _part_id(event: ImportPartRequested) -> str:
    return f"{event.import_id}#{event.part}"


def _lessons(
    drafts: Sequence[Mapping[str, Any]], course_id: UUID, left_out: list[LeftOut], now: datetime
) -> Iterator[Lesson]:
    """The lessons of a module, with their files and texts in place; those that cannot be are left out."""
    for draft in drafts:
        try:
            lesson = _Lesson.model_validate(draft)
        except ValidationError as error:
            [first, *_] = error.errors()
            reason = f"{'.'.join(map(str, first['loc']))}: {message_of(first)}"
            left_out.append(LeftOut(str(draft["title"]), reason, first["type"]))
            continue
        asset = _asset(course_id, lesson.id, lesson.file, left_out) if lesson.file else None
        text = _text(course_id, lesson, left_out)
        if text is not None:
            # Since an earlier delivery it may have been changed.
            text.save_if(LessonText.lesson_id.does_not_exist())
        yield Lesson(
            id=lesson.id,
            title=lesson.title,
            content_url=lesson.link,
            published=False,
            asset=asset,
            text_size=size_of(text),
            created_at=now,
            updated_at=now,
        )


def _text(course_id: UUID, lesson: _Lesson, left_out: list[LeftOut]) -> LessonText | None:
    """The text of a lesson with the keys of its pictures; of those that cannot be shown, their words remain."""
    if not lesson.text:
        return None
    found = {name: _asset(course_id, lesson.id, file, left_out) for name, file in lesson.images.items()}
    images = {name: asset.key for name, asset in found.items() if asset}
    text = markdown_images.renamed(lesson.text, {name: name for name in images})
    return LessonText(lesson.id, text=text, images=images)


def _asset(course_id: UUID, lesson_id: UUID, file: _File, left_out: list[LeftOut]) -> Asset | None:
    """Makes a file of the package one of a lesson; None, with a line about it, if lessons cannot have it."""
    try:
        return _accepted(course_id, lesson_id, file)
    except (files.AssetMissing, files.AssetUnfit) as refusal:
        left_out.append(LeftOut(file.name, str(refusal.detail), refusal.reason_code))
        return None


def _accepted(course_id: UUID, lesson_id: UUID, file: _File) -> Asset:
    content_type = type_of_name(file.name)
    if content_type is None:
        raise files.AssetUnfit
    key = files.new_key(course_id, lesson_id, uuid5(lesson_id, file.name), content_type)
    found = uploads.find_written(file.key, key, SIGNATURE_BYTES)
    if found is None:
        raise files.AssetMissing
    files.require_fit(key, content_type, found.size, found.first_bytes)
    if not uploads.accept(found, content_type):
        raise files.AssetMissing
    return Asset(key=key, file_name=file.name.rpartition("/")[2], size=found.size)
