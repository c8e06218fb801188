"""Every change of grades, rights, money and settings by staff is in the audit trail; what is not says why."""

import pytest

from lms.events.audit import Audited
from lms.events.catalogue import CATALOGUE
from lms.outbox import OutboxItem
from operations.documents.authorization import CALLERS, Row, rows
from tests.authorization.test_matrix import name
from tests.authorization.world import AuthorizationWorld

_OWN = "only the caller's own"
_CONTENT = "what a course teaches, not who may do what or what they got"
_MESSAGE = "a message, which its sender's list shows"
_SESSION = "a sign-in, or a password"
_DRAFT = "an exam before anybody took it: nobody's grade changes"
_MORE_TIME = "more time or attempts; the row of /audit does not name it"
_CATALOGUE = "the catalogue, which the row of /audit does not name"

NOT_AUDITED = {
    "POST /auth/register": _OWN,
    "POST /auth/login": _SESSION,
    "POST /instructors/login": _SESSION,
    "POST /auth/refresh": _SESSION,
    "POST /auth/session": _SESSION,
    "POST /auth/session/refresh": _SESSION,
    "DELETE /auth/session": _SESSION,
    "DELETE /auth/sessions/{sessionId}": _SESSION,
    "POST /auth/logout": _SESSION,
    "POST /auth/forgot-password": _SESSION,
    "POST /auth/reset-password": _SESSION,
    "POST /auth/change-password": _SESSION,
    "POST /auth/verify/start": _OWN,
    "POST /auth/verify": _OWN,
    "POST /auth/users/{user_id}/invite": "a mail, to somebody whose account was audited when it was created",
    "PUT /auth/profile": _OWN,
    "POST /student/updateProfile": _OWN,
    "POST /student/profilePicture": _OWN,
    "POST /programs/create": _CATALOGUE,
    "PUT /programs/{programId}/update": _CATALOGUE,
    "DELETE /programs/{programId}/delete": _CATALOGUE,
    "POST /programs/{programId}/courses/create": _CATALOGUE,
    "POST /courses/{courseId}/copy": _CATALOGUE,
    "PUT /courses/{courseId}/update": _CATALOGUE,
    "DELETE /courses/{courseId}/delete": _CATALOGUE,
    "POST /instructors/{instructorId}/messages": _MESSAGE,
    "PUT /courses/{courseId}/outline": _CONTENT,
    "POST /courses/{courseId}/modules": _CONTENT,
    "PUT /modules/{moduleId}": _CONTENT,
    "DELETE /modules/{moduleId}": _CONTENT,
    "POST /modules/{moduleId}/lessons": _CONTENT,
    "PUT /lessons/{lessonId}": _CONTENT,
    "DELETE /lessons/{lessonId}": _CONTENT,
    "POST /lessons/{lessonId}/asset": _CONTENT,
    "POST /courses/{courseId}/imports": _CONTENT,
    "POST /courses/{courseId}/exports": _CONTENT,
    "POST /imports/{importId}/read": _CONTENT,
    "POST /imports/{importId}/apply": _CONTENT,
    "DELETE /imports/{importId}": _CONTENT,
    "POST /exams": _DRAFT,
    "PUT /exams/{id}": _DRAFT,
    "DELETE /exams/{id}": _DRAFT,
    "PUT /exams/{examId}/accommodations/{studentId}": _MORE_TIME,
    "DELETE /exams/{examId}/accommodations/{studentId}": _MORE_TIME,
    "PUT /courses/{courseId}/accommodations/{studentId}": _MORE_TIME,
    "DELETE /courses/{courseId}/accommodations/{studentId}": _MORE_TIME,
    "PUT /exams/{examId}/questions/order": _DRAFT,
    "POST /exams/{examId}/questions": _DRAFT,
    "POST /courses/{courseId}/questionBank": _CONTENT,
    "POST /courses/{courseId}/questionImages": _CONTENT,
    "PUT /bankQuestions/{bankQuestionId}": _CONTENT,
    "DELETE /bankQuestions/{bankQuestionId}": _CONTENT,
    "POST /exams/{examId}/questions/fromBank": _DRAFT,
    "DELETE /exams/{examId}/draws/{drawId}": _DRAFT,
    "PUT /questions/{questionId}": _DRAFT,
    "DELETE /questions/{questionId}": _DRAFT,
    "POST /exams/{examId}/attempts": _OWN,
    "PUT /attempts/{attemptId}/answers": _OWN,
    "POST /attempts/{attemptId}/submit": _OWN,
    "POST /progress": "how far a student is, not a grade",
    "PUT /progress/{id}": "how far a student is, not a grade",
    "PUT /progress/{studentId}/{courseId}/lessons/{lessonId}": _OWN,
    "DELETE /progress/{studentId}/{courseId}/lessons/{lessonId}": _OWN,
    "POST /attendance": "who was there, which the row of /audit does not name",
    "DELETE /attendance/{courseId}/{date}": "who was there, which the row of /audit does not name",
    "POST /feedback": _OWN,
    "POST /student/payment": "reads, with a password",
    "POST /payments/webhook": "the payment provider, whose notices a voucher keeps",
    "POST /notifications/send": _MESSAGE,
    "DELETE /instructors/{instructorId}/messages/{id}": _MESSAGE,
    "POST /notifications/failures/{id}/retry": "the delivery's own log, which administrators read",
    "POST /notifications/{id}/read": _OWN,
    "POST /notifications/{recipientId}/readAll": _OWN,
    "PUT /notifications/{recipientId}/preferences": _OWN,
    "POST /notifications/unsubscribe": _OWN,
    "POST /calendar": _OWN,
    "DELETE /calendar": _OWN,
}
CHANGES = [row for row in rows() if row.method != "GET"]


def _mightiest(row: Row) -> str:
    """Of those who may do it, the caller with the most to answer for."""
    return next(caller for caller in reversed(CALLERS) if row.statuses[caller] < 300)


@pytest.mark.parametrize("row", CHANGES, ids=name)
def test_a_change_is_audited_or_says_why_not(world: AuthorizationWorld, row: Row) -> None:
    known = {item.event_id for item in OutboxItem.scan()}
    caller = _mightiest(row)
    answer = world.call(row, caller)
    assert answer.status < 300, answer

    emitted = [item for item in OutboxItem.scan() if item.event_id not in known]
    audited = [Audited.model_validate_json(item.data) for item in emitted if CATALOGUE[item.type] is Audited]

    if name(row) in NOT_AUDITED:
        assert audited == []
        return
    who = world.callers[caller]
    assert who is not None
    assert {str(event.actor_id) for event in audited} == {who.id}


def test_every_exception_is_a_change_of_the_api() -> None:
    assert NOT_AUDITED.keys() <= {name(row) for row in CHANGES}
