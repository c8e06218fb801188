"""Courses and problems of Open edX."""

import io
import random
import tarfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.formats import olx
from exchange.items import AcceptedText, AcceptedTexts, Choice, NotReadable, Package, Question, Range, Ranges, Value
from exchange.packages import open_package
from tests.exchange.readers import formats_of


def read(content: str | dict[str, str | bytes]) -> Package:
    file = io.BytesIO()
    if isinstance(content, str):
        file.write(content.encode())
    else:
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            for name, data in content.items():
                member = tarfile.TarInfo(name)
                encoded = data.encode() if isinstance(data, str) else data
                member.size = len(encoded)
                archive.addfile(member, io.BytesIO(encoded))
    with open_package(file, "problem.xml") as opened:
        assert formats_of(opened) == ["olx"]
        return olx.read(opened)


def problem(content: str, attributes: str = "") -> str:
    return f'<problem url_name="p1" display_name="Title" {attributes}>{content}</problem>'


def question(content: str, attributes: str = "") -> Question:
    package = read(problem(content, attributes))
    assert package.questions, package.notes
    return package.questions[0]


def reason(content: str) -> str:
    (note,) = read(problem(content)).notes
    return f"{note.outcome}: {note.reason}"


CHOICE = """<multiplechoiceresponse><label>Which is <b>red</b>?</label><choicegroup type="MultipleChoice">
  <choice correct="false">Sky</choice><choice correct="true">Blood<choicehint>Indeed.</choicehint></choice>
  </choicegroup><solution><div class="detailed-solution"><p>Explanation</p><p>It is red.</p></div></solution>
  </multiplechoiceresponse>"""


def test_a_choice_of_one():
    assert question(CHOICE, 'weight="2.5"') == Question(
        source="p1",
        title="Title",
        kind="single",
        question_text="Which is **red**?",
        choices=(Choice(id="choice-1", text="Sky"), Choice(id="choice-2", text="Blood")),
        correct_answer="choice-2",
        points=Decimal("2.5"),
        explanation="It is red.\n\nIndeed.",
    )


def test_a_choice_that_is_partly_right():
    content = CHOICE.replace("<multiplechoiceresponse>", '<multiplechoiceresponse partial_credit="points">').replace(
        'correct="false"', 'correct="partial" point_value="0.25"'
    )
    assert [each.weight for each in question(content).choices] == [25, 100]


def test_text_around_a_choice_is_the_question():
    content = """<p>First.</p><multiplechoiceresponse><p/>Loose words<br/>
      <choicegroup><choice correct="True">a</choice><choice correct="False">b</choice></choicegroup>
      </multiplechoiceresponse><p>Last.</p>"""
    assert question(content).question_text == "First.\n\nLoose words\n\nLast."


CHECKBOXES = """<choiceresponse{}><label>Even?</label><checkboxgroup>
  <choice correct="true">2</choice><choice correct="false">3</choice><choice correct="true">4</choice>
  </checkboxgroup></choiceresponse>"""


def test_checkboxes_are_all_or_nothing():
    read_question = question(CHECKBOXES.format(""))
    assert (read_question.kind, read_question.correct_answer) == ("multiple", ("choice-1", "choice-3"))
    assert not read_question.partial_credit


def test_checkboxes_with_credit_for_parts_say_that_it_differs():
    assert reason(CHECKBOXES.format(' partial_credit="EDC"')).startswith("changed: Partly right answers")


@pytest.mark.parametrize(
    ("answer", "inside", "key"),
    [
        ("5", '<responseparam type="tolerance" default="0"/>', Value(value=Decimal(5))),
        ("5", '<responseparam type="tolerance" default="0.1"/>', Value(value=Decimal(5), tolerance=Decimal("0.1"))),
        ("-50", '<responseparam type="tolerance" default="10%"/>', Value(value=Decimal(-50), tolerance=Decimal(5))),
        ("100", "", Value(value=Decimal(100), tolerance=Decimal("0.001"))),
        ("1/4", '<responseparam type="tolerance" default="0"/>', Value(value=Decimal("0.25"))),
        ("[1,5]", "", Value(value=Decimal(3), tolerance=Decimal(2))),
        ("[1, 5)", "", Value(value=Decimal(3), tolerance=Decimal(2))),
        (
            "1",
            '<responseparam type="tolerance" default="0"/><additional_answer answer="7"/>',
            Ranges(ranges=(Range(minimum=1, maximum=1), Range(minimum=7, maximum=7))),
        ),
    ],
)
def test_a_number(answer, inside, key):
    typed = f"{inside}<label>How many?</label><formulaequationinput/>"
    read_question = question(f'<numericalresponse answer="{answer}">{typed}</numericalresponse>')
    assert (read_question.kind, read_question.correct_answer) == ("numeric", key)


def test_half_open_ranges_are_reported():
    content = '<numericalresponse answer="[1,5)"><label>How many?</label><textline/></numericalresponse>'
    assert reason(content) == "changed: The ends of a range count as inside here."


@pytest.mark.parametrize(
    "options",
    [
        "<optioninput options=\"('blue','dark, red')\" correct=\"dark, red\"/>",
        '<optioninput><option correct="False">blue</option><option correct="True">dark, red</option></optioninput>',
    ],
)
def test_a_list_of_options(options):
    read_question = question(f"<p>Blood is</p><optionresponse>{options}</optionresponse>")
    assert [each.text for each in read_question.choices] == ["blue", "dark, red"]
    assert (read_question.kind, read_question.correct_answer) == ("single", "choice-2")


def test_typed_text():
    content = """<stringresponse answer="York" type="ci"><label>Who?</label><additional_answer answer="Y*rk"/>
      <textline size="20"/></stringresponse>"""
    accepted = (AcceptedText(text="York"), AcceptedText(text="Y\\*rk"))
    assert question(content).correct_answer == AcceptedTexts(accepted=accepted, case_sensitive=False)


def test_a_blank_within_a_sentence():
    content = '<p>It is <stringresponse answer="York"><textline inline="1"/></stringresponse>, my lord.</p>'
    assert question(content).question_text.replace("\\", "") == "It is _____, my lord."


def test_several_responses_are_several_questions():
    content = f"<p>Read this.</p>{CHOICE}<p>And this?</p>{CHECKBOXES.format('').replace('<label>Even?</label>', '')}"
    package = read(problem(content, 'weight="3"'))
    assert [each.source for each in package.questions] == ["p1-1", "p1-2"]
    assert [each.points for each in package.questions] == [Decimal("1.5"), Decimal("1.5")]
    assert [each.question_text for each in package.questions] == ["Read this.\n\nWhich is **red**?", "And this?"]


def test_an_introduction_stands_before_each_question_with_a_text_of_its_own():
    package = read(problem(f"<p>Read this.</p>{CHOICE}{CHECKBOXES.format('')}"))
    assert package.questions[1].question_text == "Read this.\n\nEven?"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('<customresponse cfn="check"><textline/></customresponse>', "There is no question of its kind here."),
        (
            "<script>x = 3</script><numericalresponse answer='$x'><textline/></numericalresponse>",
            "A program computes",
        ),
        ('<stringresponse answer="a.*" type="regexp"><textline/></stringresponse>', "regular expression"),
        ('<numericalresponse answer="sqrt(2)"><textline/></numericalresponse>', "a formula"),
        ("<p>Only text</p>", "It asks nothing."),
    ],
)
def test_what_no_question_here_can_be_is_left_out_with_a_reason(content, expected):
    assert reason(content).startswith("left out: ")
    assert expected in reason(content)


def test_dollars_without_a_program_are_money():
    content = CHOICE.replace("Which is <b>red</b>?", "Is $a less than $5?")
    assert "less than" in question(content).question_text


@pytest.mark.parametrize(
    ("markdown", "kind", "key"),
    [
        (">>Red?<<\n\n( ) sky\n(x) blood {{Indeed}}\n", "single", "choice-2"),
        (">>Even?<<\n[x] 2\n[ ] 3\n[x] 4\n", "multiple", ("choice-1", "choice-3")),
        (">>How many?<<\n= 5 +- 1\n", "numeric", Value(value=Decimal(5), tolerance=Decimal(1))),
        (">>Red?<<\n[[sky, (blood)]]\n", "single", "choice-2"),
        (
            ">>Who?<<\n= York\nor= Gloucester\n",
            "short",
            AcceptedTexts(accepted=(AcceptedText(text="York"), AcceptedText(text="Gloucester"))),
        ),
    ],
)
def test_problems_in_the_short_form(markdown, kind, key):
    escaped = (
        (markdown + "[explanation]\nSo it is.\n[explanation]")
        .replace(">", "&gt;")
        .replace("<", "&lt;")
        .replace("\n", "&#10;")
    )
    read_question = question("", f'markdown="{escaped}"')
    assert (read_question.kind, read_question.correct_answer) == (kind, key)
    assert read_question.question_text.endswith("?")
    assert read_question.explanation == "So it is."


PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def course(**files: str | bytes) -> dict[str, str | bytes]:
    return {
        "course/course.xml": '<course url_name="run" org="Org" course="C1"/>',
        "course/course/run.xml": '<course display_name="A course"><chapter url_name="c1"/><wiki/></course>',
        "course/chapter/c1.xml": '<chapter display_name="Week 1"><sequential url_name="s1"/></chapter>',
        "course/sequential/s1.xml": """<sequential display_name="Basics" graded="true" default_time_limit_minutes="30">
          <vertical url_name="v1"/>
          <vertical display_name="Watch"><video display_name="Film" youtube="1.00:abcdefghijk"/></vertical>
          <vertical display_name="Quiz"><problem url_name="p1"/><discussion display_name="Talk"/></vertical>
          </sequential>""",
        "course/vertical/v1.xml": '<vertical display_name="Read"><html url_name="h1"/></vertical>',
        "course/html/h1.xml": '<html filename="h1" display_name="Text"/>',
        "course/html/h1.html": """<p>Look: <img src="/static/a b.png" alt="A"/> and
          <a href="/static/notes.pdf">notes</a>.</p><script>alert(1)</script>""",
        "course/static/a_b.png": PNG,
        "course/static/notes.pdf": b"%PDF-",
        "course/problem/p1.xml": f'<problem display_name="Red">{CHOICE}</problem>',
        **files,
    }


def test_a_course():
    package = read(course())
    assert package.title == "A course"
    (module,) = package.modules
    assert module.title == "Week 1"
    assert [(each.title, each.link, each.file) for each in module.lessons] == [
        ("Basics: Read", None, None),
        ("notes.pdf", None, "course/static/notes.pdf"),
        ("Basics: Watch", "https://www.youtube.com/watch?v=abcdefghijk", None),
    ]
    assert module.lessons[0].text == "Look: ![A](image:course/static/a_b.png) and notes."
    assert [each.name for each in package.files] == ["course/static/a_b.png", "course/static/notes.pdf"]
    (question_read,) = package.questions
    assert question_read.category == "Week 1/Basics"
    (quiz,) = package.quizzes
    assert (quiz.title, quiz.questions, quiz.minutes) == ("Basics", ("p1",), 30)
    assert [(each.what, each.outcome) for each in package.notes] == [
        ("Basics: Read", "changed"),
        ("Basics: Watch", "taken"),
        ("Red", "taken"),
        ("Talk", "left out"),
        ("Basics", "taken"),
    ]


def test_problems_drawn_from_a_library():
    drawn = """<vertical display_name="Quiz"><library_content max_count="1" display_name="Pool">
      <problem url_name="p1"/><problem url_name="p2"/></library_content></vertical>"""
    files = course(**{"course/problem/p2.xml": f"<problem>{CHOICE}</problem>"})
    files["course/sequential/s1.xml"] = f'<sequential display_name="Basics" graded="true">{drawn}</sequential>'
    (quiz,) = read(files).quizzes
    assert [(each.category, each.count) for each in quiz.draws] == [("Week 1/Basics/Pool", 1)]
    assert quiz.questions == ()


def test_problems_outside_of_the_outline_come_along():
    package = read(course(**{"course/drafts/problem/p9.xml": f"<problem>{CHOICE}</problem>"}))
    assert [each.category for each in package.questions] == ["Week 1/Basics", "Outside of the outline"]


def test_a_part_that_is_no_xml_is_left_out():
    package = read(course(**{"course/problem/p1.xml": "<problem"}))
    assert package.notes[2].reason.startswith("The file is not well-formed")


def test_a_chapter_that_holds_itself_ends():
    files = course(**{"course/vertical/v1.xml": '<vertical display_name="Read"><vertical url_name="v1"/></vertical>'})
    assert read(files).modules


SEEDS = [
    problem(each) for each in (CHOICE, CHECKBOXES.format(' partial_credit="halves"'), f"<div>{CHOICE}{CHOICE}</div>")
]
SEEDS += [
    problem(
        '<numericalresponse answer="[1,5)"><textline/><responseparam type="tolerance" default="5%"/>'
        "</numericalresponse>"
    ),
    problem("<optionresponse><optioninput options=\"('a','b')\" correct=\"a\"/></optionresponse>"),
    "<course><chapter><sequential><vertical><video html5_sources='[1]'/><html><p>a</p></html></vertical>"
    "</sequential></chapter></course>",
]
_PIECES = [
    "<p>",
    "</p>",
    "problem",
    "choice",
    "correct",
    "true",
    "response",
    "$x",
    "1e999",
    "url_name",
    "<script/>",
    "-",
    "",
]


@settings(deadline=None)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False), st.integers(1, 6))
def test_a_damaged_course_is_read_or_refused(seed: str, chance: random.Random, changes: int):
    text = seed
    for _ in range(changes):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(3):
            case 0:
                text = text[:at] + chance.choice(_PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + chance.randrange(1, 30) :]
            case _:
                old, new = chance.sample(_PIECES, 2)
                text = text.replace(old or "x", new, 1)
    with open_package(io.BytesIO(text.encode() or b"x"), "course.xml") as opened:
        try:
            package = olx.read(opened)
        except NotReadable:
            return
    assert package.notes


@pytest.mark.parametrize(
    "text",
    [
        ">>" * 2_000 + "||" * 2_000 + "a",
        "( ) a\n(x) b " + "{{" * 20_000,
        "( ) a\n(x) b " + " " * 50_000 + "c",
        "[[" * 20_000,
        "= a" + " " * 50_000 + "b",
        "= 1" + " " * 50_000 + "+- x",
        "= [" + " " * 50_000 + ", 1",
    ],
    ids=["labels", "hints", "blanks", "dropdowns", "answer", "tolerance", "interval"],
)
def test_a_text_that_is_made_to_take_long_is_read_at_once(text: str) -> None:
    assert read(problem("", f'markdown="{text.replace("<", "&lt;").replace(chr(10), "&#10;")}"')).notes
