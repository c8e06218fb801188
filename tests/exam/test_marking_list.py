"""What a teacher has to mark, over all exams of their courses."""

from typing import Any
from uuid import UUID

from lms.events.enrollments import InstructorAssigned, InstructorUnassigned
from lms.events.exams import MarkingChanged
from tests.conftest import Outbox
from tests.exam.conftest import SINGLE, TEXT, Calls, ExamService
from tests.people import Person, sign_in


class Marking:
    """Exam, and its own events as it consumes them."""

    def __init__(self, exam: ExamService, outbox: Outbox) -> None:
        self.exam, self._outbox = exam, outbox

    def deliver(self) -> None:
        for event in self._outbox.of(MarkingChanged):
            self.exam.consume(event)

    def assign(self, teacher: Person, course_id: UUID) -> None:
        self.exam.assign(teacher, course_id)
        self.exam.consume(InstructorAssigned(version=1, course_id=course_id, teacher_id=teacher.id))

    def unassign(self, teacher: Person, course_id: UUID) -> None:
        from lms import roster
        from lms.dynamo import transaction

        with transaction() as tx:
            roster.remove_assignment(tx, teacher.id, course_id)
        self.exam.consume(InstructorUnassigned(version=2, course_id=course_id, teacher_id=teacher.id))

    def listed(self, teacher: Person | None = None, limit: int = 25) -> list[Any]:
        teacher = teacher or self.exam.teacher
        return self.exam.http.list_all(f"/instructors/{teacher.id}/marking", limit=limit, token=teacher.token)

    def ids(self, teacher: Person | None = None, limit: int = 25) -> list[str]:
        return [each["attemptId"] for each in self.listed(teacher, limit)]


def test_what_waits_in_all_courses_is_listed_oldest_first(exam: ExamService, outbox: Outbox) -> None:
    marking = Marking(exam, outbox)
    essay = exam.publish(TEXT, title="Essay")
    exam.publish(SINGLE)
    first = exam.sit(essay, {0: "Because"}, exam.other)
    exam.course = exam.add_course("Tools")
    exam.assign(exam.teacher, exam.course)
    exam.enroll(exam.student)
    second = exam.sit(exam.publish(TEXT, title="Report"), {0: "So"})
    marking.deliver()
    marking.deliver()
    for limit in (1, 25):
        assert marking.ids(limit=limit) == [first["id"], second["id"]]
    waiting = marking.listed()[0]
    assert (waiting["examTitle"], waiting["courseTitle"], waiting["studentName"]) == (
        "Essay",
        "Agents",
        exam.other.name,
    )
    assert waiting["submittedAt"] == first["submittedAt"]
    [text] = [question["id"] for question in exam.questions(essay["id"])]
    exam.mark(first, {text: 1})
    assert marking.ids() == [second["id"]]
    marking.deliver()
    assert marking.ids() == [second["id"]]


def test_who_is_assigned_later_gets_what_waits_and_who_leaves_loses_it(exam: ExamService, outbox: Outbox) -> None:
    marking = Marking(exam, outbox)
    attempt = exam.sit(exam.publish(TEXT), {0: "Because"})
    marking.deliver()
    colleague = sign_in("teacher")
    assert marking.ids(colleague) == []
    marking.assign(colleague, exam.course)
    assert marking.ids(colleague) == [attempt["id"]]
    marking.unassign(exam.teacher, exam.course)
    marking.deliver()
    assert (marking.ids(), marking.ids(colleague)) == ([], [attempt["id"]])


def test_the_list_takes_two_reads_however_many_courses_there_are(
    exam: ExamService, outbox: Outbox, calls: Calls
) -> None:
    marking = Marking(exam, outbox)
    for _ in range(5):
        exam.course = exam.add_course()
        exam.assign(exam.teacher, exam.course)
        exam.enroll(exam.student)
        exam.sit(exam.publish(TEXT), {0: "Because"})
    marking.deliver()
    calls.clear()
    assert len(marking.listed()) == 5
    assert [operation for operation, _ in calls] == ["Query", "BatchGetItem"]
