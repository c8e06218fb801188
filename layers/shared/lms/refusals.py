"""Refusals that several services answer; all others stand beside the rule or use case that raises them."""

from lms.errors import Conflict, Forbidden, InvalidField, NotFound, TooManyRequests


class CourseNotFound(NotFound):
    detail = "There is no such course."


class TeacherNotFound(NotFound):
    detail = "There is no such instructor."


class NotCourseTeacher(Forbidden):
    detail = "Only this course's teachers and administrators can do this."


class NotCourseMember(Forbidden):
    detail = "Only members of this course can do this."


class NotEnrolled(Forbidden):
    detail = "You are not enrolled in this course."


class RecipientOutsideCourse(InvalidField):
    field = ("recipient_ids",)
    code = "unknown"
    detail = "This person is not a student of the course."


class NotInGoodStanding(Forbidden):
    code = "standing"
    detail = "The student is suspended, or has withdrawn or graduated."


class AccountDisabled(Forbidden):
    code = "disabled"
    detail = "The account is disabled."


class AccountErased(Forbidden):
    code = "erased"
    detail = "This account was deleted."


class AccountBeingSetUp(Conflict):
    code = "provisioning"
    detail = "The account is still being set up. Try again in a moment."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class WrongPassword(Forbidden):
    code = "wrong-password"
    detail = "The current password is wrong."


class TooManyAttempts(TooManyRequests):
    detail = "Too many failed attempts. Wait before you try again."
