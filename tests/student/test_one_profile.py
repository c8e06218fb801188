"""One profile, against auth itself: whatever is changed where, everybody is shown the same."""

from typing import Any
from uuid import UUID

import pytest

from lms import credentials
from tests.at_once import at_once
from tests.auth.conftest import PASSWORD, Auth, SignedIn, auth, kong
from tests.clients import Answer
from tests.conftest import Outbox
from tests.journeys.world import FunctionsByName
from tests.roster_rows import rows
from tests.student.conftest import School

__all__ = ["auth", "kong"]
SHARED = ("name", "mobile_number", "city", "country", "additional_details")


class Desk:
    """Amina, who has an account, and everybody's views of her."""

    def __init__(self, auth: Auth, school: School) -> None:
        self.auth, self.school = auth, school
        self.amina: SignedIn = auth.student("amina", name="Amina", city="Karachi", country="PK")
        self.admin = auth.staff("admin")

    def update(self, headers: Any = None, **fields: Any) -> Answer:
        return self.school.http.post("/student/updateProfile", fields, token=self.amina.token, headers=headers)

    def update_at_auth(self, **fields: Any) -> Answer:
        return self.auth.http.put("/auth/profile", fields, token=self.amina.token)

    def shown(self) -> Any:
        """What all show of the profile, which is the same."""
        from lms import roster
        from lms.events.users import UserProfileUpdated

        own = self.school.http.get("/student/profile", token=self.amina.token).json
        views = [
            own,
            self.school.http.get(f"/students/{self.amina.id}", token=self.admin.token).json,
            self.auth.http.get("/auth/profile", token=self.amina.token).json,
            self.auth.http.get(f"/auth/profile/{self.amina.id}", token=self.admin.token).json,
            # Mails are written from this.
            Outbox().of(UserProfileUpdated)[-1].person.model_dump(),
        ]
        first, *others = [{name: view[name] for name in SHARED} for view in views]
        assert others == [first] * len(others)
        card = roster.find_user(UUID(self.amina.id))
        [line] = self.school.http.get("/students", token=self.admin.token).json["items"]
        assert card is not None
        assert {own["name"], card.name, line["name"]} == {first["name"]}
        return first


@pytest.fixture
def desk(school: School, auth: Auth, monkeypatch: pytest.MonkeyPatch) -> Desk:
    from lms.tokens import JWKS_NAME, PublicKeys

    # Auth's own key signs here, and has the same name.
    PublicKeys(name=JWKS_NAME).delete()
    monkeypatch.setattr(credentials, "_lambda", FunctionsByName)
    return Desk(auth, school)


def test_a_profile_is_the_same_everywhere_wherever_it_was_changed(desk: Desk) -> None:
    number = {"mobile_number": "+923001234567", "current_password": PASSWORD}
    rest = {"country": None, "additional_details": {"a": 1}, "address": "12 Canal Road"}
    answer = desk.update(name="Amina Khan", **rest, **number)
    assert answer.status == 200, answer
    assert desk.shown() == {
        "name": "Amina Khan",
        "mobile_number": "+923001234567",
        "city": "Karachi",
        "country": None,
        "additional_details": {"a": 1},
    }
    assert desk.update_at_auth(name="Amina K.", city="Lahore").status == 200
    assert desk.shown().items() >= {"name": "Amina K.", "city": "Lahore", "additional_details": {"a": 1}}.items()
    assert desk.update(mobile_number=None, city="Multan", current_password=PASSWORD).status == 200
    assert desk.shown().items() >= {"name": "Amina K.", "mobile_number": None, "city": "Multan"}.items()
    own = desk.school.http.get("/student/profile", token=desk.amina.token).json
    assert own["address"] == "12 Canal Road"


def test_a_refused_password_changes_nothing_anywhere(desk: Desk) -> None:
    desk.update(city="Lahore")
    before = desk.shown()
    wrong = {"current_password": "guess-work-99", "address": "12 Canal Road", "name": "Mina"}
    for fields in ({"mobile_number": "+923001234567"}, {"password": "battery-staple-8"}):
        assert desk.update(**fields, **wrong).status == 403
    assert desk.shown() == before
    assert desk.school.http.get("/student/profile", token=desk.amina.token).json["address"] is None


def test_of_two_changes_to_what_was_read_the_second_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = desk.school.http.get("/student/profile", token=desk.amina.token).headers["etag"]
    update_profile = credentials.update_profile

    def late(*arguments: Any, **options: Any) -> None:
        at_once([lambda: desk.update_at_auth(city="Lahore")])
        update_profile(*arguments, **options)

    monkeypatch.setattr(credentials, "update_profile", late)
    assert desk.update({"if-match": shown}, city="Multan", address="12 Canal Road").status == 412
    assert desk.shown()["city"] == "Lahore"
    assert desk.school.http.get("/student/profile", token=desk.amina.token).json["address"] is None


def test_an_invited_students_profile_is_whole_before_the_gateway_knows_them(desk: Desk) -> None:
    form = {"username": "bilal", "email": "bilal@example.com", "is_type": "student", "name": "Bilal", "city": "Quetta"}
    bilal = desk.auth.http.post("/auth/users", form, token=desk.admin.token).json["user_id"]
    profile = desk.school.http.get(f"/students/{bilal}", token=desk.admin.token).json
    assert (profile["name"], profile["city"], profile["additional_details"]) == ("Bilal", "Quetta", {})


def test_nothing_of_the_profile_is_left_on_the_roster_of_somebody_erased(desk: Desk) -> None:
    desk.update(city="Swat", additional_details={"guardian": "Sara"})
    assert desk.auth.http.delete(f"/auth/users/{desk.amina.id}", token=desk.admin.token).status == 204
    stored = str(rows())
    assert [word for word in ("Swat", "Sara", "amina", desk.amina.id) if word in stored] == []
