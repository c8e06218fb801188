"""A whole university: OULAD's course presentations, students, registrations and real results through the services' own
code, and every report card compared with `university_check.py`.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.university [FOLDER] [--minutes M]

The storage is the emulator's DynamoDB (moto copies whole tables for each transaction, which is quadratic). People are
invited, not registered: an institute that moves in has no passwords to bring. Presentations are loaded one after the
other, the smallest first; once the minutes are over no other one is begun, and what is loaded is compared.
"""

import argparse
import os
import resource
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3

from benchmarks import oulad, university_check
from benchmarks.emulated import emulated

_DATA = Path(__file__).parents[2] / "shared" / "data" / "oulad"
# The client's half of a call and the emulator's take turns on two cores; more threads only wait for each other.
_THREADS = 3


def main() -> None:
    options = _options()
    whole = oulad.presentations(options.folder)
    with emulated():
        dynamodb = boto3.client("dynamodb")
        letters = boto3.resource("sqs").create_queue(QueueName="DeadLetters")
        os.environ["DEAD_LETTER_QUEUE_URL"] = letters.url
        shown, loaded = _load(whole, 60 * options.minutes)
        _print_sizes(dynamodb)
        if letters.receive_messages():
            raise SystemExit("consumers gave events up; see the dead letters above")
    # The emulator has ended: what it needed at most is known.
    for name, who in (("services", resource.RUSAGE_SELF), ("emulator", resource.RUSAGE_CHILDREN)):
        print(f"memory of the {name}: {resource.getrusage(who).ru_maxrss / 1024:.0f} MB at most")
    _print_fraction(loaded, whole)
    _compare(shown, options.folder, loaded)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.university")
    parser.add_argument("folder", nargs="?", type=Path, default=_DATA)
    parser.add_argument("--minutes", type=float, default=120, help="begin no presentation after so many minutes")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"no data in {options.folder}; name the folder of OULAD's files (.csv.gz)")
    return options


def _load(
    whole: Sequence[oulad.Presentation], seconds: float
) -> tuple[dict[oulad.Card, str | None], list[oulad.Presentation]]:
    """The grades that the services show, and the presentations for which there was time."""
    # Services read their settings when they are imported.
    from benchmarks.campus import Campus
    from benchmarks.ledger import Ledger

    ledger, loaded = Ledger(), []
    begun = time.monotonic()
    with ThreadPoolExecutor(_THREADS) as pool:
        campus = Campus(ledger, pool)
        for presentation in whole:
            if time.monotonic() - begun > seconds:
                break
            campus.load(presentation)
            loaded.append(presentation)
            minutes = (time.monotonic() - begun) / 60
            print(f"{presentation.module} {presentation.name} loaded after {minutes:.1f} minutes", flush=True)
        shown = campus.grades()
    print(ledger.table())
    return shown, loaded


def _print_sizes(dynamodb: Any) -> None:
    from benchmarks.meter import _bytes

    # The emulator's own TableSizeBytes is a guess: 200 bytes an item.
    for name in dynamodb.list_tables()["TableNames"]:
        pages = dynamodb.get_paginator("scan").paginate(TableName=name)
        sizes = [_bytes(item) for page in pages for item in page["Items"]]
        if sizes:
            print(f"{name:24} {len(sizes):8} items {sum(sizes) / 1000:10.1f} kB")


def _print_fraction(loaded: Sequence[oulad.Presentation], whole: Sequence[oulad.Presentation]) -> None:
    for what in ("students", "results"):
        part, all_ = (sum(len(getattr(each, what)) for each in some) for some in (loaded, whole))
        print(f"{what} of {len(loaded)} of {len(whole)} presentations: {part} of {all_} ({part / all_:.1%})")


def _compare(shown: Mapping[oulad.Card, str | None], folder: Path, loaded: Sequence[oulad.Presentation]) -> None:
    names = {(presentation.module, presentation.name) for presentation in loaded}
    expected = {card: grade for card, grade in university_check.grades(folder).items() if card[:2] in names}
    no_card = "no card"
    different = [
        card for card in expected.keys() | shown.keys() if expected.get(card, no_card) != shown.get(card, no_card)
    ]
    for card in different[:10]:
        print(*card, "should show", expected.get(card, no_card), "and shows", shown.get(card, no_card))
    if different:
        raise SystemExit(f"{len(different)} of {len(expected)} report cards differ")
    graded = sum(grade is not None for grade in expected.values())
    print(f"all {len(expected)} report cards equal, {graded} of them with a grade")


if __name__ == "__main__":
    main()
