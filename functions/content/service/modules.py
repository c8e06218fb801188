"""Modules: listed, made, changed, deleted with their lessons."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from content import rules
from content.schemas import ModuleUpdate, ModuleView, NewModule
from content.service.outlines import Course, PartNotFound, course_of, course_to_write, save
from lms.callers import Caller
from lms.curriculum import Module
from lms.dynamo import retry_stale, transaction
from lms.etags import Precondition, require_match
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.pages import Page, PageRequest, slice_page


def list_modules(course: Course, paging: PageRequest) -> Page[ModuleView]:
    """The modules that the caller sees, in order."""
    modules = course.visible.modules
    page, after = slice_page(modules, lambda module: module.id, paging)
    return paging.page([_view(course, modules, module, course.outline.version) for module in page], after)


@retry_stale
def add(course_id: UUID, caller: Caller, body: NewModule, idempotent: IdempotentAnswer, now: datetime) -> ModuleView:
    """Adds a module where `body.position` says, else as the last."""
    course = course_to_write(course_id, caller)
    module = Module(id=uuid7(), created_at=now, updated_at=now, **body.fields())
    modules = rules.with_part(course.outline.modules, module, body.position)
    with transaction() as tx:
        version = save(tx, course, modules, now)
        answer = _view(course, modules, module, version)
        idempotent.record(tx, answer, location=location(answer))
    return answer


def location(module: ModuleView) -> str:
    return f"/courses/{module.course_id}/modules"


@retry_stale
def change(module_id: UUID, caller: Caller, body: ModuleUpdate, if_match: Precondition, now: datetime) -> ModuleView:
    """Replaces the fields given, and moves the module when a position is given."""
    course, module = find(module_id, caller)
    require_match(course.outline.version, if_match)
    module = rules.changed(module, body.fields(), now)
    modules = rules.with_part(course.outline.modules, module, body.position)
    with transaction() as tx:
        version = save(tx, course, modules, now)
    return _view(course, modules, module, version)


@retry_stale
def delete(module_id: UUID, caller: Caller, if_match: Precondition, now: datetime) -> None:
    """Deletes a module and its lessons."""
    course, module = find(module_id, caller)
    require_match(course.outline.version, if_match)
    with transaction() as tx:
        save(tx, course, rules.without(course.outline.modules, module.id), now)


def find(module_id: UUID, caller: Caller) -> tuple[Course, Module]:
    """A module, and its course; raises `PartNotFound` also for one that the caller may not see."""
    course = course_of(module_id, caller)
    module = rules.find(course.visible.modules, module_id)
    if module is None:
        raise PartNotFound
    return course, module


def _view(course: Course, siblings: Sequence[Module], module: Module, version: int) -> ModuleView:
    return ModuleView(
        id=module.id,
        course_id=course.id,
        course_title=course.title,
        title=module.title,
        description=module.description,
        position=[sibling.id for sibling in siblings].index(module.id),
        published=module.published,
        version=version,
        created_at=module.created_at,
        updated_at=module.updated_at,
    )
