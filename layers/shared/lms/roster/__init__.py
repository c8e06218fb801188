"""The Roster: what every service may know of people, courses and who belongs to which, written by the owners of the
facts in their own transactions, so that an answered 201 holds everywhere at once.

| owner | item | written by |
| --- | --- | --- |
| `user#<id>` | `card`; `profile`: what only the person and administrators see of it | auth |
| `email#<address>`, `roll#<number>` | `card`: whose it is, and of an address whether it is confirmed | auth |
| `program#<id>`, `course#<id>` | `card` | program |
| `courses#all` | `course#<id>`: every course that ever was | program |
| `course_title#<hash>` | `card`: the courses of one title | program |
| `student#<user id>` | `course#<course id>` | program: enrolments |
| `teacher#<user id>` | `course#<course id>` | instructor: assignments |
| `student_status#<user id>` | `card`: only of those whom the institute gave one | student |
| `institute#settings` | `card` (read through `lms.institute`) | institute |
| `term#<id>` | `card` | institute |
| `term_courses#<term id>` | `card`: the courses that name the term | program |

IAM limits each writer to its own prefixes. Readers get frozen values (`User`, `Course`, `Membership`, ...).
"""

from lms.enrollment import ENROLLED, EnrollmentStatus
from lms.roster.courses import (
    Course,
    all_courses,
    course_key,
    find_course,
    find_courses,
    find_courses_by_title,
    put_course,
    remove_course,
    require_course_exists,
)
from lms.roster.institute import Institute, find_institute, put_institute
from lms.roster.memberships import (
    Kind,
    Membership,
    class_of,
    count_class,
    courses_of,
    enrollment_of,
    enrollments_of,
    membership_key,
    put_assignment,
    put_enrollment,
    remove_assignment,
    students_after,
    teachers_of,
    teaches,
)
from lms.roster.programs import Program, find_programs, program_key, put_program, remove_program
from lms.roster.student_statuses import (
    Decision,
    StudentStatus,
    put_student_status,
    remove_student_status,
    require_active_student,
    student_status_key,
)
from lms.roster.terms import (
    Term,
    find_terms,
    leave_term,
    name_term,
    put_term,
    remove_term,
    require_term_exists,
    term_key,
)
from lms.roster.users import (
    Profile,
    User,
    close_user,
    confirm_email,
    find_by_name,
    find_unconfirmed,
    find_user,
    find_users,
    profile_key,
    put_profile,
    put_user,
    remove_user,
    require_exists,
    require_unchanged,
    require_user,
    user_key,
)

__all__ = [
    "ENROLLED",
    "Course",
    "Decision",
    "EnrollmentStatus",
    "Institute",
    "Kind",
    "Membership",
    "Profile",
    "Program",
    "StudentStatus",
    "Term",
    "User",
    "all_courses",
    "class_of",
    "close_user",
    "confirm_email",
    "count_class",
    "course_key",
    "courses_of",
    "enrollment_of",
    "enrollments_of",
    "find_by_name",
    "find_course",
    "find_courses",
    "find_courses_by_title",
    "find_institute",
    "find_programs",
    "find_terms",
    "find_unconfirmed",
    "find_user",
    "find_users",
    "leave_term",
    "membership_key",
    "name_term",
    "profile_key",
    "program_key",
    "put_assignment",
    "put_course",
    "put_enrollment",
    "put_institute",
    "put_profile",
    "put_program",
    "put_student_status",
    "put_term",
    "put_user",
    "remove_assignment",
    "remove_course",
    "remove_program",
    "remove_student_status",
    "remove_term",
    "remove_user",
    "require_active_student",
    "require_course_exists",
    "require_exists",
    "require_term_exists",
    "require_unchanged",
    "require_user",
    "student_status_key",
    "students_after",
    "teachers_of",
    "teaches",
    "term_key",
    "user_key",
]
