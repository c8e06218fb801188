"""The words of every message: no holes, and nothing that users typed is more than text."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files
from string import Formatter
from typing import Any, Literal, get_args, get_origin
from unicodedata import bidirectional
from uuid import uuid4

import pytest

from lms.languages import Language
from lms.zones import zone_names
from notification.messages import KINDS
from notification.messages.accounts import EmailChanged, PasswordReset
from notification.messages.announcements import Announcement
from notification.messages.courses import Enrolled, NewMaterial
from notification.messages.exams import ExamScheduled, ResultReleased
from notification.messages.message import Message, Money, Titles
from notification.messages.payments import VoucherIssued
from notification.rules.preferences import GROUPS
from notification.schemas import NotificationType
from notification.words import Frame, words

FRAME = Frame("The Institute", "https://lms.example", unsubscribe_url="https://lms.example/stop")
HOLES = ("None", "{", "}", "  ", " .", " ,", "()")
NOW = datetime(2026, 11, 27, 3, 47, tzinfo=UTC)
LANGUAGES: tuple[Language, ...] = get_args(Language)
SECTIONS = {
    language: tomllib.loads((files("notification.words") / f"{language}.toml").read_text("utf-8"))
    for language in LANGUAGES
}
every_language = pytest.mark.parametrize("language", LANGUAGES)
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def message_of(kind: type[Message], typed: str = "what-was-typed", *, all_known: bool = True) -> Message:
    """A message of a kind; every text in it is what a user typed, or what can be unknown is."""
    by_type: dict[Any, Any] = {
        "uuid": uuid4(),
        "datetime.datetime": NOW,
        "datetime.date": date(2026, 11, 5),
        "Decimal": Decimal("85.50"),
        "Money": Money(amount=Decimal(5000), currency="PKR"),
        "Titles": Titles(first=(typed,), count=3),
    }
    facts: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        if not all_known and "None" in str(field.annotation):
            facts[name] = None
            continue
        if get_origin(field.annotation) is Literal:
            facts[name] = get_args(field.annotation)[0]
            continue
        annotation = repr(field.annotation).replace("<class '", "")
        facts[name] = next((value for part, value in by_type.items() if part in annotation), typed)
    return kind(**facts)


def said(message: Message, language: Language) -> list[str]:
    """All that is said of a message: in the list, in the mail, in the SMS."""
    say = words(language)
    mail = say.mail(message, FRAME)
    return [say.list_text(message, "UTC"), mail.subject, mail.text(), say.sms(message, FRAME)]


def test_every_kind_is_a_type_of_notifications() -> None:
    assert set(get_args(NotificationType)) == KINDS.keys()


@every_language
@every_kind
@pytest.mark.parametrize("all_known", [True, False])
def test_what_is_not_known_leaves_no_hole(language: Language, kind: type[Message], all_known: bool) -> None:
    for text in said(message_of(kind, all_known=all_known), language):
        assert text
        for hole in HOLES:
            assert hole not in text


@every_kind
def test_a_message_that_lacks_what_it_is_about_is_no_message(kind: type[Message]) -> None:
    facts = message_of(kind).model_dump()
    for name in [name for name, field in kind.model_fields.items() if field.is_required()]:
        with pytest.raises(ValueError, match=name):
            kind.model_validate({other: fact for other, fact in facts.items() if other != name})


@every_kind
@pytest.mark.parametrize("all_known", [True, False])
def test_a_message_that_is_stored_says_the_same(kind: type[Message], all_known: bool) -> None:
    message = message_of(kind, all_known=all_known)
    assert kind.model_validate(message.model_dump(mode="json")) == message


@every_kind
def test_a_message_is_about_the_account_or_can_be_switched_off(kind: type[Message]) -> None:
    assert kind.group in (None, *GROUPS)


@every_language
@every_kind
def test_what_users_typed_is_no_html(language: Language, kind: type[Message]) -> None:
    html = words(language).mail(message_of(kind, "<img src=x onerror='alert(1)'>\"&"), FRAME).html()

    assert "<img" not in html
    assert "onerror='" not in html
    assert ("&lt;img" in html) == ("what-was-typed" in words(language).mail(message_of(kind), FRAME).html())


@every_language
@every_kind
def test_what_users_typed_makes_no_second_line_of_a_subject(language: Language, kind: type[Message]) -> None:
    typed = "a\r\nBcc: eve@example.org\u2028b"
    assert len(words(language).mail(message_of(kind, typed), FRAME).subject.splitlines()) == 1


@every_language
@every_kind
def test_a_mail_says_the_same_as_text_and_as_html(language: Language, kind: type[Message]) -> None:
    mail = words(language).mail(message_of(kind), FRAME)

    for part in mail.text().split("\n\n"):
        for line in part.strip().splitlines():
            assert line.rstrip(":") in mail.html()


@every_language
@every_kind
def test_braces_that_users_typed_are_not_filled_in(language: Language, kind: type[Message]) -> None:
    for text in said(message_of(kind, "{institute} [x]({link})"), language):
        assert "[x](https" not in text


def test_every_language_says_the_same() -> None:
    english, *others = (dict(_texts(SECTIONS[language])) for language in LANGUAGES)
    for other in others:
        assert other.keys() == english.keys()
        for key, text in english.items():
            assert _facts(other[key]) == _facts(text), key


def _texts(section: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, text in section.items():
        if isinstance(text, dict):
            yield from _texts(text, f"{before}{name}.")
        else:
            yield f"{before}{name}", "".join(text)


def _facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@every_language
def test_every_section_is_the_words_of_a_message(language: Language) -> None:
    messages = {message_of(kind).section for kind in KINDS.values()}
    assert SECTIONS[language].keys() - {"formats", "unknown", "frame"} == messages


@every_language
def test_every_fact_that_the_words_name_is_one_of_their_message(language: Language) -> None:
    frame = {"institute", "name", "link", "unsubscribe_link"}
    for kind in KINDS.values():
        section = SECTIONS[language][message_of(kind).section]
        parts = [section, *(part for part in section.values() if isinstance(part, dict))]
        for text in [text for part in parts for text in part.values() if isinstance(text, str)]:
            assert _facts(text) <= {*kind.model_fields, *frame}, kind.kind


@every_language
def test_a_long_title_does_not_make_an_endless_subject(language: Language) -> None:
    assert len(words(language).mail(Enrolled(course_id=uuid4(), course="x" * 1000), FRAME).subject) <= 200


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Karachi", "27 November 2026, 08:47 (UTC+5)"),
        ("Asia/Kolkata", "27 November 2026, 09:17 (UTC+5:30)"),
        ("America/St_Johns", "27 November 2026, 00:17 (UTC-3:30)"),
        ("UTC", "27 November 2026, 03:47 (UTC)"),
    ],
)
def test_times_are_those_of_the_reader(zone: str, expected: str) -> None:
    exam = ExamScheduled(exam_id=uuid4(), exam="Midterm", course=None, opens_at=NOW, closes_at=NOW)
    assert expected in words("en").list_text(exam, zone)


@every_language
def test_every_zone_has_times(language: Language) -> None:
    exam = ExamScheduled(exam_id=uuid4(), exam="Midterm", course=None, opens_at=NOW, closes_at=NOW)
    assert all("(UTC" in words(language).list_text(exam, zone) for zone in zone_names())


def test_money_has_its_currency_and_two_places_and_days_have_no_zero_before_them() -> None:
    voucher = VoucherIssued(
        voucher_no="1133UUD",
        course="Agents",
        fee=Money(amount=Decimal("1234567.5"), currency="PKR"),
        due_date=date(2026, 12, 5),
    )
    assert words("en").list_text(voucher, "UTC") == (
        "Please pay PKR 1,234,567.50 for Agents by 5 December 2026. Your voucher number is 1133UUD."
    )


@pytest.mark.parametrize(
    ("score", "status", "expected"),
    [
        ("85.00", "passed", "You passed Midterm in Agents with 85%."),
        ("41.50", "failed", "You did not pass Midterm in Agents. Your score is 41.5%."),
        ("0.00", "missed", "You missed Midterm in Agents. It counts as 0%."),
        ("100.00", "passed", "You passed Midterm in Agents with 100%."),
    ],
)
def test_a_result_says_what_became_of_the_exam(score: str, status: Any, expected: str) -> None:
    result = ResultReleased(exam_id=uuid4(), exam="Midterm", course="Agents", score=Decimal(score), status=status)
    assert words("en").list_text(result, "UTC") == expected


def test_a_digest_names_the_first_lessons_and_counts_the_others() -> None:
    lessons = Titles(first=("A first\nagent", "Planning"), count=12)
    material = NewMaterial(course_id=uuid4(), course="Agents", lessons=lessons)
    assert words("en").list_text(material, "UTC") == "New in Agents:\n- A first agent\n- Planning\nand 10 more"


def test_the_sign_before_a_title_stands_where_the_line_begins() -> None:
    material = NewMaterial(course_id=uuid4(), course="Agents", lessons=Titles(first=("Planning",), count=2))
    [_, title, more] = words("ur").list_text(material, "UTC").splitlines()
    assert (title, more) == ("- \u2068Planning\u2069", "اور مزید 1")


def test_a_mail_is_signed_by_the_institute_and_leads_to_what_it_is_about() -> None:
    course_id = uuid4()
    mail = words("en").mail(Enrolled(course_id=course_id, course="Agents"), FRAME)
    assert mail.text().splitlines()[0] == "Hello,"
    assert f"Open the course:\nhttps://lms.example/app/courses/{course_id}\n" in mail.text()
    assert "Kind regards,\nThe Institute\n" in mail.text()


def test_what_cannot_be_switched_off_offers_no_way_to_do_so() -> None:
    mail = words("en").mail(EmailChanged(), Frame("The Institute", "https://lms.example"))
    assert mail.text().endswith("Kind regards,\nThe Institute\n")


def test_a_title_keeps_its_own_direction_among_words_of_the_other() -> None:
    enrolled = Enrolled(course_id=uuid4(), course="Agents (2)")
    assert words("ur").list_text(enrolled, "UTC") == "آپ کو \u2068Agents (2)\u2069 میں داخل کر لیا گیا ہے۔"
    assert words("ur").mail(enrolled, FRAME).subject == "آپ کا داخلہ \u2068Agents (2)\u2069 میں ہو گیا"
    # Old phones show an isolate as a box.
    assert "\u2068" not in words("ur").sms(enrolled, FRAME)


def test_a_list_and_a_subject_begin_with_a_word_by_which_browsers_see_how_the_line_runs() -> None:
    for kind in (kind for kind in KINDS.values() if message_of(kind).section != "written"):
        message = message_of(kind)
        for text in (words("ur").list_text(message, "UTC"), words("ur").subject(message, FRAME)):
            assert bidirectional(text.replace("\u2068", "")[0]) == "AL", text


def test_a_mail_in_urdu_runs_from_right_to_left_and_what_users_typed_as_it_wants() -> None:
    html = words("ur").mail(Announcement(message="Hello class"), FRAME).html()
    assert '<html lang="ur" dir="rtl">' in html
    assert '<p dir="auto">Hello class</p>' in html


def test_an_sms_is_three_at_most_in_any_alphabet() -> None:
    for typed, most in (("x" * 1000, 480), ("ک" * 1000, 210)):
        assert len(words("en").sms(Announcement(message=typed), FRAME)) == most


@every_language
def test_a_code_is_in_an_sms_whole(language: Language) -> None:
    reset = PasswordReset(code="402117", link_token=None, reset_id=uuid4(), expires_at=NOW)
    frame = Frame("Karachi Institute of Technology and Learning", "https://lms.example", zone="Asia/Karachi")
    text = words(language).sms(reset, frame)
    assert text.startswith("402117")
    assert text[-1] in ".۔"
