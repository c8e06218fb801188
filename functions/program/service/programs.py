"""Programs: created, listed, updated, deleted."""

from datetime import datetime
from uuid import UUID

from lms import roster
from lms.dynamo import Transaction, retry_stale, transaction
from lms.errors import Conflict, NotFound
from lms.etags import Precondition, require_match
from lms.events.courses import ProgramCreated, ProgramDeleted, ProgramUpdated
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit
from lms.pages import Page, PageRequest, query_page
from lms.texts import uniqueness_key
from program.schemas import NewProgram, ProgramUpdate, ProgramView
from program.tables import CourseCount, Program, ProgramTitle

LISTED, DELETED = "listed", "deleted"


class ProgramNotFound(NotFound):
    detail = "There is no such program."


class TitleTaken(Conflict):
    code = "title-taken"
    detail = "Another program has this title."


class ProgramHasCourses(Conflict):
    code = "has-courses"
    detail = "The program has courses; delete them first."


@retry_stale
def create(form: NewProgram, idempotent: IdempotentAnswer, now: datetime) -> ProgramView:
    """Creates a program; raises `TitleTaken`."""
    program = Program(
        id=uuid7(),
        title=form.title,
        description=form.description,
        listing_key=LISTED,
        created_at=now,
        updated_at=now,
    )
    with transaction() as tx:
        version = tx.put(program)
        view = _view(program, version)
        tx.put(CourseCount(program_id=program.id, courses=0))
        _take_title(tx, program)
        roster.put_program(tx, program.id, title=program.title, version=version)
        emit(tx, ProgramCreated(version=version, program_id=program.id, title=program.title), now)
        idempotent.record(tx, view, location=location(program.id))
    return view


def show(program_id: UUID) -> ProgramView:
    """A program; raises `ProgramNotFound`."""
    program = get(program_id)
    return _view(program, program.version)


def list_programs(paging: PageRequest) -> Page[ProgramView]:
    """All programs, in the order of their creation."""
    programs, after = query_page(Program.listing, [LISTED], paging)
    return paging.page([_view(program, program.version) for program in programs], after)


@retry_stale
def update(program_id: UUID, update: ProgramUpdate, if_match: Precondition, now: datetime) -> ProgramView:
    """Replaces the given fields; raises `ProgramNotFound`, `TitleTaken`, `PreconditionFailed`."""
    program = get(program_id)
    old_title = program.title
    for field in update.model_fields_set:
        setattr(program, field, getattr(update, field))
    renamed = uniqueness_key(program.title) != uniqueness_key(old_title)
    if renamed:
        _require_free(program.title)
    require_match(program.version, if_match)
    program.updated_at = now
    with transaction() as tx:
        version = tx.put(program)
        if renamed:
            _take_title(tx, program)
            tx.delete(ProgramTitle(title=uniqueness_key(old_title)))
        roster.put_program(tx, program.id, title=program.title, version=version)
        emit(tx, ProgramUpdated(version=version, program_id=program.id, title=program.title), now)
    return _view(program, version)


@retry_stale
def delete(program_id: UUID, if_match: Precondition, now: datetime) -> None:
    """Deletes a program; raises `ProgramNotFound`, `ProgramHasCourses`, `PreconditionFailed`."""
    program = get(program_id)
    count = CourseCount.get(program_id, consistent_read=True)
    if count.courses:
        raise ProgramHasCourses
    require_match(program.version, if_match)
    program.listing_key = DELETED
    program.updated_at = now
    with transaction() as tx:
        version = tx.put(program)
        tx.delete(count, CourseCount.courses == 0)
        tx.delete(ProgramTitle(title=uniqueness_key(program.title)))
        roster.remove_program(tx, program.id)
        emit(tx, ProgramDeleted(version=version, program_id=program.id), now)


def get(program_id: UUID) -> Program:
    """A program that is not deleted; raises `ProgramNotFound`."""
    program = Program.find(program_id)
    if program is None or program.listing_key == DELETED:
        raise ProgramNotFound
    return program


def count_courses(tx: Transaction, program_id: UUID, change: int, refuse: Exception) -> None:
    """Changes the number of courses of a program; without the program the transaction is refused."""
    tx.update(
        CourseCount(program_id=program_id),
        [CourseCount.courses.add(change)],
        CourseCount.courses.exists(),
        refuse=refuse,
    )


def location(program_id: UUID) -> str:
    return f"/programs/{program_id}/details"


def _take_title(tx: Transaction, program: Program) -> None:
    tx.put(
        ProgramTitle(title=uniqueness_key(program.title)),
        ProgramTitle.title.does_not_exist(),
        refuse=TitleTaken(),
    )


def _require_free(title: str) -> None:
    """The transaction decides; this reports the conflict before a failed `If-Match`."""
    if ProgramTitle.find(uniqueness_key(title)):
        raise TitleTaken


def _view(program: Program, version: int) -> ProgramView:
    return ProgramView.model_validate({**program.attribute_values, "version": version})
