"""GIFT files are read as Moodle reads them; what was written is read again as it was."""

import io
import json
import re
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchange.formats import gift
from exchange.items import AcceptedTexts, NotReadable, Package, Question, Ranges, Value
from exchange.packages import open_package
from tests.exchange.made_questions import KINDS, banks, numeric, short, without_ids
from tests.exchange.material import material, opened

HUNDRED = Decimal(100)


def parse(text: str | bytes, name: str = "bank.gift") -> Package:
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    with open_package(io.BytesIO(data), name) as package:
        return gift.read(package)


def one(text: str) -> Question:
    (question,) = parse(text).questions
    return question


def test_a_choice_with_feedback_and_title() -> None:
    package = parse("::Grant::Who is buried?{~Grant#no\n=no one#yes\n####A riddle}")
    (question,) = package.questions
    assert (question.kind, question.title, question.question_text) == ("single", "Grant", "Who is buried?")
    assert [(choice.id, choice.text, choice.weight) for choice in question.choices] == [
        ("1", "Grant", None),
        ("2", "no one", None),
    ]
    assert question.correct_answer == "2"
    assert question.explanation == "A riddle\n\n- Grant: no\n- no one: yes"
    (note,) = package.notes
    assert (note.where, note.what, note.outcome) == ("Line 1", "Grant", "changed")


def test_weights_stay_percentages() -> None:
    single = one("Hard?{~wrong ~%50%half =full}")
    assert [choice.weight for choice in single.choices] == [0, 50, 100]
    several = one("Continents?{~%50%Asia ~%50%Africa ~%-25%China}")
    assert (several.kind, several.correct_answer) == ("multiple", ("1", "2"))
    assert [choice.weight for choice in several.choices] == [50, 50, -25]


def test_wrong_choices_that_cost_as_much_as_right_ones_give_need_no_weights() -> None:
    assert {choice.weight for choice in one("Two?{~%50%a ~%50%b ~%-50%c}").choices} == {None}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Born?{#1822:5}", Value(value=Decimal(1822), tolerance=Decimal(5))),
        ("Minus?{#-1}", Value(value=Decimal(-1))),
        ("Pi?{#3.141..3.142}", [(Decimal("3.141"), Decimal("3.142"), HUNDRED)]),
        ("Born?{#=1822:0 =%50%1822:2#close}", [(1822, 1822, HUNDRED), (1820, 1824, Decimal(50))]),
        ("Near?{#3:2~#wrong}", Value(value=Decimal(3), tolerance=Decimal(2))),
    ],
)
def test_numbers(text: str, key: Value | list[tuple[Decimal, Decimal, Decimal]]) -> None:
    found = one(text).correct_answer
    if isinstance(found, Ranges):
        assert [(each.minimum, each.maximum, each.credit) for each in found.ranges] == key
    else:
        assert found == key


def test_short_answers_with_credits_and_wildcards() -> None:
    key = one("Animal?{=Frog =%50%*cat* =%0%*#wrong}").correct_answer
    assert isinstance(key, AcceptedTexts)
    assert [(text.text, text.credit) for text in key.accepted] == [("Frog", 100), ("*cat*", 50)]


def test_a_missing_word_leaves_a_gap() -> None:
    assert one("Grant is {~buried =entombed} in a tomb.").question_text == r"Grant is \_\_\_\_\_ in a tomb."
    assert one("{=Asia} is large.").question_text == r"\_\_\_\_\_ is large."


def test_matching_keeps_choices_that_fit_nothing() -> None:
    question = one("Match.{=[html]<b>Canada</b> -> Ottawa =Italy->Rome = -> Oslo}")
    assert [prompt.text for prompt in question.prompts] == ["**Canada**", "Italy"]
    assert [choice.text for choice in question.choices] == ["Ottawa", "Rome", "Oslo"]
    assert question.correct_answer == {"1": "1", "2": "2"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"a \~ \= \# \{ \} \: b{T}", r"a \~ = # { } : b"),
        (r"one\ntwo{T}", "one  \ntwo"),
        ("one\ntwo{T}", "one two"),
        ("[html]<p>a <b>b</b></p>{T}", "a **b**"),
        ("[markdown]a **b**\n\n- c{T}", "a **b**\n\n- c"),
        ("[plain]<b>{T}", r"\<b>"),
        ("[moodle]a <i>b</i>{T}", "a *b*"),
        (r"[html]$ 1 \\neq 0 $ and \\(x\\){T}", r"\$ 1 \\neq 0 \$ and $x$"),
        (r"C\:\\new{T}", r"C:\\new"),
    ],
)
def test_escapes_and_formats_of_text(text: str, shown: str) -> None:
    if "\n\n" in text:
        text = text.replace("\n\n", r"\n\n")
    assert one(text).question_text == shown


def test_categories_comments_and_tags() -> None:
    package = parse(
        "// [id:q-1] [tag:easy one]\n// A comment with {braces}\nTrue?{T}\n\n"
        "$CATEGORY: $course$/top/Unit 1/Loops//Breaks\n\nFalse?{F}\n"
    )
    first, second = package.questions
    assert (first.source, first.tags, first.category) == ("q-1", ("easy one",), "")
    assert second.category == "Unit 1/Loops/Breaks"
    assert [note.outcome for note in package.notes] == ["taken", "taken", "taken"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Only a text.", "This is a text without a question."),
        ("Open?{=a", "The answers have no closing brace."),
        ("None?{~a ~b}", "No choice is right."),
        ("One?{=a ~%x%}", None),
        ("Number?{#abc}", "This is no number: abc"),
        ("Match.{=a -> b}", "There are fewer than two things to match."),
    ],
)
def test_what_cannot_be_taken_has_a_reason(text: str, reason: str | None) -> None:
    package = parse(f"{text}\n\nTrue?{{T}}\n")
    assert package.questions[-1].question_text == "True?"
    if reason:
        assert (package.notes[0].outcome, package.notes[0].reason) == ("left out", reason)


def test_an_open_brace_takes_no_other_question() -> None:
    assert [question.title for question in parse("::a::Open?{=x\n\n::b::True?{T}").questions] == ["b"]


def test_empty_lines_between_braces_end_nothing() -> None:
    assert len(one("Colour?{\n=red\n\n~blue\n}").choices) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    (question,) = parse("Wer heißt Jürgen?{T}".encode(encoding)).questions
    assert question.question_text == "Wer heißt Jürgen?"


@pytest.mark.parametrize(
    ("name", "text", "is_gift"),
    [
        ("a.gift", "", True),
        ("a.txt", "Who?{=me}", True),
        ("a.txt", "::t::Who?{}", True),
        ("a.txt", "Dear all", False),
        ("a.txt", "<quiz></quiz>", False),
        ("a.xml", "Who?{=me}", False),
    ],
)
def test_gift_is_told_from_other_texts(name: str, text: str, is_gift: bool) -> None:
    with open_package(io.BytesIO(text.encode() or b" "), name) as package:
        assert gift.detect(package) is is_gift


def test_what_is_no_text_is_not_read() -> None:
    with pytest.raises(NotReadable):
        parse(b"\x00\x01\x02binary")


@example([short("A->"), short("-> b", "-\\> c")])
@example([numeric(("-1.5", "2", "100"))])
@example([numeric(("0", "2", "100"), ("1", "5", "50"), ("-3", "9", "33.33333"))])
@given(banks(tuple(kind for kind in KINDS if kind != "ordering")))
@settings(max_examples=200, deadline=None)
def test_questions_written_and_read_again_are_equal(questions: list[Question]) -> None:
    target = io.BytesIO()
    gift.write(Package(questions=tuple(questions)), target)
    package = parse(target.getvalue())
    assert [note for note in package.notes if note.outcome != "taken"] == []
    assert [without_ids(question) for question in package.questions] == [without_ids(each) for each in questions]


PIECES = [
    *(
        "{",
        "}",
        "=",
        "~",
        "#",
        "##",
        "####",
        "->",
        "::",
        ":",
        "\\",
        "\\n",
        "%50%",
        "%-1e9%",
        "..",
        "1",
        "1e999",
        "T",
        "\n",
    ),
    *(
        "\n\n",
        "//",
        "[html]",
        "[markdown]",
        "<b>",
        "&lt;",
        "$CATEGORY: a/b",
        "word ",
        "é",
        "\x00",
        "*",
        "// [id:x]",
        "{#",
    ),
]


@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.text(max_size=200)))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        package = parse(text or " ")
    except NotReadable:
        return
    assert len(package.questions) <= len(package.notes)


@pytest.mark.parametrize(
    "piece", ["{", "}", "=", "::", "a{=", "{T}", "\n\n{T}\n", "\\", "####", "->", "{~%", "//[tag:x]"]
)
def test_a_monstrous_file_is_read_in_seconds(piece: str) -> None:
    parse(piece * (300_000 // len(piece)) if piece != "\n\n{T}\n" else piece * 3_000)


def test_the_examples_of_the_grammar_are_read_as_their_json_says() -> None:
    kinds = {
        "MC": {"single", "multiple"},
        "TF": {"truefalse"},
        "Short": {"short"},
        "Numerical": {"numeric"},
        "Essay": {"text"},
        "Matching": {"matching"},
    }
    files = sorted((material("fuhrmanator/GIFT-grammar-PEG.js") / "tests/questions").glob("*.gift"))
    assert files
    for path in files:
        expected = json.loads(path.with_suffix(".json").read_text())
        with opened(path) as file:
            assert gift.detect(file)
            package = gift.read(file)
        assert len(package.notes) == len(expected), path.name
        questions = iter(package.questions)
        for item, note in zip(expected, package.notes, strict=True):
            if item["type"] in ("Category", "Description"):
                continue
            assert note.outcome != "left out", (path.name, note)
            question = next(questions)
            assert question.kind in kinds[item["type"]]
            assert question.title == " ".join((item["title"] or "").split())
            if item["stem"]["format"] == "moodle":
                assert plain(question.question_text) == plain(item["stem"]["text"])
            if item["type"] == "TF":
                assert question.correct_answer is item["isTrue"]
            if item["type"] == "MC":
                assert len(question.choices) == len(item["choices"])


def plain(text: str) -> str:
    return re.sub(r"[\\\s]", "", text)


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_damaged_real_files_are_read_or_refused(data: st.DataObject) -> None:
    files = sorted((material("fuhrmanator/GIFT-grammar-PEG.js") / "tests/questions").glob("*.gift"))
    content = bytearray(data.draw(st.sampled_from(files)).read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=4))
    with suppress(NotReadable):
        parse(bytes(content) or b" ")


@pytest.mark.parametrize(
    "text",
    [
        "::" + "\\a" * 200 + " {TRUE}",
        "{" + "T" * 90_000,
        "\n" * 90_000,
        "a" + " " * 200_000 + "b {TRUE}",
        "{" + "\\" * 90_000 + "=a}",
        "::" * 40_000,
    ],
    ids=["title", "brace", "lines", "blanks", "backslashes", "titles"],
)
def test_a_text_that_is_made_to_take_long_is_read_at_once(text: str) -> None:
    # Each took minutes, or for ever, by an expression that looked through the rest from every place.
    with open_package(io.BytesIO(text.encode()), "bank.txt") as opened:
        gift.detect(opened)
    parse(text)
