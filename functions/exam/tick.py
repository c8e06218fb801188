"""What the clock makes due in exams: the deadlines of attempts first, then sweeps over all students of an exam."""

from collections.abc import Sequence
from uuid import UUID

from exam.service import sweeps
from exam.tables import StoredStanding, Sweep
from lms.due import DueHandler, DueWork, Unfinished


class OverdueAttempts(DueWork[StoredStanding]):
    """Attempts that were still running at their deadline."""

    index = StoredStanding.due_index

    def run_page(self, items: Sequence[StoredStanding]) -> int:
        students = [(item.exam_id, item.student_id) for item in items]
        return sweeps.bring_up_to_date(students, self.tick.now)


class DueSweeps(DueWork[Sweep]):
    """Sweeps over all students of an exam."""

    index = Sweep.due_index

    def run(self, item: Sweep) -> None:
        failed = sweeps.run(UUID(item.exam_id), self.tick.now, self.has_time)
        if failed:
            raise Unfinished(f"{failed} students failed")


handler = DueHandler(OverdueAttempts, DueSweeps)
