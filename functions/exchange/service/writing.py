"""Writing a file of a course: outline, bank and exams, as their owners wrote them, in the format that was asked for."""

import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from exchange import files, rules
from exchange.items import Draw, Lesson, Module, Package, PackageFile, Question, Quiz
from exchange.tables import CourseExport
from lms import roster, uploads
from lms.dynamo import Stale, transaction
from lms.events.exchange import CourseExportPart
from lms.faults import is_transient
from lms.log import logger

_MOST_BYTES = 1_000_000_000
_TOO_LARGE = "The files of the course are larger than 1 GB together."
_FAULT = "A fault of the system kept the file from being written. Its operators find the cause in the log."


class Writer(Protocol):
    """Writes a package in a format into an open file."""

    def __call__(self, package: Package, target: BinaryIO) -> None: ...


class _TooLarge(Exception):
    """The file would be larger than there is room for."""


def run(export_id: UUID, writers: Mapping[str, Writer], clock: Callable[[], datetime]) -> None:
    """Writes the file of an export, unless it is there; faults that pass are raised, others end it as failed."""
    found = CourseExport.find(export_id, "")
    if found is None or found.state != "gathering":
        return
    try:
        found.size = _write(found, writers[found.format])
        found.state, found.completed_at = "complete", clock()
    except _TooLarge:
        found.state, found.reason = "failed", _TOO_LARGE
    except Exception as error:
        if is_transient(error):
            raise
        logger.exception("not written", extra={"export_id": str(export_id)})
        found.state, found.reason = "failed", _FAULT
    try:
        with transaction() as tx:
            tx.put(found)
    except Stale:
        # Written by another meanwhile.
        logger.info("written already", extra={"export_id": str(export_id)})


def _write(found: CourseExport, write: Writer) -> int:
    course = roster.find_course(found.of_course)
    parts = {part: _part(found.id, part) for part in rules.PARTS[found.format]}
    with tempfile.TemporaryFile() as target:
        write(package_of(course.title if course else "", parts), target)
        size = target.tell()
        target.seek(0)
        uploads.write(files.export_key(found.id), target, "application/octet-stream")
    return size


def _part(export_id: UUID, part: CourseExportPart) -> Any:
    return json.loads(uploads.read(f"{files.export_folder(export_id)}{part}.json") or "{}")


def package_of(title: str, parts: Mapping[CourseExportPart, Any]) -> Package:
    """A package of the parts of an export, whose files are read from storage when they are written."""
    outline, bank, exams = parts.get("outline", {}), parts.get("bank", {}), parts.get("exams", {})
    # An image of the bank that an exam shows too is one file.
    stored = {file["name"]: file for part in (outline, bank, exams) for file in part.get("files", ())}.values()
    questions = [_question(question) for part in (bank, exams) for question in part.get("questions", ())]
    points = {question.source: question.points for question in questions}
    if sum(file["size"] or 0 for file in stored) > _MOST_BYTES:
        raise _TooLarge
    return Package(
        title=title,
        modules=tuple(_module(module) for module in outline.get("modules", ())),
        questions=tuple(questions),
        quizzes=tuple(_quiz(exam, points) for exam in exams.get("exams", ())),
        files=tuple(_file(file) for file in stored),
    )


def _module(module: Mapping[str, Any]) -> Module:
    return Module(title=module["title"], lessons=tuple(Lesson.model_validate(each) for each in module["lessons"]))


def _question(question: Mapping[str, Any]) -> Question:
    """A question of the bank; what other services say of it besides is left."""
    names = {field.alias or name for name, field in Question.model_fields.items()}
    known = {name: value for name, value in question.items() if name in names and value is not None}
    return Question.model_validate({**known, "source": question["id"]})


def _quiz(exam: Mapping[str, Any], points: Mapping[str, Decimal]) -> Quiz:
    asked = {each["id"]: Decimal(str(each["points"])) for each in exam["questions"]}
    return Quiz(
        source=exam["id"],
        title=exam["title"],
        instructions=exam["instructions"],
        questions=tuple(asked),
        points={source: given for source, given in asked.items() if given != points[source]},
        draws=tuple(
            Draw(
                category=draw["tag"],
                count=draw["count"],
                points=Decimal(str(draw["points"])),
                difficulty=draw["difficulty"],
            )
            for draw in exam["draws"]
        ),
        minutes=exam["minutes"],
        attempts=exam["attempts"],
        shuffle=exam["shuffle"],
    )


def _file(file: Mapping[str, Any]) -> PackageFile:
    def opens() -> BinaryIO:
        copy = tempfile.TemporaryFile()  # noqa: SIM115 (whoever opens it closes it)
        if not uploads.copy_file_to(file["key"], copy):
            logger.warning("a file of a course is gone", extra={"key": file["key"]})
        copy.seek(0)
        return copy

    return PackageFile(file["name"], file["contentType"], opens)
