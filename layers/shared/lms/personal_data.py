"""Every table in which a person occurs, with what it holds of them and what their erasure leaves: ids and grades.

`tests/journeys/test_erasure.py` holds the list complete, and the erasure to it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Holding:
    """`table` is the name in the template, without `Table`."""

    table: str
    service: str
    holds: str
    leaves: str


_NOTHING = "nothing"
_THE_SAME = "the same: ids alone"

HOLDINGS = (
    Holding(
        "Users",
        "auth",
        "account, password hash, profile; words to find them by; courses asked for",
        "id, role, version",
    ),
    Holding("Sessions", "auth", "sign-ins: since when, kind of client, address; tokens as hashes", _NOTHING),
    Holding("Codes", "auth", "codes, destinations, failed sign-ins as hashes", "ids and hashes, until they expire"),
    Holding("Roster", "auth, program, instructor", "name, address, roll number; memberships", "memberships, by id"),
    Holding("Outbox", "all", "the content of an event, until it is published", "that the user was erased"),
    Holding("Idempotency", "all", "ids; answers, encrypted by a key that is not stored", "the same, for a day"),
    Holding("Students", "student", "profile, address, date of birth, picture; who teaches what", "ids of teachers"),
    Holding("ReportCards", "student", "grades, attendance, remarks, reasons", "grades and attendance"),
    Holding("Instructors", "instructor", "name and address of a teacher, courses; enrolments, marking", "ids alone"),
    Holding("Courses", "program", "who teaches, by id", _THE_SAME),
    Holding("Enrollments", "program", "enrolments, payments for courses", _THE_SAME),
    Holding("Progress", "progress", "lessons done", _THE_SAME),
    Holding("Attendance", "progress", "presence by date", _THE_SAME),
    Holding("Feedback", "progress", "ratings and comments of and about a person; who gave which", "ratings, of nobody"),
    Holding("Standings", "exam", "attempts, scores, accommodations, reasons", "attempts and scores"),
    Holding("AttemptAnswers", "exam", "answers and marks", "marks"),
    Holding("Vouchers", "payment", "fees, payments, what payers wrote", "fees and payments"),
    Holding("Contacts", "notification", "name, address, phone number; preferences, read marks", "id and version"),
    Holding("Notifications", "notification", "messages to a person", _NOTHING),
    Holding("Institute", "institute", "calendars, time zones, what is to be paid; keys of reasons", "ids alone"),
    Holding("Audit", "institute", "who did what to whom, by ids; reasons, encrypted", "ids alone, without keys"),
    Holding("Exchange", "exchange", "who imported which file, by id and the file's name", "ids alone"),
    Holding("Broadcasts", "notification", "planned messages; who wrote which; results and vouchers", "ids alone"),
)
