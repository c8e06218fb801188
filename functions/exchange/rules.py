"""The rules of imports: in which state what may be done, and for how long."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Literal, get_args

from lms.errors import Conflict
from lms.events.exchange import CourseExportPart, ImportKind

State = Literal["waiting", "reading", "ready", "failed", "applying", "applied"]
FormatName = Literal["gift", "moodleXml", "moodleBackup", "qti", "commonCartridge", "olx"]
Outcome = Literal["leftOut", "changed", "taken"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""In the order of a report: what needs a teacher's eye comes first."""
KINDS: tuple[ImportKind, ...] = get_args(ImportKind)
"""In the order in which they are applied: exams refer to questions of the bank."""

TargetKind = Literal["lesson", "question", "exam"]
APPLIED_WITH: dict[TargetKind, ImportKind] = {"lesson": "outline", "question": "bank", "exam": "exams"}

ExportState = Literal["gathering", "complete", "failed"]
PARTS: dict[str, tuple[CourseExportPart, ...]] = {
    "gift": ("bank",),
    "moodleXml": ("bank",),
    "qti": ("bank",),
    "commonCartridge": ("outline", "bank", "exams"),
}
"""What a file of a format is made of."""
EXTENSIONS: dict[str, str] = {
    "gift": ".gift",
    "moodleXml": ".xml",
    "qti": ".zip",
    "commonCartridge": ".imscc",
}
EXPORT_KEPT = timedelta(hours=24)

MAX_BYTES = 200 * 1024 * 1024
KEPT = timedelta(days=30)
"""An import with its report, and how long it can be applied."""
READING_ENDS = timedelta(hours=2)
"""When another file of the course may be read, whatever became of this one."""
STUCK_AFTER = timedelta(minutes=2)
"""When a part that is being applied may be asked for again."""
MOST_TRIES = 3
"""How often reading a file is begun: a file that ends its reader three times is too much for it."""


class NothingUploaded(Conflict):
    code = "nothing-uploaded"
    detail = (
        "The file has not been uploaded, or it is gone. Upload it first; a form works for an hour, a file for a day."
    )


class AnotherIsRead(Conflict):
    code = "another-is-read"
    detail = "Another file of this course is being read. Try again when it is finished."


class NotReadYet(Conflict):
    code = "not-read-yet"
    detail = "This file has not been read yet, or could not be read, so that there is nothing to apply."


class AlreadyRead(Conflict):
    code = "already-read"
    detail = "This file was read already. Upload it anew to read it again."


class StillApplied(Conflict):
    code = "still-applied"
    detail = "Another part of this import is being applied. Try again when it is finished."


def may_be_read(state: str) -> bool:
    """Whether reading is to begin, which it does again for a file that failed; raises `AlreadyRead`."""
    if state in ("ready", "applying", "applied"):
        raise AlreadyRead
    return state != "reading"


def still_to_apply(
    state: str, selected: Collection[ImportKind], done: Collection[str], running: Collection[str]
) -> list[ImportKind]:
    """Which of the selected kinds are not applied yet; none while just these are being applied.

    Raises `NotReadYet`, `StillApplied`.
    """
    if state not in ("ready", "applying", "applied"):
        raise NotReadYet
    if state == "applying":
        if not set(selected) <= {*running, *done}:
            raise StillApplied
        return []
    return [kind for kind in KINDS if kind in selected and kind not in done]


def is_applied(kind: ImportKind, state: str, applied: Collection[str], running: Collection[str]) -> bool:
    """Whether what was read of a kind is in the course, and not only on its way there."""
    return kind in applied and (state == "applied" or kind not in running)


def next_part(parts: Sequence[Sequence[str | int]], selected: Collection[str], after: int) -> int | None:
    """The next part behind `after` (-1: from the first) of a kind that was selected."""
    return next((i for i in range(after + 1, len(parts)) if parts[i][0] in selected), None)


def with_applied(
    applied: Mapping[str, Mapping[str, int]], kind: str, added: int, left_out: int
) -> dict[str, dict[str, int]]:
    """What became of all kinds, with one more part of a kind."""
    before = applied.get(kind, {"added": 0, "leftOut": 0})
    after = {"added": before["added"] + added, "leftOut": before["leftOut"] + left_out}
    return {**{name: dict(counts) for name, counts in applied.items()}, kind: after}
