"""Banks that are written as QTI 3.0 read the same."""

import io

from hypothesis import Phase, given, settings

from exchange.formats import qti
from exchange.items import Choice, Package, PackageFile, Question
from exchange.packages import open_package
from tests.exchange.made_questions import banks

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@settings(deadline=None, max_examples=40, phases=[Phase.reuse, Phase.generate])
@given(banks())
def test_a_bank_that_was_written_reads_the_same(bank: list[Question]):
    file = io.BytesIO()
    qti.write(Package(questions=tuple(bank)), file)
    with open_package(file, "bank.zip") as opened:
        assert qti.detect(opened)
        again = qti.read(opened)
    for question_read, written in zip(again.questions, bank, strict=True):
        assert question_read == written
    assert {each.outcome for each in again.notes} == {"taken"}


def test_pictures_are_written_beside_the_items():
    shown = question_of_kind("text", question_text="Look: ![A map](image:maps/map%20one.png)")
    picture = PackageFile("maps/map one.png", "image/png", lambda: io.BytesIO(PNG))
    other = PackageFile("unused.png", "image/png", lambda: io.BytesIO(PNG))
    file = io.BytesIO()
    qti.write(Package(questions=(shown,), files=(picture, other)), file)
    with open_package(file, "bank.zip") as opened:
        again = qti.read(opened)
        assert again.questions == (shown,)
        assert [(each.name, each.open().read()) for each in again.files] == [("maps/map one.png", PNG)]


def test_names_that_are_no_identifiers_are_replaced():
    choices_made = (Choice(id="1", text="a"), Choice(id="-", text="b"))
    made = question_of_kind("single", source="0 1", choices=choices_made, correct_answer="-")
    file = io.BytesIO()
    qti.write(Package(questions=(made, made)), file)
    with open_package(file, "bank.zip") as opened:
        again = qti.read(opened).questions
    assert [each.source for each in again] == ["question-1", "question-2"]
    assert [each.correct_answer for each in again] == ["choice-2", "choice-2"]


def question_of_kind(kind: str, **fields: object) -> Question:
    return Question.model_validate({"source": "q", "kind": kind, "question_text": "What?", **fields})
