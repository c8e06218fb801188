"""The grade of every report card, straight from the files: what the services' own have to equal.

    python benchmarks/university_check.py FOLDER

Knows nothing of the services. An assessment counts with the weight in its file, an exam's 100 included; a result
carried over from an earlier presentation (`is_banked`) counts as any other; one without a score does not.
"""

import csv
import gzip
import sys
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal, localcontext
from operator import itemgetter
from pathlib import Path

Card = tuple[str, str, str]  # module, presentation, student
LETTERS = ((90, "A"), (80, "B"), (70, "C"), (60, "D"))


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with gzip.open(folder / f"{name}.csv.gz", "rt", newline="") as file:
        return list(csv.DictReader(file))


def grades(folder: Path) -> dict[Card, str | None]:
    """Percentage (two places, half up) and letter; None for who has no result."""
    exams = {row["id_assessment"]: row for row in rows(folder, "assessments")}
    marks: dict[Card, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for result in (row for row in rows(folder, "studentAssessment") if row["score"]):
        exam = exams[result["id_assessment"]]
        card = (exam["code_module"], exam["code_presentation"], result["id_student"])
        marks[card].append((Decimal(exam["weight"]), Decimal(result["score"])))
    names = ("code_module", "code_presentation", "id_student")
    return {card: _grade(marks[card]) for card in map(itemgetter(*names), rows(folder, "studentRegistration"))}


def _grade(marks: list[tuple[Decimal, Decimal]]) -> str | None:
    if not marks:
        return None
    if not any(weight for weight, _ in marks):
        marks = [(Decimal(1), score) for _, score in marks]
    with localcontext(prec=50):
        mean = Decimal(sum(weight * score for weight, score in marks)) / sum(weight for weight, _ in marks)
    percentage = mean.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{percentage} {next((letter for lowest, letter in LETTERS if percentage >= lowest), 'F')}"


if __name__ == "__main__":
    for key, grade in grades(Path(sys.argv[1])).items():
        print(*key, grade or "-")
