"""A course of others from Open edX."""

import re
import tarfile
from collections import Counter
from pathlib import Path

from exchange.formats import olx
from tests.exchange.exam_scores import share
from tests.exchange.material import material, opened

KINDS = ("multiplechoiceresponse", "choiceresponse", "numericalresponse", "optionresponse", "stringresponse")


def test_every_response_of_the_usual_kinds_is_taken_and_its_key_is_right():
    seen: Counter[str] = Counter()
    for path in sorted(material("SkillUpTech/openedx_courses").rglob("problem/*.xml")):
        responses = re.findall(rf"<({'|'.join(KINDS)})\b", path.read_text())
        with opened(path) as package:
            read = olx.read(package)
        assert len(read.questions) == len(responses), (path, read.notes)
        for question in read.questions:
            key = question.correct_answer
            assert share(question, list(key) if isinstance(key, tuple) else key) == 1
        seen.update(responses)
    assert sum(seen.values()) == 240


def test_the_outline_is_that_of_the_course(tmp_path: Path):
    folder = material("SkillUpTech/openedx_courses") / "course"
    with tarfile.open(tmp_path / "course.tar.gz", "w:gz") as archive:
        archive.add(folder, "course")
    with opened(tmp_path / "course.tar.gz") as package:
        assert olx.detect(package)
        read = olx.read(package)
    order = re.findall(r'<chapter url_name="([^"]+)"', (folder / "course" / "course.xml").read_text())
    chapters = [(folder / "chapter" / f"{name}.xml").read_text() for name in order]
    titles = [re.search(r'display_name="([^"]*)"', each)[1] for each in chapters]
    assert [each.title for each in read.modules] == titles
    assert len(read.questions) == 120
