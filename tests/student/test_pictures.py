"""Profile pictures: POST /student/profilePicture, the key in updateProfile, the link in the profile."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lms.events.users import UserErased
from tests.at_once import Meanwhile
from tests.people import remove_card, sign_in
from tests.student.conftest import School, fault

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
PICTURES = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0" + b"x" * 100,
    "image/webp": b"RIFF\x64\x00\x00\x00WEBPVP8 " + b"x" * 92,
}


@pytest.fixture(autouse=True)
def _bucket_is_there(bucket: Any) -> None:
    """Every test here handles files."""


def _form(school: School) -> Any:
    answer = school.http.post("/student/profilePicture", token=school.student.token)
    assert answer.status == 200, answer
    return answer.json


def _upload(school: School, bucket: Any, body: bytes = PNG) -> str:
    """What storage makes of a form that was sent with a file; the key to name."""
    form = _form(school)
    bucket.put_object(Key=form["upload"]["fields"]["key"], Body=body)
    key: str = form["key"]
    return key


def _kept(school: School, bucket: Any) -> set[str]:
    return {found.key for found in bucket.objects.filter(Prefix="students/")}


def test_a_form_admits_one_key_of_the_students_own_and_2_mb_for_an_hour(school: School) -> None:
    form = _form(school)
    assert form["key"].startswith(f"students/{school.student.id}/")
    fields = form["upload"]["fields"]
    assert form["expires_in"] == 3600
    assert fields["key"] == f"uploads/{form['key']}"
    conditions = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    assert {"key": fields["key"]} in conditions
    assert ["content-length-range", 1, 2 * 1024 * 1024] in conditions
    assert _form(school)["key"] != form["key"]
    assert school.profile()["profile_picture_url"] is None


@pytest.mark.parametrize("content_type", PICTURES)
def test_a_picture_that_the_profile_names_is_linked_to_as_what_it_is(
    school: School, bucket: Any, content_type: str
) -> None:
    key = _upload(school, bucket, PICTURES[content_type])
    answer = school.update(profile_picture=key)
    assert answer.status == 200, answer
    link = urlsplit(answer.json["profile_picture_url"])
    assert link.path.endswith(key)
    assert parse_qs(link.query)["X-Amz-Expires"] == ["300"]
    stored = bucket.Object(key).get()
    assert (stored["ContentType"], stored["Body"].read()) == (content_type, PICTURES[content_type])


@pytest.mark.parametrize(
    "body",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>",
        b"GIF89a",
        b"\x89PNG",
        b"RIFF\x64\x00\x00\x00WAVEfmt ",
        PNG + b"x" * (2 * 1024 * 1024),
    ],
)
def test_what_is_no_picture_of_2_mb_at_most_is_refused(school: School, bucket: Any, body: bytes) -> None:
    key = _upload(school, bucket, body)
    assert fault(school.update(profile_picture=key, city="Karachi")) == (422, "picture_kind")
    assert school.profile()["city"] is None
    assert _kept(school, bucket) == set()


def test_nothing_uploaded_or_nothing_in_it_is_refused(school: School, bucket: Any) -> None:
    assert fault(school.update(profile_picture=_form(school)["key"])) == (422, "picture_missing")
    assert fault(school.update(profile_picture=_upload(school, bucket, b"")))[0] == 422


def test_a_key_that_was_not_given_to_this_student_is_refused(school: School, bucket: Any) -> None:
    key = _upload(school, bucket)
    other = sign_in("student")
    answer = school.http.post("/student/updateProfile", {"profile_picture": key}, token=other.token)
    assert fault(answer) == (422, "picture_key")
    folder = f"students/{school.student.id}/"
    for made_up in (
        folder,
        f"{folder}x",
        f"uploads/{key}",
        f"{folder}../{key}",
        f"{key}/",
        "courses/x.png",
        "\x00",
        "",
    ):
        assert fault(school.update(profile_picture=made_up)) == (422, "picture_key"), made_up


def test_what_is_uploaded_later_by_the_same_form_is_not_shown(school: School, bucket: Any) -> None:
    key = _upload(school, bucket)
    school.update(profile_picture=key)
    bucket.put_object(Key=f"uploads/{key}", Body=b"<html>")
    assert school.update(profile_picture=key).status == 200
    assert bucket.Object(key).get()["Body"].read() == PNG


def test_another_picture_replaces_the_first_and_null_removes_it(school: School, bucket: Any) -> None:
    first, second = _upload(school, bucket), _upload(school, bucket)
    school.update(profile_picture=first)
    school.update(city="Karachi")
    assert _kept(school, bucket) == {first}
    school.update(profile_picture=second)
    assert _kept(school, bucket) == {second}
    assert school.update(profile_picture=None).json["profile_picture_url"] is None
    assert _kept(school, bucket) == set()


def test_a_refused_password_leaves_the_old_picture(school: School, bucket: Any) -> None:
    first, second = _upload(school, bucket), _upload(school, bucket)
    school.update(profile_picture=first)
    answer = school.update(profile_picture=second, password="battery-staple-8", current_password="guess")
    assert answer.status == 403
    assert first in school.profile()["profile_picture_url"]
    assert first in _kept(school, bucket)


def test_pictures_of_an_erased_student_are_deleted(school: School, bucket: Any) -> None:
    school.update(profile_picture=_upload(school, bucket))
    remove_card(school.student)
    school.consume(UserErased(user_id=school.student.id, version=3))
    assert _kept(school, bucket) == set()


def test_a_picture_accepted_while_those_of_its_erased_student_are_deleted_goes_too(
    school: School, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms import uploads
    from student import pictures

    school.update(profile_picture=_upload(school, bucket))
    key, remove = _upload(school, bucket), uploads.remove

    def accept_first(other: str) -> None:
        monkeypatch.setattr(uploads, "remove", remove)
        pictures.accept(school.student.id, key)
        remove(other)

    monkeypatch.setattr(uploads, "remove", accept_first)
    school.consume(UserErased(user_id=school.student.id, version=3))
    assert _kept(school, bucket) == set()


def test_a_picture_whose_copy_comes_after_the_erasure_is_deleted_by_its_request(
    school: School, bucket: Any, meanwhile: Meanwhile
) -> None:
    def erase() -> None:
        remove_card(school.student)
        school.consume(UserErased(user_id=school.student.id, version=3))
        bucket.put_object(Key=key, Body=PNG)

    school.profile()
    key = _upload(school, bucket)
    meanwhile(erase)
    assert school.update(profile_picture=key).status == 403
    assert _kept(school, bucket) == set()


def test_what_an_erased_student_uploaded_and_never_used_is_deleted_too(school: School, bucket: Any) -> None:
    _upload(school, bucket)
    others = sign_in("student")
    bucket.put_object(Key=f"uploads/students/{others.id}/x", Body=PNG)
    school.consume(UserErased(user_id=school.student.id, version=3))
    assert [found.key for found in bucket.objects.all()] == [f"uploads/students/{others.id}/x"]
