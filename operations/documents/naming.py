"""Names that generated clients give to calls and types: operation ids, and enumerations as schemas of their own."""

import re
from itertools import count
from typing import Any, get_args

from pydantic.alias_generators import to_camel

from lms.events import AuditAction

Schema = dict[str, Any]

# Routes whose function is not called by a verb and a noun, or as one of another service.
_OPERATIONS = {
    "auth.erase": "eraseUser",
    "auth.forgot_password": "requestPasswordReset",
    "auth.instructor_login": "loginInstructor",
    "auth.jwks": "getPublicKeys",
    "auth.login": "loginUser",
    "auth.logout": "logoutUser",
    "auth.own_profile": "getOwnAccount",
    "auth.profile": "getAccount",
    "auth.refresh": "refreshTokens",
    "auth.register": "registerStudent",
    "auth.set_status": "setUserStatus",
    "auth.update_profile": "updateOwnAccount",
    "auth.verify": "confirmVerification",
    "exam.accommodate": "setAccommodation",
    "exam.mark": "markAttempt",
    "exam.regrade": "regradeExam",
    "exam.release": "releaseResults",
    "exam.start": "startAttempt",
    "exam.submit": "submitAttempt",
    "instructor.assign": "assignInstructor",
    "instructor.instructor": "getInstructor",
    "instructor.list_students": "listClassStudents",
    "instructor.send": "sendClassMessage",
    "instructor.unassign": "unassignInstructor",
    "notification.ask_to_unsubscribe": "showUnsubscribePage",
    "notification.mark_all_read": "markNotificationsRead",
    "notification.mark_read": "markNotificationRead",
    "notification.send": "sendMessage",
    "notification.unsubscribe": "unsubscribeFromMails",
    "payment.confirm": "confirmVoucher",
    "payment.take_notice": "receivePaymentNotice",
    "portal.health": "getHealth",
    "portal.openapi": "getDescription",
    "program.course": "getCourse",
    "program.drop": "dropEnrollment",
    "program.enroll": "enrollStudent",
    "program.enroll_many": "enrollStudents",
    "program.exam_schedule": "getExamSchedule",
    "program.program": "getProgram",
    "program.topics": "getChapter",
    "progress.mark_done": "markLessonDone",
    "progress.mark_undone": "markLessonUndone",
    "progress.show_progress": "getProgress",
    "student.course_history": "getCourseHistory",
    "student.own_report_cards": "listOwnReportCards",
    "student.report_cards": "listReportCards",
    "student.show_profile": "getOwnProfile",
    "student.student": "getStudent",
    "student.update_profile": "updateOwnProfile",
    "student.write_on_report_card": "annotateReportCard",
}
# By their values; others are called by the schema and the field in which they are found first.
_ENUMERATIONS: dict[tuple[str, ...], str] = {
    get_args(AuditAction): "AuditAction",
    ("Paid", "Unpaid", "Overdue"): "PaymentState",
    ("active", "completed"): "MembershipStatus",
    ("active", "completed", "dropped"): "EnrollmentStatus",
    ("active", "disabled"): "AccountSwitch",
    ("active", "invited", "provisioning", "disabled"): "AccountStatus",
    ("active", "suspended", "graduated", "withdrawn"): "StudentStatus",
    ("amount", "currency", "cancelled", "already-paid"): "PaymentNoticeReason",
    ("announcement", "course_update", "exam", "deadline"): "MessageType",
    ("email", "mobile_number"): "VerificationChannel",
    ("en", "ur"): "Language",
    ("in-progress", "completed", "dropped"): "CourseHistoryStatus",
    ("in_app", "email", "sms"): "Channel",
    ("onClose", "onSubmit", "manual"): "ReleaseMode",
    ("open", "closed"): "EnrollmentMode",
    ("pending", "passed", "failed", "missed"): "ResultStatus",
    ("pending", "sent", "failed", "suppressed"): "DeliveryStatus",
    ("present", "late", "absent", "excused"): "AttendanceStatus",
    ("running", "submitted", "pending", "graded"): "AttemptStatus",
    ("single", "multiple", "truefalse", "numeric", "text"): "QuestionKind",
    ("student", "teacher", "admin"): "Role",
    ("unpaid", "overdue", "paid", "cancelled"): "VoucherStatus",
}


def operation_id(service: str, function: str) -> str:
    """A verb and a noun, such as `listUsers`."""
    return _OPERATIONS.get(f"{service}.{function}", to_camel(function))


def name_enumerations(described: Schema) -> None:
    """Moves every enumeration of a description to a schema of its own, one for each set of values."""
    schemas: dict[str, Schema] = described["components"]["schemas"]
    names: dict[tuple[str, ...], str] = {}

    def name_of(values: tuple[str, ...], found_at: str) -> str:
        if values not in names:
            wanted = _ENUMERATIONS.get(values, found_at)
            taken = {*schemas, *names.values()}
            names[values] = next(
                name for number in count(1) if (name := f"{wanted}{number if number > 1 else ''}") not in taken
            )
        return names[values]

    for owner, schema in schemas.items():
        for field, part in schema.get("properties", {}).items():
            schema["properties"][field] = _referring(part, name_of, owner + _pascal(field))
    for operations in described["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                where = _pascal(operation["operationId"]) + _pascal(parameter["name"])
                parameter["schema"] = _referring(parameter["schema"], name_of, where)
    schemas |= {name: {"type": "string", "title": name, "enum": list(values)} for values, name in names.items()}
    described["components"]["schemas"] = dict(sorted(schemas.items()))


def _referring(schema: Any, name_of: Any, found_at: str) -> Any:
    if isinstance(schema, list):
        return [_referring(part, name_of, found_at) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(options := schema.get("anyOf"), list) and all(
        {"const", "enum"} & option.keys() for option in options
    ):
        # Literals that the code joins are one enumeration.
        values = [value for option in options for value in option.get("enum", [option.get("const")])]
        schema = {**{key: part for key, part in schema.items() if key != "anyOf"}, "enum": values}
    if isinstance(schema.get("enum"), list):
        reference = {"$ref": f"#/components/schemas/{name_of(tuple(schema['enum']), found_at)}"}
        beside = {key: value for key, value in schema.items() if key in ("default", "description")}
        return {"allOf": [reference], **beside} if beside else reference
    return {key: _referring(part, name_of, found_at) for key, part in schema.items()}


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))
