"""Walks over lists, for any number of items and any page size."""

from datetime import date, timedelta
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.progress.conftest import School

walks = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@walks
@given(count=st.integers(0, 8), limit=st.integers(1, 5))
def test_all_pages_together_have_each_session_once(school: School, count: int, limit: int) -> None:
    from progress.tables import Attendance

    course, own = school.add_course(), str(school.student.id)
    school.add_student(school.student, course)
    dates = [str(date(2027, 2, 26) + timedelta(days=n)) for n in range(count)]
    with Attendance.batch_write() as batch:
        for n, day in enumerate(dates):
            records = {own: "present"} if n % 3 else {}
            item = Attendance(course_id=course, date=day, records=records, version=1)
            item.created_at = item.updated_at = school.clock()
            batch.save(item)
    path = f"/attendance/{course}"
    assert [session["date"] for session in school.http.list_all(path, limit=limit, token=school.admin.token)] == dates[
        ::-1
    ]
    seen = [session["date"] for session in school.http.list_all(path, limit=limit, token=school.student.token)]
    assert seen == [day for n, day in enumerate(dates) if n % 3][::-1]


@walks
@given(count=st.integers(0, 8), limit=st.integers(1, 5))
def test_all_pages_together_have_each_feedback_once(school: School, count: int, limit: int) -> None:
    from lms.ids import uuid7
    from progress.tables import Feedback

    course = school.add_course()
    ids = [uuid7() for _ in range(count)]
    with Feedback.batch_write() as batch:
        for feedback_id in ids:
            item = Feedback(course_id=course, id=feedback_id, student_id=uuid4(), rating=3, comment="", version=1)
            item.created_at = item.updated_at = school.clock()
            batch.save(item)
    listed = school.http.list_all(f"/feedback/{course}", limit=limit, token=school.student.token)
    assert [item["id"] for item in listed] == [str(feedback_id) for feedback_id in sorted(ids, reverse=True)]


def test_a_cursor_serves_its_own_list_and_caller_alone(school: School) -> None:
    for day in range(1, 4):
        school.record(f"2027-03-0{day}", {school.student: "present"})
    path = f"/attendance/{school.course}"
    cursor = school.http.get(path, token=school.teacher.token, query={"limit": "1"}).json["next"]
    for other, reader in ((path, school.admin), (f"/feedback/{school.course}", school.teacher)):
        answer = school.http.get(other, token=reader.token, query={"cursor": cursor})
        assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["query", "cursor"])
