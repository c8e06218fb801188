"""The catalogue of open courses, searched by the words of their titles."""

from collections.abc import Mapping
from uuid import UUID

from lms.dynamo import Key, Transaction, read_together
from lms.pages import Page, PageRequest, query_page
from program import rules
from program.schemas import CourseView
from program.service import views
from program.service.views import Shown
from program.tables import CatalogueEntry, CatalogueIndex, Course

_ALL = "all"
Entries = Mapping[str, CatalogueEntry]
"""Entries by their keys."""


def search(text: str, program_id: UUID | None, term_id: UUID | None, paging: PageRequest) -> Page[CourseView]:
    """The open courses whose titles have words that begin like each of the text's, in three reads."""
    words = rules.words_of(text)
    scope = _ALL if words else _scope_of(program_id, term_id)
    begin = _key(scope, max(words, key=len)) if words else _key(scope, "") + "#"
    found, after = query_page(
        CatalogueEntry.index, [scope], paging, range_key_condition=CatalogueIndex.key.startswith(begin)
    )
    course_ids = [
        entry.course_id
        for entry in found
        if rules.is_match(entry.title, entry.word, words)
        and program_id in (None, entry.program_id)
        and term_id in (None, entry.term_id)
    ]
    return paging.page(_open_courses(course_ids), after)


def _open_courses(course_ids: list[UUID]) -> list[CourseView]:
    keys: list[Key] = []
    for course_id in course_ids:
        keys += [(Course, course_id, None), *views.keys_beside(course_id)]
    rows = iter(read_together(keys))
    shown = (Shown(course, next(rows), next(rows)) for course in rows)
    # The index may show for a moment longer what was closed or deleted.
    still_open = [row for row in shown if row.seats and row.seats.open]
    return [CourseView.model_validate(fields) for fields in views.fields_of(still_open)]


def entries_of(course: Course) -> Entries:
    """By what a course is found: by nothing once it is closed."""
    if course.enrollment != "open":
        return {}
    title = rules.words_of(course.title)
    scopes = {_ALL, _scope_of(course.program_id, None), _scope_of(None, course.term_id)}
    places = [*((_ALL, word) for word in title), *((scope, "") for scope in sorted(scopes))]
    return {
        key: CatalogueEntry(
            key=key,
            listing_key=scope,
            course_id=course.id,
            program_id=course.program_id,
            term_id=course.term_id,
            word=word,
            title=title,
        )
        for scope, word in places
        for key in [f"{_key(scope, word)}#{course.id}"]
    }


def put(tx: Transaction, entries: Entries, *, instead_of: Entries | None = None) -> None:
    """Makes these the entries of a course, which had others."""
    old = instead_of or {}
    for key in old.keys() - entries.keys():
        tx.delete(old[key])
    for key, entry in entries.items():
        if key not in old or old[key].attribute_values != entry.attribute_values:
            tx.put(entry)


def _scope_of(program_id: UUID | None, term_id: UUID | None) -> str:
    if program_id:
        return f"program#{program_id}"
    return f"term#{term_id}" if term_id else _ALL


def _key(scope: str, word: str) -> str:
    return f"{scope}#{word}"
