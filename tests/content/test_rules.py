"""The rules of outlines, whatever the sequence of changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from content import rules
from content.rules import Draft
from lms.curriculum import Lesson, Module, Outline, Subtopic
from lms.errors import Invalid

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
POSITIONS = st.none() | st.integers(0, 8)


def new_ids() -> Callable[[], UUID]:
    numbers = count(1)
    return lambda: UUID(int=next(numbers))


def module(number: int, *lessons: Lesson, published: bool = True) -> Module:
    return Module(
        id=UUID(int=number), title=f"m{number}", published=published, lessons=lessons, created_at=NOW, updated_at=NOW
    )


def lesson(number: int, *subtopics: Subtopic, published: bool = True) -> Lesson:
    return Lesson(
        id=UUID(int=number),
        title=f"l{number}",
        published=published,
        subtopics=subtopics,
        created_at=NOW,
        updated_at=NOW,
    )


def subtopic(number: int) -> Subtopic:
    return Subtopic(id=UUID(int=number), title=f"s{number}")


def as_drafts(modules: rules.Modules) -> list[Draft]:
    """The tree of these modules, naming ids alone."""
    return [
        Draft(m.id, {}, tuple(Draft(x.id, {}, tuple(Draft(s.id, {}) for s in x.subtopics)) for x in m.lessons))
        for m in modules
    ]


class AnySequenceOfChanges(RuleBasedStateMachine):
    """Against a plain list of (module, [lessons]): the same parts in the same order, each once."""

    module_ids: Bundle[UUID] = Bundle("module_ids")
    lesson_ids: Bundle[UUID] = Bundle("lesson_ids")

    def __init__(self) -> None:
        super().__init__()
        self.modules: rules.Modules = ()
        self.expected: list[tuple[UUID, list[UUID]]] = []
        self.new_id = new_ids()

    @rule(target=module_ids, position=POSITIONS)
    def make_module(self, position: int | None) -> UUID:
        made = module(self.new_id().int)
        self.modules = rules.with_part(self.modules, made, position)
        self.expected.insert(len(self.expected) if position is None else position, (made.id, []))
        return made.id

    @rule(module_id=module_ids, position=POSITIONS)
    def move_module(self, module_id: UUID, position: int | None) -> None:
        found = rules.find(self.modules, module_id)
        assert found is not None
        self.modules = rules.with_part(self.modules, found, position)
        if position is not None:
            entry = self._entry(module_id)
            self.expected.remove(entry)
            self.expected.insert(position, entry)

    @rule(module_id=consumes(module_ids))
    def delete_module(self, module_id: UUID) -> None:
        self.modules = rules.without(self.modules, module_id)
        self.expected.remove(self._entry(module_id))

    @rule(target=lesson_ids, module_id=module_ids, position=POSITIONS)
    def make_lesson(self, module_id: UUID, position: int | None) -> UUID:
        made = lesson(self.new_id().int, subtopic(self.new_id().int))
        self._place_lesson(module_id, made, position)
        siblings = self._entry(module_id)[1]
        siblings.insert(len(siblings) if position is None else position, made.id)
        return made.id

    @rule(lesson_id=lesson_ids, position=POSITIONS)
    def move_lesson(self, lesson_id: UUID, position: int | None) -> None:
        found = rules.find_lesson(self.modules, lesson_id)
        if found is None:
            assert all(lesson_id not in lessons for _, lessons in self.expected)
            return
        self._place_lesson(found[0].id, found[1], position)
        if position is not None:
            siblings = self._entry(found[0].id)[1]
            siblings.remove(lesson_id)
            siblings.insert(position, lesson_id)

    @rule(lesson_id=consumes(lesson_ids))
    def delete_lesson(self, lesson_id: UUID) -> None:
        found = rules.find_lesson(self.modules, lesson_id)
        if found is not None:
            rest = rules.without(found[0].lessons, lesson_id)
            self.modules = rules.with_lessons(self.modules, found[0], rest, LATER)
            self._entry(found[0].id)[1].remove(lesson_id)

    @rule(data=st.data())
    def rebuild_with_lessons_dealt_anew(self, data: st.DataObject) -> None:
        lessons = data.draw(st.permutations([lesson_id for _, lessons in self.expected for lesson_id in lessons]))
        order = data.draw(st.permutations([module_id for module_id, _ in self.expected]))
        if not order:
            return
        dealt: list[tuple[UUID, list[UUID]]] = [(module_id, []) for module_id in order]
        for lesson_id in lessons:
            data.draw(st.sampled_from(dealt))[1].append(lesson_id)
        tree = [Draft(module_id, {}, tuple(Draft(x, {}) for x in lessons)) for module_id, lessons in dealt]
        self.modules = rules.rebuild(self.modules, tree, LATER, self.new_id)
        self.expected = dealt

    @invariant()
    def the_same_parts_are_in_the_same_order(self) -> None:
        found = [(part.id, [child.id for child in part.lessons]) for part in self.modules]
        assert found == [(module_id, list(lessons)) for module_id, lessons in self.expected]

    @invariant()
    def every_id_is_there_once(self) -> None:
        ids = list(rules.ids_of(self.modules))
        assert len(ids) == len(set(ids))

    def _entry(self, module_id: UUID) -> tuple[UUID, list[UUID]]:
        return next(entry for entry in self.expected if entry[0] == module_id)

    def _place_lesson(self, module_id: UUID, part: Lesson, position: int | None) -> None:
        parent = rules.find(self.modules, module_id)
        assert parent is not None
        lessons = rules.with_part(parent.lessons, part, position)
        self.modules = rules.with_lessons(self.modules, parent, lessons, LATER)


test_any_sequence_of_changes_keeps_the_order_and_every_id_once = AnySequenceOfChanges.TestCase

PARTS = st.integers(0, 3)
TREES = st.lists(st.lists(PARTS, max_size=3), max_size=4)


def _tree(shape: list[list[int]]) -> rules.Modules:
    new_id = new_ids()
    return tuple(
        module(
            new_id().int,
            *(lesson(new_id().int, *(subtopic(new_id().int) for _ in range(size))) for size in lessons),
        )
        for lessons in shape
    )


@given(TREES)
def test_a_tree_that_names_everything_where_it_is_changes_nothing(shape: list[list[int]]) -> None:
    modules = _tree(shape)
    assert rules.rebuild(modules, as_drafts(modules), LATER, new_ids()) == modules


@given(TREES, TREES)
def test_a_tree_without_ids_replaces_everything(before: list[list[int]], after: list[list[int]]) -> None:
    tree = [
        Draft(
            None, {"title": "m"}, tuple(Draft(None, {"title": "l"}, (Draft(None, {"title": "s"}),) * n) for n in part)
        )
        for part in after
    ]
    numbers = count(10_000)
    rebuilt = rules.rebuild(_tree(before), tree, LATER, lambda: UUID(int=next(numbers)))
    assert [[len(child.subtopics) for child in part.lessons] for part in rebuilt] == after
    assert not set(rules.ids_of(rebuilt)) & set(rules.ids_of(_tree(before)))


def test_what_a_tree_omits_of_an_old_part_stays() -> None:
    modules = (module(1, lesson(2, subtopic(3))), module(4))
    rebuilt = rules.rebuild(modules, [Draft(UUID(int=4), {}), Draft(UUID(int=1), {"title": "new"})], LATER, new_ids())
    assert rebuilt == (modules[1], modules[0].model_copy(update={"title": "new", "updated_at": LATER}))


def test_a_resource_moves_to_another_lesson_and_keeps_its_id() -> None:
    modules = (module(1, lesson(2, subtopic(3)), lesson(4)),)
    tree = [
        Draft(UUID(int=1), {}, (Draft(UUID(int=2), {}, ()), Draft(UUID(int=4), {}, (Draft(UUID(int=3), {}),)))),
    ]
    (rebuilt,) = rules.rebuild(modules, tree, LATER, new_ids())
    assert [part.subtopics for part in rebuilt.lessons] == [(), (subtopic(3),)]


@pytest.mark.parametrize(
    ("tree", "loc", "code"),
    [
        ([Draft(UUID(int=99), {})], ("body", "modules", 0, "id"), "unknown_id"),
        ([Draft(UUID(int=2), {})], ("body", "modules", 0, "id"), "unknown_id"),
        (
            [Draft(UUID(int=1), {}, (Draft(UUID(int=3), {}),))],
            ("body", "modules", 0, "lessons", 0, "id"),
            "unknown_id",
        ),
        (
            [Draft(None, {"title": "x"}, (Draft(UUID(int=2), {}, (Draft(UUID(int=2), {}),)),))],
            ("body", "modules", 0, "lessons", 0, "subtopics", 0, "id"),
            "unknown_id",
        ),
        ([Draft(UUID(int=1), {}), Draft(UUID(int=1), {})], ("body", "modules"), "repeated_id"),
        (
            [Draft(UUID(int=1), {}), Draft(None, {"title": "x"}, (Draft(UUID(int=2), {}),))],
            ("body", "modules"),
            "repeated_id",
        ),
    ],
)
def test_a_tree_with_an_id_that_is_unknown_or_twice_in_it_is_refused(tree: Any, loc: Any, code: str) -> None:
    modules = (module(1, lesson(2, subtopic(3))),)
    with pytest.raises(Invalid) as refused:
        rules.rebuild(modules, tree, LATER, new_ids())
    assert refused.value.errors == [
        {"loc": list(loc), "msg": refused.value.errors[0]["msg"], "type": code}  # type: ignore[index]
    ]


@pytest.mark.parametrize(
    ("before", "after", "titles"),
    [
        ((), (module(1, lesson(2), lesson(3)),), ["l2", "l3"]),
        ((), (module(1, lesson(2), published=False),), []),
        ((module(1, lesson(2), published=False),), (module(1, lesson(2)),), ["l2"]),
        ((module(1, lesson(2, published=False)),), (module(1, lesson(2)),), ["l2"]),
        ((module(1, lesson(2, published=False)),), (module(1, lesson(2, published=False)),), []),
        ((module(1, lesson(2)), module(3)), (module(1), module(3, lesson(2))), []),
        ((module(1, lesson(2)),), (module(1, lesson(2), published=False),), []),
    ],
)
def test_lessons_that_become_visible_are_named(before: rules.Modules, after: rules.Modules, titles: list[str]) -> None:
    assert [part.title for part in rules.newly_visible(before, after)] == titles


@given(TREES)
def test_everything_that_is_published_becomes_visible_once(shape: list[list[int]]) -> None:
    modules = _tree(shape)
    visible = [part for each in Outline(modules=modules).published().modules for part in each.lessons]
    assert list(rules.newly_visible((), modules)) == visible
    assert rules.newly_visible(modules, modules) == ()
