"""The rules of outlines: modules in, modules out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any, TypeVar
from uuid import UUID

from lms.curriculum import Lesson, Module, Outline, Subtopic
from lms.errors import InvalidField

MAX_MODULES = 30
MAX_LESSONS = 300
MAX_SUBTOPICS = 2_000
# The contract's limit of a body: what was read can be sent back, and an answer fits the record that repeats it.
MAX_LESSON_BYTES = 256 * 1024
# A Lambda function answers 6 MB; written as JSON, a text may be twice as long, and a whole outline is up to 1 MB.
_MAX_PAGE_BYTES = 2_400_000

Modules = tuple[Module, ...]
Path = tuple[str | int, ...]
"""Where a part stands in a body."""
_Part = TypeVar("_Part", bound=Module | Lesson)
_Timed = TypeVar("_Timed", Module, Lesson)
_AnyPart = TypeVar("_AnyPart", bound=Module | Lesson | Subtopic)


class UnknownPart(InvalidField):
    code = "unknown_id"
    detail = "There is no such part in this place."


class RepeatedPart(InvalidField):
    code = "repeated_id"
    detail = "Each id may occur only once."


class TooManyModules(InvalidField):
    code = "too_many_modules"
    detail = "A course can have at most {limit} modules."


class TooManyLessons(InvalidField):
    code = "too_many_lessons"
    detail = "A course can have at most {limit} lessons."


class TooManySubtopics(InvalidField):
    code = "too_many_subtopics"
    detail = "A course can have at most {limit} subtopics."


class LessonTooLarge(InvalidField):
    code = "lesson_too_large"
    detail = "A lesson can have at most 256 KB."


@dataclass(frozen=True)
class Draft:
    """A part as it shall be. `id` None makes a new one; fields not given stay, and so do children when None."""

    id: UUID | None
    fields: Mapping[str, Any]
    children: "tuple[Draft, ...] | None" = None


@dataclass(frozen=True)
class ImportedModule:
    """A module that an import brings, or a further piece of one, which `continues` it."""

    id: UUID
    title: str
    continues: bool
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True)
class LeftOut:
    """An item of an import that is not taken, and why."""

    what: str
    reason: str
    code: str | None


def find(siblings: Sequence[_AnyPart], part_id: UUID) -> _AnyPart | None:
    return next((part for part in siblings if part.id == part_id), None)


def find_lesson(modules: Modules, lesson_id: UUID) -> tuple[Module, Lesson] | None:
    """A lesson, and the module that it is in."""
    found = ((module, find(module.lessons, lesson_id)) for module in modules)
    return next(((module, lesson) for module, lesson in found if lesson is not None), None)


def with_part(siblings: tuple[_Part, ...], part: _Part, position: int | None) -> tuple[_Part, ...]:
    """A part among its siblings, in place of its old self if it was there. A position past the end is the end.

    Without a position an old part keeps its place, and a new one is the last.
    """
    others = without(siblings, part.id)
    at = _index_of(siblings, part) if position is None else position
    return (*others[:at], part, *others[at:])


def _index_of(siblings: Sequence[_Part], part: _Part) -> int:
    return next((i for i, sibling in enumerate(siblings) if sibling.id == part.id), len(siblings))


def without(siblings: tuple[_Part, ...], part_id: UUID) -> tuple[_Part, ...]:
    return tuple(part for part in siblings if part.id != part_id)


def with_lessons(modules: Modules, module: Module, lessons: tuple[Lesson, ...], now: datetime) -> Modules:
    """The modules once `lessons` are what `module` holds."""
    return with_part(modules, changed(module, {"lessons": lessons}, now), None)


def changed(part: _Timed, fields: Mapping[str, Any], now: datetime) -> _Timed:
    """A part with other fields; `updated_at` is when it, or something in it, last became different."""
    after = part.model_copy(update=dict(fields))
    return part if after == part else after.model_copy(update={"updated_at": now})


def subtopics_of(
    drafts: Sequence[Draft], known: Sequence[Subtopic], new_id: Callable[[], UUID]
) -> tuple[Subtopic, ...]:
    """A lesson's subtopics as drafted; raises `UnknownPart`, `RepeatedPart`."""
    by_id = {part.id: part for part in known}
    subtopics = tuple(_subtopic(draft, by_id, ("subtopics", i), new_id) for i, draft in enumerate(drafts))
    _require_distinct([part.id for part in subtopics], ("subtopics",))
    return subtopics


def rebuild(modules: Modules, tree: Sequence[Draft], now: datetime, new_id: Callable[[], UUID]) -> Modules:
    """The modules of a whole tree of drafts: parts are made, moved, changed, and removed when no draft names them.

    Raises `UnknownPart` for an id that is no such part of this course, `RepeatedPart` for one that occurs twice.
    """
    return _TreeBuilder(modules, now, new_id).modules(tree)


def copied(modules: Modules, copy_of: Callable[[UUID], UUID], now: datetime) -> Modules:
    """The same modules under other ids, with the same files."""

    def lesson_of(lesson: Lesson) -> Lesson:
        subtopics = tuple(part.model_copy(update={"id": copy_of(part.id)}) for part in lesson.subtopics)
        return lesson.model_copy(update={"id": copy_of(lesson.id), "subtopics": subtopics, **times})

    times = {"created_at": now, "updated_at": now}
    return tuple(
        module.model_copy(update={"id": copy_of(module.id), "lessons": tuple(map(lesson_of, module.lessons)), **times})
        for module in modules
    )


def with_imported(
    modules: Modules, imported: Sequence[ImportedModule], fits: Callable[[Modules], bool], now: datetime
) -> tuple[Modules, list[LeftOut]]:
    """The modules with those of an import behind them, as far as the limits allow, and what was left out.

    `fits` says whether modules are small enough to be one outline.
    """
    left_out: list[LeftOut] = []
    for piece in imported:
        known = find(modules, piece.id)
        if known is None and (piece.continues or len(modules) >= MAX_MODULES):
            titles = [lesson.title for lesson in piece.lessons]
            if piece.continues:
                left_out += [LeftOut(title, "Its module is not in the course.", "module-missing") for title in titles]
            else:
                left_out += _beyond(TooManyModules(limit=MAX_MODULES), [piece.title, *titles])
            continue
        module = known or Module(id=piece.id, title=piece.title, published=False, created_at=now, updated_at=now)
        there = {lesson.id for lesson in module.lessons}
        new = [lesson for lesson in piece.lessons if lesson.id not in there]
        room = max(0, MAX_LESSONS - sum(len(each.lessons) for each in modules))
        left_out += _beyond(TooManyLessons(limit=MAX_LESSONS), [lesson.title for lesson in new[room:]])
        modules, unfit = _as_many_as_fit(modules, module, new[:room], fits, now)
        too_large = "With it, the outline of the course would be too large."
        left_out += [LeftOut(title, too_large, "outline_too_large") for title in unfit]
    return modules, left_out


def _as_many_as_fit(
    modules: Modules, module: Module, new: Sequence[Lesson], fits: Callable[[Modules], bool], now: datetime
) -> tuple[Modules, list[str]]:
    """The modules with as many of the new lessons, from the first on, as fit; the titles of what does not."""
    for count in range(len(new), -1, -1):
        larger = with_part(modules, changed(module, {"lessons": (*module.lessons, *new[:count])}, now), None)
        if fits(larger):
            return larger, [lesson.title for lesson in new[count:]]
    return modules, [module.title, *(lesson.title for lesson in new)]


def _beyond(limit: InvalidField, titles: Sequence[str]) -> list[LeftOut]:
    return [LeftOut(title, str(limit.detail), limit.reason_code) for title in titles]


class _TreeBuilder:
    def __init__(self, modules: Modules, now: datetime, new_id: Callable[[], UUID]) -> None:
        self._modules = {part.id: part for part in modules}
        self._lessons = {part.id: part for module in modules for part in module.lessons}
        self._subtopics = {part.id: part for lesson in self._lessons.values() for part in lesson.subtopics}
        self._now = now
        self._new_id = new_id

    def modules(self, tree: Sequence[Draft]) -> Modules:
        modules = tuple(self._module(draft, ("modules", i)) for i, draft in enumerate(tree))
        _require_distinct(list(ids_of(modules)), ("modules",))
        return modules

    def _module(self, draft: Draft, path: Path) -> Module:
        fields = dict(draft.fields)
        if draft.children is not None:
            fields["lessons"] = tuple(
                self._lesson(child, (*path, "lessons", i)) for i, child in enumerate(draft.children)
            )
        if draft.id is None:
            return Module(id=self._new_id(), created_at=self._now, updated_at=self._now, **fields)
        return changed(_known(draft.id, self._modules, path), fields, self._now)

    def _lesson(self, draft: Draft, path: Path) -> Lesson:
        fields = dict(draft.fields)
        if draft.children is not None:
            fields["subtopics"] = tuple(
                _subtopic(child, self._subtopics, (*path, "subtopics", i), self._new_id)
                for i, child in enumerate(draft.children)
            )
        if draft.id is None:
            return Lesson(id=self._new_id(), created_at=self._now, updated_at=self._now, **fields)
        return changed(_known(draft.id, self._lessons, path), fields, self._now)


def _subtopic(draft: Draft, known: Mapping[UUID, Subtopic], path: Path, new_id: Callable[[], UUID]) -> Subtopic:
    if draft.id is None:
        return Subtopic(id=new_id(), **draft.fields)
    return _known(draft.id, known, path).model_copy(update=dict(draft.fields))


def _known(part_id: UUID, known: Mapping[UUID, _AnyPart], path: Path) -> _AnyPart:
    part = known.get(part_id)
    if part is None:
        raise UnknownPart(*path, "id")
    return part


def _require_distinct(ids: Sequence[UUID], path: Path) -> None:
    if len(set(ids)) < len(ids):
        raise RepeatedPart(*path)


def ids_of(modules: Modules) -> Iterator[UUID]:
    """The id of every part, as often as it is there."""
    for module in modules:
        yield module.id
        for lesson in module.lessons:
            yield lesson.id
            yield from (subtopic.id for subtopic in lesson.subtopics)


def addressed_ids(modules: Modules) -> set[UUID]:
    """The ids that paths can name: those of modules and lessons."""
    return {module.id for module in modules} | {lesson.id for module in modules for lesson in module.lessons}


def require_limits(modules: Modules) -> None:
    """Raises `TooManyModules`, `TooManyLessons`, `TooManySubtopics`."""
    lessons = [lesson for module in modules for lesson in module.lessons]
    if len(modules) > MAX_MODULES:
        raise TooManyModules(limit=MAX_MODULES)
    if len(lessons) > MAX_LESSONS:
        raise TooManyLessons(limit=MAX_LESSONS)
    if sum(len(lesson.subtopics) for lesson in lessons) > MAX_SUBTOPICS:
        raise TooManySubtopics(limit=MAX_SUBTOPICS)


def require_size(lesson: Lesson) -> None:
    """Raises `LessonTooLarge` for a lesson of more than 256 KB, its text included."""
    if len(lesson.model_dump_json().encode()) + lesson.text_size > MAX_LESSON_BYTES:
        raise LessonTooLarge


def that_fit(lessons: Sequence[Lesson]) -> int:
    """How many lessons of a page fit into an answer with their texts, which is at least one."""
    sizes = accumulate(lesson.text_size for lesson in lessons)
    return max(1, sum(size <= _MAX_PAGE_BYTES for size in sizes))


def newly_visible(before: Modules, after: Modules) -> tuple[Lesson, ...]:
    """The lessons that students see after a change, and did not before."""
    seen = {lesson.id for lesson in _visible(before)}
    return tuple(lesson for lesson in _visible(after) if lesson.id not in seen)


def _visible(modules: Modules) -> Iterator[Lesson]:
    for module in Outline(modules=modules).published().modules:
        yield from module.lessons
