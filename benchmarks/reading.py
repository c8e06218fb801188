"""What reading files of other systems takes: CPU seconds and memory for each, and the share of questions that is taken.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.reading [folder with files]

It reads files at the bounds, made here: a package of 200 MB with 20,000 files, a bank of 5,000 questions in each
format that is written, and a large bank in UTF-16. Then it reads every file of the folder, if one is named. Fails when
one takes more than 30 seconds or 512 MB, or when a reader ends with a fault.
"""

import random
import resource
import sys
import tempfile
import traceback
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.figures import table
from exchange.formats import FORMATS, WRITERS
from exchange.items import Choice, NotReadable, Package, Question
from exchange.packages import MAX_BYTES, MAX_FILES, open_package

GOAL_SECONDS, GOAL_MEGABYTES = 30, 512
QUESTIONS = 5_000
_SHOWN_REASONS = 8


@dataclass
class Outcome:
    """What became of one file; `format` is empty for what is of none, and `fault` is what a reader failed with."""

    name: str
    seconds: float = 0.0
    megabytes: float = 0.0
    format: str = ""
    questions: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    refusal: str = ""
    fault: str = ""


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        made = [measured(path, path.name) for path in _files_at_the_bounds(Path(scratch))]
    columns = ["file", "format", "questions", "CPU seconds", "MB of memory"]
    print(table(columns, [[*_described(one), f"{one.seconds:.1f}", f"{one.megabytes:.0f}"] for one in made]))
    found = list(_of_folder(Path(sys.argv[1]))) if len(sys.argv) > 1 else []
    if found:
        _print_shares(found)
    outcomes = [*made, *found]
    slow = [one for one in outcomes if one.seconds > GOAL_SECONDS or one.megabytes > GOAL_MEGABYTES]
    broken = [one for one in outcomes if one.fault]
    for one in slow:
        print(f"{one.name}: {one.seconds:.1f} s, {one.megabytes:.0f} MB", file=sys.stderr)
    for one in broken:
        print(f"{one.name}: {one.fault}", file=sys.stderr)
    if slow or broken:
        raise SystemExit(1)


def _described(one: Outcome) -> list[str]:
    return [one.name, one.format or one.refusal, str(one.questions)]


def _of_folder(folder: Path) -> Iterator[Outcome]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and 0 < path.stat().st_size <= MAX_BYTES:
            yield measured(path, str(path.relative_to(folder)))


def _print_shares(outcomes: list[Outcome]) -> None:
    """For each format, what share of the items is taken, and by what most are lost; then the most costly files."""
    taken: Counter[str] = Counter()
    lost: dict[str, Counter[str]] = defaultdict(Counter)
    files: Counter[str] = Counter()
    for one in outcomes:
        files[one.format] += 1
        taken[one.format] += one.questions
        lost[one.format] += one.left_out
    for name, count in sorted(files.items()):
        left = lost[name].total()
        share = 100 * taken[name] / max(1, taken[name] + left)
        print(
            f"\n{name or 'no format'}: {count} files, {taken[name]} questions, {left} lines left out ({share:.1f} %)\n"
        )
        rows = [[reason, number] for reason, number in lost[name].most_common(_SHOWN_REASONS)]
        if rows:
            print(table(["left out because", "lines"], rows))
    most = sorted(outcomes, key=lambda one: -one.seconds)[:_SHOWN_REASONS]
    print(
        "\n"
        + table(
            ["most costly", "CPU seconds", "MB of memory"],
            [[one.name, f"{one.seconds:.1f}", f"{one.megabytes:.0f}"] for one in most],
        )
    )


def measured(path: Path, name: str) -> Outcome:
    """Reads a file in a process of its own, as a worker does."""
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_read, args=(path, name, sender))
    process.start()
    sender.close()
    try:
        outcome: Outcome = receiver.recv()
    except EOFError:
        outcome = Outcome(name, fault="The process ended.")
    process.join()
    return outcome


def _read(path: Path, name: str, sender: Connection) -> None:
    outcome = Outcome(name)
    try:
        with path.open("rb") as file, open_package(file, path.name) as opened:
            module = next(((found, module) for found, module in FORMATS if module.detect(opened)), None)
            if module is not None:
                outcome.format = module[0]
                package: Package = module[1].read(opened)
                outcome.questions = len(package.questions)
                outcome.left_out = Counter(each.reason for each in package.notes if each.outcome == "left out")
    except NotReadable as refused:
        outcome.refusal = refused.reason
    except Exception:  # noqa: BLE001 (whatever it is, it is what is looked for)
        outcome.fault = traceback.format_exc()
    used = resource.getrusage(resource.RUSAGE_SELF)
    outcome.seconds, outcome.megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    sender.send(outcome)


def _files_at_the_bounds(scratch: Path) -> Iterator[Path]:
    questions = Package(questions=tuple(map(_question, range(QUESTIONS))))
    for name, write in WRITERS.items():
        path = scratch / f"{QUESTIONS} questions as {name}"
        with path.open("wb") as file:
            write(questions, file)
        yield path
    for name, encoding in (("moodleXml", "utf-16"), ("gift", "utf-16")):
        text = (scratch / f"{QUESTIONS} questions as {name}").read_text("utf-8")
        path = scratch / f"{QUESTIONS} questions as {name} in UTF-16"
        path.write_bytes(text.replace("encoding='utf-8'", "encoding='utf-16'").encode(encoding))
        yield path
    yield from _large_packages(scratch)


def _large_packages(scratch: Path) -> Iterator[Path]:
    """As many bytes and files as are accepted, as the packages of several formats have them."""
    chance = random.Random(7)
    items = (f'<item identifier="i{n}" identifierref="r{n}"><title>Page {n}</title></item>' for n in range(300))
    resources = (f'<resource identifier="r{n}" type="webcontent" href="page{n}.html"/>' for n in range(300))
    manifest = _MANIFEST % ("".join(items), "".join(resources))
    path = scratch / f"{MAX_FILES} files as commonCartridge"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("imsmanifest.xml", manifest)
        for number in range(300):
            archive.writestr(f"page{number}.html", f"<h1>Page {number}</h1><p><img src='image{number}.png'></p>")
        for number in range(MAX_FILES - 301):
            archive.writestr(f"image{number}.png", chance.randbytes(9_700))
    yield path


def _question(number: int) -> Question:
    choices = tuple(
        Choice(id=f"c{place}", text=f"Choice *{place}* of {number}: $x^{place}$ and `code`") for place in range(5)
    )
    return Question(
        source=f"question-{number}",
        title=f"Question {number}",
        kind="single",
        question_text=f"What is **{number}**, and [why](https://example.org/{number})?\n\n- One\n- Two\n\n"
        + "Words. " * 60,
        choices=choices,
        correct_answer="c1",
        points=Decimal(2),
        explanation="Because it is. " * 20,
        tags=("loops", f"tag {number % 50}"),
        category=f"Bank/Part {number // 100}",
    )


_MANIFEST = """<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1" identifier="m">
<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.3.0</schemaversion></metadata>
<organizations><organization identifier="o"><item identifier="root"><item identifier="module">
<title>Module</title>%s</item></item></organization></organizations><resources>%s</resources></manifest>"""


if __name__ == "__main__":
    main()
