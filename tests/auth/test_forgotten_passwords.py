"""Forgotten passwords: POST /auth/forgot-password, GET, POST /auth/reset-password."""

from io import StringIO
from uuid import UUID, uuid4

import pytest

from auth import rules
from auth.tables import Code, CodeBudget, User
from lms.events.users import UserPasswordChanged, UserPasswordResetRequested, UserVerificationRequested
from tests.auth.conftest import NEW_PASSWORD, PASSWORD, Auth, SignedIn, at_once, calls_noted
from tests.conftest import Outbox, stored


@pytest.fixture
def amina(auth: Auth) -> SignedIn:
    return auth.student("amina", mobile_number="+923001234567")


def _other(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 1_000_000:06d}"


def test_known_and_unknown_addresses_get_the_same_answer(auth: Auth, amina: SignedIn) -> None:
    disabled = auth.student("bilal")
    auth.desk.set_status(disabled.id, "disabled")
    answers = [
        auth.http.post("/auth/forgot-password", whom)
        for whom in (
            {"email": "amina@example.com"},
            {"email": " AMINA@example.com "},
            {"email": "nobody@example.com"},
            {"email": "bilal@example.com"},
            {"mobile_number": "+923001234567"},
            {"mobile_number": "+10000000"},
        )
    ]
    assert {answer.status for answer in answers} == {202}
    assert {frozenset(answer.json) for answer in answers} == {frozenset({"message", "reset_id"})}
    assert len({answer.json["message"] for answer in answers}) == 1
    assert {UUID(answer.json["reset_id"]).version for answer in answers} == {4}
    assert len({answer.json["reset_id"] for answer in answers}) == len(answers)


def test_the_work_is_the_same_whether_somebody_is_known_or_not(
    auth: Auth, amina: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth.confirm_email(amina.token)
    auth.confirm_mobile(amina.token)
    bilal = auth.student("bilal")
    auth.desk.set_status(bilal.id, "disabled")
    asked = calls_noted(monkeypatch)

    def work(**whom: str) -> list[tuple[str, int]]:
        asked.clear()
        auth.forget(**whom)
        return list(asked)

    known = work(email="amina@example.com")
    assert known == [("GetItem", 1)] * 2 + [("BatchGetItem", 1), ("TransactWriteItems", 6)]
    assert work(email="nobody@example.com") == known
    assert work(email="bilal@example.com") == known
    assert work(mobile_number="+923001234567") == known
    assert work(mobile_number="+10000000") == known
    work(email="amina@example.com")
    assert work(email="amina@example.com") == known, "after three in an hour"


def test_the_work_of_a_wrong_code_or_link_is_the_same_whether_somebody_got_one_or_not(
    auth: Auth, amina: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bilal = auth.student("bilal")
    known, unknown = auth.forget(email="amina@example.com"), auth.forget(email="nobody@example.com")
    disabled, late = auth.forget(email="bilal@example.com"), auth.forget(email="amina@example.com")
    auth.desk.set_status(bilal.id, "disabled")
    code = auth.sent(known).code
    asked = calls_noted(monkeypatch)

    def work(reset_id: str) -> list[tuple[str, int]]:
        asked.clear()
        assert auth.reset(reset_id, _other(code)).status == 400
        assert auth.reset_by_link(f"{UUID(reset_id).hex}.{'x' * 43}").status == 400
        return list(asked)

    expected = work(known)
    assert [operation for operation, _ in expected] == [
        *("GetItem", "BatchGetItem", "UpdateItem", "UpdateItem", "UpdateItem"),
        *("GetItem", "BatchGetItem"),
    ]
    assert work(unknown) == expected
    assert work(disabled) == expected
    assert work(known) == work(unknown) == expected, "the second wrong one"
    for _ in range(rules.CODE_TRIES - 2):
        assert work(known) == work(unknown)
    assert work(known) == work(unknown), "after five tries"
    for _ in range(rules.CODE_TRIES):
        assert work(late) == expected
    assert work(late) == work(unknown), "after ten wrong ones in a day"
    auth.clock.advance(minutes=15)
    assert work(known) == work(unknown), "expired"


def test_an_email_brings_a_code_and_a_link(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    sent = auth.sent(auth.forget(email="amina@example.com"))
    assert (sent.destination, sent.channel) == ("amina@example.com", "email")
    assert len(sent.code) == 6
    assert sent.link is not None
    assert len(sent.link.partition(".")[2]) >= 43, "256 bits"
    (event,) = outbox.of(UserPasswordResetRequested)
    assert sent.code not in event.model_dump_json()
    assert sent.link not in event.model_dump_json()


def test_only_a_confirmed_number_brings_a_code(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    auth.confirm_email(amina.token)
    auth.forget(mobile_number="+923001234567")
    assert outbox.of(UserPasswordResetRequested) == []
    auth.confirm_mobile(amina.token)
    sent = auth.sent(auth.forget(mobile_number="+923001234567"))
    assert (sent.destination, sent.channel, sent.link) == ("+923001234567", "sms", None)


def test_one_of_email_and_number_is_needed(auth: Auth) -> None:
    for body in (
        {},
        {"email": None},
        {"email": "a@example.com", "mobile_number": "+923001234567"},
        {"email": "x"},
        {"mobile_number": "0300"},
        {"username": "amina"},
    ):
        assert auth.http.post("/auth/forgot-password", body).status == 422, body


@pytest.mark.parametrize("by", ["code", "link"])
def test_a_reset_sets_the_password_and_ends_every_session(auth: Auth, amina: SignedIn, outbox: Outbox, by: str) -> None:
    reset_id = auth.forget(email="amina@example.com")
    sent = auth.sent(reset_id)
    answer = auth.reset(reset_id, sent.code) if by == "code" else auth.reset_by_link(sent.link or "")
    assert (answer.status, set(answer.json)) == (200, {"message"})
    assert not auth.passes_gateway(amina.token)
    assert auth.refresh(amina.refresh_token).status == 401
    assert auth.login(password=PASSWORD).status == 401
    assert auth.passes_gateway(auth.login(password=NEW_PASSWORD).json["access_token"])
    assert len(outbox.of(UserPasswordChanged)) == 1


def test_the_first_reset_by_mail_confirms_the_address(auth: Auth, amina: SignedIn) -> None:
    reset_id = auth.forget(email="amina@example.com")
    auth.reset(reset_id, auth.sent(reset_id).code)
    token = auth.login(password=NEW_PASSWORD).json["access_token"]
    assert auth.profile(token)["email_verified"] is True


def test_every_reason_against_a_code_or_link_gets_one_text(auth: Auth, amina: SignedIn) -> None:
    first = auth.forget(email="amina@example.com")
    nobodys = auth.forget(email="nobody@example.com")
    sent = auth.sent(first)
    link = sent.link or ""
    answers = [
        auth.reset(first, _other(sent.code)),
        auth.reset(nobodys, sent.code),
        auth.reset(str(uuid4()), sent.code),
        auth.reset_by_link("x"),
        auth.reset_by_link("." + link.partition(".")[2]),
        auth.reset_by_link(link[:-1]),
        auth.reset_by_link(link + "x"),
        auth.reset_by_link(link.upper()),
        auth.reset_by_link(f"{UUID(nobodys).hex}.{link.partition('.')[2]}"),
    ]
    assert auth.reset(first, sent.code).status == 200
    answers += [auth.reset(first, sent.code), auth.reset_by_link(link)]
    late = auth.forget(email="amina@example.com")
    auth.clock.advance(minutes=15)
    answers += [auth.reset(late, auth.sent(late).code), auth.reset_by_link(auth.sent(late).link or "")]
    assert {answer.status for answer in answers} == {400}
    assert len({answer.json["detail"] for answer in answers}) == 1


def test_a_code_or_a_link_is_needed_and_not_both(auth: Auth, amina: SignedIn) -> None:
    reset_id = auth.forget(email="amina@example.com")
    sent = auth.sent(reset_id)
    code = {"reset_id": reset_id, "code": sent.code}
    for body in ({}, {"code": sent.code}, {"reset_id": reset_id}, {**code, "token": sent.link}):
        assert auth.http.post("/auth/reset-password", {**body, "new_password": NEW_PASSWORD}).status == 422, body
    assert auth.http.post("/auth/reset-password", code).status == 422
    assert auth.reset(reset_id, sent.code).status == 200, "what was refused spent nothing"


def test_a_weak_new_password_is_refused_and_spends_nothing(auth: Auth, amina: SignedIn) -> None:
    reset_id = auth.forget(email="amina@example.com")
    code = auth.sent(reset_id).code
    for weak in ("short-1", "password123", "Amina@Example.com", "x" * 129):
        answer = auth.reset(reset_id, code, weak)
        assert answer.status == 422, weak
        assert answer.json["errors"][0]["loc"] == ["body", "new_password"]
    assert auth.reset(reset_id, code).status == 200


def test_a_strangers_weak_password_says_nothing_about_the_code(auth: Auth, amina: SignedIn) -> None:
    reset_id = auth.forget(email="amina@example.com")
    wrong = auth.reset(reset_id, _other(auth.sent(reset_id).code), "amina@example.com")
    assert wrong.status == 400


def test_a_code_is_tried_five_times_and_its_link_goes_on(auth: Auth, amina: SignedIn) -> None:
    reset_id = auth.forget(email="amina@example.com")
    sent = auth.sent(reset_id)
    for _ in range(rules.CODE_TRIES):
        assert auth.reset(reset_id, _other(sent.code)).status == 400
    assert auth.reset(reset_id, sent.code).status == 400
    assert auth.reset_by_link(sent.link or "").status == 200


@pytest.mark.usefixtures("whole_calls")
def test_wrong_codes_at_once_are_counted_one_by_one(auth: Auth, amina: SignedIn) -> None:
    reset_id = auth.forget(email="amina@example.com")
    code = auth.sent(reset_id).code
    at_once([lambda by=by: auth.reset(reset_id, _other(code, by)) for by in range(1, 13)])
    assert Code.get(UUID(reset_id)).tries == rules.CODE_TRIES
    assert auth.reset(reset_id, code).status == 400


def test_ten_wrong_codes_a_day_end_the_codes_of_the_day_but_not_the_link(auth: Auth, amina: SignedIn) -> None:
    auth.clock.now = auth.clock.now.replace(hour=1)
    for _ in range(2):
        reset_id = auth.forget(email="amina@example.com")
        for _ in range(rules.CODE_TRIES):
            auth.reset(reset_id, _other(auth.sent(reset_id).code))
    auth.clock.advance(hours=2)
    reset_id = auth.forget(email="amina@example.com")
    sent = auth.sent(reset_id)
    assert auth.reset(reset_id, sent.code).status == 400
    assert auth.reset_by_link(sent.link or "").status == 200
    auth.clock.advance(days=1)
    reset_id = auth.forget(email="amina@example.com")
    assert auth.reset(reset_id, auth.sent(reset_id).code, "third-pass-10").status == 200


@pytest.mark.usefixtures("whole_calls")
def test_asking_for_codes_meanwhile_does_not_take_wrong_ones_back(auth: Auth, amina: SignedIn) -> None:
    reset_id = auth.forget(email="amina@example.com")
    code = auth.sent(reset_id).code
    at_once(
        [
            lambda: auth.forget(email="amina@example.com"),
            *(lambda by=by: auth.reset(reset_id, _other(code, by)) for by in range(1, 5)),
            lambda: auth.forget(email="amina@example.com"),
        ]
    )
    assert CodeBudget.get(f"reset#{amina.id}").wrong_count == 4


def test_three_codes_an_hour_are_sent_and_nobody_can_tell(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    for _ in range(rules.CODES_AN_HOUR + 2):
        auth.forget(email="amina@example.com")
    assert len(outbox.of(UserPasswordResetRequested)) == rules.CODES_AN_HOUR
    auth.clock.advance(hours=1)
    auth.forget(email="amina@example.com")
    assert len(outbox.of(UserPasswordResetRequested)) == rules.CODES_AN_HOUR + 1


@pytest.mark.usefixtures("whole_calls")
def test_three_codes_an_hour_are_sent_however_many_ask_at_once(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    at_once([lambda: auth.http.post("/auth/forgot-password", {"email": "amina@example.com"})] * 6)
    assert len(outbox.of(UserPasswordResetRequested)) <= rules.CODES_AN_HOUR


@pytest.mark.usefixtures("whole_calls")
def test_one_number_gets_three_codes_an_hour_whoever_has_them_sent(auth: Auth, outbox: Outbox) -> None:
    students = [auth.student(f"student-{n}", mobile_number="+923001234567") for n in range(4)]
    answers = at_once([lambda who=who: auth.start_mobile(who.token) for who in students for _ in range(3)])
    assert {answer.status for answer in answers} <= {202, 429, 503}
    sent = outbox.of(UserVerificationRequested)
    assert 1 <= len(sent) <= rules.CODES_AN_HOUR
    for _ in range(rules.CODES_AN_HOUR - len(sent)):
        assert auth.start_mobile(students[-1].token).status == 202
    answer = auth.start_mobile(auth.student("another", mobile_number="+923001234567").token)
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) == 3600


def test_success_gives_no_codes_back(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    for n in range(rules.CODES_AN_HOUR):
        reset_id = auth.forget(email="amina@example.com")
        assert auth.reset(reset_id, auth.sent(reset_id).code, f"new-password-{n}").status == 200
    auth.forget(email="amina@example.com")
    assert len(outbox.of(UserPasswordResetRequested)) == rules.CODES_AN_HOUR


def test_an_account_has_three_codes_an_hour_sent_to_all_its_numbers_together(auth: Auth, amina: SignedIn) -> None:
    statuses = []
    for n in range(rules.CODES_AN_HOUR + 1):
        assert auth.set_mobile(amina.token, f"+92300123456{n}").status == 200
        statuses.append(auth.start_mobile(amina.token).status)
    assert statuses == [202] * rules.CODES_AN_HOUR + [429]


def test_ten_codes_a_day_are_sent_to_one_destination(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    for _ in range(8):
        auth.forget(email="amina@example.com")
        auth.forget(email="AMINA@example.com")
        auth.clock.advance(hours=1)
    assert len(outbox.of(UserPasswordResetRequested)) == rules.CODES_A_DAY
    auth.clock.advance(hours=17)
    auth.forget(email="amina@example.com")
    assert len(outbox.of(UserPasswordResetRequested)) == rules.CODES_A_DAY + 1


def test_a_right_code_is_not_used_up_by_changes_that_fail(auth: Auth, amina: SignedIn) -> None:
    auth.clock.now = auth.clock.now.replace(hour=1)
    reset_id = auth.forget(email="amina@example.com")
    code = auth.sent(reset_id).code
    for _ in range(rules.WRONG_CODES_A_DAY):
        assert auth.reset(reset_id, code, "amina@example.com").status == 422
    auth.kong.down = True
    for _ in range(rules.WRONG_CODES_A_DAY):
        assert auth.reset(reset_id, code).status == 503
    auth.kong.down = False
    for _ in range(rules.CODE_TRIES - 1):
        assert auth.reset(reset_id, _other(code)).status == 400, "wrong ones are counted as ever"
    assert auth.reset(reset_id, code).status == 200
    again = auth.forget(email="amina@example.com")
    for _ in range(rules.CODE_TRIES):
        auth.reset(again, _other(auth.sent(again).code))
    assert Code.get(UUID(again)).tries == rules.CODE_TRIES
    assert CodeBudget.get(f"reset#{amina.id}").wrong_count == 2 * rules.CODE_TRIES - 1


@pytest.mark.usefixtures("whole_calls")
def test_what_is_given_back_leaves_nothing_of_a_code_that_was_spent_meanwhile(auth: Auth, amina: SignedIn) -> None:
    reset_id = auth.forget(email="amina@example.com")
    code = auth.sent(reset_id).code
    answers = at_once([lambda n=n: auth.reset(reset_id, code, f"new-password-{n}") for n in range(4)])
    assert sorted(answer.status for answer in answers) == [200, 400, 400, 400]
    assert stored(Code) == []
    assert CodeBudget.get(f"reset#{amina.id}").wrong_count == 0


def test_a_code_that_nobody_else_can_try_is_not_used_up_by_another(auth: Auth, amina: SignedIn) -> None:
    bilal = auth.student("bilal")
    verify_id = auth.http.post("/auth/verify/start", {"channel": "email"}, token=amina.token).json["verify_id"]
    for _ in range(rules.CODE_TRIES):
        body = {"verify_id": verify_id, "code": "000000"}
        assert auth.http.post("/auth/verify", body, token=bilal.token).status == 400
    body = {"verify_id": verify_id, "code": auth.sent(verify_id).code}
    assert auth.http.post("/auth/verify", body, token=amina.token).status == 200


def test_codes_keep_no_address_and_no_number(auth: Auth, amina: SignedIn) -> None:
    auth.start_mobile(amina.token)
    auth.forget(email="amina@example.com")
    auth.forget(email="nobody@example.com")
    kept = str([row.serialize() for table in (Code, CodeBudget) for row in stored(table)])
    assert amina.id in kept
    for personal in ("example.com", "923001234567"):
        assert personal not in kept


def test_a_new_code_does_not_void_one_younger_than_two_minutes(auth: Auth, amina: SignedIn) -> None:
    first = auth.forget(email="amina@example.com")
    auth.clock.advance(seconds=119)
    auth.forget(email="amina@example.com")
    assert auth.reset(first, auth.sent(first).code).status == 200


def test_a_new_code_voids_an_older_one_with_its_link(auth: Auth, amina: SignedIn) -> None:
    first = auth.forget(email="amina@example.com")
    auth.clock.advance(minutes=2)
    second = auth.forget(email="amina@example.com")
    assert auth.reset(first, auth.sent(first).code).status == 400
    assert auth.reset_by_link(auth.sent(first).link or "").status == 400
    assert auth.reset(second, auth.sent(second).code).status == 200


def test_a_code_counts_with_its_own_id_alone(auth: Auth, amina: SignedIn) -> None:
    first, second = (auth.forget(email="amina@example.com") for _ in range(2))
    assert auth.reset(first, auth.sent(second).code).status == 400
    assert auth.reset(second, auth.sent(first).code).status == 400


def test_a_reset_spends_every_code_that_was_sent(auth: Auth, amina: SignedIn) -> None:
    first, second = (auth.forget(email="amina@example.com") for _ in range(2))
    assert auth.reset(first, auth.sent(first).code).status == 200
    assert auth.reset(second, auth.sent(second).code).status == 400
    assert auth.reset_by_link(auth.sent(second).link or "").status == 400


@pytest.mark.usefixtures("whole_calls")
def test_one_code_used_at_once_is_spent_once(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    reset_id = auth.forget(email="amina@example.com")
    code = auth.sent(reset_id).code
    answers = at_once([lambda n=n: auth.reset(reset_id, code, f"new-password-{n}") for n in range(4)])
    assert sorted(answer.status for answer in answers) == [200, 400, 400, 400]
    assert len(outbox.of(UserPasswordChanged)) == 1
    assert len(auth.kong.keys(amina.id)) == 1


def test_nothing_changes_and_the_code_stays_while_the_gateway_cannot_be_reached(auth: Auth, amina: SignedIn) -> None:
    reset_id = auth.forget(email="amina@example.com")
    code = auth.sent(reset_id).code
    auth.kong.down = True
    answer = auth.reset(reset_id, code)
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    auth.kong.down = False
    assert auth.login(password=PASSWORD).status == 200
    assert auth.passes_gateway(amina.token)
    assert auth.reset(reset_id, code).status == 200


def test_a_disabled_users_code_is_worth_nothing(auth: Auth, amina: SignedIn) -> None:
    reset_id = auth.forget(email="amina@example.com")
    auth.desk.set_status(amina.id, "disabled")
    assert auth.reset(reset_id, auth.sent(reset_id).code).status == 400
    assert auth.reset_by_link(auth.sent(reset_id).link or "").status == 400
    assert auth.kong.keys(amina.id) == []


def test_what_was_sent_to_an_address_counts_only_while_it_is_theirs(auth: Auth, amina: SignedIn) -> None:
    reset_id = auth.forget(email="amina@example.com")
    body = {"email": "new@example.com", "current_password": PASSWORD}
    assert auth.http.put("/auth/profile", body, token=amina.token).status == 200
    assert auth.reset(reset_id, auth.sent(reset_id).code).status == 400
    assert auth.reset_by_link(auth.sent(reset_id).link or "").status == 400


def test_what_was_sent_to_a_number_counts_only_while_it_is_theirs(auth: Auth, amina: SignedIn) -> None:
    auth.confirm_email(amina.token)
    auth.confirm_mobile(amina.token)
    reset_id = auth.forget(mobile_number="+923001234567")
    assert auth.set_mobile(amina.token, None).status == 200
    assert auth.reset(reset_id, auth.sent(reset_id).code).status == 400


def test_an_invitation_is_worth_nothing_once_there_is_a_password(auth: Auth) -> None:

    admin = auth.staff("admin")
    body = {"username": "tariq", "email": "tariq@example.com", "is_type": "teacher"}
    auth.http.post("/auth/users", body, token=admin.token)
    auth.process_events()
    reset_id = auth.forget(email="tariq@example.com")
    assert auth.reset(reset_id, auth.sent(reset_id).code).status == 200
    assert auth.reset_by_link(auth.invitation("tariq"), "third-pass-10").status == 400


def test_codes_and_links_are_kept_as_hashes(auth: Auth, amina: SignedIn) -> None:
    reset_id = auth.forget(email="amina@example.com")
    sent = auth.sent(reset_id)
    kept = str([row.serialize() for row in stored(Code)])
    assert f"'{sent.code}'" not in kept
    assert (sent.link or "").partition(".")[2] not in kept


def test_who_waits_for_the_gateway_may_reset_already(auth: Auth) -> None:
    user_id = auth.register("amina")
    reset_id = auth.forget(email="amina@example.com")
    assert auth.reset(reset_id, auth.sent(reset_id).code).status == 200
    auth.process_events()
    assert User.get(UUID(user_id)).status == "active"
    assert auth.login(password=NEW_PASSWORD).status == 200


def test_the_link_of_an_older_mail_leads_to_the_screen(auth: Auth) -> None:
    answer = auth.http.get("/auth/reset-password")
    assert (answer.status, answer.headers["location"]) == (303, "/app/reset-password")


def test_the_log_of_a_reset_names_nobody(auth: Auth, amina: SignedIn, log: StringIO) -> None:
    auth.confirm_mobile(amina.token)
    reset_id = auth.forget(email="amina@example.com")
    sent = auth.sent(reset_id)
    auth.reset_by_link("wrong." + (sent.link or ""))
    auth.reset(reset_id, sent.code)
    written = log.getvalue()
    assert "/auth/reset-password" in written
    for secret in ("amina", "example.com", "923001234567", sent.code, sent.link or "", NEW_PASSWORD):
        assert secret not in written
