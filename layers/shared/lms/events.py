"""The catalogue of events: what happened, as versioned, frozen facts.

An event carries the whole state of its entity at `version`, never a difference, so that a consumer may drop what is
older than what it knows. `docs/asyncapi.yaml` describes the same for other languages.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

from lms.callers import Role
from lms.languages import Language

CodeChannel = Literal["email", "sms"]
MobileChange = Literal["set", "confirmed", "dropped"]


class Event(BaseModel):
    """A past-tense fact. Fields that a consumer does not know are ignored, so that producers may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    topic: ClassVar[str]
    version: int

    @property
    def subject(self) -> str:
        """The entity whose version this is: the Kafka key, so that its events keep their order."""
        raise NotImplementedError


class Person(BaseModel):
    """Personal data, kept apart from the rest of an event so that it is easily left out of logs and copies."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    username: str
    email: str
    name: str
    mobile_number: str | None = None
    city: str | None = None
    country: str | None = None
    additional_details: dict[str, Any] = {}


class UserEvent(Event):
    topic: ClassVar[str] = "lms.user"
    user_id: UUID

    @staticmethod
    def subject_of(user_id: UUID) -> str:
        """The subject of all events of a user."""
        return f"user#{user_id}"

    @property
    def subject(self) -> str:
        return self.subject_of(self.user_id)


class UserRegistered(UserEvent):
    """An account exists; it can be used once it is provisioned at the gateway.

    `invitation` (encrypted, see `lms.event_secrets`) is the link token of a person whom an administrator registered.
    `language` is the one in which somebody registered themselves.
    """

    type: ClassVar[str] = "lms.user.registered.v1"
    role: Role
    roll_no: str | None
    person: Person
    invitation: str | None = None
    invitation_expires_at: datetime | None = None
    language: Language | None = None


class UserProvisioned(UserEvent):
    """The gateway knows the user: from now on they can sign in."""

    type: ClassVar[str] = "lms.user.provisioned.v1"
    role: Role
    roll_no: str | None
    person: Person
    email_verified: bool = False


class UserProfileUpdated(UserEvent):
    """The profile, the e-mail address or a confirmation changed.

    `previous_email` is set when the address did, with whether it had been confirmed; `mobile_change` when the mobile
    number or its confirmation did.

    Republished (`lms.republish`), it is all that there is to know of a user, so it says whether they are disabled.
    """

    type: ClassVar[str] = "lms.user.profile_updated.v1"
    role: Role
    roll_no: str | None
    person: Person
    email_verified: bool
    mobile_verified: bool
    disabled: bool = False
    previous_email: str | None = None
    previous_email_verified: bool = False
    mobile_change: MobileChange | None = None


class UserCodeRequested(UserEvent):
    """A code is to be sent to `destination`; `code` and `link_token` are encrypted, worthless after `expires_at`."""

    reset_id: UUID
    channel: CodeChannel
    destination: str
    code: str
    link_token: str | None = None
    expires_at: datetime


class UserPasswordResetRequested(UserCodeRequested):
    type: ClassVar[str] = "lms.user.password_reset_requested.v1"


class UserVerificationRequested(UserCodeRequested):
    type: ClassVar[str] = "lms.user.verification_requested.v1"


class UserInvited(UserCodeRequested):
    """An administrator sends an invitation again; `link_token` alone counts."""

    type: ClassVar[str] = "lms.user.invited.v1"


class UserPasswordChanged(UserEvent):
    """Every session has ended; the gateway credential was replaced.

    `reset_by` is how the code or link was sent that set the password; None when the current password was given.
    """

    type: ClassVar[str] = "lms.user.password_changed.v1"
    reset_by: CodeChannel | None = None


class UserSessionsRevoked(UserEvent):
    """The user signed out everywhere; the gateway credential was replaced."""

    type: ClassVar[str] = "lms.user.sessions_revoked.v1"


class UserDisabled(UserEvent):
    type: ClassVar[str] = "lms.user.disabled.v1"


class UserEnabled(UserEvent):
    type: ClassVar[str] = "lms.user.enabled.v1"


class UserErased(UserEvent):
    """The tombstone of a user: forget every copy of their personal data."""

    type: ClassVar[str] = "lms.user.erased.v1"


class UserPreferencesChanged(Event):
    """A person chose another time zone or language; `version` is that of their preferences.

    Null: they chose none, and the institute's counts.
    """

    type: ClassVar[str] = "lms.user.preferences_changed.v1"
    topic: ClassVar[str] = "lms.user"
    user_id: UUID
    time_zone: str | None
    language: Language | None = None

    @property
    def subject(self) -> str:
        return f"preferences#{self.user_id}"


class ExportEvent(Event):
    """`version` is always 1. On the topic of users, so that who holds something of a person consumes it already."""

    topic: ClassVar[str] = "lms.user"
    export_id: UUID
    person_id: UUID


class ExportRequested(ExportEvent):
    """Somebody wants everything that the system holds about a person; each service adds its part (`lms.exports`)."""

    type: ClassVar[str] = "lms.export.requested.v1"

    @property
    def subject(self) -> str:
        return f"export#{self.export_id}"


class ExportPartAdded(ExportEvent):
    """A service has added what it holds about the person, or that this is nothing."""

    type: ClassVar[str] = "lms.export.part_added.v1"
    service: str

    @property
    def subject(self) -> str:
        return f"export#{self.export_id}#{self.service}"


class CoursesRequested(Event):
    """An administrator imported a person with courses to learn in, or to teach; `version` is always 1.

    Whoever can give what the role asks for does so, or says why not (`CourseRequestRefused`). Nobody who left a course
    is brought back by it.
    """

    type: ClassVar[str] = "lms.user.courses_requested.v1"
    topic: ClassVar[str] = "lms.user"
    import_id: UUID
    user_id: UUID
    role: Role
    course_ids: tuple[UUID, ...]
    requested_by: UUID

    @property
    def subject(self) -> str:
        return f"course_request#{self.import_id}#{self.user_id}"


CourseRefusal = Literal["closed", "deleted", "full", "inactive", "left", "standing", "unpaid"]
"""Why a person did not get into a course; `inactive` and `standing` are about the person."""


class CourseRequestRefused(Event):
    """A person who was imported did not get into one of the courses; `version` is always 1."""

    type: ClassVar[str] = "lms.user.course_request_refused.v1"
    topic: ClassVar[str] = "lms.user"
    import_id: UUID
    user_id: UUID
    course_id: UUID
    requested_by: UUID
    reason: CourseRefusal

    @property
    def subject(self) -> str:
        return f"course_request#{self.import_id}#{self.user_id}#{self.course_id}"


class ProgramEvent(Event):
    topic: ClassVar[str] = "lms.catalog"
    program_id: UUID

    @property
    def subject(self) -> str:
        return f"program#{self.program_id}"


class ProgramCreated(ProgramEvent):
    type: ClassVar[str] = "lms.program.created.v1"
    title: str


class ProgramUpdated(ProgramEvent):
    type: ClassVar[str] = "lms.program.updated.v1"
    title: str


class ProgramDeleted(ProgramEvent):
    """The tombstone of a program."""

    type: ClassVar[str] = "lms.program.deleted.v1"


class CourseEvent(Event):
    topic: ClassVar[str] = "lms.catalog"
    course_id: UUID
    program_id: UUID

    @property
    def subject(self) -> str:
        return f"course#{self.course_id}"


class CourseState(CourseEvent):
    """The whole of a course, but for its outline. `fee` is exact, in units of `currency`; None: none is stated."""

    title: str
    short_description: str
    quarter: str | None
    capacity: int | None
    enrollment: Literal["open", "closed"]
    requires_payment: bool
    fee: Decimal | None = None
    currency: str = "PKR"
    term_id: UUID | None = None


class CourseCreated(CourseState):
    type: ClassVar[str] = "lms.course.created.v1"


class CourseCopied(CourseEvent):
    """A course was created as a copy of another, whose outline and exams it is to get.

    `days`: how much later its term begins than that of the other.
    """

    type: ClassVar[str] = "lms.course.copied.v1"
    copied_from: UUID
    days: int

    def copy_of(self, part_id: UUID) -> UUID:
        """The id that a part of the other course has in this one."""
        return uuid5(self.course_id, str(part_id))


class CourseUpdated(CourseState):
    type: ClassVar[str] = "lms.course.updated.v1"


class CourseDeleted(CourseEvent):
    """The tombstone of a course. Results, report cards and vouchers stay."""

    type: ClassVar[str] = "lms.course.deleted.v1"


class EnrollmentEvent(Event):
    """`version` is the enrolment's: of one student in one course."""

    topic: ClassVar[str] = "lms.enrollment"
    course_id: UUID
    student_id: UUID

    @property
    def subject(self) -> str:
        return f"enrollment#{self.student_id}#{self.course_id}"


class StudentEnrolled(EnrollmentEvent):
    type: ClassVar[str] = "lms.student.enrolled.v1"


class StudentDropped(EnrollmentEvent):
    type: ClassVar[str] = "lms.student.dropped.v1"


class StudentCompleted(EnrollmentEvent):
    type: ClassVar[str] = "lms.student.completed.v1"


class AssignmentEvent(Event):
    """`version` is the assignment's: of one teacher to one course."""

    topic: ClassVar[str] = "lms.enrollment"
    course_id: UUID
    teacher_id: UUID

    @property
    def subject(self) -> str:
        return f"assignment#{self.teacher_id}#{self.course_id}"


class InstructorAssigned(AssignmentEvent):
    type: ClassVar[str] = "lms.instructor.assigned.v1"


class InstructorUnassigned(AssignmentEvent):
    type: ClassVar[str] = "lms.instructor.unassigned.v1"


class OutlineChanged(Event):
    """A course's outline has a new version; the outline itself is read from the Outline read model."""

    type: ClassVar[str] = "lms.outline.changed.v1"
    topic: ClassVar[str] = "lms.content"
    course_id: UUID
    modules: int
    lessons: int

    @property
    def subject(self) -> str:
        return f"outline#{self.course_id}"


class MaterialPublished(Event):
    """Lessons became visible to students with this version of the outline: how many, and the first ten titles."""

    type: ClassVar[str] = "lms.material.published.v1"
    topic: ClassVar[str] = "lms.content"
    course_id: UUID
    count: int
    lessons: tuple[str, ...]

    @property
    def subject(self) -> str:
        return f"material#{self.course_id}"


class ExamEvent(Event):
    topic: ClassVar[str] = "lms.exam"
    exam_id: UUID
    course_id: UUID

    @property
    def subject(self) -> str:
        return f"exam#{self.exam_id}"


class ExamState(ExamEvent):
    """A published exam, without its questions. `duration` is in minutes, `weight` and `pass_mark` are plain numbers."""

    title: str
    opens_at: datetime
    closes_at: datetime
    duration: int
    weight: Decimal
    pass_mark: Decimal
    paper: bool


class ExamScheduled(ExamState):
    """Students can see the exam from now on."""

    type: ClassVar[str] = "lms.exam.scheduled.v1"


class ExamChanged(ExamState):
    type: ClassVar[str] = "lms.exam.changed.v1"


class ExamCancelled(ExamEvent):
    """The tombstone of an exam that was published. `withdrawn`: it is not deleted, and may be published again."""

    type: ClassVar[str] = "lms.exam.cancelled.v1"
    withdrawn: bool = False


class ResultRecorded(Event):
    """A student's result in an exam, at its release and on each later change; `version` is the result's.

    `score` is the best attempt's, in percent with two places; a missed exam has 0. `released` is False when a
    published result is withdrawn.
    """

    type: ClassVar[str] = "lms.result.recorded.v1"
    topic: ClassVar[str] = "lms.exam"
    exam_id: UUID
    course_id: UUID
    student_id: UUID
    score: Decimal
    status: Literal["passed", "failed", "missed"]
    weight: Decimal
    released: bool = True

    @property
    def subject(self) -> str:
        return f"result#{self.exam_id}#{self.student_id}"


class AttemptReopened(Event):
    """A submitted attempt takes answers again, until `until`; `version` is that of the student's part in the exam."""

    type: ClassVar[str] = "lms.attempt.reopened.v1"
    topic: ClassVar[str] = "lms.exam"
    attempt_id: UUID
    exam_id: UUID
    course_id: UUID
    student_id: UUID
    until: datetime

    @property
    def subject(self) -> str:
        return f"attempt#{self.attempt_id}"


class MarkingChanged(Event):
    """How many of a student's attempts at an exam wait for a teacher's marks; `version` is that of this number.

    Whoever counts what waits in a course adds up the students: no counter is shared by a class that submits at once.
    """

    type: ClassVar[str] = "lms.marking.changed.v1"
    topic: ClassVar[str] = "lms.exam"
    exam_id: UUID
    course_id: UUID
    student_id: UUID
    waiting: int

    @property
    def subject(self) -> str:
        return f"marking#{self.exam_id}#{self.student_id}"


class ProgressUpdated(Event):
    """`version` is the progress's: of one student in one course. `completed` once every lesson was done; it stays."""

    type: ClassVar[str] = "lms.progress.updated.v1"
    topic: ClassVar[str] = "lms.progress"
    student_id: UUID
    course_id: UUID
    current_module: UUID | None
    completion_percentage: int
    completed: bool

    @property
    def subject(self) -> str:
        return f"progress#{self.student_id}#{self.course_id}"


class AttendanceRecord(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    student_id: UUID
    status: Literal["present", "late", "absent", "excused"]


class AttendanceRecorded(Event):
    """The whole of one session: a course on one date. What an earlier version said of it no longer counts."""

    type: ClassVar[str] = "lms.attendance.recorded.v1"
    topic: ClassVar[str] = "lms.progress"
    course_id: UUID
    date: date
    records: tuple[AttendanceRecord, ...]

    @property
    def subject(self) -> str:
        return f"attendance#{self.course_id}#{self.date}"


class FeedbackSubmitted(Event):
    type: ClassVar[str] = "lms.feedback.submitted.v1"
    topic: ClassVar[str] = "lms.progress"
    feedback_id: UUID
    course_id: UUID
    teacher_id: UUID | None
    rating: int

    @property
    def subject(self) -> str:
        return f"feedback#{self.feedback_id}"


class VoucherEvent(Event):
    """`fee` is exact, in units of `currency` (ISO 4217)."""

    topic: ClassVar[str] = "lms.payment"
    voucher_no: str
    student_id: UUID
    course_id: UUID
    quarter: str
    fee: Decimal
    currency: str
    due_date: date

    @property
    def subject(self) -> str:
        return f"voucher#{self.voucher_no}"


class VoucherIssued(VoucherEvent):
    type: ClassVar[str] = "lms.voucher.issued.v1"


class VoucherCancelled(VoucherEvent):
    """An unpaid voucher is not to be paid any more."""

    type: ClassVar[str] = "lms.voucher.cancelled.v1"


class PaymentConfirmed(VoucherEvent):
    type: ClassVar[str] = "lms.payment.confirmed.v1"
    paid_at: datetime


class MessageRequested(Event):
    """Somebody asks for a message to be sent to people, to a class or to an `audience`; `version` is always 1.

    `teacher_id`: for whom an administrator sends it. `accepted`: to how many people it goes.
    """

    type: ClassVar[str] = "lms.message.requested.v1"
    topic: ClassVar[str] = "lms.message"
    message_id: UUID
    sender_id: UUID
    teacher_id: UUID | None = None
    course_id: UUID | None
    recipient_ids: tuple[UUID, ...]
    kind: Literal["announcement", "course_update", "exam", "deadline"]
    subject_line: str | None
    message: str
    channels: tuple[Literal["in_app", "email", "sms"], ...]
    send_at: datetime | None
    accepted: int | None = None
    audience: Literal["everybody", "students", "teachers"] | None = None

    @property
    def subject(self) -> str:
        return f"message#{self.message_id}"


class ImportEvent(Event):
    """`version` is the import's: of one file that is brought into a course."""

    topic: ClassVar[str] = "lms.exchange"
    import_id: UUID
    course_id: UUID

    @property
    def subject(self) -> str:
        return f"import#{self.import_id}"


class ImportReadRequested(ImportEvent):
    """A file was uploaded, and is to be read."""

    type: ClassVar[str] = "lms.import.read_requested.v1"


class ImportDeleted(ImportEvent):
    """The tombstone of an import. What was taken from it into the course stays."""

    type: ClassVar[str] = "lms.import.deleted.v1"


ImportKind = Literal["outline", "bank", "exams"]


class ImportPartRequested(ImportEvent):
    """A part of an import is to become part of the course: the JSON file at `key`, written by exchange.

    Who owns the `kind` does it once, and answers with `ImportPartApplied`. `actor_id` asked for it.
    """

    type: ClassVar[str] = "lms.import.part_requested.v1"
    part: int
    kind: ImportKind
    key: str
    actor_id: UUID


class ItemLeftOut(BaseModel):
    """An item of a part that the course could not take, and why, in words for a teacher."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    what: str
    reason: str


class ImportPartApplied(Event):
    """A part of an import is in the course, but for what was left out; `version` is always 1."""

    type: ClassVar[str] = "lms.import.part_applied.v1"
    topic: ClassVar[str] = "lms.exchange"
    import_id: UUID
    part: int
    added: int
    left_out: tuple[ItemLeftOut, ...]

    @property
    def subject(self) -> str:
        return f"import#{self.import_id}#{self.part}"


CourseExportFormat = Literal["gift", "moodleXml", "qti", "commonCartridge"]
CourseExportPart = Literal["outline", "bank"]


class CourseExportRequested(Event):
    """Somebody wants a course, or its question bank, as a file; `version` is always 1.

    Who owns one of `parts` writes it as JSON to `<folder><part>.json` and answers with `CourseExportPartAdded`.
    """

    type: ClassVar[str] = "lms.course_export.requested.v1"
    topic: ClassVar[str] = "lms.exchange"
    export_id: UUID
    course_id: UUID
    parts: tuple[CourseExportPart, ...]
    folder: str

    @property
    def subject(self) -> str:
        return f"course_export#{self.export_id}"

    def part_key(self, part: CourseExportPart) -> str:
        """Where a part is written."""
        return f"{self.folder}{part}.json"


class CourseExportPartAdded(Event):
    """A part of the export of a course is written; `version` is always 1."""

    type: ClassVar[str] = "lms.course_export.part_added.v1"
    topic: ClassVar[str] = "lms.exchange"
    export_id: UUID
    part: CourseExportPart

    @property
    def subject(self) -> str:
        return f"course_export#{self.export_id}#{self.part}"


class InstituteSettingsChanged(Event):
    """The institute's settings as they are now; every service also finds them on the Roster (`lms.institute`)."""

    type: ClassVar[str] = "lms.institute.settings_changed.v1"
    topic: ClassVar[str] = "lms.institute"
    name: str
    time_zone: str
    languages: tuple[str, ...]
    country: str | None
    currency: str
    registration: Literal["open", "closed"]

    @property
    def subject(self) -> str:
        return "institute"


AuditAction = Literal[
    "account.changed",
    "account.created",
    "account.disabled",
    "account.enabled",
    "account.erased",
    "attempt.marked",
    "attempt.reopened",
    "course.assigned",
    "course.unassigned",
    "enrollment.changed",
    "exam.regraded",
    "export.requested",
    "grade.overridden",
    "result.recorded",
    "results.released",
    "settings.changed",
    "student.changed",
    "term.changed",
    "term.created",
    "term.deleted",
    "voucher.cancelled",
    "voucher.confirmed",
    "voucher.issued",
]
"""What the audit trail records."""


class Audited(Event):
    """Somebody changed a grade, a right, money or a setting. Emitted by `lms.audit` alone; `version` is always 1.

    `about` has the ids of what was changed and of whom, by kind; `before` and `after` hold no personal data.
    """

    type: ClassVar[str] = "lms.change.audited.v1"
    topic: ClassVar[str] = "lms.audit"
    audit_id: UUID
    at: datetime
    service: str
    actor_id: UUID | None
    action: AuditAction
    about: dict[str, str]
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    reason: str | None = None

    @property
    def subject(self) -> str:
        return f"audit#{self.audit_id}"


CATALOGUE: dict[str, type[Event]] = {
    event.type: event
    for event in (
        UserRegistered,
        UserProvisioned,
        UserProfileUpdated,
        UserPasswordResetRequested,
        UserVerificationRequested,
        UserInvited,
        UserPasswordChanged,
        UserSessionsRevoked,
        UserDisabled,
        UserEnabled,
        UserErased,
        UserPreferencesChanged,
        CoursesRequested,
        CourseRequestRefused,
        ExportRequested,
        ExportPartAdded,
        ProgramCreated,
        ProgramUpdated,
        ProgramDeleted,
        CourseCreated,
        CourseCopied,
        CourseUpdated,
        CourseDeleted,
        StudentEnrolled,
        StudentDropped,
        StudentCompleted,
        InstructorAssigned,
        InstructorUnassigned,
        ExamScheduled,
        ExamChanged,
        ExamCancelled,
        ResultRecorded,
        AttemptReopened,
        MarkingChanged,
        ProgressUpdated,
        AttendanceRecorded,
        FeedbackSubmitted,
        VoucherIssued,
        VoucherCancelled,
        PaymentConfirmed,
        OutlineChanged,
        MaterialPublished,
        MessageRequested,
        ImportReadRequested,
        ImportDeleted,
        ImportPartRequested,
        ImportPartApplied,
        CourseExportRequested,
        CourseExportPartAdded,
        InstituteSettingsChanged,
        Audited,
    )
}
TOPICS: tuple[str, ...] = tuple(sorted({event.topic for event in CATALOGUE.values()}))
