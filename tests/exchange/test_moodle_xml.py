"""Moodle's question files are read; what was written is read again as it was."""

import base64
import io
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchange.formats import moodle_xml
from exchange.items import NotReadable, Package, PackageFile, Question
from exchange.packages import open_package
from tests.exchange.made_questions import banks, numeric, without_ids

PNG = b"\x89PNG\r\n\x1a\nrest"


def parse(content: str | bytes) -> Package:
    data = content.encode() if isinstance(content, str) else content
    with open_package(io.BytesIO(data), "questions.xml") as package:
        return moodle_xml.read(package)


def quiz(*questions: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><quiz>{"".join(questions)}</quiz>'


def item(kind: str, inner: str, text: str = "<![CDATA[<p>Which <b>one</b>?</p>]]>") -> str:
    return (
        f'<question type="{kind}"><name><text>Name</text></name>'
        f'<questiontext format="html"><text>{text}</text></questiontext>{inner}</question>'
    )


def answer(text: str, fraction: str, feedback: str = "") -> str:
    said = f'<feedback format="html"><text>{feedback}</text></feedback>' if feedback else ""
    return f'<answer fraction="{fraction}" format="html"><text>{text}</text>{said}</answer>'


def one(kind: str, inner: str, **given: str) -> Question:
    (question,) = parse(quiz(item(kind, inner, **given))).questions
    return question


def test_one_right_choice() -> None:
    question = one(
        "multichoice",
        answer("&lt;i&gt;a&lt;/i&gt;", "100", "yes")
        + answer("b", "0")
        + "<single>true</single><defaultgrade>2.5000000</defaultgrade><tags><tag><text>loops</text></tag></tags>"
        + "<generalfeedback format='html'><text>Because</text></generalfeedback>",
    )
    assert (question.kind, question.correct_answer, question.points) == ("single", "1", Decimal("2.5"))
    assert [(choice.text, choice.weight) for choice in question.choices] == [("*a*", None), ("b", None)]
    assert question.question_text == "Which **one**?"
    assert (question.tags, question.title) == (("loops",), "Name")
    assert question.explanation == "Because\n\n- *a*: yes"


def test_several_right_choices_with_penalties() -> None:
    question = one(
        "multichoice", answer("a", "50") + answer("b", "50") + answer("c", "-33.33333") + "<single>false</single>"
    )
    assert (question.kind, question.correct_answer) == ("multiple", ("1", "2"))
    assert [choice.weight for choice in question.choices] == [50, 50, Decimal("-33.33333")]


def test_all_or_nothing() -> None:
    question = one("multichoiceset", answer("a", "100") + answer("b", "100") + answer("c", "0"))
    assert (question.kind, question.partial_credit, question.correct_answer) == ("multiple", False, ("1", "2"))


def test_each_right_choice_of_a_type_of_the_open_university_is_a_share() -> None:
    question = one("oumultiresponse", answer("a", "100") + answer("b", "100") + answer("c", "0"))
    assert (question.kind, question.correct_answer) == ("multiple", ("1", "2"))
    assert [choice.weight for choice in question.choices] == [None] * 3


def test_questions_with_one_idnumber_have_names_of_their_own() -> None:
    package = parse(quiz(*[item("truefalse", "<idnumber>7</idnumber>" + answer("true", "100"))] * 2))
    assert [question.source for question in package.questions] == ["7", "7-2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_that_would_not_fit_into_memory_is_refused(encoding: str) -> None:
    many = quiz(*["<question type='a'/>"] * 1_100_000).replace("UTF-8", encoding).encode(encoding)
    with pytest.raises(NotReadable, match="too large"):
        parse(many)


def test_true_or_false() -> None:
    assert one("truefalse", answer("true", "0") + answer("false", "100")).correct_answer is False


def test_short_answers_and_numbers() -> None:
    key = one(
        "shortanswer", "<usecase>1</usecase>" + answer("Frog*", "100") + answer("Cat", "50") + answer("*", "0")
    ).correct_answer
    assert key.model_dump() == {
        "accepted": ({"text": "Frog*", "credit": 100}, {"text": "Cat", "credit": 50}),
        "caseSensitive": True,
    }
    number = '<answer fraction="100"><text>3.14</text><tolerance>0.01</tolerance></answer>'
    package = parse(quiz(item("numerical", number + "<units><unit><unit_name>m</unit_name></unit></units>")))
    assert package.questions[0].correct_answer.model_dump() == {"value": Decimal("3.14"), "tolerance": Decimal("0.01")}
    assert package.notes[0].reason == "Units were left out: the number alone is asked for."


def test_matching_ordering_gaps_and_essays() -> None:
    pairs = "".join(
        f"<subquestion format='html'><text>{left}</text><answer><text>{right}</text></answer></subquestion>"
        for left, right in (("Canada", "Ottawa"), ("Italy", "Rome"), ("", "Oslo"))
    )
    matching = one("matching", pairs)
    assert (len(matching.prompts), len(matching.choices), matching.correct_answer) == (2, 3, {"1": "1", "2": "2"})
    ordering = one("ordering", answer("second", "2") + answer("first", "1"))
    assert [choice.text for choice in ordering.choices] == ["first", "second"]
    words = "".join(
        f"<selectoption><text>{word}</text><group>1</group></selectoption>" for word in ("cat", "mat", "hat")
    )
    gaps = one("gapselect", words, text="The [[1]] sat on the [[2]].")
    assert (gaps.kind, gaps.correct_answer, len(gaps.choices)) == ("matching", {"1": "1", "2": "2"}, 3)
    assert one("essay", "").kind == "text"


@pytest.mark.parametrize("kind", ["description", "cloze", "calculated", "ddimageortext"])
def test_other_types_are_left_out_with_a_reason(kind: str) -> None:
    (note,) = parse(quiz(item(kind, ""))).notes
    assert (note.outcome, note.what) == ("left out", "Name")
    assert note.reason.endswith(".")


def test_pictures_in_the_file_come_along() -> None:
    inner = (
        '<questiontext format="html"><text><![CDATA[See <img src="@@PLUGINFILE@@/a%20b.png" alt="A"/>]]></text>'
        f'<file name="a b.png" path="/" encoding="base64">{base64.b64encode(PNG).decode()}</file></questiontext>'
    )
    package = parse(quiz(f'<question type="essay"><name><text>N</text></name>{inner}</question>'))
    (file,) = package.files
    assert package.questions[0].question_text == "See ![A](image:question-1/a%20b.png)"
    assert (file.name, file.content_type, file.open().read()) == ("question-1/a b.png", "image/png", PNG)


def test_categories_become_those_of_the_questions_behind_them() -> None:
    category = '<question type="category"><category><text>$course$/top/Unit 1</text></category></question>'
    package = parse(quiz(category, item("essay", "")))
    assert package.questions[0].category == "Unit 1"
    assert [note.outcome for note in package.notes] == ["taken", "taken"]


@pytest.mark.parametrize("content", ["<quiz", "<html/>", '<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>', "\x00"])
def test_what_is_no_question_file_is_not_read(content: str) -> None:
    with pytest.raises(NotReadable):
        parse(content)


@example([numeric(("-1.5", "2", "100"))])
@example([numeric(("0", "2", "100"), ("1", "5", "50"), ("-3", "9", "33.33333"))])
@given(banks())
@settings(max_examples=100, deadline=None)
def test_questions_written_and_read_again_are_equal(questions: list[Question]) -> None:
    target = io.BytesIO()
    moodle_xml.write(Package(questions=tuple(questions)), target)
    package = parse(target.getvalue())
    assert [note for note in package.notes if note.outcome != "taken"] == []
    assert [without_ids(question) for question in package.questions] == [without_ids(each) for each in questions]


def test_pictures_written_are_read_again() -> None:
    question = Question(source="q1", kind="text", question_text="See ![A](image:x/a%20b.png)")
    target = io.BytesIO()
    file = PackageFile("x/a b.png", "image/png", lambda: io.BytesIO(PNG))
    moodle_xml.write(Package(questions=(question,), files=(file,)), target)
    package = parse(target.getvalue())
    assert package.questions[0].question_text == "See ![A](image:q1/a%20b.png)"
    assert package.files[0].open().read() == PNG


@given(st.lists(st.tuples(st.integers(0, 2_000), st.binary(max_size=4)), max_size=6))
@settings(max_examples=150, deadline=None)
def test_damaged_files_are_read_or_refused(changes: list[tuple[int, bytes]]) -> None:
    content = bytearray(
        quiz(item("multichoice", answer("a", "100") + answer("b", "0")), item("numerical", answer("1", "100"))).encode()
    )
    for place, data in changes:
        content[place : place + len(data)] = data
    with suppress(NotReadable):
        parse(bytes(content) or b" ")
