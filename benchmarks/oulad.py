"""The Open University Learning Analytics Dataset (Kuzilek, Hlosta, Zdrahal: Scientific Data 4, 170171, 2017; CC BY 4.0)
as an institute that moves in would bring it."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

# A presentation's letter tells when it began; the days in the files count from there.
_BEGINS = {"B": 2, "J": 10}

Card = tuple[str, str, str]
"""Module, presentation and student: one registration, one report card."""


@dataclass(frozen=True)
class Assessment:
    """`weight` in percent of the course; an exam carries 100 on its own, beside the 100 of all others."""

    id: str
    kind: str
    day: datetime
    weight: str


@dataclass(frozen=True)
class Presentation:
    """A module as it was taught once. `results` are assessment, student and score; those without a score are not in."""

    module: str
    name: str
    assessments: list[Assessment]
    students: list[str]
    results: list[tuple[str, str, str]]

    @property
    def title(self) -> str:
        return f"{self.module} {self.name}"


def presentations(folder: Path) -> list[Presentation]:
    """All of them, the smallest first."""
    students = defaultdict(list)
    for row in _rows(folder, "studentRegistration"):
        students[row["code_module"], row["code_presentation"]].append(row["id_student"])
    length = {
        (row["code_module"], row["code_presentation"]): int(row["module_presentation_length"])
        for row in _rows(folder, "courses")
    }
    assessments = defaultdict(list)
    belongs = {}
    for row in _rows(folder, "assessments"):
        key = belongs[row["id_assessment"]] = row["code_module"], row["code_presentation"]
        day = _begin(key[1]) + timedelta(days=float(row["date"] or length[key]))
        assessments[key].append(Assessment(row["id_assessment"], row["assessment_type"], day, row["weight"]))
    results = defaultdict(list)
    for row in _rows(folder, "studentAssessment"):
        if row["score"]:
            results[belongs[row["id_assessment"]]].append((row["id_assessment"], row["id_student"], row["score"]))
    found = [Presentation(*key, assessments[key], students[key], results[key]) for key in length]
    return sorted(found, key=lambda presentation: len(presentation.results))


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with gzip.open(folder / f"{name}.csv.gz", "rt", newline="") as file:
        yield from csv.DictReader(file)


def _begin(presentation: str) -> datetime:
    return datetime(int(presentation[:4]), _BEGINS[presentation[4]], 1, 9, tzinfo=UTC)
