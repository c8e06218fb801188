"""A school that grows: one course whose calls are measured, and any number of students and courses around it."""

from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

from lms import roster
from lms.dynamo import transaction
from lms.events.catalogue import CATALOGUE
from lms.events.courses import CourseState, ProgramCreated
from lms.institute import current_institute, kept
from lms.outbox import OutboxItem
from program.tables import Enrollment, Seats
from student.api import handler as student_handler
from student.consumer import handler as student_consumer
from tests.clients import Answer, Client, kafka_event
from tests.conftest import Clock
from tests.content.conftest import CURRICULUM, Content
from tests.people import publish_key, sign_in
from tests.program.conftest import Program

# Each takes two of the hundred writes that a transaction may have.
_AT_ONCE = 49
_COURSES_A_PROGRAM = 4


class School:
    """The largest outline of the real curriculum is the one course's."""

    def __init__(self) -> None:
        publish_key()
        self._clock = Clock()
        self._program, self._content = Program(self._clock), Content(self._clock)
        self._course = self._program.new_course(capacity=20_000)
        self._content.course = UUID(self._course)
        self._content.assign(self._content.teacher, self._content.course)
        assert self._content.put_outline(CURRICULUM["courses"][0]["modules"]).status == 200
        self._students = Client(student_handler)
        emitted = [CATALOGUE[item.type].model_validate_json(item.data) for item in OutboxItem.scan()]
        known = [event for event in emitted if isinstance(event, CourseState | ProgramCreated)]
        student_consumer(kafka_event(*known), None)

    def calls(self) -> Iterator[tuple[str, Callable[[], Answer]]]:
        """What each who takes part in the course does, by a student who is new to it; in order."""
        student, http = sign_in("student"), self._program.http
        # Read once a minute, whoever asks.
        kept.forget()
        current_institute()
        details, enrollments = f"/courses/{self._course}/details", f"/courses/{self._course}/enrollments"
        yield "GET /courses/{id}/details (a stranger)", lambda: http.get(details, token=student.token)
        yield "POST /courses/{id}/enrollments", lambda: http.post(enrollments, token=student.token)
        yield "GET /courses/{id}/details (enrolled)", lambda: http.get(details, token=student.token)
        yield "GET /courses/{id}/details (its teacher)", lambda: http.get(details, token=self._content.teacher.token)
        modules = f"/courses/{self._course}/modules"
        yield "GET /courses/{id}/modules", lambda: self._content.http.get(modules, token=student.token)
        gradebook, page = f"/courses/{self._course}/reportCards", {"limit": "10"}
        yield (
            "GET /courses/{id}/reportCards (its teacher)",
            lambda: self._students.get(gradebook, token=self._content.teacher.token, query=page),
        )
        yield "GET /student/courses", lambda: self._students.get("/student/courses", token=student.token)
        own = f"{enrollments}/{student.id}"
        yield "DELETE /courses/{id}/enrollments/{id}", lambda: http.delete(own, token=student.token)

    def add_programs(self, number: int) -> None:
        for _ in range(number):
            self._program.id = self._program.new_program(f"Program {uuid4()}")["id"]
            for _ in range(_COURSES_A_PROGRAM):
                self._program.new_course()

    def add_students(self, number: int) -> None:
        """Enrols as program does, without the requests."""
        course, now = UUID(self._course), self._clock()
        for start in range(0, number, _AT_ONCE):
            students = [uuid4() for _ in range(min(_AT_ONCE, number - start))]
            with transaction() as tx:
                for student in students:
                    tx.put(
                        Enrollment(
                            course_id=course, student_id=student, status="active", created_at=now, updated_at=now
                        )
                    )
                    roster.put_enrollment(tx, student, course, "active", version=1)
                tx.update(Seats(course_id=course), [Seats.taken.add(len(students))])
