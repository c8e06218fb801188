"""Moodle's course backups: the outline in its order, the bank, and quizzes as drafts."""

import hashlib
import io
import re
import tarfile
import zipfile
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.formats import moodle_backup
from exchange.items import Draw, NotReadable, Package
from exchange.packages import open_package
from tests.exchange.material import material
from tests.exchange.readers import formats_of

COURSES = [
    *("ell-career-prep", "ell-digital-lit", "ell-lang-needs", "intro-assessment-adult-basic-education"),
    *("open-math-open-resources", "serving-all-learners", "teal-formative-assessment"),
]
PDF, PNG = b"%PDF-1.4 plan", b"\x89PNG\r\n\x1a\n"

ACTIVITIES = {
    "page_2": ("page", "<name>Welcome</name><content>&lt;p&gt;Hello &lt;img src='@@PLUGINFILE@@/a%20b.png' alt='A'&gt; "
               "&lt;a href='@@PLUGINFILE@@/more.pdf'&gt;more&lt;/a&gt;&lt;/p&gt;</content>"
               "<contentformat>1</contentformat>"),
    "url_1": ("url", "<name>Site</name><externalurl>https://example.org/x</externalurl>"),
    "resource_3": ("resource", "<name>Plan</name>"),
    "label_4": ("label", "<name>Read</name><intro>&lt;b&gt;Read this&lt;/b&gt;</intro><introformat>1</introformat>"),
    "forum_5": ("forum", "<name>Talk</name>"),
    "lesson_6": ("lesson", "<name>Steps</name><pages>"
                 "<page id='8'><prevpageid>9</prevpageid><nextpageid>0</nextpageid><qtype>20</qtype><title>Two</title>"
                 "<contents>b</contents></page>"
                 "<page id='9'><prevpageid>0</prevpageid><nextpageid>8</nextpageid><qtype>20</qtype><title>One</title>"
                 "<contents>a</contents></page></pages>"),
}  # fmt: skip
OLD_QUIZ = (
    "<name>Test</name><timelimit>90</timelimit><attempts_number>2</attempts_number><questions>12,11,13,0</questions>"
    "<question_instances><question_instance id='1'><question>11</question></question_instance>"
    "<question_instance id='2'><question>12</question></question_instance>"
    "<question_instance id='3'><question>13</question></question_instance></question_instances>"
)
NEW_QUIZ = (
    "<name>Test</name><timelimit>90</timelimit><attempts_number>0</attempts_number><question_instances>"
    "<question_instance id='2'><slot>2</slot><question_reference><questionbankentryid>21</questionbankentryid>"
    "</question_reference></question_instance>"
    "<question_instance id='1'><slot>1</slot><question_reference><questionbankentryid>22</questionbankentryid>"
    "</question_reference></question_instance>"
    "<question_instance id='3'><slot>3</slot><question_set_reference>"
    '<filtercondition>{"filter":{"category":{"values":["1"]}}}</filtercondition></question_set_reference>'
    "</question_instance></question_instances>"
)
CHOICE = (
    "<parent>0</parent><name>Choice</name><questiontext>&lt;p&gt;Which?&lt;/p&gt;</questiontext>"
    "<questiontextformat>1</questiontextformat><defaultmark>2.0000000</defaultmark><qtype>multichoice</qtype>"
    "<plugin_qtype_multichoice_question><answers><answer id='1'><answertext>a</answertext>"
    "<fraction>1.0000000</fraction>"
    "</answer><answer id='2'><answertext>b</answertext><fraction>0.0000000</fraction></answer></answers>"
    "<multichoice id='1'><single>1</single></multichoice></plugin_qtype_multichoice_question>"
)
TRUE = (
    "<parent>0</parent><name>True</name><questiontext>Is it?</questiontext><questiontextformat>1</questiontextformat>"
    "<defaultmark>1</defaultmark><qtype>truefalse</qtype><plugin_qtype_truefalse_question><answers>"
    "<answer id='3'><answertext>True</answertext><fraction>1</fraction></answer>"
    "<answer id='4'><answertext>False</answertext><fraction>0</fraction></answer></answers>"
    "<truefalse id='1'><trueanswer>3</trueanswer><falseanswer>4</falseanswer></truefalse>"
    "</plugin_qtype_truefalse_question>"
)
RANDOM = "<parent>13</parent><name>Random</name><qtype>random</qtype>"


def bank(*, new: bool) -> str:
    def one(identity: int, inner: str) -> str:
        question = f"<question id='{identity}'>{inner}</question>"
        if not new:
            return question
        older = question.replace("Choice", "Older").replace(f"'{identity}'", "'1'")
        return (
            f"<question_bank_entry id='{identity + 10}'><question_version>"
            f"<question_versions><version>2</version><questions>{question}</questions></question_versions>"
            f"<question_versions><version>1</version><questions>{older}</questions></question_versions>"
            "</question_version></question_bank_entry>"
        )

    inner = one(11, CHOICE) + one(12, TRUE) + ("" if new else one(13, RANDOM))
    tag = "question_bank_entries" if new else "questions"
    return (
        "<question_categories><question_category id='9'><name>top</name><parent>0</parent></question_category>"
        f"<question_category id='1'><name>Loops</name><parent>9</parent><{tag}>{inner}</{tag}></question_category>"
        "</question_categories>"
    )


def stored(context: int, area: str, name: str, mime: str, data: bytes) -> str:
    return (
        f"<file id='1'><contenthash>{digest(data)}</contenthash><contextid>{context}</contextid>"
        f"<component>mod_x</component><filearea>{area}</filearea><itemid>0</itemid><filepath>/</filepath>"
        f"<filename>{name}</filename><mimetype>{mime}</mimetype><sortorder>0</sortorder></file>"
    )


def digest(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def contents(*, new: bool = False) -> dict[str, bytes]:
    activities = {**ACTIVITIES, "quiz_7": ("quiz", NEW_QUIZ if new else OLD_QUIZ)}
    listed = "".join(
        f"<activity><moduleid>{name[-1]}</moduleid><sectionid>5</sectionid><modulename>{kind}</modulename>"
        f"<title>{kind}</title><directory>activities/{name}</directory></activity>"
        for name, (kind, _) in activities.items()
    )
    index = (
        "<moodle_backup><information><original_course_fullname>Course</original_course_fullname><contents>"
        f"<activities>{listed}</activities><sections><section><sectionid>5</sectionid><title>1</title>"
        "<directory>sections/section_5</directory></section></sections></contents></information></moodle_backup>"
    )
    section = "<section id='5'><name>Week 1</name><summary></summary><sequence>1,2,3,4,5,6,7</sequence></section>"
    files = (
        stored(102, "content", "a b.png", "image/png", PNG)
        + stored(102, "content", "more.pdf", "application/pdf", PDF)
        + stored(103, "content", "plan.pdf", "application/pdf", PDF)
    )
    found = {
        "moodle_backup.xml": index,
        "sections/section_5/section.xml": section,
        "questions.xml": bank(new=new),
        "files.xml": f"<files>{files}</files>",
    }
    for name, (kind, inner) in activities.items():
        found[f"activities/{name}/{kind}.xml"] = (
            f"<activity id='1' contextid='10{name[-1]}'><{kind} id='1'>{inner}</{kind}></activity>"
        )
    blobs = {f"files/{digest(data)[:2]}/{digest(data)}": data for data in (PDF, PNG)}
    return {**{name: text.encode() for name, text in found.items()}, **blobs}


def zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def parse(data: bytes) -> Package:
    with open_package(io.BytesIO(data), "course.mbz") as package:
        assert formats_of(package) == ["moodleBackup"]
        return moodle_backup.read(package)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_the_outline_stands_in_its_order(pack) -> None:  # type: ignore[no-untyped-def]
    package = parse(pack(contents()))
    (module,) = package.modules
    assert (package.title, module.title) == ("Course", "Week 1")
    assert [(lesson.title, lesson.text, lesson.link) for lesson in module.lessons] == [
        ("Site", "", "https://example.org/x"),
        ("Welcome", "Hello ![A](image:mod_x-102/content/0/a%20b.png) more", None),
        ("more.pdf", "", None),
        ("Plan", "", None),
        ("Read", "**Read this**", None),
        ("One", "a", None),
        ("Two", "b", None),
    ]
    assert [lesson.file for lesson in module.lessons if lesson.file] == [
        "mod_x-102/content/0/more.pdf",
        "mod_x-103/content/0/plan.pdf",
    ]
    left = [note for note in package.notes if note.outcome == "left out"]
    assert [(note.where, note.what, note.reason) for note in left] == [
        ("Week 1", "Talk", "There is no place for an activity of the type forum.")
    ]


def test_files_can_be_opened() -> None:
    with open_package(io.BytesIO(zipped(contents())), "course.mbz") as opened:
        files = {file.name: file for file in moodle_backup.read(opened).files}
        with files["mod_x-103/content/0/plan.pdf"].open() as stream:
            assert stream.read() == PDF


@pytest.mark.parametrize("new", [False, True])
def test_the_bank_and_quizzes_of_old_and_new_backups(new: bool) -> None:
    package = parse(zipped(contents(new=new)))
    choice, true = package.questions
    assert (choice.title, choice.kind, choice.correct_answer, choice.points) == ("Choice", "single", "1", 2)
    assert (true.kind, true.correct_answer, true.category) == ("truefalse", True, "Loops")
    (quiz,) = package.quizzes
    assert quiz.questions == (true.source, choice.source)
    assert quiz.draws == (Draw(category="Loops", count=1),)
    assert (quiz.minutes, quiz.attempts) == (2, None if new else 2)


def bank_of(questions: dict[int, str]) -> bytes:
    """The bank of a backup of Moodle 3 with these questions, by their ids."""
    inner = "".join(f"<question id='{identity}'>{question}</question>" for identity, question in questions.items())
    return (
        "<question_categories><question_category id='1'><name>Loops</name><parent>0</parent>"
        f"<questions>{inner}</questions></question_category></question_categories>"
    ).encode()


def asked(kind: str, text: str, inner: str = "", parent: int = 0) -> str:
    return (
        f"<parent>{parent}</parent><name>{kind}</name><questiontext>{text}</questiontext>"
        f"<questiontextformat>1</questiontextformat><defaultmark>2</defaultmark><qtype>{kind}</qtype>"
        f"<plugin_qtype_{kind}_question>{inner}</plugin_qtype_{kind}_question>"
    )


def test_a_text_with_gaps_is_a_question_for_each_of_them_also_in_a_quiz() -> None:
    text = asked("multianswer", "A {#1} has {#2} legs.", "<multianswer id='1'><sequence>13,14</sequence></multianswer>")
    choice = asked("multichoice", "{1:MULTICHOICE:=cat~dog}", parent=11)
    number = asked("numerical", "{3:NUMERICAL:=4}", parent=11)
    files = contents()
    files["questions.xml"] = bank_of({11: text, 12: TRUE, 13: choice, 14: number})
    package = parse(zipped(files))
    cat, legs, true = package.questions
    assert (cat.question_text, cat.kind, cat.points) == ("A (?) has (…) legs.", "single", 1)
    assert (legs.question_text, legs.kind, legs.points) == ("A (…) has (?) legs.", "numeric", 3)
    assert package.quizzes[0].questions == (true.source, cat.source, legs.source)


@pytest.mark.parametrize("kind", ["gapselect", "ddwtos"])
def test_gaps_for_given_words_are_matched_with_them(kind: str) -> None:
    words = "".join(
        f"<answer id='{place}'><answertext>{word}</answertext><fraction>0</fraction><feedback>1</feedback></answer>"
        for place, word in enumerate(("cat", "mat", "hat"), 1)
    )
    files = contents()
    question = asked(kind, "The [[1]] sat on the [[2]].", f"<answers>{words}</answers>")
    files["questions.xml"] = bank_of({11: question})
    (gaps,) = parse(zipped(files)).questions
    assert (gaps.kind, gaps.correct_answer) == ("matching", {"1": "1", "2": "2"})
    assert [choice.text for choice in gaps.choices] == ["cat", "mat", "hat"]
    assert gaps.explanation == ""


SUBCATEGORY = (
    "<question_category id='8'><name>For</name><parent>1</parent>{questions}</question_category></question_categories>"
)


@pytest.mark.parametrize("new", [False, True])
def test_questions_drawn_from_subcategories_too_get_a_tag_of_their_own(new: bool) -> None:
    files = contents(new=new)
    entry = f"<question id='14'>{TRUE.replace('True<', 'Deep<', 1)}</question>"
    if new:
        version = f"<question_versions><version>1</version><questions>{entry}</questions></question_versions>"
        entry = f"<question_bank_entry id='24'><question_version>{version}</question_version></question_bank_entry>"
    tag = "question_bank_entries" if new else "questions"
    below = SUBCATEGORY.format(questions=f"<{tag}>{entry}</{tag}>")
    bank_of_it = files["questions.xml"].decode().replace("</question_categories>", below)
    files["questions.xml"] = bank_of_it.replace("<name>Random</name>", "<questiontext>1</questiontext>").encode()
    for name in [name for name in files if name.endswith("quiz.xml")]:
        every = '"values":["1"],"filteroptions":{"includesubcategories":true}}}}'
        files[name] = files[name].replace(b'"values":["1"]}}}', every.encode())
    package = parse(zipped(files))
    (note,) = [note for note in package.notes if note.what == "Test"]
    assert note.outcome == "taken"
    assert package.quizzes[0].draws == (Draw(category="Loops/*", count=1),)
    assert {question.category for question in package.questions if "Loops/*" in question.tags} == {"Loops", "Loops/For"}


def test_a_draw_by_tags_takes_only_questions_that_have_them() -> None:
    files = contents(new=True)
    tags = b"<qtype>truefalse</qtype><tags><tag id='3'><name>hard</name><rawname>Hard</rawname></tag></tags>"
    files["questions.xml"] = files["questions.xml"].replace(b"<qtype>truefalse</qtype>", tags)
    quiz = files["activities/quiz_7/quiz.xml"]
    wanted = quiz.replace(b'"values":["1"]}}}', b'"values":["1"]},"qtagids":{"values":["3"]}}}')
    package = parse(zipped({**files, "activities/quiz_7/quiz.xml": wanted}))
    assert package.quizzes[0].draws == (Draw(category="Loops #Hard", count=1),)
    assert [question.title for question in package.questions if "Loops #Hard" in question.tags] == ["True"]
    none = quiz.replace(b'"values":["1"]}}}', b'"values":["1"]},"qtagids":{"values":["4"]}}}')
    package = parse(zipped({**files, "activities/quiz_7/quiz.xml": none}))
    (note,) = [note for note in package.notes if note.what == "Test"]
    assert (package.quizzes[0].draws, note.reason) == ((), "Questions of it that could not be taken: 1.")


@pytest.mark.parametrize("new", [False, True])
def test_a_question_has_the_points_of_its_quiz(new: bool) -> None:
    files = contents(new=new)
    name = "maxmark" if new else "grade"
    marked = re.sub(
        b"<question_instance id='(.)'>",
        lambda match: match[0] + f"<{name}>{match[1].decode()}.5000000</{name}>".encode(),
        files["activities/quiz_7/quiz.xml"],
    )
    package = parse(zipped({**files, "activities/quiz_7/quiz.xml": marked}))
    (quiz,) = package.quizzes
    titles = {question.source: question.title for question in package.questions}
    given = {titles[source]: points for source, points in quiz.points.items()}
    first, second = ("True", "Choice") if new else ("Choice", "True")
    assert given == {first: Decimal("1.5"), second: Decimal("2.5")}
    assert quiz.draws == (Draw(category="Loops", count=1, points=Decimal("3.5")),)


def test_a_question_that_counts_nothing_in_its_quiz_keeps_its_points() -> None:
    files = contents(new=True)
    marked = files["activities/quiz_7/quiz.xml"].replace(b"<slot>1</slot>", b"<slot>1</slot><maxmark>0.0</maxmark>")
    package = parse(zipped({**files, "activities/quiz_7/quiz.xml": marked}))
    (note,) = [note for note in package.notes if note.what == "Test"]
    assert (package.quizzes[0].points, note.reason) == ({}, "Questions that counted nothing there count here.")


def test_what_is_missing_is_said() -> None:
    files = contents()
    del files["activities/page_2/page.xml"]
    files["activities/label_4/label.xml"] = b"<activity"
    del files[f"files/{digest(PDF)[:2]}/{digest(PDF)}"]
    reasons = {note.what: note.reason for note in parse(zipped(files)).notes if note.outcome == "left out"}
    assert reasons["page"] == "Its part of the backup is missing or damaged."
    assert reasons["Plan"] == "Its file is missing in the backup."
    assert "label" in reasons


@given(
    st.sampled_from(sorted(contents())), st.lists(st.tuples(st.integers(0, 3_000), st.binary(max_size=3)), max_size=5)
)
@settings(max_examples=100, deadline=None)
def test_damaged_backups_are_read_or_refused(name: str, changes: list[tuple[int, bytes]]) -> None:
    files = contents()
    damaged = bytearray(files[name])
    for place, data in changes:
        damaged[place : place + len(data)] = data
    with suppress(NotReadable):
        parse(zipped({**files, name: bytes(damaged)}))


def course(name: str) -> bytes:
    folder = material(f"LINCS/course-{name}")
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        archive.add(folder, arcname=".")
    return target.getvalue()


@pytest.mark.parametrize("name", COURSES)
def test_real_courses_are_taken(name: str) -> None:
    folder = material(f"LINCS/course-{name}")
    package = parse(course(name))
    titles = [lesson.title for module in package.modules for lesson in module.lessons]
    said = {note.what: note for note in package.notes}
    for kind in ("page", "url", "resource", "folder"):
        for path in folder.glob(f"activities/{kind}_*/{kind}.xml"):
            title = named(path)
            assert title in titles or said[title].outcome == "left out", title
            if title not in titles:
                assert re.search("missing|without its scripts", said[title].reason)
    questions = folder / "questions.xml"
    choices = len(re.findall("<qtype>(?:multichoice|truefalse)<", questions.read_text())) if questions.exists() else 0
    assert sum(question.kind in ("single", "multiple", "truefalse") for question in package.questions) == choices


def named(path: Path) -> str:
    (name,) = re.findall(r"<name>(.*?)</name>", path.read_text())[:1]
    text = name.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    return " ".join(text.split())


@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_damaged_real_courses_are_read_or_refused(data: st.DataObject) -> None:
    folder = material("LINCS/course-open-math-open-resources")
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.xml")}
    for name in data.draw(st.lists(st.sampled_from(sorted(files)), min_size=1, max_size=8, unique=True)):
        damaged = bytearray(files[name])
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=4))
        files[name] = bytes(damaged)
    with suppress(NotReadable):
        parse(zipped(files))
