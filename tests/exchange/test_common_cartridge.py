"""Common Cartridges, and the assessments in them."""

import io
import random
import zipfile
from decimal import Decimal
from html import escape

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from exchange.formats import common_cartridge
from exchange.items import (
    AcceptedText,
    AcceptedTexts,
    Choice,
    Draw,
    Lesson,
    Module,
    NotReadable,
    Package,
    PackageFile,
    Prompt,
    Question,
    Quiz,
    Range,
    Ranges,
    Value,
)
from exchange.packages import open_package
from tests.exchange.exam_scores import share
from tests.exchange.made_questions import banks, markdown
from tests.exchange.readers import formats_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def read(content: str | dict[str, str | bytes]) -> Package:
    file = io.BytesIO()
    if isinstance(content, str):
        file.write(content.encode())
    else:
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in content.items():
                archive.writestr(name, data)
    with open_package(file, "course.imscc") as opened:
        assert formats_of(opened) == ["commonCartridge"]
        return common_cartridge.read(opened)


def assessment(*items: str, facts: str = "", title: str = "A quiz") -> str:
    return (
        '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">'
        f'<assessment ident="a1" title="{title}">{facts}<section ident="root">{"".join(items)}</section></assessment>'
        "</questestinterop>"
    )


def facts(**fields: str) -> str:
    return "<qtimetadata>{}</qtimetadata>".format(
        "".join(
            f"<qtimetadatafield><fieldlabel>{name}</fieldlabel><fieldentry>{value}</fieldentry></qtimetadatafield>"
            for name, value in fields.items()
        )
    )


def text(content: str) -> str:
    return f'<material><mattext texttype="text/html">{escape(content)}</mattext></material>'


def item(response: str, *conditions: str, asked: str = "<p>Which?</p>", feedback: str = "", **fields: str) -> str:
    return (
        f'<item ident="q1" title="Title"><itemmetadata>{facts(**fields)}</itemmetadata>'
        f"<presentation>{text(asked)}{response}</presentation>"
        '<resprocessing><outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
        f"{''.join(conditions)}</resprocessing>{feedback}</item>"
    )


def choices(*texts: str, cardinality: str = "Single", ident: str = "r1", asked: str = "") -> str:
    labels = "".join(
        f'<response_label ident="{place}"><material><mattext texttype="text/plain">{escape(each)}</mattext></material>'
        "</response_label>"
        for place, each in enumerate(texts, 1)
    )
    shown = text(asked) if asked else ""
    return (
        f'<response_lid ident="{ident}" rcardinality="{cardinality}">{shown}<render_choice>{labels}</render_choice>'
        "</response_lid>"
    )


def typed(ident: str = "r1") -> str:
    return f'<response_str ident="{ident}" rcardinality="Single"><render_fib/></response_str>'


def condition(test: str, score: str = "100", action: str = "Set", go_on: str = "No") -> str:
    return (
        f'<respcondition continue="{go_on}"><conditionvar>{test}</conditionvar>'
        f'<setvar action="{action}" varname="SCORE">{score}</setvar></respcondition>'
    )


def equal(value: str, ident: str = "r1", **attributes: str) -> str:
    given = "".join(f' {name}="{each}"' for name, each in attributes.items())
    return f'<varequal respident="{ident}"{given}>{value}</varequal>'


def question(content: str) -> Question:
    package = read(assessment(content))
    assert package.questions, package.notes
    return package.questions[0]


def test_a_choice_of_one():
    content = item(choices("a", "c"), condition(equal("2")), cc_profile="cc.multiple_choice.v0p1", cc_weighting="3")
    assert question(content) == Question(
        source="q1",
        title="Title",
        kind="single",
        question_text="Which?",
        choices=(Choice(id="1", text="a"), Choice(id="2", text="c")),
        correct_answer="2",
        points=Decimal(3),
    )


def test_true_and_false():
    read_question = question(item(choices("True", "False"), condition(equal("1"))))
    assert (read_question.kind, read_question.correct_answer) == ("truefalse", True)


def test_several_choices():
    test = f"<and>{equal('1')}<not>{equal('2')}</not>{equal('3')}</and>"
    read_question = question(item(choices("a", "b", "c", cardinality="Multiple"), condition(test)))
    assert (read_question.kind, read_question.correct_answer) == ("multiple", ("1", "3"))
    assert not read_question.partial_credit


def test_several_choices_with_points_for_each():
    scores = {"1": "75", "2": "-20", "3": "25"}
    conditions = (condition(equal(name), score, "Add", "Yes") for name, score in scores.items())
    read_question = question(item(choices("a", "b", "c", cardinality="Multiple"), *conditions))
    assert [each.weight for each in read_question.choices] == [75, -20, 25]


def test_a_blank_with_several_texts():
    content = item(typed(), condition(equal("York") + equal("Gloucester")))
    accepted = (AcceptedText(text="York"), AcceptedText(text="Gloucester"))
    assert question(content).correct_answer == AcceptedTexts(accepted=accepted)


def test_a_blank_of_which_the_case_counts():
    key = question(item(typed(), condition(equal("York", case="Yes")))).correct_answer
    assert key == AcceptedTexts(accepted=(AcceptedText(text="York"),), case_sensitive=True)


def test_a_pattern():
    test = '<varsubstring respident="r1">York</varsubstring>'
    key = question(item(typed(), condition(test), cc_profile="cc.pattern_match.v0p1")).correct_answer
    assert key == AcceptedTexts(accepted=(AcceptedText(text="*York*"),))


def test_an_essay():
    content = item(typed(), "<respcondition><conditionvar><other/></conditionvar></respcondition>")
    assert question(content).kind == "text"


@pytest.mark.parametrize(
    ("test", "key"),
    [
        ("<vargte respident='r1'>1</vargte><varlte respident='r1'>3</varlte>", Value(value=Decimal(2), tolerance=1)),
        (
            f"<or>{equal('7')}<and><vargte respident='r1'>1</vargte><varlte respident='r1'>3</varlte></and></or>",
            Ranges(ranges=(Range(minimum=1, maximum=3), Range(minimum=7, maximum=7))),
        ),
    ],
)
def test_a_number_as_canvas_writes_it(test, key):
    read_question = question(item(typed(), condition(test)))
    assert (read_question.kind, read_question.correct_answer) == ("numeric", key)


def test_a_match_as_canvas_writes_it():
    lists = [choices("x", "y", "z", ident=name, asked=name) for name in ("one", "two")]
    conditions = [condition(equal("2", "one"), "50", "Add", "Yes"), condition(equal("1", "two"), "50", "Add", "Yes")]
    read_question = question(item("".join(lists), *conditions))
    assert read_question.prompts == (Prompt(id="one", text="one"), Prompt(id="two", text="two"))
    assert read_question.correct_answer == {"one": "2", "two": "1"}
    assert read_question.partial_credit


def test_feedback_on_the_right_answer_is_the_explanation():
    shown = condition(equal("2")).replace("</respcondition>", '<displayfeedback linkrefid="yes"/></respcondition>')
    feedback = "".join(
        f'<itemfeedback ident="{name}"><flow_mat>{text(words)}</flow_mat></itemfeedback>'
        for name, words in {"yes": "Well <i>done</i>.", "no": "No."}.items()
    )
    package = read(assessment(item(choices("a", "b"), shown, feedback=feedback)))
    assert package.questions[0].explanation == "Well *done*."
    assert package.notes[0].reason == "Feedback on wrong answers was left out."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (item(typed("r1") + typed("r2"), condition(equal("x"))), "It asks 2 things at once"),
        (item(choices("a", "b")), "No answer earns points"),
        (item(""), "It asks nothing"),
        (item(choices("a"), condition(equal("1"))), "fewer than two choices"),
        (item(choices("a", "b"), condition("<durequal>1</durequal>")), "a program of its own"),
        (item(typed(), condition('<varsubstring respident="r1">Z[uü]rich</varsubstring>')), "more than a text"),
        (
            item(typed(), condition(equal("1"))).replace("</presentation>", "</presentation><calculated/>"),
            "anew for each",
        ),
    ],
)
def test_what_no_question_here_can_be_is_left_out_with_a_reason(content, expected):
    first, quiz = read(assessment(content)).notes
    assert (first.outcome, quiz.outcome) == ("left out", "left out")
    assert expected in first.reason


MANIFEST = """<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
    xmlns:lom="http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest">
  <metadata><schema>IMS Common Cartridge</schema><schemaversion>1.1.0</schemaversion>
    <lom:lom><lom:general><lom:title><lom:string>A course</lom:string></lom:title></lom:general></lom:lom></metadata>
  <organizations><organization structure="rooted-hierarchy"><item identifier="root">
    <item identifier="m1"><title>Week 1</title>
      <item identifier="l1" identifierref="page"><title>Read</title></item>
      <item identifier="h1"><title>More</title>
        <item identifier="l2" identifierref="link"><title>Look</title></item></item>
      <item identifier="l3" identifierref="file"><title>Slides</title></item>
      <item identifier="l4" identifierref="topic"><title>Talk</title></item>
      <item identifier="l5" identifierref="quiz"><title>Quiz</title></item>
      <item identifier="l6" identifierref="tool"><title>Tool</title></item>
      <item identifier="l7" identifierref="gone"><title>Gone</title></item>
    </item></item></organization></organizations>
  <resources>
    <resource identifier="page" type="webcontent" href="web/page.html"><file href="web/page.html"/></resource>
    <resource identifier="other" type="webcontent" href="web/other.html"><file href="web/other.html"/></resource>
    <resource identifier="link" type="imswl_xmlv1p1"><file href="link.xml"/></resource>
    <resource identifier="file" type="webcontent" href="web/slides.pdf"><file href="web/slides.pdf"/></resource>
    <resource identifier="topic" type="imsdt_xmlv1p1"><file href="topic.xml"/></resource>
    <resource identifier="quiz" type="imsqti_xmlv1p2/imscc_xmlv1p1/assessment"><file href="quiz.xml"/></resource>
    <resource identifier="bank" type="imsqti_xmlv1p2/imscc_xmlv1p1/question-bank"><file href="bank.xml"/></resource>
    <resource identifier="tool" type="imsbasiclti_xmlv1p0"><file href="tool.xml"/></resource>
  </resources></manifest>"""


def cartridge(**files: str | bytes) -> dict[str, str | bytes]:
    quiz = assessment(
        item(choices("a", "b"), condition(equal("1")), asked='<img src="$IMS-CC-FILEBASE$/img/a.png" alt="A">'),
        facts=facts(cc_maxattempts="2", qmd_timelimit="45"),
    )
    bank = (
        f'<questestinterop><objectbank ident="b1">{facts(bank_title="Pool")}'
        f"{item(choices('a', 'b'), condition(equal('1')))}</objectbank></questestinterop>"
    )
    return {
        "imsmanifest.xml": MANIFEST,
        "web/page.html": """<html><head><title>x</title></head><body onload="alert(1)"><p>Look:
          <a href="notes.pdf">notes</a>, <a href="slides.pdf">slides</a>.</p><script>alert(1)</script></body></html>""",
        "web/other.html": "<html><head><title>Other page</title></head><body><p>Other</p></body></html>",
        "web/notes.pdf": b"%PDF-",
        "web/slides.pdf": b"%PDF-",
        "web_resources/img/a.png": PNG,
        "link.xml": '<webLink><title>Look</title><url href="https://example.org/a"/></webLink>',
        "topic.xml": "<topic><title>Talk</title><text>&lt;p&gt;What do you think?&lt;/p&gt;</text></topic>",
        "quiz.xml": quiz,
        "bank.xml": bank,
        "tool.xml": "<cartridge_basiclti_link/>",
        **files,
    }


def test_a_cartridge():
    package = read(cartridge())
    assert package.title == "A course"
    assert [
        (module.title, [(each.title, each.link, each.file) for each in module.lessons]) for module in package.modules
    ] == [
        (
            "Week 1",
            [
                ("Read", None, None),
                ("notes.pdf", None, "web/notes.pdf"),
                ("More", None, None),
                ("Look", "https://example.org/a", None),
                ("Slides", None, "web/slides.pdf"),
                ("Talk", None, None),
            ],
        ),
        ("More pages", [("Other page", None, None)]),
    ]
    lessons = package.modules[0].lessons
    assert (lessons[0].text, lessons[5].text) == ("Look: notes, slides.", "What do you think?")
    assert [each.name for each in package.files] == ["web/notes.pdf", "web/slides.pdf", "web_resources/img/a.png"]
    (quiz,) = package.quizzes
    assert (quiz.title, quiz.questions, quiz.minutes, quiz.attempts) == ("A quiz", ("quiz.xml#2",), 45, 2)
    assert [(each.category, each.question_text) for each in package.questions] == [
        ("Pool", "Which?"),
        ("", "![A](image:web_resources/img/a.png)"),
    ]
    assert {each.what: each.outcome for each in package.notes if each.outcome == "left out"} == {
        "Tool": "left out",
        "Gone": "left out",
    }


def test_a_quiz_that_draws_from_a_bank():
    drawing = """<selection_ordering><selection><sourcebank_ref>b1</sourcebank_ref>
      <selection_number>1</selection_number></selection></selection_ordering>"""
    (quiz,) = read(cartridge(**{"quiz.xml": assessment(drawing)})).quizzes
    assert (quiz.questions, quiz.draws) == ((), (Draw(category="Pool", count=1),))


def test_canvas_keeps_more_of_a_quiz_beside_it():
    full = assessment(item(choices("a", "b"), condition(equal("1"))), item(typed(), condition(equal("x"))))
    meta = (
        "<quiz><time_limit>20</time_limit><allowed_attempts>3</allowed_attempts><description>Go!</description></quiz>"
    )
    package = read(cartridge(**{"non_cc_assessments/quiz.xml.qti": full, "quiz/assessment_meta.xml": meta}))
    (quiz,) = package.quizzes
    assert (len(quiz.questions), quiz.minutes, quiz.attempts, quiz.instructions) == (2, 20, 3, "Go\\!")


def test_pages_without_modules_come_along():
    manifest = MANIFEST[: MANIFEST.index("<organizations>")] + MANIFEST[MANIFEST.index("<resources>") :]
    package = read(cartridge(**{"imsmanifest.xml": manifest}))
    assert [each.title for each in package.modules] == ["More pages"]
    assert [each.title for each in package.modules[0].lessons] == [
        "x",
        "notes.pdf",
        "slides.pdf",
        "Other page",
        "Look",
        "Talk",
    ]


SEEDS = [MANIFEST, cartridge()["quiz.xml"], cartridge()["bank.xml"], cartridge()["topic.xml"]]
_PIECES = [
    "identifier",
    "item",
    "resource",
    "varequal",
    "SCORE",
    "Multiple",
    "100",
    "1e999",
    "href",
    "<and>",
    "</and>",
    "-",
    "",
]


@settings(deadline=None)
@given(st.integers(0, 3), st.randoms(use_true_random=False), st.integers(1, 6))
def test_a_damaged_cartridge_is_read_or_refused(which: int, chance: random.Random, changes: int):
    damaged = str(SEEDS[which])
    for _ in range(changes):
        at = chance.randrange(len(damaged) + 1)
        match chance.randrange(3):
            case 0:
                damaged = damaged[:at] + chance.choice(_PIECES) + damaged[at:]
            case 1:
                damaged = damaged[:at] + damaged[at + chance.randrange(1, 60) :]
            case _:
                old, new = chance.sample(_PIECES, 2)
                damaged = damaged.replace(old or "x", new, 1)
    name = ("imsmanifest.xml", "quiz.xml", "bank.xml", "topic.xml")[which]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for each, data in cartridge(**{name: damaged}).items():
            archive.writestr(each, data)
    with open_package(file, "course.imscc") as opened:
        try:
            package = common_cartridge.read(opened)
        except NotReadable:
            return
    assert package.notes or package.modules


@settings(deadline=None, max_examples=40, phases=[Phase.reuse, Phase.generate])
@given(banks())
def test_a_bank_that_was_written_reads_the_same(bank: list[Question]):
    again = written(Package(title="A course", questions=tuple(bank)))
    for question_read, question_written in zip(again.questions, bank, strict=True):
        assert question_read == question_written
    assert {each.outcome for each in again.notes} == {"taken"}


@settings(deadline=None, max_examples=40, phases=[Phase.reuse, Phase.generate])
@given(st.data())
def test_exams_that_were_written_read_the_same(data: st.DataObject):
    bank = data.draw(banks())
    sources = st.lists(st.sampled_from([each.source for each in bank]), unique=True, min_size=1, max_size=4)
    draw = st.builds(
        Draw,
        category=_titles,
        count=st.integers(1, 9),
        points=st.sampled_from([Decimal(1), Decimal("2.5")]),
        difficulty=st.sampled_from([None, "easy", "hard"]),
    )
    quizzes = []
    for number, questions in enumerate(data.draw(st.lists(sources, max_size=3))):
        points = {
            each.source: each.points + 1 for each in bank if each.source in questions and data.draw(st.booleans())
        }
        quiz = Quiz(
            source=f"quiz-{number}",
            title=data.draw(_titles),
            instructions=data.draw(markdown),
            questions=tuple(questions),
            points=points,
            draws=tuple(data.draw(st.lists(draw, max_size=2))),
            minutes=data.draw(st.sampled_from([None, 45])),
            attempts=data.draw(st.sampled_from([None, 3])),
            shuffle=data.draw(st.booleans()),
        )
        quizzes.append(quiz)
    again = written(Package(title="A course", questions=tuple(bank), quizzes=tuple(quizzes)))
    assert list(again.questions) == bank
    assert list(again.quizzes) == quizzes
    assert {each.outcome for each in again.notes} <= {"taken"}


_titles = st.text("abcdefg XYZ1äж", min_size=1, max_size=12).map(lambda title: " ".join(title.split())).filter(bool)
_lessons = st.one_of(
    st.builds(Lesson, title=_titles, text=markdown),
    st.builds(Lesson, title=_titles, link=st.sampled_from(["https://example.org/a?b=c&d", "http://example.org"])),
    st.builds(Lesson, title=_titles, file=st.sampled_from(["slides one.pdf", "a/notes.txt"])),
    st.builds(Lesson, title=_titles),
)


@settings(deadline=None, max_examples=40, phases=[Phase.reuse, Phase.generate])
@given(
    st.lists(
        st.builds(Module, title=_titles, lessons=st.lists(_lessons, max_size=4).map(tuple)), min_size=1, max_size=3
    )
)
def test_an_outline_that_was_written_reads_the_same(modules: list[Module]):
    files = tuple(
        PackageFile(name, "application/pdf", lambda: io.BytesIO(b"%PDF-")) for name in ("slides one.pdf", "a/notes.txt")
    )
    again = written(Package(title="A course", modules=tuple(modules), files=files))
    assert list(again.modules) == modules
    assert again.title == "A course"


def test_pictures_of_pages_are_written():
    lesson = Lesson(title="Look", text="![A map](image:maps/map%20one.png)")
    picture = PackageFile("maps/map one.png", "image/png", lambda: io.BytesIO(PNG))
    again = written(Package(title="A", modules=(Module(title="M", lessons=(lesson,)),), files=(picture,)))
    assert again.modules[0].lessons == (lesson,)
    assert [each.name for each in again.files] == ["maps/map one.png"]


def test_a_lesson_with_a_text_and_a_link_becomes_two():
    lesson = Lesson(title="Look", text="Here", link="https://example.org/")
    again = written(Package(title="A", modules=(Module(title="M", lessons=(lesson,)),)))
    assert again.modules[0].lessons == (
        Lesson(title="Look", text="Here"),
        Lesson(title="Look", link="https://example.org/"),
    )


def written(package: Package) -> Package:
    """What is read of the cartridge that is written."""
    file = io.BytesIO()
    common_cartridge.write(package, file)
    with open_package(file, "course.imscc") as opened:
        assert common_cartridge.detect(opened)
        return common_cartridge.read(opened)


def test_a_quiz_that_holds_no_questions_is_said_to_hold_none():
    (note,) = read(assessment()).notes
    assert (note.outcome, note.reason) == ("left out", "The file holds no questions of it.")


def blanks(kind: str) -> str:
    labels = {
        name: choices(*texts, ident=f"response_{name}", asked=name)
        for name, texts in (("color", ("red", "rouge", "black")), ("shape", ("round", "square")))
    }
    conditions = [
        condition(equal("1", "response_color"), "50", "Add", "Yes"),
        condition(equal("2", "response_color"), "50", "Add", "Yes"),
        condition(equal("2", "response_shape"), "50", "Add", "Yes"),
    ]
    asked = "<p>Roses are [color] and [shape].</p>"
    return item("".join(labels.values()), *conditions, asked=asked, question_type=kind, points_possible="3")


def test_each_blank_of_a_text_of_canvas_is_a_question():
    package = read(assessment(blanks("fill_in_multiple_blanks_question")))
    first, second = package.questions
    assert [each.question_text for each in package.questions] == ["Roses are (?) and (…).", "Roses are (…) and (?)."]
    assert [each.points for each in package.questions] == [Decimal("1.5"), Decimal("1.5")]
    assert [share(first, text) for text in ("Red", "rouge", "black", "square")] == [1, 1, 0, 0]
    assert [share(second, text) for text in ("square", "round")] == [1, 0]
    assert package.quizzes[0].questions == ("q1-1", "q1-2")
    assert {note.reason for note in package.notes[:2]} == {"It is one of the 2 gaps of a text."}


def test_each_list_in_a_text_of_canvas_is_a_choice():
    first, second = read(assessment(blanks("multiple_dropdowns_question"))).questions
    assert (first.kind, second.kind) == ("single", "single")
    assert [share(first, each.id) for each in first.choices] == [1, 1, 0]
    assert [share(second, each.id) for each in second.choices] == [0, 1]
