"""The university benchmark on a trimmed presentation, and the sums that it trusts."""

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks import oulad, university_check
from tests.benchmarks.running import output_of

SAMPLE = Path(__file__).parent / "oulad"


def test_the_services_report_cards_equal_those_computed_from_the_files() -> None:
    output = output_of("university", str(SAMPLE))
    assert "results of 1 of 1 presentations: 91 of 91 (100.0%)" in output
    assert "all 20 report cards equal, 19 of them with a grade" in output


def write(folder: Path, name: str, header: str, rows: Sequence[Sequence[Any]]) -> None:
    with gzip.open(folder / f"{name}.csv.gz", "wt", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Two assessments and an exam; one student took all, one left a score open, one did nothing."""
    write(tmp_path, "courses", "code_module,code_presentation,module_presentation_length", [["AAA", "2014B", 240]])
    write(
        tmp_path,
        "assessments",
        "code_module,code_presentation,id_assessment,assessment_type,date,weight",
        [["AAA", "2014B", 1, "TMA", 19, 0], ["AAA", "2014B", 2, "TMA", 54, 50], ["AAA", "2014B", 3, "Exam", "", 100]],
    )
    write(
        tmp_path,
        "studentRegistration",
        "code_module,code_presentation,id_student,date_registration",
        [["AAA", "2014B", student, -10] for student in (7, 8, 9)],
    )
    write(
        tmp_path,
        "studentAssessment",
        "id_assessment,id_student,date_submitted,is_banked,score",
        [[1, 7, 18, 0, 10], [2, 7, 50, 1, 70], [3, 7, 230, 0, 65], [1, 8, 18, 0, 33], [2, 8, 50, 0, ""]],
    )
    return tmp_path


def test_a_grade_is_the_mean_by_weight_an_exam_counting_its_hundred_and_a_banked_result_as_any_other(
    files: Path,
) -> None:
    assert university_check.grades(files)["AAA", "2014B", "7"] == "66.67 D"


def test_results_that_all_weigh_nothing_count_alike_and_one_without_a_score_not_at_all(files: Path) -> None:
    assert university_check.grades(files)["AAA", "2014B", "8"] == "33.00 F"


def test_a_student_without_results_has_no_grade(files: Path) -> None:
    assert university_check.grades(files)["AAA", "2014B", "9"] is None


def test_an_exam_without_a_date_is_on_the_last_day_of_its_presentation(files: Path) -> None:
    [presentation] = oulad.presentations(files)
    assert [assessment.day.date().isoformat() for assessment in presentation.assessments] == [
        "2014-02-20",
        "2014-03-27",
        "2014-09-29",
    ]


def test_a_result_without_a_score_is_not_brought_along(files: Path) -> None:
    [presentation] = oulad.presentations(files)
    assert presentation.results == [("1", "7", "10"), ("2", "7", "70"), ("3", "7", "65"), ("1", "8", "33")]
