"""Programs: made, shown, changed, deleted."""

from datetime import datetime
from uuid import UUID

from pynamodb.exceptions import DoesNotExist

from lms import roster
from lms.dynamo import Transaction, next_version, retry_stale, transaction
from lms.errors import Conflict, NotFound
from lms.etags import Precondition, require_match
from lms.events import ProgramCreated, ProgramDeleted, ProgramUpdated
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit
from lms.pages import Page, PageRequest, query_page
from lms.texts import uniqueness_key
from program.schemas import NewProgram, ProgramUpdate, ProgramView
from program.tables import Program, ProgramTitle, Shelf

LISTED, DELETED = "listed", "deleted"


@retry_stale
def create(form: NewProgram, idempotent: IdempotentAnswer, now: datetime) -> ProgramView:
    """Makes a program; raises `Conflict` for a title that is taken."""
    program = Program(
        id=uuid7(),
        title=form.title,
        description=form.description,
        catalogue=LISTED,
        created_at=now,
        updated_at=now,
    )
    version = next_version(program)
    view = _view(program, version)
    with transaction() as tx:
        tx.put(program)
        tx.put(Shelf(program_id=program.id, courses=0))
        _take_title(tx, program)
        roster.put_program(tx, program.id, title=program.title, version=version)
        emit(tx, ProgramCreated(version=version, program_id=program.id, title=program.title), now)
        idempotent.record(tx, view, location=location(program.id))
    return view


def show(program_id: UUID) -> ProgramView:
    """A program; raises `NotFound`."""
    program = get(program_id)
    return _view(program, program.version)


def list_programs(paging: PageRequest) -> Page[ProgramView]:
    """All programs, in the order of their creation."""
    programs, after = query_page(Program.catalogue_index, [LISTED], paging)
    return paging.page([_view(program, program.version) for program in programs], after)


@retry_stale
def update(program_id: UUID, update: ProgramUpdate, if_match: Precondition, now: datetime) -> ProgramView:
    """Replaces the given fields; raises `NotFound`, `Conflict` for a title that is taken, `PreconditionFailed`."""
    program = get(program_id)
    old_title = program.title
    for field in update.model_fields_set:
        setattr(program, field, getattr(update, field))
    renamed = uniqueness_key(program.title) != uniqueness_key(old_title)
    if renamed:
        _require_free(program.title)
    require_match(program.version, if_match)
    program.updated_at = now
    version = next_version(program)
    with transaction() as tx:
        tx.put(program)
        if renamed:
            _take_title(tx, program)
            tx.delete(ProgramTitle(title=uniqueness_key(old_title)))
        roster.put_program(tx, program.id, title=program.title, version=version)
        emit(tx, ProgramUpdated(version=version, program_id=program.id, title=program.title), now)
    return _view(program, version)


@retry_stale
def delete(program_id: UUID, if_match: Precondition, now: datetime) -> None:
    """Deletes a program; raises `NotFound`, `Conflict` while it has courses, `PreconditionFailed`."""
    program = get(program_id)
    shelf = Shelf.get(program_id, consistent_read=True)
    if shelf.courses:
        raise Conflict("The program has courses; delete them first.", code="has-courses")
    require_match(program.version, if_match)
    program.catalogue = DELETED
    program.updated_at = now
    version = next_version(program)
    with transaction() as tx:
        tx.put(program)
        tx.delete(shelf, Shelf.courses == 0)
        tx.delete(ProgramTitle(title=uniqueness_key(program.title)))
        roster.remove_program(tx, program.id)
        emit(tx, ProgramDeleted(version=version, program_id=program.id), now)


def get(program_id: UUID) -> Program:
    """A program that is not deleted; raises `NotFound`."""
    try:
        program = Program.get(program_id, consistent_read=True)
    except DoesNotExist:
        raise _not_found() from None
    if program.catalogue == DELETED:
        raise _not_found()
    return program


def change_shelf(tx: Transaction, program_id: UUID, courses: int) -> None:
    """Counts courses that a program gets or loses; without the program the transaction is refused as `NotFound`."""
    tx.update(Shelf(program_id=program_id), [Shelf.courses.add(courses)], Shelf.courses.exists(), refuse=_not_found())


def location(program_id: UUID) -> str:
    return f"/programs/{program_id}/details"


def _not_found() -> NotFound:
    return NotFound("There is no such program.")


def _title_taken() -> Conflict:
    return Conflict("Another program has this title.", code="title-taken")


def _take_title(tx: Transaction, program: Program) -> None:
    tx.put(
        ProgramTitle(title=uniqueness_key(program.title), program_id=program.id),
        ProgramTitle.title.does_not_exist(),
        refuse=_title_taken(),
    )


def _require_free(title: str) -> None:
    """The transaction decides; this tells the conflict before a failed `If-Match`."""
    try:
        ProgramTitle.get(uniqueness_key(title), consistent_read=True)
    except DoesNotExist:
        return
    raise _title_taken()


def _view(program: Program, version: int) -> ProgramView:
    return ProgramView.model_validate({**program.attribute_values, "version": version})
