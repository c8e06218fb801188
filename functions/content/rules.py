"""The rules of outlines: modules in, modules out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from lms.curriculum import Lesson, Module, Outline, Subtopic
from lms.errors import Invalid

MAX_MODULES = 30
MAX_LESSONS = 300
MAX_SUBTOPICS = 2_000
# The contract's limit of a body: what was read can be sent back, and an answer fits the record that repeats it.
MAX_LESSON_BYTES = 256 * 1024

Modules = tuple[Module, ...]
Loc = tuple[str | int, ...]
_Part = TypeVar("_Part", bound=Module | Lesson)
_Timed = TypeVar("_Timed", Module, Lesson)
_AnyPart = TypeVar("_AnyPart", bound=Module | Lesson | Subtopic)


@dataclass(frozen=True)
class Draft:
    """A part as somebody wants it. `id` None makes a new one; fields not given stay, and so do children when None."""

    id: UUID | None
    fields: Mapping[str, Any]
    children: "tuple[Draft, ...] | None" = None


def find(siblings: Sequence[_AnyPart], part_id: UUID) -> _AnyPart | None:
    return next((part for part in siblings if part.id == part_id), None)


def find_lesson(modules: Modules, lesson_id: UUID) -> tuple[Module, Lesson] | None:
    """A lesson, and the module that it is in."""
    found = ((module, find(module.lessons, lesson_id)) for module in modules)
    return next(((module, lesson) for module, lesson in found if lesson is not None), None)


def place(siblings: tuple[_Part, ...], part: _Part, position: int | None) -> tuple[_Part, ...]:
    """A part among its siblings, in place of its old self if it was there. A position past the end is the end.

    Without a position an old part keeps its place, and a new one is the last.
    """
    others = without(siblings, part.id)
    at = _place_of(siblings, part) if position is None else position
    return (*others[:at], part, *others[at:])


def _place_of(siblings: Sequence[_Part], part: _Part) -> int:
    return next((i for i, sibling in enumerate(siblings) if sibling.id == part.id), len(siblings))


def without(siblings: tuple[_Part, ...], part_id: UUID) -> tuple[_Part, ...]:
    return tuple(part for part in siblings if part.id != part_id)


def with_lessons(modules: Modules, module: Module, lessons: tuple[Lesson, ...], now: datetime) -> Modules:
    """The modules once `lessons` are what `module` holds."""
    return place(modules, changed(module, {"lessons": lessons}, now), None)


def changed(part: _Timed, fields: Mapping[str, Any], now: datetime) -> _Timed:
    """A part with other fields; `updated_at` tells when it, or something in it, last became different."""
    after = part.model_copy(update=dict(fields))
    return part if after == part else after.model_copy(update={"updated_at": now})


def subtopics_of(
    drafts: Sequence[Draft], known: Sequence[Subtopic], loc: Loc, new_id: Callable[[], UUID]
) -> tuple[Subtopic, ...]:
    """A lesson's subtopics as drafted; raises `Invalid` for an id that is not among the known ones, or comes twice."""
    by_id = {part.id: part for part in known}
    subtopics = tuple(_subtopic(draft, by_id, (*loc, i), new_id) for i, draft in enumerate(drafts))
    _require_distinct([part.id for part in subtopics], loc)
    return subtopics


def rebuilt(modules: Modules, tree: Sequence[Draft], now: datetime, new_id: Callable[[], UUID]) -> Modules:
    """The modules as a whole tree of drafts wants them: made, moved, changed, and removed when it does not name them.

    Raises `Invalid` for an id that is no such part of this course, and for one that would be in it twice.
    """
    return _Rebuilding(modules, now, new_id).modules(tree, ("body", "modules"))


class _Rebuilding:
    def __init__(self, modules: Modules, now: datetime, new_id: Callable[[], UUID]) -> None:
        self._modules = {part.id: part for part in modules}
        self._lessons = {part.id: part for module in modules for part in module.lessons}
        self._subtopics = {part.id: part for lesson in self._lessons.values() for part in lesson.subtopics}
        self._now = now
        self._new_id = new_id

    def modules(self, tree: Sequence[Draft], loc: Loc) -> Modules:
        modules = tuple(self._module(draft, (*loc, i)) for i, draft in enumerate(tree))
        _require_distinct(list(ids_of(modules)), loc)
        return modules

    def _module(self, draft: Draft, loc: Loc) -> Module:
        fields = dict(draft.fields)
        if draft.children is not None:
            fields["lessons"] = tuple(
                self._lesson(child, (*loc, "lessons", i)) for i, child in enumerate(draft.children)
            )
        if draft.id is None:
            return Module(id=self._new_id(), created_at=self._now, updated_at=self._now, **fields)
        return changed(_known(draft.id, self._modules, loc), fields, self._now)

    def _lesson(self, draft: Draft, loc: Loc) -> Lesson:
        fields = dict(draft.fields)
        if draft.children is not None:
            fields["subtopics"] = tuple(
                _subtopic(child, self._subtopics, (*loc, "subtopics", i), self._new_id)
                for i, child in enumerate(draft.children)
            )
        if draft.id is None:
            return Lesson(id=self._new_id(), created_at=self._now, updated_at=self._now, **fields)
        return changed(_known(draft.id, self._lessons, loc), fields, self._now)


def _subtopic(draft: Draft, known: Mapping[UUID, Subtopic], loc: Loc, new_id: Callable[[], UUID]) -> Subtopic:
    if draft.id is None:
        return Subtopic(id=new_id(), **draft.fields)
    return _known(draft.id, known, loc).model_copy(update=dict(draft.fields))


def _known(part_id: UUID, known: Mapping[UUID, _AnyPart], loc: Loc) -> _AnyPart:
    part = known.get(part_id)
    if part is None:
        raise Invalid((*loc, "id"), "There is no such part in this place.", "unknown_id")
    return part


def _require_distinct(ids: Sequence[UUID], loc: Loc) -> None:
    if len(set(ids)) < len(ids):
        raise Invalid(loc, "A part can be in one place only.", "repeated_id")


def ids_of(modules: Modules) -> Iterator[UUID]:
    """The id of every part, as often as it is there."""
    for module in modules:
        yield module.id
        for lesson in module.lessons:
            yield lesson.id
            yield from (subtopic.id for subtopic in lesson.subtopics)


def pointers_of(modules: Modules) -> set[UUID]:
    """The ids by which clients ask: those of modules and lessons."""
    return {module.id for module in modules} | {lesson.id for module in modules for lesson in module.lessons}


def require_limits(modules: Modules) -> None:
    """Raises `Invalid` for a course of more modules, lessons or subtopics than one may have."""
    lessons = [lesson for module in modules for lesson in module.lessons]
    for parts, limit, count in (
        ("modules", MAX_MODULES, len(modules)),
        ("lessons", MAX_LESSONS, len(lessons)),
        ("subtopics", MAX_SUBTOPICS, sum(len(lesson.subtopics) for lesson in lessons)),
    ):
        if count > limit:
            raise Invalid(["body"], f"A course may have {limit} {parts} at most.", f"too_many_{parts}")


def require_bearable(lesson: Lesson) -> None:
    """Raises `Invalid` for a lesson of more than 256 KB."""
    if len(lesson.model_dump_json().encode()) > MAX_LESSON_BYTES:
        raise Invalid(["body"], "A lesson may have 256 KB at most.", "lesson_too_large")


def newly_visible(before: Modules, after: Modules) -> tuple[Lesson, ...]:
    """The lessons that students see after a change, and did not before."""
    seen = {lesson.id for lesson in _visible(before)}
    return tuple(lesson for lesson in _visible(after) if lesson.id not in seen)


def _visible(modules: Modules) -> Iterator[Lesson]:
    for module in Outline(modules=modules).published().modules:
        yield from module.lessons
