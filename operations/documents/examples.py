"""Examples of what clients send and see, made from schemas: a value for each field's name, the same in every place.

A field that has no value here and none of its own (an enumeration, a reference) is refused, so that nothing is shown to
people as "string". Tests hold every example against its schema.
"""

from typing import Any

Schema = dict[str, Any]

STUDENT = "0198c2f4-3b1e-7c55-9d6a-2f8e4b7a1c01"
TEACHER = "0198c2f4-3b1e-7c55-9d6a-2f8e4b7a1c02"
PROGRAM = "0198c2f4-5a00-7d10-8b22-6c1d9e3f5a10"
COURSE = "0198c2f4-5a00-7d10-8b22-6c1d9e3f5a11"
MODULE = "0198c2f4-5a00-7d10-8b22-6c1d9e3f5a12"
LESSON = "0198c2f4-5a00-7d10-8b22-6c1d9e3f5a13"
SUBTOPIC = "0198c2f4-5a00-7d10-8b22-6c1d9e3f5a14"
EXAM = "0198c2f4-7711-7e42-a1b3-0d5c8f2e6b20"
QUESTION = "0198c2f4-7711-7e42-a1b3-0d5c8f2e6b21"
ATTEMPT = "0198c2f4-7711-7e42-a1b3-0d5c8f2e6b22"
IMPORT = "0198c2f4-ae10-7b52-9c40-6d1e8f3a2b70"
OTHER = "0198c2f4-9c8d-7a63-b4e5-1f7a2d9c3e30"

TERM = "0198c2f4-1a00-7c10-8d20-4b6f8e2a7c40"

_MOMENT = "2027-03-04T08:00:00Z"
_PASSWORD = "a-long-Walk-7"
_GRADES = (("A", 90), ("B", 80), ("C", 70), ("D", 60), ("F", 0))
_CHOICES = [{"id": "a", "text": "It answers in words."}, {"id": "b", "text": "It chooses its next step itself."}]
_FIELDS: dict[str, Any] = {
    "AssetView.size": 184320,
    "NewQuestionImage.contentType": "image/png",
    "QuestionImageUpload.id": f"{QUESTION}.png",
    "ShownAsset.contentType": "application/pdf",
    "ShownAsset.size": 184320,
    "AttemptAnswers.answers": {QUESTION: "b"},
    "AttemptView.answers": {QUESTION: "b"},
    "DeliveryView.status": "sent",
    "DeliveryView.cause": None,
    "FailureView.cause": "refused",
    "JwkSet.keys": [
        {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "k1", "x": "f83O…", "y": "x_FE…"}
    ],
    "AuditEntryView.action": "settings.changed",
    "AuditEntryView.about": [{"kind": "institute", "id": "settings", "name": None}],
    "AuditEntryView.before": {"registration": "open"},
    "AuditEntryView.after": {"registration": "closed"},
    "ChoiceBody.weight": None,
    "WeightedChoice.weight": None,
    "Regrade.weights": {"a": 0, "b": 100},
    "NewBankQuestion.choices": _CHOICES,
    "NewQuestion.choices": _CHOICES,
    "NewBankQuestion.title": "What an agent is",
    "BankQuestionUpdate.title": "What an agent is",
    "BankQuestionView.title": "What an agent is",
    "CalendarView.url": "https://lms.example/calendar/q3v0Zm9yLWV4YW1wbGU.ics",
    "ExportView.url": "https://example.com/exports/export.json",
    "ExportView.status": "complete",
    "InstituteUpdate.name": "Karachi Institute",
    "InstituteView.name": "Karachi Institute",
    "ImportedRow.outcome": "created",
    "PeopleImport.people": [
        {"email": "amina@example.com", "name": "Amina Khan", "is_type": "student", "roll_no": "BSCS-19-045"}
    ],
    "ImportedRow.row": 1,
    "PeopleImported.dry_run": False,
    "ImportedRow.field": None,
    "ImportedRow.reason": None,
    "ImportedRow.code": None,
    "ImportedRow.texts": {},
    "PeopleImported.created": 1,
    "PeopleImported.updated": 0,
    "PeopleImported.unchanged": 0,
    "PeopleImported.refused": 0,
    "BulkEnrolled.alreadyEnrolled": 0,
    "BulkEnrolled.enrolled": 1,
    "BulkEnrolled.notEnrolled": 0,
    "BulkOutcome.outcome": "enrolled",
    "LessonUpdate.asset": "lessons/0198c2f4/slides.pdf",
    "MarkedAttempt.answers": {QUESTION: "b"},
    "MarkedAttempt.marks": {QUESTION: 1},
    "Metadata.attendance": {"present": 10, "late": 1, "absent": 1, "excused": 0},
    "MarksUpdate.marks": {QUESTION: 1},
    "NotificationView.status": "sent",
    "ProfileView.status": "active",
    "Summary.histogram": [1 if percent in (60, 80) else 0 for percent in range(101)],
    "SummaryView.histogram": {"4": 1, "5": 1},
    "NewTerm.title": "Spring 2027",
    "NewMessage.audience": None,
    "SentMessage.recipients": 25,
    "SessionView.address": "203.0.113.7",
    "SessionView.current": True,
    "TermUpdate.title": "Spring 2027",
    "TermView.title": "Spring 2027",
    "UserView.status": "active",
    "BulkEnroll.students": ["amina@example.com", "7KD2M9QX", STUDENT],
    "ChapterId": MODULE,
    "CompletionPercentage": 60,
    "Course": "Building agents",
    "CourseId": COURSE,
    "Fee": "5000 Rs",
    "Grade": "B",
    "GitHubRepoLink": "https://github.com/example/agents/tree/main/01",
    "Password": _PASSWORD,
    "ProgramId": PROGRAM,
    "Quarter": "Q1",
    "StudentRollNo": "7KD2M9QX",
    "SubtopicId": SUBTOPIC,
    "Title": "Building agents",
    "TopicId": LESSON,
    "VideoLink": "https://example.com/agents/01.mp4",
    "VoucherNo": "4f9c27ab81de",
    "accepted": 32,
    "amount": "5000.00",
    "access_token": "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0.eyJyb2xlIjoic3R1ZGVudCJ9.c2lnbmF0dXJl",
    "additional_details": {"guardian": "Sara Khan"},
    "actor": OTHER,
    "actorId": OTHER,
    "actorName": "Sara Khan",
    "address": "12 Canal Road",
    "answer": "b",
    "assignedCourses": [COURSE],
    "attemptId": ATTEMPT,
    "attempts_to_mark": 4,
    "attendance": 92,
    "answered": 12,
    "attempts": 30,
    "attemptsAllowed": 1,
    "ownResultReleased": True,
    "resultsAt": "2027-03-20T11:00:00Z",
    "scoreAfter": 84.5,
    "scoreBefore": 60,
    "meanPercent": 86.5,
    "rightPercent": 80,
    "right": 24,
    "marked": 30,
    "lowered": 0,
    "raised": 3,
    "dryRun": False,
    "attemptsLeft": 1,
    "enrolled": 12,
    "registered": 3,
    "paid": 4,
    "average": 4.5,
    "QuestionsAdded.added": 1,
    "NewDraw.count": 5,
    "DrawView.count": 5,
    "bankQuestionId": QUESTION,
    "drawId": OTHER,
    "by": TEACHER,
    "capacity": 40,
    "chapterId": MODULE,
    "city": "Lahore",
    "client_id": "",
    "client": "Chrome on Windows",
    "client_secret": "",
    "closesAt": "2027-03-20T11:00:00Z",
    "code": "481207",
    "comment": "Clear, and fun to follow.",
    "completionPercentage": 60,
    "completion_percentage": 60,
    "contactEmail": "office@example.com",
    "contentUrl": "https://example.com/agents/what-an-agent-is",
    "correctAnswer": "b",
    "count": 2,
    "country": "PK",
    "course": "Building agents",
    "byName": "Sara Khan",
    "courseId": COURSE,
    "courseTitle": "Building agents",
    "course_id": COURSE,
    "computed_grade": "B",
    "course_title": "Building agents",
    "currency": "PKR",
    "currentModule": MODULE,
    "current_password": _PASSWORD,
    "date": "2027-03-04",
    "date_of_birth": "2004-05-17",
    "deadline": "2027-03-20T10:30:00Z",
    "description": "From the first prompt to agents that work in teams.",
    "due_date": "2027-03-31",
    "duration": 90,
    "email": "amina@example.com",
    "endsOn": "2027-06-30",
    "enrollment_year": 2027,
    "event_id": "evt_20270304_0001",
    "exam_id": EXAM,
    "exam_title": "Midterm",
    "examDate": "2027-03-20T09:00:00Z",
    "examId": EXAM,
    "examTitle": "Midterm",
    "expires_in": 900,
    "expiresIn": 300,
    "exportId": OTHER,
    "explanation": "An agent chooses its next step itself.",
    "extraAttempts": 1,
    "extraMinutes": 30,
    "extraPercent": 25,
    "fee": "5000.00",
    "fee_amount": "5000.00",
    "fields": {"key": "uploads/0198c2f4/file", "policy": "eyJleHBpcmF0aW9uIjoiLi4uIn0="},
    "fileName": "slides.pdf",
    "from": "22:00",
    "githubRepoLink": "https://github.com/example/agents/tree/main/01",
    "grade": "B",
    "gradePercentage": 84.5,
    "gradeScale": [{"letter": letter, "from": lowest} for letter, lowest in _GRADES],
    "grade_percentage": 84.5,
    "grant_type": "password",
    "images": {"images/loop.png": {"url": "https://example.com/courses/loop.png", "contentType": "image/png"}},
    "importId": IMPORT,
    "instructions": "Calculators are allowed.",
    "instructorId": TEACHER,
    "instructorName": "Sara Khan",
    "key": "uploads/0198c2f4/file",
    "language": "ur",
    "languages": ["en", "ur"],
    "instituteName": "Education LMS",
    "lessonId": LESSON,
    "letter": "A",
    "link": f"/app/courses/{COURSE}",
    "lessonsDone": [LESSON],
    "logoUrl": "https://example.com/logo.svg",
    "marks": 1.0,
    "mean": 71.5,
    "missed": 1,
    "message": "The lab on Thursday begins an hour later.",
    "mobile_number": "+923001234567",
    "moduleId": MODULE,
    "CourseTeacher.name": "Sara Khan",
    "programTitle": "Agentic AI",
    "prompts": [],
    "seatsLeft": 8,
    "termEndsOn": "2027-06-30",
    "termStartsOn": "2027-02-01",
    "termTitle": "Spring 2027",
    "name": "Amina Khan",
    "minutes": 15,
    "new_password": "a-longer-Walk-8",
    "next": None,
    "number": 1,
    "outcome": "sent",
    "overridden_by": TEACHER,
    "overridden_by_name": "Sara Khan",
    "passMark": 50,
    "passRate": 80.0,
    "password": _PASSWORD,
    "personId": STUDENT,
    "personName": "Amina Khan",
    "points": 1,
    "position": 0,
    "profile_picture": "pictures/0198c2f4/me.png",
    "profile_picture_url": "https://example.com/pictures/me.png",
    "program": "Agentic AI",
    "programId": PROGRAM,
    "program_id": PROGRAM,
    "program_title": "Agentic AI",
    "quarter": "Q1",
    "questionCount": 12,
    "questionId": QUESTION,
    "questionIds": [QUESTION],
    "questionText": "What makes a program an agent?",
    "rating": 5,
    "reason": "Agreed with the student.",
    "recipientId": STUDENT,
    "recipient_id": STUDENT,
    "recipient_name": "Amina Khan",
    "recipient_ids": [STUDENT],
    "reference": "bank-20270304-17",
    "refresh_expires_in": 2592000,
    "refresh_token": "r1.0198c2f4.Zm9yLWV4YW1wbGU",
    "remarks": "Asks good questions.",
    "report_id": OTHER,
    "requestId": "0198c2f4-1111-7222-8333-444455556666",
    "reset_id": OTHER,
    "results": 0,
    "runningAttemptId": ATTEMPT,
    "rollNo": "7KD2M9QX",
    "roll_no": "7KD2M9QX",
    "scope": "",
    "score": 84.5,
    "send_at": None,
    "service": "institute",
    "sessions": 12,
    "sessionId": OTHER,
    "short_description": "Agents that plan, act and check themselves.",
    "startsOn": "2027-02-01",
    "students": 32,
    "student": "amina@example.com",
    "studentId": STUDENT,
    "studentName": "Amina Khan",
    "student_id": STUDENT,
    "student_name": "Amina Khan",
    "subject": "Thursday's lab",
    "subtopicId": SUBTOPIC,
    "text": "It chooses its next step itself.",
    "termId": TERM,
    "timeZone": "Asia/Karachi",
    "time_zone": "Asia/Karachi",
    "title": "Building agents",
    "token": None,
    "poolSize": 40,
    "tag": "loops",
    "tags": ["loops"],
    "tolerance": 0.01,
    "teachers": [{"id": TEACHER, "name": "Sara Khan"}],
    "topicId": LESSON,
    "type": "announcement",
    "until": "07:00",
    "url": "https://example.com/uploads",
    "user_id": STUDENT,
    "username": "amina",
    "value": 3.14,
    "verify_id": OTHER,
    "version": 3,
    "videoLink": "https://example.com/agents/01.mp4",
    "voucher_no": "4f9c27ab81de",
    "weight": 1,
}
_IMPORT: dict[str, Any] = {
    "id": IMPORT,
    "courseId": COURSE,
    "courseTitle": "Building agents",
    "fileName": "question-bank.xml",
    "state": "ready",
    "reason": None,
    "reasons": [],
    "format": "moodleXml",
    "title": "Loops and functions",
    "progress": {"done": 41, "total": 41},
    "contents": {"modules": 0, "lessons": 0, "files": 1, "questions": 40, "exams": 0},
    "outcomes": {"taken": 38, "changed": 2, "leftOut": 1},
    "applied": [{"kind": "bank", "added": 40, "leftOut": 0}],
    "appliedBefore": None,
    "createdBy": TEACHER,
    "createdByName": "Sara Khan",
    "createdAt": "2027-03-04T08:00:00Z",
    "updatedAt": "2027-03-04T08:00:30Z",
    "validUntil": "2027-04-03T08:00:00Z",
}
# Where names alone would mislead: the whole of an object.
_OBJECTS: dict[str, Any] = {
    "StudentProfileUpdate": {
        "mobile_number": "+923001234567",
        "city": "Lahore",
        "address": "12 Canal Road",
        "current_password": _PASSWORD,
    },
    "CourseExportView": {
        "id": OTHER,
        "courseId": COURSE,
        "courseTitle": "Building agents",
        "format": "gift",
        "state": "complete",
        "reason": None,
        "reasons": [],
        "url": "https://example.com/course-exports/0198c2f4/file",
        "fileName": "Building agents.gift",
        "size": 18432,
        "createdAt": _MOMENT,
        "completedAt": "2027-03-04T08:00:05Z",
        "validUntil": "2027-03-05T08:00:00Z",
    },
    "NewCourseExport": {"format": "gift"},
    "ImportToUpload": {
        **_IMPORT,
        "state": "waiting",
        "format": None,
        "title": None,
        "progress": {"done": 0, "total": None},
        "contents": None,
        "outcomes": None,
        "applied": [],
        "upload": {
            "url": "https://example.com/uploads",
            "fields": {"key": "uploads/0198c2f4/file", "policy": "eyJleHBpcmF0aW9uIjoiLi4uIn0="},
            "expiresIn": 3600,
        },
    },
    "ImportView": _IMPORT,
    "NewImport": {"fileName": "question-bank.xml"},
    "ReportLineView": {
        "where": "Loops/While",
        "what": "How often does this run?",
        "outcome": "changed",
        "reason": "It has more than 20 tags; the others were left out.",
        "reasons": [
            {
                "code": "many-tags",
                "numbers": {"most": 20},
                "texts": {},
                "text": "It has more than 20 tags; the others were left out.",
            }
        ],
        "target": {"kind": "question", "id": OTHER},
    },
    "Selection": {"include": ["bank", "outline"]},
    "ForgotPassword": {"email": "amina@example.com"},
    "Logout": {"everywhere": True},
    "ResetPassword": {"reset_id": OTHER, "code": "481207", "new_password": "a-longer-Walk-8"},
}
_IDS = {
    "CourseTeacher": TEACHER,
    "Attempt": ATTEMPT,
    "Course": COURSE,
    "Exam": EXAM,
    "Instructor": TEACHER,
    "Lesson": LESSON,
    "Module": MODULE,
    "Profile": STUDENT,
    "Program": PROGRAM,
    "Question": QUESTION,
    "Student": STUDENT,
    "Subtopic": SUBTOPIC,
    "Term": TERM,
    "User": STUDENT,
}


class NoExample(LookupError):
    """A field for which nobody has said what it may look like."""


def example(schema: Schema, schemas: dict[str, Schema], *, field: str = "", owner: str = "") -> Any:
    """What a value of a schema looks like; `schemas` are those that it may refer to."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _OBJECTS[name] if name in _OBJECTS else example(schemas[name], schemas, owner=name)
    if "examples" in schema:
        return schema["examples"][0]
    if f"{owner}.{field}" in _FIELDS:
        return _FIELDS[f"{owner}.{field}"]
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "properties" in schema:
        return {name: example(part, schemas, field=name, owner=owner) for name, part in schema["properties"].items()}
    if options := schema.get("anyOf", schema.get("oneOf")):
        return _one_of(options, schemas, field, owner)
    if schema.get("type") == "array":
        return _listed(schema, schemas, field, owner)
    return _value(schema, field, owner)


def _one_of(options: list[Schema], schemas: dict[str, Schema], field: str, owner: str) -> Any:
    if field in _FIELDS:
        return _FIELDS[field]
    return example(
        next(option for option in options if option.get("type") != "null"), schemas, field=field, owner=owner
    )


def _listed(schema: Schema, schemas: dict[str, Schema], field: str, owner: str) -> Any:
    if isinstance(_FIELDS.get(field), list):
        return _FIELDS[field]
    return [example(schema["items"], schemas, field=field, owner=owner)]


def _value(schema: Schema, field: str, owner: str) -> Any:
    if field in _FIELDS:
        return _FIELDS[field]
    if field == "id":
        return next((known for name, known in _IDS.items() if name in owner), OTHER)
    if schema.get("format") == "date-time":
        return _MOMENT
    if schema.get("default") is not None:
        return schema["default"]
    if schema.get("type") == "boolean":
        return True
    raise NoExample(f"operations/documents/examples.py has no example of `{field}` ({owner})")
