"""The files with which Moodle tests its own readers of questions."""

from pathlib import Path
from types import ModuleType

import pytest

from exchange.formats import gift, moodle_xml
from exchange.items import Package
from tests.exchange.exam_scores import share
from tests.exchange.material import material, opened


def read(path: Path) -> Package:
    format_module: ModuleType = moodle_xml if path.suffix == ".xml" else gift
    with opened(path) as file:
        assert format_module.detect(file), path
        package: Package = format_module.read(file)
    return package


def fixtures(format_name: str) -> list[Path]:
    files = sorted((material("moodle/moodle") / "question/format" / format_name).rglob("fixtures/*.*"))
    assert files
    return files


@pytest.mark.parametrize("format_name", ["xml", "gift"])
def test_every_question_is_taken_or_left_out_with_a_reason(format_name: str) -> None:
    for path in fixtures(format_name):
        package = read(path)
        assert package.notes, path
        for note in package.notes:
            assert note.what
            assert (note.outcome == "taken") == (not note.reason), note
        taken = [note for note in package.notes if note.outcome != "left out" and not note.what.startswith("Category")]
        assert len(package.questions) == len(taken), path
        for question in package.questions:
            key = question.correct_answer
            if question.kind in ("single", "truefalse", "matching"):
                assert share(question, key) == 1
            elif question.kind in ("multiple", "ordering"):
                assert share(question, list(key)) == 1


def test_only_what_moodle_cannot_grade_either_is_left_out() -> None:
    left = {
        (path.name, note.what, note.reason)
        for format_name in ("xml", "gift")
        for path in fixtures(format_name)
        for note in read(path).notes
        if note.outcome == "left out"
    }
    assert left == {
        ("broken_cloze_questions.xml", "Multianswer question without subquestions", "It has no gap with answers."),
        ("broken_cloze_questions.xml", "Multichoice subquestion without choices", "It has no gap with answers."),
        (
            "broken_cloze_questions.xml",
            "Multichoice subquestion with only one choice",
            "It has fewer than two choices.",
        ),
        ("broken_cloze_questions.xml", "Numerical subquestion with buggy answer", "This is no number: zero"),
        # Its three prompts have the same answer.
        ("questions_encoding_windows-1252.gift.txt", "asdf", "There are fewer than two things to match."),
    }


def test_pictures_of_the_files_come_along() -> None:
    folder = material("moodle/moodle") / "question/format/xml/tests/fixtures"
    names = {file.name.rpartition("/")[2] for file in read(folder / "multianswer.xml").files}
    assert names == {"arizona_2.png", "california-state-flag.png", "moodle.png"}
