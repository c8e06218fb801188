"""Whatever the project reads is its own or is given: it runs wherever it lies."""

import re
import subprocess
import sys

from operations.source import ROOT

_FOLDERS = ("benchmarks", "docs", "functions", "layers", "localstack", "operations", "tests")
_PARENTS = re.compile(r"__file__\)(?:\.resolve\(\))?\.parents\[(\d+)\]")


def test_no_file_looks_for_anything_above_the_projects_folder() -> None:
    outside = [
        str(path.relative_to(ROOT))
        for folder in _FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        for level in _PARENTS.findall(path.read_text())
        if int(level) >= len(path.relative_to(ROOT).parts)
    ]
    assert outside == []


def test_the_data_of_the_university_is_asked_for() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.university"],
        cwd=ROOT,
        env={"PYTHONPATH": "functions:layers/shared"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "required: folder" in done.stderr
