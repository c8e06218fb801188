"""Terms: made, listed, changed, deleted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from institute import rules
from institute.schemas import NewTerm, TermUpdate, TermView
from institute.tables import Term
from lms import roster
from lms.audit import audit
from lms.dynamo import Transaction, retry_stale, transaction
from lms.errors import Conflict, NotFound
from lms.etags import Precondition, require_match
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.pages import Page, PageRequest, query_page

ALL = "all"
LOCATION = "/terms"


class TermNotFound(NotFound):
    detail = "There is no such term."


class TermHasCourses(Conflict):
    code = "has-courses"
    detail = "Courses name this term; give them another first."


@retry_stale
def create(form: NewTerm, actor_id: UUID, idempotent: IdempotentAnswer, now: datetime) -> TermView:
    """Makes a term; raises `TermEndsBeforeItStarts`."""
    rules.require_term_days(form.starts_on, form.ends_on)
    term = Term(
        owner=ALL,
        id=uuid7(),
        title=form.title,
        starts_on=form.starts_on,
        ends_on=form.ends_on,
        created_at=now,
        updated_at=now,
    )
    with transaction() as tx:
        version = tx.put(term)
        put_in_roster(tx, term, version)
        view = _view(term, version)
        audit(tx, now, "term.created", actor_id, {"term": view.id}, after=_facts(term))
        idempotent.record(tx, view, location=LOCATION)
    return view


def list_terms(paging: PageRequest) -> Page[TermView]:
    """All terms, in the order of their creation."""
    terms, after = query_page(Term, [ALL], paging, consistent_read=True)
    return paging.page([_view(term, term.version) for term in terms], after)


def all_terms() -> list[Term]:
    return list(Term.query(ALL))


@retry_stale
def update(term_id: UUID, form: TermUpdate, actor_id: UUID, if_match: Precondition, now: datetime) -> TermView:
    """Replaces the fields given; raises `TermNotFound`, `TermEndsBeforeItStarts`, `PreconditionFailed`."""
    term = _get(term_id)
    before = _facts(term)
    for field, value in form.given().items():
        setattr(term, field, value)
    rules.require_term_days(term.starts_on, term.ends_on)
    require_match(term.version, if_match)
    term.updated_at = now
    with transaction() as tx:
        version = tx.put(term)
        put_in_roster(tx, term, version)
        audit(tx, now, "term.changed", actor_id, {"term": term_id}, before=before, after=_facts(term))
    return _view(term, version)


@retry_stale
def delete(term_id: UUID, actor_id: UUID, if_match: Precondition, now: datetime) -> None:
    """Deletes a term that no course names; raises `TermNotFound`, `TermHasCourses`, `PreconditionFailed`."""
    term = _get(term_id)
    require_match(term.version, if_match)
    with transaction() as tx:
        tx.delete(term)
        roster.remove_term(tx, term_id, TermHasCourses())
        audit(tx, now, "term.deleted", actor_id, {"term": term_id}, before=_facts(term))


def _get(term_id: UUID) -> Term:
    term = Term.find(ALL, term_id)
    if term is None:
        raise TermNotFound
    return term


def _facts(term: Term) -> dict[str, Any]:
    return {"title": term.title, "starts_on": term.starts_on.isoformat(), "ends_on": term.ends_on.isoformat()}


def put_in_roster(tx: Transaction, term: Term, version: int) -> None:
    roster.put_term(tx, term.id, title=term.title, starts_on=term.starts_on, ends_on=term.ends_on, version=version)


def _view(term: Term, version: int) -> TermView:
    return TermView(
        id=term.id,
        title=term.title,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        version=version,
        created_at=term.created_at,
        updated_at=term.updated_at,
    )
