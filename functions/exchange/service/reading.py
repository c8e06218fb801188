"""Reading an uploaded file: what it holds goes into the bucket in parts, what becomes of each item into the report."""

import hashlib
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType
from typing import IO, Protocol
from uuid import UUID

from pynamodb.expressions.update import Action

from exchange import files, reasons, rules
from exchange.items import MOST_LINES, Note, NotReadable, Package, Reason, Sentence
from exchange.packages import Opened, open_package
from exchange.service.parts import Part, StoredFile, Target, parts_of, targets_of, used_files
from exchange.tables import Import, ReportLine, RunningRead
from lms import assets, uploads
from lms.dynamo import Stale, transaction
from lms.faults import is_transient
from lms.log import logger
from lms.signatures import IMAGE_TYPES

_PROGRESS_EVERY = 20
_IMPORTS_LOOKED_AT = 200
# What is left for saying that a file takes too long.
_SPARE_SECONDS = 60.0
_OUTCOMES: dict[str, rules.Outcome] = {"taken": "taken", "changed": "changed", "left out": "leftOut"}
_UNKNOWN = (
    "The file is of no kind that can be read: GIFT, Moodle XML, a Moodle course backup (.mbz), QTI 2.1 to 3.0, "
    "Common Cartridge or an Open edX course (.tar.gz)."
)
_TOO_MUCH = (
    "The file takes more time or memory to read than there is. Split it, or leave out large files, and try again."
)
_FAULT = "A fault of the system kept the file from being read. Its operators find the cause in the log."


class Format(Protocol):
    """A module of `exchange.formats`."""

    def detect(self, opened: Opened) -> bool:
        """Whether the file is of this format."""

    def read(self, opened: Opened) -> Package:
        """What it holds; raises `NotReadable`."""


Formats = Sequence[tuple[str, Format]]


class _OutOfTime(Exception):
    """Reading took too long."""


class _Gone(Exception):
    """The import was deleted, or another reader has it."""


def run(import_id: UUID, formats: Formats, clock: Callable[[], datetime], seconds_left: Callable[[], float]) -> None:
    """Reads the file of an import, unless it is read by another or was; begun again after a crash, it is the same.

    Faults that pass are raised, so that the queue brings it again; any other ends the import as failed.
    """
    found = Import.find(import_id, "")
    if found is None or found.state != "reading":
        return
    now = clock()
    if found.lease_until is not None and found.lease_until > now:
        # Should its reader die, the queue entry from which that one works comes again.
        return
    try:
        if found.tries >= rules.MOST_TRIES:
            _fail(found, _TOO_MUCH, now)
            return
        lease = now + timedelta(seconds=seconds_left())
        _change(found, Import.tries.set(found.tries + 1), Import.lease_until.set(lease))
        _read_or_fail(found, formats, clock, seconds_left() - _SPARE_SECONDS)
    except (_Gone, Stale):
        logger.info("no longer to be read", extra={"import_id": str(import_id)})


def _read_or_fail(found: Import, formats: Formats, clock: Callable[[], datetime], seconds: float) -> None:
    try:
        _read(found, formats, clock, seconds)
    except NotReadable as refusal:
        _fail(found, refusal.reason, clock())
    except (_OutOfTime, MemoryError, RecursionError):
        logger.exception("too much to read", extra={"import_id": str(found.id)})
        _fail(found, _TOO_MUCH, clock())
    except (_Gone, Stale):
        raise
    except Exception as error:
        if is_transient(error):
            _change(found, Import.lease_until.remove())
            raise
        # A reader's fault must not bring the file again and again; its owner sees that it failed.
        logger.exception("not read", extra={"import_id": str(found.id)})
        _fail(found, _FAULT, clock())


def _read(found: Import, formats: Formats, clock: Callable[[], datetime], seconds: float) -> None:
    with tempfile.TemporaryFile() as file:
        if not uploads.copy_upload_to(files.upload_key(found.id), file):
            raise NotReadable("The uploaded file is gone. Upload it anew.")
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        with open_package(file, found.file_name) as opened, _time_limit(seconds):
            name, package = _parse(opened, formats)
            _store(found, name, package, digest, clock)


def _parse(opened: Opened, formats: Formats) -> tuple[str, Package]:
    for name, module in formats:
        if module.detect(opened):
            return name, module.read(opened)
    raise NotReadable(_UNKNOWN)


def _store(found: Import, name: str, package: Package, digest: str, clock: Callable[[], datetime]) -> None:
    used, notes = _usable(package)
    items = len(package.questions) + len(package.quizzes) + sum(len(module.lessons) for module in package.modules)
    found.total, found.done = items + len(used), 0
    stored: dict[str, StoredFile] = {}
    opens = {file.name: file.open for file in package.files}
    for number, file_name in enumerate(used):
        if number % _PROGRESS_EVERY == 0:
            _note_progress(found, number)
        stored[file_name] = _store_file(opens[file_name], files.file_key(found.id, number), file_name)
    parts = list(parts_of(package, found.id, stored))
    for number, part in enumerate(parts):
        _note_progress(found, min(found.total, len(used) + sum(each.count for each in parts[:number])))
        uploads.write(files.part_key(found.id, number), part.dump(), "application/json")
    outcomes = _write_report(found, [*package.notes, *notes], targets_of(package, found.id))
    found.digest = digest
    _finish(found, name, package, parts, outcomes, len(used), clock())


def _usable(package: Package) -> tuple[list[str], list[Note]]:
    """The files to store, and lines about those that lessons and questions cannot have."""
    known = {file.name for file in package.files}
    offered, shown, of_questions = used_files(package)
    notes: list[Note] = []
    usable: list[str] = []
    for names, types in ((offered, tuple(assets.EXTENSIONS)), (shown, IMAGE_TYPES), (of_questions, IMAGE_TYPES)):
        for name, where in names.items():
            reason = _why_unusable(name, known, types)
            if reason is None:
                usable.append(name)
            else:
                notes.append(Note.left_out(where, name, reason))
    return list(dict.fromkeys(usable)), notes


def _why_unusable(name: str, known: Collection[str], types: Collection[str]) -> str | None:
    if name not in known:
        return "The file is missing from the package."
    if assets.type_of_name(name) not in types:
        endings = sorted(ending for ending, content_type in assets.TYPES.items() if content_type in types)
        return Sentence("Files of this type cannot be taken here, but {endings}.", endings=", ".join(endings))
    return None


def _store_file(opens: Callable[[], IO[bytes]], key: str, name: str) -> StoredFile:
    # Storage wants to know a file's length first, which an archive may state wrongly.
    with tempfile.TemporaryFile() as copy, opens() as stream:
        shutil.copyfileobj(stream, copy)
        size = copy.tell()
        copy.seek(0)
        content_type = assets.type_of_name(name) or "application/octet-stream"
        uploads.write(key, copy, content_type)
    return StoredFile(key, name, size)


def _write_report(
    found: Import, notes: Sequence[Note], target_of: Callable[[Note], Target | None]
) -> Mapping[str, int]:
    if len(notes) > MOST_LINES:
        raise NotReadable(Sentence("The file holds more than {most} items.", most=MOST_LINES))
    counts: dict[rules.Outcome, int] = dict.fromkeys(rules.OUTCOMES, 0)
    rows = []
    for number, note in enumerate(notes):
        outcome = _OUTCOMES[note.outcome]
        counts[outcome] += 1
        rows.append(_line(found, outcome, number, note, target_of(note)))
    ReportLine.put_all(rows)
    return {"taken": counts["taken"], "changed": counts["changed"], "left_out": counts["leftOut"]}


def _line(found: Import, outcome: rules.Outcome, number: int, note: Note, target: Target | None) -> ReportLine:
    return ReportLine(
        f"{found.id}#{outcome}",
        f"{number:08d}",
        where=note.where[:500],
        what=note.what[:500],
        reason=note.reason[:2000],
        reasons=reasons.coded(note.reasons),
        target_kind=target and target.kind,
        target_id=target and target.id,
        expires_at=found.expires_at,
    )


def _note_progress(found: Import, done: int) -> None:
    _change(found, Import.done.set(done), Import.total.set(found.total))


def _change(found: Import, *actions: Action) -> None:
    if not found.update_if(Import.state == "reading", list(actions)):
        raise _Gone


def _finish(
    found: Import,
    name: str,
    package: Package,
    parts: Sequence[Part],
    outcomes: Mapping[str, int],
    stored: int,
    now: datetime,
) -> None:
    found.state, found.format, found.title = "ready", name, package.title[:200] or None
    found.done = found.total
    found.contents = {
        "modules": len(package.modules),
        "lessons": sum(len(module.lessons) for module in package.modules),
        "files": stored,
        "questions": len(package.questions),
        "exams": len(package.quizzes),
    }
    found.applied_before = _applied_before(found)
    found.outcomes = dict(outcomes)
    found.parts = [[part.kind, part.count] for part in parts]
    _end(found, now)


def _applied_before(found: Import) -> UUID | None:
    """The last import of the same file of which something is part of the course, that nobody adds it twice unawares."""
    others = Import.course_index.query(found.course_id, scan_index_forward=False, limit=_IMPORTS_LOOKED_AT)
    same = (other.id for other in others if other.digest == found.digest and other.id != found.id and other.applied)
    return next(same, None)


def _fail(found: Import, reason: str, now: datetime) -> None:
    found.state, found.reason = "failed", reason[:2000]
    found.reasons = reasons.coded([Reason.of(reason)])
    _end(found, now)


def _end(found: Import, now: datetime) -> None:
    found.lease_until, found.updated_at = None, now
    running = RunningRead.find(found.course_id, "")
    with transaction() as tx:
        tx.put(found)
        if running is not None and running.import_id == found.id:
            tx.delete(running, RunningRead.import_id == found.id)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raises `_OutOfTime` in the block after so many seconds; in Lambda a function runs in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_: int, __: FrameType | None) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, max(1.0, seconds))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
