"""What exam holds about a person, for their export: no score and no key that they may not see yet."""

from datetime import datetime
from typing import Any

from exam.rules.standing import Standing
from exam.service import question_sets, views
from exam.tables import CourseAccommodation, StoredAnswers, StoredStanding, all_exams_of
from lms import exports, roster
from lms.dynamo import read_together, retry_stale
from lms.events.exports import ExportRequested

_NAMELESS = {"student_name"}


@retry_stale
def add_part(event: ExportRequested, now: datetime) -> None:
    """Adds the student's standings in all exams of their courses, and their answers; of others there are none."""
    courses = roster.courses_of("student", event.person_id)
    in_courses = [(CourseAccommodation, membership.course_id, event.person_id) for membership in courses]
    exams = {exam.id: exam for membership in courses for exam in all_exams_of(membership.course_id)}
    found = read_together([(StoredStanding, exam_id, event.person_id) for exam_id in exams])
    standings = {stored.exam_id: stored.standing(exams[stored.exam_id].settings()) for stored in found if stored}
    attempts = [attempt.id for standing in standings.values() for attempt in standing.attempts]
    answers = [each for each in read_together([(StoredAnswers, attempt_id, None) for attempt_id in attempts]) if each]
    part = {
        "Standings": [
            *(_standing(standing, now) for standing in standings.values()),
            *exports.rows(row for row in read_together(in_courses) if row),
        ],
        "AttemptAnswers": [_answers(standings[each.exam_id], each, now) for each in answers],
    }
    exports.add_part(event, "exam", part, now)


def _standing(standing: Standing, now: datetime) -> dict[str, Any]:
    is_shown = standing.status is not None and standing.shown(now) != "nothing"
    return {
        "course_id": standing.settings.course_id,
        "exam_id": standing.settings.exam_id,
        "exam_title": standing.settings.title,
        "accommodation": vars(standing.accommodation),
        "result": views.result(standing).model_dump(mode="json", exclude=_NAMELESS) if is_shown else None,
        "history": [change.model_dump(mode="json") for change in standing.history] if is_shown else [],
    }


def _answers(standing: Standing, answers: StoredAnswers, now: datetime) -> dict[str, Any]:
    shown = views.with_answers(standing, answers, question_sets.of_attempt(standing.settings, answers.id), now)
    attempt = shown.model_dump(mode="json", exclude=_NAMELESS | {"server_time"})
    shows_marks = not standing.attempt(answers.id).is_running and standing.shown(now) == "everything"
    return {**attempt, "marks": dict(answers.marks) if shows_marks else None}
