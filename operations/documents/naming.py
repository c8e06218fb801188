"""Names that generated clients give to types: enumerations as schemas of their own."""

from typing import Any, get_args

from lms.countries import COUNTRIES
from lms.events.audit import AuditAction
from lms.money import CURRENCIES
from notification.schemas import NotificationType

Schema = dict[str, Any]

# By their values.
_ENUMERATIONS: dict[tuple[str, ...], str] = {
    get_args(AuditAction): "AuditAction",
    get_args(NotificationType): "NotificationType",
    tuple(sorted(COUNTRIES)): "Country",
    tuple(sorted(CURRENCIES)): "Currency",
    (
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/zip",
        "audio/mpeg",
        "image/jpeg",
        "image/png",
        "image/webp",
        "video/mp4",
    ): "AssetType",
    ("Paid", "Unpaid", "Overdue"): "PaymentState",
    ("active", "completed"): "MembershipStatus",
    ("active", "completed", "dropped"): "EnrollmentStatus",
    ("active", "disabled"): "AccountSwitch",
    ("active", "invited", "provisioning", "disabled"): "AccountStatus",
    ("active", "suspended", "graduated", "withdrawn"): "StudentStatus",
    ("amount", "currency", "cancelled", "already-paid"): "PaymentNoticeReason",
    ("announcement", "course_update", "exam", "deadline"): "MessageType",
    ("everybody", "students", "teachers"): "Audience",
    ("created", "updated", "unchanged", "refused"): "ImportOutcome",
    ("easy", "medium", "hard"): "Difficulty",
    ("email", "mobile_number"): "VerificationChannel",
    ("en", "ur"): "Language",
    (
        "enrolled",
        "already-enrolled",
        "closed",
        "full",
        "standing",
        "unconfirmed",
        "unknown",
        "unpaid",
    ): "EnrollmentOutcome",
    ("gathering", "complete"): "ExportStatus",
    ("gathering", "complete", "failed"): "CourseExportState",
    ("gift", "moodleXml", "qti", "commonCartridge"): "CourseExportFormat",
    ("gift", "moodleXml", "moodleBackup", "qti", "commonCartridge", "olx"): "ImportFormat",
    ("json", "csv"): "FileFormat",
    ("leftOut", "changed", "taken"): "ImportItemOutcome",
    ("in-progress", "completed", "dropped"): "CourseHistoryStatus",
    ("image/jpeg", "image/png", "image/webp"): "ImageType",
    ("in_app", "email", "sms"): "Channel",
    (
        "no-address",
        "no-number",
        "no-sms-account",
        "undecryptable",
        "interrupted",
        "too-late",
        "refused",
        "unavailable",
    ): "DeliveryCause",
    ("ok", "delayed", "unknown"): "EventsHealth",
    ("ok", "impaired", "down"): "HealthStatus",
    ("ok", "unreachable"): "TablesHealth",
    ("onClose", "onSubmit", "manual"): "ReleaseMode",
    ("open", "closed"): "EnrollmentMode",
    ("outline", "bank", "exams"): "ImportKind",
    ("lesson", "question", "exam"): "ReportTargetKind",
    ("pending", "passed", "failed", "missed"): "ResultStatus",
    ("pending", "sent", "failed", "suppressed"): "DeliveryStatus",
    ("present", "late", "absent", "excused"): "AttendanceStatus",
    ("running", "submitted", "pending", "graded"): "AttemptStatus",
    ("single", "multiple", "truefalse", "numeric", "short", "matching", "ordering", "text"): "QuestionKind",
    ("student", "teacher", "admin"): "Role",
    ("waiting", "reading", "ready", "failed", "applying", "applied"): "ImportState",
    ("waiting", "sent"): "MessageStatus",
    ("unpaid", "overdue", "paid", "cancelled"): "VoucherStatus",
    ("upcoming", "open", "over"): "ExamState",
}


class NoName(LookupError):
    """An enumeration that nobody has given a name."""


def name_enumerations(described: Schema) -> None:
    """Moves every enumeration of a description to a schema of its own, one for each set of values."""
    names: dict[tuple[str, ...], str] = {}
    schemas: dict[str, Schema] = described["components"]["schemas"]
    for schema in schemas.values():
        if "properties" in schema:
            schema["properties"] = _referring(schema["properties"], names)
    for operations in described["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _referring(parameter["schema"], names)
    schemas |= {name: {"type": "string", "title": name, "enum": list(values)} for values, name in names.items()}
    described["components"]["schemas"] = dict(sorted(schemas.items()))


def _referring(schema: Any, names: dict[tuple[str, ...], str]) -> Any:
    """The same with references to enumerations, whose `names` are collected."""
    if isinstance(schema, list):
        return [_referring(part, names) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(options := schema.get("anyOf"), list) and all(
        {"const", "enum"} & option.keys() for option in options
    ):
        # Literals that the code joins are one enumeration.
        values = [value for option in options for value in option.get("enum", [option.get("const")])]
        schema = {**{key: part for key, part in schema.items() if key != "anyOf"}, "enum": values}
    if isinstance(schema.get("enum"), list):
        found = tuple(schema["enum"])
        if found not in _ENUMERATIONS:
            raise NoName(f"operations/documents/naming.py has no name for the values {found}")
        names[found] = _ENUMERATIONS[found]
        reference = {"$ref": f"#/components/schemas/{names[found]}"}
        beside = {key: value for key, value in schema.items() if key in ("default", "description")}
        return {"allOf": [reference], **beside} if beside else reference
    return {key: _referring(part, names) for key, part in schema.items()}
