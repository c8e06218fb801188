"""The routes of what single students are granted, in one exam or in a whole course."""

from exam.api.application import app
from exam.api.parameters import ExamId, StudentId
from exam.rules.release import KeysAreOut
from exam.schemas.accommodations import (
    AccommodationUpdate,
    AccommodationView,
    CourseAccommodationUpdate,
    CourseAccommodationView,
)
from exam.service import accommodations, course_accommodations
from exam.service.access import NotAccessible, StudentNotInCourse
from exam.service.accommodations import NoAccommodation
from exam.service.standings import StudentErased
from lms.dependencies import CourseId, CourseTeacher, Now, Paging
from lms.errors import refuses
from lms.pages import Page
from lms.refusals import CourseNotFound, NotCourseTeacher
from lms.security import TeacherOrAdmin


@app.get("/exams/{examId}/accommodations")
@refuses(NotAccessible)
def list_accommodations(caller: TeacherOrAdmin, exam_id: ExamId, paging: Paging) -> Page[AccommodationView]:
    """Lists what students of an exam were granted."""
    return accommodations.list_accommodations(exam_id, caller, paging)


@app.delete("/exams/{examId}/accommodations/{studentId}", status_code=204)
@refuses(NotAccessible, NotCourseTeacher, StudentNotInCourse, NoAccommodation, KeysAreOut)
def delete_accommodation(caller: TeacherOrAdmin, exam_id: ExamId, student_id: StudentId, now: Now) -> None:
    """Takes back all that one student was granted, also during an attempt."""
    accommodations.withdraw(exam_id, student_id, caller, now)


@app.put("/exams/{examId}/accommodations/{studentId}")
@refuses(NotAccessible, NotCourseTeacher, StudentNotInCourse, StudentErased, KeysAreOut)
def set_accommodation(
    caller: TeacherOrAdmin, exam_id: ExamId, student_id: StudentId, body: AccommodationUpdate, now: Now
) -> AccommodationView:
    """Grants one student more time, a later closing or more attempts."""
    return accommodations.accommodate(exam_id, student_id, caller, body, now)


@app.get("/courses/{courseId}/accommodations")
@refuses(CourseNotFound)
def list_course_accommodations(_: CourseTeacher, course_id: CourseId, paging: Paging) -> Page[CourseAccommodationView]:
    """Lists the students who were granted more time in every exam of a course."""
    return course_accommodations.list_accommodations(course_id, paging)


@app.put("/courses/{courseId}/accommodations/{studentId}")
@refuses(CourseNotFound, StudentNotInCourse, StudentErased)
def set_course_accommodation(
    _: CourseTeacher, course_id: CourseId, student_id: StudentId, body: CourseAccommodationUpdate, now: Now
) -> CourseAccommodationView:
    """Grants one student more time in every exam of a course; it counts at once in a running attempt."""
    return course_accommodations.grant(course_id, student_id, body, now)


@app.delete("/courses/{courseId}/accommodations/{studentId}", status_code=204)
@refuses(CourseNotFound, NoAccommodation)
def delete_course_accommodation(_: CourseTeacher, course_id: CourseId, student_id: StudentId, now: Now) -> None:
    """Takes back what one student was granted in every exam of a course."""
    course_accommodations.withdraw(course_id, student_id, now)
